"""Tests of the reading grade."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.readability import count_syllables, reading_grade

SYLLABLES = {
    1: "the be me knot press ache aches ached pain bone called tired eyes shoes times clothes breathe "
    "bruise through strength your knee moves don't can't friend guide suit tongue league bed shed "
    "speed scale caused squeeze",
    2: "muscle muscles needled trigger bodies tissue special motion question region careful safely "
    "soreness movement useless someone sometimes trying being doing player beyond fluid create "
    "science client quiet diet spasm rhythm isn't doesn't surgeon eases people angle settled hundred "
    "headaches fatigue technique rested patient rely insoles",
    3: "easier area idea serious previous period medium gluteus video manual usual exercise massages "
    "position element supplement",
    4: "diagnosis piriformis exercises radiation myofascial anxiety society usually herniated sciatica "
    "experience",
    5: "fibromyalgia osteopathy individual",
    6: "osteoporosis physiotherapist",
}


@pytest.mark.parametrize(("count", "words"), SYLLABLES.items())
def test_syllables_are_counted_as_they_are_spoken(count: int, words: str) -> None:
    """Each listed word has the number of syllables that it is spoken with."""
    assert {word: count_syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


def test_grade_follows_the_published_formula() -> None:
    """Eight words of nine syllables in two sentences have the grade that the formula gives by hand."""
    text = "Rest your back. Walk when you can, slowly."
    assert reading_grade(text) == pytest.approx(0.39 * 8 / 2 + 11.8 * 9 / 8 - 15.59)


def test_each_item_of_a_list_is_a_sentence_without_its_mark() -> None:
    """A list reads as easily as the same items written as sentences, whatever marks them."""
    sentences = reading_grade("Lie down.\nBreathe out.\nGet up.")
    assert reading_grade("- Lie down\n- Breathe out\n- Get up") == sentences
    assert reading_grade("1. Lie down\n2. Breathe out\n10. Get up") == sentences


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    """A point inside a number or after a common abbreviation leaves the sentence whole."""
    assert reading_grade("See Dr. Who about 2.5 of them.") == reading_grade("See Dr Who about 25 of them.")


def test_compound_is_one_word() -> None:
    """A word with a hyphen counts as one word with the syllables of its parts."""
    assert count_syllables("follow-up") == 3
    assert reading_grade("A follow-up helps.") == pytest.approx(0.39 * 3 + 11.8 * 5 / 3 - 15.59)


def test_longer_words_and_sentences_raise_the_grade() -> None:
    """The same thing said with long words in one long sentence needs a higher grade."""
    plain = "Press it for a bit. Then stop. It may ache."
    stiff = "Maintain considerable pressure temporarily, discontinuing it afterwards, despite discomfort."
    assert reading_grade(plain) < 2
    assert reading_grade(stiff) > 12


@pytest.mark.parametrize("text", ["", "...", "- \n\n1. ", "!?"])
def test_text_without_words_has_grade_0(text: str) -> None:
    """Where there is nothing to read the grade is 0."""
    assert reading_grade(text) == 0


@given(st.text())
def test_any_text_has_a_finite_grade(text: str) -> None:
    """No text breaks the formula, and each of its words has at least one syllable."""
    assert -3.4 <= reading_grade(text) < float("inf") or reading_grade(text) == 0
    assert all(count_syllables(word) >= 1 for word in text.split())
