"""Finding questions from what a person has typed so far: by words with typos, or by how a line begins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from tpbot.text import tokenise

MIN_SIMILARITY = 75
"""Of 100, by rapidfuzz' `partial_ratio`: each typed word must be this near to a part of the question."""


def find(words: str, questions: Sequence[str], limit: int | None = None) -> list[int]:
    """Return the positions of the questions that contain every one of `words`, typos allowed, best first.

    The words may stand in any order and be cut short. Without words, all positions are returned.
    """
    wanted = tokenise(words)
    if not wanted or not questions:
        return list(range(len(questions)))[:limit]
    from rapidfuzz import fuzz, process

    prepared = [" ".join(tokenise(question)) for question in questions]
    similarity = process.cdist(wanted, prepared, scorer=fuzz.partial_ratio)
    worst, mean = similarity.min(axis=0), similarity.mean(axis=0)
    found = [position for position in range(len(questions)) if worst[position] >= MIN_SIMILARITY]
    found.sort(key=lambda position: (-mean[position], len(prepared[position]), position))
    return found[:limit]


class Questions:
    """The questions of a corpus, to complete what a person types.

    Args:
        questions: All ways of asking; only the first of equal ones is kept.
    """

    def __init__(self, questions: Sequence[str]) -> None:
        self._questions = list(dict.fromkeys(questions))
        self._sorted = sorted((question.casefold(), question) for question in self._questions)

    def complete(self, typed: str, limit: int = 8) -> list[str]:
        """Return at most `limit` questions for `typed`, the best first."""
        return [self._questions[position] for position in find(typed, self._questions, limit)]

    def suggest(self, typed: str) -> str | None:
        """Return the rest of a question that begins with `typed`, None when there is none."""
        start = typed.casefold()
        position = bisect_left(self._sorted, (start, ""))
        if not start.strip() or position == len(self._sorted):
            return None
        folded, question = self._sorted[position]
        return question[len(typed) :] or None if folded.startswith(start) else None
