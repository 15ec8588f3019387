"""Claims about the short list."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tpbot.bot import Bot
from tpbot.index import Index
from tpbot.reranker import SHORT_LIST, Match, rerank
from tpbot.retriever import Retriever

PAIRS = [(f"How do I brew {kind} tea?", f"Pour water on the {kind} leaves.") for kind in "abcdefghijklmnop"]


@pytest.fixture(scope="module")
def index() -> Index:
    """Return the index of more questions than a short list holds."""
    return Bot.from_pairs([*PAIRS, ("How do I brew black tea in a pot?", "Slowly."), ("Milk?", "No.")])._index


def short_list(index: Index, question: str, at_least: int = 0) -> list[Match]:
    """Return the short list for `question`."""
    retriever = Retriever(index)
    query = retriever.analyse(question)
    return list(rerank(retriever.retrieve(query), query, index, at_least=at_least))


def test_the_question_itself_is_sure(index: Index) -> None:
    """A question of the corpus, in any case and with politeness, is sure to be right and comes first."""
    for question in ("How do I brew black tea in a pot?", "hello, how do i BREW black tea in a pot please"):
        first = short_list(index, question)[0]
        assert (first.id, first.confidence) == ("17", 1.0)
        assert index.ways[first.way] == "How do I brew black tea in a pot?"


def test_other_questions_are_not_sure(index: Index) -> None:
    """The same words in another order, more words or fewer are not the question itself."""
    for question in (
        "How do I brew tea in a black pot?",
        "How do I brew black tea in a pot today?",
        "brew tea",
    ):
        assert all(match.confidence < 1 for match in short_list(index, question))


def test_the_length_of_the_list(index: Index) -> None:
    """The list is as long as asked for, never shorter than its usual length, never longer than the corpus."""
    assert len(short_list(index, "brew tea")) == SHORT_LIST
    assert len(short_list(index, "brew tea", at_least=12)) == 12
    assert len(short_list(index, "brew tea", at_least=10**9)) == index.entry_count


WORDS = ("how", "do", "i", "brew", "a", "b", "c", "tea", "teh", "milk", "pot", "zzz")
QUESTIONS = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)


@settings(max_examples=50)
@given(QUESTIONS)
def test_the_order_of_the_list(index: Index, question: str) -> None:
    """Sure matches first, then by score, then by id; probabilities lie between 0 and 1; no entry twice."""
    found = short_list(index, question)
    assert found == sorted(found, key=lambda match: (match.confidence != 1.0, -match.score, match.id))
    assert all(0 <= match.confidence <= 1 for match in found)
    assert len({match.id for match in found}) == len(found)
    assert all(index.ids[match.number] == match.id for match in found)


def test_of_equal_scores_the_lower_ids_are_listed(index: Index) -> None:
    """Where all entries score the same, the list holds the lowest ids, however long it is."""
    for length in (3, 5, 12):
        listed = [match.id for match in short_list(index, "xyzxyz", at_least=length)]
        assert listed == sorted(index.ids)[:length]


def test_a_closer_question_is_surer(index: Index) -> None:
    """The more of a question is found, the higher the confidence of the first candidate."""
    questions = ("zzz yyy", "black zzz yyy", "brew black tea zzz", "how do i brew black tea")
    sure = [short_list(index, question)[0].confidence for question in questions]
    assert sure == sorted(sure)
    assert sure[0] < sure[-1]
