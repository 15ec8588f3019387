"""What an edit of a corpus does to people's answers: labelled questions, asked of its old and new version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from tpbot.records import Band, Outcome, Reply

if TYPE_CHECKING:
    from tpbot.bot import Bot
    from tpbot.questions import Question

Verdict = Literal["better", "worse", "other"]


class Shown(msgspec.Struct, frozen=True):
    """What a person is shown: `ids` is the entry that answers, or the entries offered to choose from."""

    outcome: Outcome
    ids: tuple[str, ...]
    band: Band | None


class Change(msgspec.Struct, frozen=True):
    """A question that the two versions treat differently."""

    question: Question
    verdict: Verdict
    old: Shown
    new: Shown


class Comparison(msgspec.Struct, frozen=True):
    """The questions that changed, of all that were asked."""

    asked: int
    changes: tuple[Change, ...]

    def count(self, verdict: Verdict) -> int:
        """Return how many changes have that verdict."""
        return sum(change.verdict == verdict for change in self.changes)


def compare(old: Bot, new: Bot, questions: Iterable[Question]) -> Comparison:
    """Ask both bots every question; a change of answer, band or outcome is a change."""
    asked = 0
    changes = []
    for question in questions:
        asked += 1
        before, after = shown(old.ask(question.text)), shown(new.ask(question.text))
        if before != after:
            changes.append(Change(question, judge(question, before, after), before, after))
    return Comparison(asked, tuple(changes))


def shown(reply: Reply) -> Shown:
    """Return what a reply shows."""
    ids = (reply.answer.id,) if reply.answer else tuple(choice.id for choice in reply.choices)
    return Shown(reply.outcome, ids, reply.band)


def judge(question: Question, old: Shown, new: Shown) -> Verdict:
    """Return whether a change is for the better.

    It is when the new reply is more useful to the person: the expected answer before an offer that has it,
    that before `I do not know`, and that before a wrong answer. Where nothing is expected, `I do not know` is
    best and an answer worst. A change to or from a red flag is for a person to judge: always `other`.
    """
    if {old.outcome, new.outcome} & {"urgent", "confirm"}:
        return "other"
    gain = _usefulness(question, new) - _usefulness(question, old)
    return "better" if gain > 0 else "worse" if gain < 0 else "other"


def _usefulness(question: Question, reply: Shown) -> int:
    if reply.outcome == "no_answer":
        return 1 if question.expect else 3
    right = not set(question.expect).isdisjoint(reply.ids)
    if reply.outcome == "clarify":
        return 2 if right else 0
    return 3 if right else -1
