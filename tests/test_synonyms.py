"""Claims about the table of synonyms."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import tpbot.synonyms
from tpbot.synonyms import Synonyms, groups_for
from tpbot.text import stem

LINES = Path(tpbot.synonyms.__file__).with_name("synonyms.txt").read_text("utf-8").splitlines()


def test_a_line_of_the_table_is_a_group_of_different_words() -> None:
    """Each line holds two to ten different lower-case words."""
    for line in LINES:
        words = line.split()
        assert 2 <= len(words) == len(set(words)) <= 10, line
        assert all(word.isalpha() and word.islower() for word in words), line


def test_no_group_stands_twice() -> None:
    """No two lines hold the same words."""
    assert len({frozenset(line.split()) for line in LINES}) == len(LINES)


def test_an_index_keeps_the_groups_that_lead_to_its_words() -> None:
    """Only groups with a stem of the corpus are kept."""
    groups = groups_for([stem("price")])
    assert groups
    assert all(stem("price") in group.split(" ") for group in groups)


def test_synonyms_are_those_of_the_same_line() -> None:
    """A synonym is one step away: the synonyms of synonyms are not found."""
    synonyms = Synonyms(["a b", "b c"])
    assert synonyms.of(["a"]) == ("b",)
    assert synonyms.of(["b"]) == ("a", "c")


@given(st.lists(st.text(max_size=8), max_size=6))
def test_a_word_is_no_synonym_of_a_question_that_holds_it(stems: list[str]) -> None:
    """The words of a question are never among its synonyms."""
    assert not set(Synonyms(groups_for(["pain", "buy"])).of(stems)) & set(stems)
