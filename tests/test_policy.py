"""Claims about the decision: answer, offer a choice, or say that there is no answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.policy import CLARIFY_SHARE, HIGH, MARGIN, MAX_CHOICES, MEDIUM, MIN_CONFIDENCE, band, decide
from tpbot.reranker import Match


def matches(*confidences: float) -> list[Match]:
    """Return a short list with these confidences, best first."""
    return [
        Match(number, str(number), 1 - number / 100, confidence, 0, {})
        for number, confidence in enumerate(confidences)
    ]


def test_nothing_found_is_no_answer() -> None:
    """An empty short list is no answer."""
    assert decide([]).outcome == "no_answer"


@pytest.mark.parametrize(
    ("confidences", "outcome"),
    [
        ((0.9, 0.1), "answer"),
        ((MIN_CONFIDENCE, 0.1), "answer"),
        ((0.9, 0.9 - MARGIN / 2, 0.1), "clarify"),
        ((0.9, 0.9 - MARGIN * 2), "answer"),
        ((MIN_CONFIDENCE - 0.01, 0.1), "clarify"),
        ((CLARIFY_SHARE * MIN_CONFIDENCE - 0.01, 0.1), "no_answer"),
        ((1.0, 0.99), "answer"),
        ((0.9,), "answer"),
        ((MIN_CONFIDENCE - 0.01,), "no_answer"),
        ((0.0, 0.0), "no_answer"),
    ],
)
def test_thresholds_decide(confidences: tuple[float, ...], outcome: str) -> None:
    """Sure and alone is an answer; too close to call or not quite sure is a choice; else there is none."""
    assert decide(matches(*confidences)).outcome == outcome


RANKED = st.lists(st.floats(0, 1), max_size=6).map(lambda values: sorted(values, reverse=True))


@given(RANKED, st.floats(0, 1))
def test_no_answer_below_the_threshold(confidences: list[float], threshold: float) -> None:
    """Whatever the short list, an answer is given from the threshold on only."""
    decision = decide(matches(*confidences), threshold)
    assert decision.outcome in ("answer", "clarify", "no_answer")
    if decision.outcome == "answer":
        assert confidences[0] >= threshold


@given(RANKED, st.floats(0, 1))
def test_a_choice_is_of_two_or_three(confidences: list[float], threshold: float) -> None:
    """A choice offers two or three candidates, no more than there are; other outcomes offer none."""
    decision = decide(matches(*confidences), threshold)
    if decision.outcome == "clarify":
        assert 2 <= decision.choices <= min(MAX_CHOICES, len(confidences))
    else:
        assert decision.choices == 0


@given(RANKED, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_answers_more(confidences: list[float], one: float, other: float) -> None:
    """What is not answered at a threshold is not answered at a higher one."""
    low, high = sorted((one, other))
    if decide(matches(*confidences), high).outcome == "answer":
        assert decide(matches(*confidences), low).outcome == "answer"


@pytest.mark.parametrize(
    ("confidence", "name"),
    [
        (1.0, "high"),
        (HIGH, "high"),
        (HIGH - 1e-9, "medium"),
        (MEDIUM, "medium"),
        (MEDIUM - 1e-9, "low"),
        (0.0, "low"),
    ],
)
def test_bands(confidence: float, name: str) -> None:
    """Bands begin at 0.8 and at 0.5."""
    assert (HIGH, MEDIUM) == (0.8, 0.5)
    assert band(confidence) == name
