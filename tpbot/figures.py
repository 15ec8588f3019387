"""The figures of an evaluation: records, and the words for outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from tpbot.measures import Calibration, Estimate
from tpbot.questions import Question

Fate = Literal[
    "answered_right",
    "answered_wrong",
    "clarified_right",
    "clarified_wrong",
    "answered",
    "clarified",
    "no_answer",
    "confirm",
    "urgent",
]
"""What became of a question; clarified right: the right entry is among the choices."""

FATES: tuple[Fate, ...] = (
    "answered_right",
    "clarified_right",
    "no_answer",
    "clarified_wrong",
    "answered_wrong",
    "confirm",
    "urgent",
)
"""Of questions that have an answer, the best first, warnings apart."""
IDLE_FATES: tuple[Fate, ...] = ("no_answer", "clarified", "answered", "confirm", "urgent")
"""Of questions that should not be answered."""


LABELS: Mapping[Fate, str] = {
    "answered_right": "answered, right",
    "clarified_right": "offered a choice with the right entry",
    "no_answer": "no answer",
    "clarified_wrong": "offered a choice without it",
    "answered_wrong": "answered, wrong",
    "clarified": "offered a choice",
    "answered": "answered",
    "confirm": "asked a check question",
    "urgent": "warned",
}
"""Outcomes in words."""


class Threshold(msgspec.Struct, frozen=True):
    """What would be answered if every first candidate of at least this confidence were."""

    confidence: float
    right: int
    """Answerable questions that get a right answer."""
    wrong: int
    """Answerable questions that get a wrong one."""
    idle: int
    """Questions that should not be answered, and are."""
    coverage: float | None
    """Share of the answerable questions that get an answer."""
    precision: float | None
    """Share of all answers that are right; null where there are none."""


class Kind(msgspec.Struct, frozen=True):
    """The figures of some of the questions."""

    answerable: int
    unanswerable: int
    precision_at_1: Estimate | None
    """Share of the answerable questions whose first candidate is right."""
    outcomes: dict[Fate, int]
    """Of the answerable questions."""
    idle_outcomes: dict[Fate, int]
    """Of those that should not be answered."""


class Confusion(msgspec.Struct, frozen=True):
    """An entry that was put first in replies where others were right."""

    expected: tuple[str, ...]
    """None: nothing should have been answered."""
    shown: str
    count: int
    examples: tuple[str, ...]


class Candidate(msgspec.Struct, frozen=True):
    """An entry that was considered, and why."""

    id: str
    confidence: float
    way: str | None
    """The way of asking that is nearest to the question."""
    matched: tuple[str, ...]
    """Words of the question that it has."""


class Miss(msgspec.Struct, frozen=True):
    """A question that went wrong, and why."""

    question: Question
    fate: Fate
    shown: tuple[str, ...]
    confidence: float
    rank: int | None
    """Of the first right entry among the candidates."""
    flags: tuple[str, ...]
    words: tuple[str, ...]
    """As understood."""
    repaired: tuple[tuple[str, str], ...]
    candidates: tuple[Candidate, ...]


class Figures(msgspec.Struct, frozen=True):
    """How a bot does on labelled questions. A figure is null where there is no question to make it from."""

    all: Kind
    mrr: float | None
    """Mean of 1 / rank of the first right entry among five candidates, 0 where it is not there."""
    recall_at_5: float | None
    auroc: Estimate | None
    """How often the confidence is higher for an answerable question than for one that is not."""
    calibration: Calibration | None
    min_confidence: float
    thresholds: tuple[Threshold, ...]
    kinds: dict[str, Kind]
    confusions: tuple[Confusion, ...]
    """Most frequent first."""
    misses: tuple[Miss, ...]
    """Worst first."""
