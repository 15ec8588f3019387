"""Labelled questions and a bot -> figures: how often it is right, and whether its confidence says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from tpbot.compare import Shown, shown
from tpbot.figures import (
    FATES,
    IDLE_FATES,
    Candidate,
    Confusion,
    Fate,
    Figures,
    Kind,
    Miss,
    Threshold,
)
from tpbot.measures import auroc, calibration, share
from tpbot.questions import Question

if TYPE_CHECKING:
    from tpbot.bot import Bot, Explanation, Runner

RANKS = 5
"""How many candidates are looked at."""
STEPS = 100
"""Thresholds from 0 to 1 at which answers are counted, less one."""
EXAMPLES = 3
"""Questions that are named with a confusion."""


class Asked(msgspec.Struct, frozen=True):
    """A labelled question and what the bot replied."""

    question: Question
    shown: Shown
    candidates: tuple[str, ...]
    """Ids, best first; none where triage ended the matter."""
    confidence: float
    """Of the first candidate, 0 without one."""
    flags: tuple[str, ...] = ()
    """Red flags raised."""

    @property
    def answerable(self) -> bool:
        """Whether some entry answers the question."""
        return bool(self.question.expect)

    @property
    def rank(self) -> int | None:
        """Where the first right entry stands among the candidates, counted from 1."""
        ranks = [rank for rank, id in enumerate(self.candidates, 1) if id in self.question.expect]
        return ranks[0] if ranks else None

    @property
    def right(self) -> bool:
        """Whether the first candidate is right."""
        return self.rank == 1

    @property
    def fate(self) -> Fate:
        """What became of the question."""
        outcome = self.shown.outcome
        right = not set(self.question.expect).isdisjoint(self.shown.ids)
        if outcome == "answer":
            return "answered" if not self.answerable else "answered_right" if right else "answered_wrong"
        if outcome == "clarify":
            return "clarified" if not self.answerable else "clarified_right" if right else "clarified_wrong"
        return outcome


def evaluate(bot: Bot, questions: Iterable[Question]) -> Figures:
    """Ask `bot` every question and return how it does."""
    asked = [ask(bot, question) for question in questions]
    answerable = [one for one in asked if one.answerable]
    ranks = [one.rank for one in answerable]
    return Figures(
        all=kind(asked),
        mrr=_mean([1 / rank if rank else 0.0 for rank in ranks]),
        recall_at_5=_mean([float(rank is not None) for rank in ranks]),
        auroc=auroc(
            [one.confidence for one in answerable], [one.confidence for one in asked if not one.answerable]
        ),
        calibration=calibration(
            [one.confidence for one in asked], [one.right for one in asked], [one.answerable for one in asked]
        ),
        min_confidence=bot.explain("").min_confidence,
        thresholds=tuple(threshold(asked, step / STEPS) for step in range(STEPS + 1)),
        kinds=_kinds(asked),
        confusions=confusions(asked),
        misses=tuple(_miss(one, bot.explain(one.question.text)) for one in misses(asked)),
    )


def ask(bot: Bot, question: Question) -> Asked:
    """Return what `bot` replies to `question`."""
    reply = bot.ask(question.text, top=RANKS)
    return Asked(
        question,
        shown(reply),
        tuple(candidate.id for candidate in reply.candidates),
        reply.confidence or 0.0,
        tuple(flag.id for flag in reply.triage.flags),
    )


def kind(asked: Iterable[Asked]) -> Kind:
    """Return the figures of some questions."""
    asked = list(asked)
    answerable = [one for one in asked if one.answerable]
    fates = Counter(one.fate for one in answerable)
    idle = Counter(one.fate for one in asked if not one.answerable)
    return Kind(
        answerable=len(answerable),
        unanswerable=len(asked) - len(answerable),
        precision_at_1=share([one.right for one in answerable]),
        outcomes={fate: fates[fate] for fate in FATES},
        idle_outcomes={fate: idle[fate] for fate in IDLE_FATES},
    )


def _kinds(asked: Sequence[Asked]) -> dict[str, Kind]:
    """Return the figures of each kind that is named, in the order of their names."""
    names = sorted({one.question.kind for one in asked if one.question.kind})
    return {name: kind(one for one in asked if one.question.kind == name) for name in names}


def threshold(asked: Sequence[Asked], confidence: float) -> Threshold:
    """Return what would be answered if every first candidate of at least `confidence` were."""
    answered = [one for one in asked if one.candidates and one.confidence >= confidence]
    right = sum(one.right for one in answered)
    idle = sum(not one.answerable for one in answered)
    answerable = sum(one.answerable for one in asked)
    return Threshold(
        confidence=confidence,
        right=right,
        wrong=len(answered) - right - idle,
        idle=idle,
        coverage=(len(answered) - idle) / answerable if answerable else None,
        precision=right / len(answered) if answered else None,
    )


def confusions(asked: Iterable[Asked]) -> tuple[Confusion, ...]:
    """Return which entries were put first, in an answer or a choice, where others were right."""
    texts: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for one in asked:
        wrong = one.shown.ids and one.shown.ids[0] not in one.question.expect
        if wrong and one.shown.outcome in ("answer", "clarify"):
            texts.setdefault((one.question.expect, one.shown.ids[0]), []).append(one.question.text)
    found = [Confusion(*pair, len(texts[pair]), tuple(texts[pair][:EXAMPLES])) for pair in texts]
    return tuple(sorted(found, key=lambda one: (-one.count, one.expected, one.shown)))


SEVERITY: Mapping[Fate, int] = {
    "answered_wrong": 0,
    "answered": 0,
    "urgent": 1,
    "confirm": 1,
    "clarified_wrong": 2,
    "clarified": 2,
    "no_answer": 3,
}
"""How bad an outcome is for the person who asks, the worst first."""


def misses(asked: Iterable[Asked]) -> list[Asked]:
    """Return what went wrong, worst first: wrong answers, warnings, wrong choices, then what got no answer.

    Within each sort the surest come first. A warning need not be wrong, but a person should look at it.
    """
    wrong = [one for one in asked if one.fate in SEVERITY and (one.answerable or one.fate != "no_answer")]
    return sorted(wrong, key=lambda one: (SEVERITY[one.fate], -one.confidence, one.question.text))


def _miss(one: Asked, explanation: Explanation) -> Miss:
    return Miss(
        question=one.question,
        fate=one.fate,
        shown=one.shown.ids,
        confidence=one.confidence,
        rank=one.rank,
        flags=one.flags,
        words=explanation.words,
        repaired=explanation.repaired,
        candidates=tuple(map(_candidate, explanation.runners)),
    )


def _candidate(runner: Runner) -> Candidate:
    return Candidate(runner.topic.id, round(runner.confidence, 4), runner.way, runner.matched)


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
