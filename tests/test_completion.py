"""Claims about finding questions from what is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.completion import Questions

QUESTIONS = (
    "What does a trigger point feel like?",
    "What is a trigger point?",
    "Can I use a tennis ball on my back?",
    "How should I sleep with back pain?",
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tennis", [2]),
        ("ball tennis", [2]),
        ("tenis bal", [2]),
        ("trigger point", [1, 0]),
        ("triger pont", [1, 0]),
        ("trig", [1, 0]),
        ("back", [3, 2]),
        ("sleep tennis", []),
        ("", [0, 1, 2, 3]),
        ("???", [0, 1, 2, 3]),
        ("zzzz", []),
    ],
)
def test_find_matches_every_word(words: str, found: list[int]) -> None:
    """A question is found when it holds each word, in any order and with typos, the shorter one first."""
    assert Questions(QUESTIONS).find(words) == [QUESTIONS[number] for number in found]


def test_find_stops_at_its_limit() -> None:
    """No more questions than the limit are returned."""
    assert Questions(QUESTIONS).find("", 2) == list(QUESTIONS[:2])
    assert Questions(QUESTIONS).find("trigger point", 1) == [QUESTIONS[1]]


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("What d", "oes a trigger point feel like?"),
        ("what D", "oes a trigger point feel like?"),
        ("How should I sleep with back pain?", None),
        ("", None),
        (" ", None),
        ("zebra", None),
    ],
)
def test_suggestion_is_the_rest_of_a_question(typed: str, rest: str | None) -> None:
    """What is typed, in capitals or not, is continued to a question that begins so."""
    assert Questions(QUESTIONS).suggest(typed) == rest


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=5))
def test_any_text_may_be_typed(typed: str, questions: list[str]) -> None:
    """No text and no list of questions makes completion or suggestion fail."""
    known = Questions(questions)
    assert set(known.find(typed)) <= set(questions)
    rest = known.suggest(typed)
    assert rest is None or rest


def test_equal_questions_are_offered_once() -> None:
    """A question that occurs twice is one completion."""
    assert Questions(["Same?", "Same?"]).find("same") == ["Same?"]
