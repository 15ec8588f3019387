"""The concepts of one message as combinations see them: without what is silenced."""

from __future__ import annotations

from typing import NamedTuple

from tpbot.concepts import Matches, covered
from tpbot.message import Message
from tpbot.phrases import Combination, Operator
from tpbot.red_flags import RedFlags
from tpbot.scope import STOPS, Scopes

NEAR = 6
"""Words between two concepts that are `near` each other."""
WITH = 30
"""Words between two concepts of the same or neighbouring sentences that stand `with` each other."""


class Places(NamedTuple):
    """Where a concept, or a combination of some, begins and ends."""

    starts: int
    ends: int


NOWHERE = Places(0, 0)


class View:
    """The concepts of one message as combinations see them: without what is silenced."""

    def __init__(
        self, message: Message, found: dict[str, Matches], scopes: Scopes | None, rules: RedFlags
    ) -> None:
        self._message = message
        self._found = found
        self._scopes = scopes
        self._rules = rules
        self._cache: dict[tuple[str, ...], Places] = {}
        self._barrier = 0
        for name in STOPS:
            self._barrier |= covered(found.get(name, {}))

    def places(self, names: tuple[str, ...]) -> Places:
        """Where any of some concepts occurs and is not silenced."""
        cached = self._cache.get(names)
        if cached is not None:
            return cached
        starts = ends = 0
        for name in names:
            matches = self._found.get(name)
            if not matches:
                continue
            heard = ~self._scopes.silenced[self._rules.concepts[name].kind] if self._scopes else -1
            for length, places in matches.items():
                kept = places & heard
                starts |= kept
                ends |= kept << (length - 1)
        result = self._cache[names] = Places(starts, ends)
        return result

    def find(self, combination: Combination) -> Places:
        """Where a combination is true of the message; nowhere if it is not."""
        value = self.places(combination.first)
        for operator, names in combination.steps:
            if not value.starts:
                return NOWHERE
            other = self.places(names)
            if operator == "unless":
                if other.starts & self._neighbourhood(value):
                    return NOWHERE
            elif not other.starts:
                return NOWHERE
            else:
                value = self._join(value, operator, other)
        return value

    def _join(self, a: Places, operator: Operator, b: Places) -> Places:
        if operator == "and":
            return Places(a.starts | b.starts, a.ends | b.ends)
        if operator == "with":
            near = self._neighbourhood(a)
            return Places(a.starts | b.starts, a.ends | b.ends) if near & b.starts else NOWHERE
        hits = self._after(a, b)
        if operator == "near":
            back = self._after(b, a)
            overlap = a.starts & b.starts | a.ends & b.ends | a.starts & b.ends | a.ends & b.starts
            hits |= back | overlap
        if not hits:
            return NOWHERE
        return Places(a.starts | hits, a.ends | b.ends)

    def _after(self, a: Places, b: Places) -> int:
        """The starts of `b` at most `NEAR` words after an end of `a`, no stop or sentence end between."""
        breaks, passable = self._message.breaks, ~(self._message.breaks | self._barrier)
        reached, hits = a.ends, 0
        for _ in range(NEAR + 1):
            step = reached << 1
            hits |= step & ~breaks & b.starts
            reached = step & passable & self._message.all
            if not reached:
                break
        return hits

    def _neighbourhood(self, a: Places) -> int:
        """Places in the same or a neighbouring sentence, at most `WITH` words away."""
        breaks, everything = self._message.breaks, self._message.all
        lasts = breaks >> 1
        start = a.starts | a.ends
        # Words reached within the sentence, and those reached over one sentence end.
        right = left = start
        right_over = left_over = 0
        for _ in range(WITH):
            step = right << 1
            right_over |= step & breaks | right_over << 1 & ~breaks
            right |= step & ~breaks & everything
            back = left >> 1
            left_over |= back & lasts | left_over >> 1 & ~lasts
            left |= back & ~lasts
        return (right | right_over | left | left_over) & everything
