"""Finding questions from what a person has typed so far: by words with typos, or by how a line begins."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from tpbot.text import tokenise

MIN_SIMILARITY = 80
"""Of 100, by rapidfuzz' `ratio`: how near a typed word must be to one of the question. It allows one wrong,
missing or surplus letter in five."""


class Questions:
    """Questions to find by their words, or by their beginning.

    Args:
        questions: Only the first of equal ones is found.
    """

    def __init__(self, questions: Sequence[str]) -> None:
        self._questions = list(dict.fromkeys(questions))
        self._holders: dict[str, list[int]] = {}
        self._lengths: list[int] = []
        for number, question in enumerate(self._questions):
            words = tokenise(question)
            self._lengths.append(len(words))
            for word in dict.fromkeys(words):
                self._holders.setdefault(word, []).append(number)
        self._sorted = sorted((question.casefold(), question) for question in self._questions)

    def find(self, typed: str, limit: int | None = None) -> list[str]:
        """Return the questions that hold every typed word, the best and then the shortest first.

        The words may stand in any order, be cut short, and have typos. Without words, all are returned.
        """
        totals = dict.fromkeys(range(len(self._questions)), 0.0)
        for word in tokenise(typed):
            scores = self._scores(word)
            totals = {number: total + scores[number] for number, total in totals.items() if number in scores}
        if any(totals.values()):
            order = sorted(totals, key=lambda number: (-totals[number], self._lengths[number], number))
        else:
            order = list(totals)
        return [self._questions[number] for number in order[:limit]]

    def suggest(self, typed: str) -> str | None:
        """Return the rest of a question that begins with `typed`, None when there is none."""
        start = typed.casefold()
        position = bisect_left(self._sorted, (start, ""))
        if not start.strip() or position == len(self._sorted):
            return None
        folded, question = self._sorted[position]
        return question[len(typed) :] or None if folded.startswith(start) else None

    def _scores(self, typed: str) -> dict[int, float]:
        """Return the questions that hold a word like `typed`, with how like it is; a beginning is as good."""
        from rapidfuzz import fuzz, process

        similar = process.extract(
            typed, list(self._holders), scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=None
        )
        likeness = {word: score for word, score, _ in similar}
        likeness |= {word: 100.0 for word in self._holders if word.startswith(typed)}
        scores: dict[int, float] = {}
        for word, score in likeness.items():
            for number in self._holders[word]:
                scores[number] = max(score, scores.get(number, 0.0))
        return scores
