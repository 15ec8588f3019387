"""What to do with the short list: answer, offer a choice, or say that there is no answer."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tpbot.records import Band, Outcome
from tpbot.reranker import Match

MIN_CONFIDENCE = 0.5
"""Answer when it is more likely right than not."""
CLARIFY_SHARE = 0.5
"""A choice is offered from this share of the confidence that an answer needs."""
MARGIN = 0.05
"""How far the confidence of the first candidate must be above that of the second, to answer outright."""
MAX_CHOICES = 3

HIGH = 0.8
MEDIUM = 0.5


class Decision(msgspec.Struct, frozen=True):
    """What to do, and how many candidates to offer as choices."""

    outcome: Outcome
    choices: int = 0


def decide(matches: Sequence[Match], min_confidence: float = MIN_CONFIDENCE) -> Decision:
    """Return what to do with `matches`, best first.

    Args:
        matches: The short list.
        min_confidence: The probability of being right from which an answer is given.
    """
    if not matches or matches[0].confidence < CLARIFY_SHARE * min_confidence:
        return Decision("no_answer")
    first = matches[0].confidence
    close = [match for match in matches[1:MAX_CHOICES] if first - match.confidence < MARGIN]
    if first >= min_confidence and (first == 1.0 or not close):
        return Decision("answer")
    near = [match for match in matches[1:MAX_CHOICES] if match.confidence >= first / 2]
    if len(matches) > 1:
        return Decision("clarify", 1 + max(1, len(near)))
    return Decision("answer" if first >= min_confidence else "no_answer")


def band(confidence: float) -> Band:
    """Return the band of a confidence: high from 0.8, medium from 0.5, low below."""
    return "high" if confidence >= HIGH else "medium" if confidence >= MEDIUM else "low"
