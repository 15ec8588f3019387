"""Holds a message against the red flags before anything is answered.

A net with holes that prefers to warn: it finds words and what they do together, it understands nothing and
diagnoses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tpbot.concepts import Matcher, Matches, Message, Vocabulary
from tpbot.errors import UsageError
from tpbot.records import Contact, ContactLine, CorpusInfo, Flag, Region, Triage, Urgency
from tpbot.red_flags import Combination, FlagRule, Operator, RedFlags, highest, parse_combination
from tpbot.scope import MASKED, STOPS, Scopes

NEAR = 6
"""Words between two concepts that are `near` each other."""
WITH = 30
"""Words between two concepts of the same or neighbouring sentences that stand `with` each other."""

CALM = Triage()


class _Places(NamedTuple):
    """Where a concept, or a combination of some, begins and ends."""

    starts: int
    ends: int


class Triager:
    """Assesses messages by some rules; remembers nothing of them but how words are spelt.

    Args:
        rules: The red flags.
        info: The corpus' own words and telephone numbers.
    """

    def __init__(self, rules: RedFlags, info: CorpusInfo) -> None:
        self._rules = rules
        self._info = info
        self._flags = {flag.id: flag for flag in rules.flags}
        self._vocabulary = Vocabulary(rules)
        self._matcher = Matcher(rules)
        self._by_concept: dict[str, list[tuple[FlagRule, str, bool]]] = {}
        for flag in rules.flags:
            for sure, combinations in ((True, flag.when), (False, flag.ask)):
                for combination in combinations:
                    for name in combination.split(" ", 1)[0].split("|"):
                        self._by_concept.setdefault(name, []).append((flag, combination, sure))
        self._parsed: dict[str, Combination] = {}

    def assess(
        self, text: str, *, region: Region | None = None, confirm: Mapping[str, bool] | None = None
    ) -> Triage:
        """Find the red flags of a message.

        Args:
            text: The message, of any length; time grows linearly with it.
            region: Whose telephone numbers to show; none without one.
            confirm: Answers to check questions, by flag: a no dismisses that flag, a yes raises it.

        Raises:
            UsageError: If `confirm` names a flag that the rules do not have.
        """
        confirm = confirm or {}
        for flag in confirm:
            if flag not in self._flags:
                known = ", ".join(self._flags)
                raise UsageError(f"confirm: there is no red flag {flag!r}. Use one of: {known}.")
        sure, unsure = self.raised(text)
        sure = {flag for flag in sure | {flag for flag, yes in confirm.items() if yes} if confirm.get(flag, True)}
        unsure = {flag for flag in unsure - sure if confirm.get(flag, True)}
        return self._verdict(sure, unsure, region)

    def raised(self, text: str) -> tuple[set[str], set[str]]:
        """The ids of the flags that a message raises, and of those that it only may raise."""
        message = Message(text, self._vocabulary, self._rules)
        found = self._matcher.find(message, MASKED, STOPS)
        candidates = [rule for name in found if name in self._by_concept for rule in self._by_concept[name]]
        if not candidates:
            return set(), set()
        view = _View(message, found, Scopes(message, found, self._rules.concepts), self._rules)
        sure: set[str] = set()
        unsure: set[str] = set()
        for flag, combination, is_sure in candidates:
            raised = sure if is_sure else unsure
            if flag.id not in raised and view.holds(self._combination(combination)):
                raised.add(flag.id)
        for flag in self._rules.flags:
            if flag.id in sure:
                sure.difference_update(flag.instead_of)
                unsure.difference_update(flag.instead_of)
        return sure, unsure - sure

    def concepts(self, text: str) -> dict[str, list[str]]:
        """The concepts of a message with the words that showed them, for whoever edits the rules."""
        message = Message(text, self._vocabulary, self._rules)
        found = self._matcher.find(message, MASKED, STOPS)
        view = _View(message, found, Scopes(message, found, self._rules.concepts), self._rules)
        return {
            name: [
                " ".join(message.tokens[i : i + length]) + ("" if view.places((name,)).starts >> i & 1 else " (silenced)")
                for length, places in matches.items()
                for i in range(len(message.tokens))
                if places >> i & 1
            ]
            for name, matches in found.items()
        }

    def _combination(self, text: str) -> Combination:
        combination = self._parsed.get(text)
        if combination is None:
            combination = self._parsed[text] = parse_combination(text)
        return combination

    def _verdict(self, sure: set[str], unsure: set[str], region: Region | None) -> Triage:
        rules = [flag for flag in self._rules.flags if flag.id in sure]
        asks = [flag for flag in self._rules.flags if flag.id in unsure]
        urgency = highest([flag.urgency for flag in rules])
        if asks and urgency in ("none", "soon") and highest([flag.urgency for flag in asks]) != urgency:
            flags = tuple(Flag(flag.id, "unclear") for flag in asks[:1])
            return Triage(urgency="unclear", flags=flags, question=asks[0].question)
        if not rules:
            return CALM
        first = next(flag for flag in rules if flag.urgency == urgency)
        numbers = self._numbers(rules, urgency, region)
        return Triage(
            urgency=urgency,
            flags=tuple(Flag(flag.id, flag.urgency) for flag in rules),
            message=self._message(first, [flag for flag in rules if flag is not first], region),
            contacts=tuple(ContactLine(contact.label, contact.number) for contact in numbers),
        )

    def _message(self, first: FlagRule, others: list[FlagRule], region: Region | None) -> str:
        parts = [first.message] if first.crisis else [first.message, self._rules.advice[first.urgency]]
        if others:
            parts.append(self._rules.also.replace("{titles}", "; ".join(flag.title for flag in others)))
        emergency = [c.number for c in self._contacts(region) if c.kind == "emergency"]
        number = " or ".join(emergency) if emergency else self._info.emergency_unknown
        return " ".join(parts).replace("{emergency}", number)

    def _contacts(self, region: Region | None) -> tuple[Contact, ...]:
        return tuple(contact for contact in self._info.contacts if contact.region == region)

    def _numbers(self, rules: list[FlagRule], urgency: Urgency, region: Region | None) -> list[Contact]:
        kinds = {"emergency": ["emergency"], "same_day": ["advice"]}.get(urgency, [])
        if any(flag.crisis for flag in rules):
            kinds = [*kinds, "crisis"]
        if any(flag.poison for flag in rules):
            kinds = [*kinds, "poison"]
        return [contact for kind in kinds for contact in self._contacts(region) if contact.kind == kind]


class _View:
    """The concepts of one message as combinations see them: without what is silenced."""

    def __init__(self, message: Message, found: dict[str, Matches], scopes: Scopes, rules: RedFlags) -> None:
        self._message = message
        self._found = found
        self._scopes = scopes
        self._rules = rules
        self._cache: dict[tuple[str, ...], _Places] = {}
        self._barrier = 0
        for name in STOPS:
            for length, places in found.get(name, {}).items():
                for offset in range(length):
                    self._barrier |= places << offset

    def places(self, names: tuple[str, ...]) -> _Places:
        """Where any of some concepts occurs and is not silenced."""
        cached = self._cache.get(names)
        if cached is not None:
            return cached
        starts = ends = 0
        for name in names:
            matches = self._found.get(name)
            if not matches:
                continue
            heard = ~self._scopes.silenced[self._rules.concepts[name].kind]
            for length, places in matches.items():
                kept = places & heard
                starts |= kept
                ends |= kept << (length - 1)
        result = self._cache[names] = _Places(starts, ends)
        return result

    def holds(self, combination: Combination) -> bool:
        """Whether a combination is true of the message."""
        value = self.places(combination.first)
        for operator, names in combination.steps:
            if not value.starts:
                return False
            other = self.places(names)
            if operator == "unless":
                if other.starts & self._neighbourhood(value):
                    return False
            elif not other.starts:
                return False
            else:
                value = self._join(value, operator, other)
        return bool(value.starts)

    def _join(self, a: _Places, operator: Operator, b: _Places) -> _Places:
        if operator == "and":
            return _Places(a.starts | b.starts, a.ends | b.ends)
        if operator == "with":
            near = self._neighbourhood(a)
            return _Places(a.starts | b.starts, a.ends | b.ends) if near & b.starts else _Places(0, 0)
        hits = self._after(a, b)
        if operator == "near":
            back = self._after(b, a)
            overlap = a.starts & b.starts | a.ends & b.ends | a.starts & b.ends | a.ends & b.starts
            hits |= back | overlap
        if not hits:
            return _Places(0, 0)
        return _Places(a.starts | hits, a.ends | b.ends)

    def _after(self, a: _Places, b: _Places) -> int:
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

    def _neighbourhood(self, a: _Places) -> int:
        """Places in the same or a neighbouring sentence, at most `WITH` words away."""
        sentences = self._message.sentences
        window = 0
        for i, sentence in enumerate(sentences):
            if sentence & (a.starts | a.ends):
                window |= sentence
                if i:
                    window |= sentences[i - 1]
                if i + 1 < len(sentences):
                    window |= sentences[i + 1]
        spread = a.starts | a.ends
        width = 1
        while width < WITH:
            spread |= spread << width | spread >> width
            width *= 2
        return window & spread
