"""Words that may stand for each other, so that "cost" finds "price": a shipped table of groups of stems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from tpbot.text import stem

SYNONYM_WEIGHT = 0.4
"""What a synonym of a question's word counts beside the word itself."""


def groups_for(known: Iterable[str]) -> tuple[str, ...]:
    """Return the groups that lead to a stem in `known`, each as stems with a space between."""
    reachable = frozenset(known)
    return tuple(sorted(" ".join(group) for group in _groups() if not reachable.isdisjoint(group)))


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    """Return the lines of the table as their different stems; forms of one word alone say nothing new."""
    lines = Path(__file__).with_name("synonyms.txt").read_text("utf-8").splitlines()
    groups = {tuple(sorted({stem(word) for word in line.split()})) for line in lines}
    return tuple(group for group in groups if len(group) > 1)


class Synonyms:
    """Looks up the synonyms of stems.

    Args:
        groups: Groups of stems that may stand for each other, with a space between.
    """

    def __init__(self, groups: Iterable[str]) -> None:
        self._groups: dict[str, list[list[str]]] = {}
        for line in groups:
            group = line.split(" ")
            for word in group:
                self._groups.setdefault(word, []).append(group)

    def of(self, stems: Sequence[str]) -> tuple[str, ...]:
        """Return the synonyms of `stems` that are not among them, in code point order."""
        found = {other for word in stems for group in self._groups.get(word, ()) for other in group}
        return tuple(sorted(found.difference(stems)))
