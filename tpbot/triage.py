"""Holds a message against the red flags before anything is answered.

A net with holes that prefers to warn: it finds words and what they do together, it understands nothing and
diagnoses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from tpbot.concepts import Matcher, Matches
from tpbot.errors import UsageError
from tpbot.message import Message, Vocabulary
from tpbot.phrases import Combination, parse_combination
from tpbot.records import Contact, ContactLine, CorpusInfo, Flag, Region, Triage, Urgency
from tpbot.red_flags import FlagRule, RedFlags, highest
from tpbot.scope import MASKED, STOPS, Scopes
from tpbot.second_net import SecondNet, features_of
from tpbot.view import NOWHERE, Places, View

CALM = Triage()

AROUND = 5
"""Words before and after a sign that are weighed with it."""


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
        sure = {
            flag for flag in sure | {flag for flag, yes in confirm.items() if yes} if confirm.get(flag, True)
        }
        unsure = {flag for flag in unsure - sure if confirm.get(flag, True)}
        return self._verdict(sure, unsure, region)

    def raised(self, text: str) -> tuple[set[str], set[str]]:
        """The ids of the flags that a message raises, and of those that it only may raise."""
        reading = self._read(text)
        sure, unsure = reading.raised()
        net = self._rules.net
        features = net.features(reading.message.stems) if net else frozenset()
        if net and features:
            # Of a short message the words tell too little against what a rule says of it.
            short = net.is_short(features)
            if sure or unsure:
                if not short:
                    sure, unsure = self._outliving(sure, unsure, features, net, reading)
            elif (score := net.score(features)) >= net.ask and not (short and reading.denies()):
                found = {net.flag(features)}
                sure, unsure = (found, set()) if score >= net.sure else (set(), found)
        for flag in self._rules.flags:
            if flag.id in sure:
                sure = sure.difference(flag.instead_of)
                unsure = unsure.difference(flag.instead_of)
        return sure, unsure - sure

    def _outliving(
        self, sure: set[str], unsure: set[str], features: frozenset[str], net: SecondNet, reading: _Reading
    ) -> tuple[set[str], set[str]]:
        """The flags of the rules that outlive the second net."""
        score = net.score(features)
        if score >= net.ask - net.raised:
            return sure, unsure
        stand = {flag for flag in sure if self._stands(flag, score, features, net, reading)}
        return stand, unsure if stand else set()

    def _stands(
        self, flag: str, score: float, features: frozenset[str], net: SecondNet, reading: _Reading
    ) -> bool:
        """Whether a flag that a rule raises outlives the second net.

        What stands around the sign may speak against it, the words of the sign may not. Harmless talk further
        off must not drown it: the words close to it are weighed by themselves, too.
        """
        least = net.ask - net.raised
        return self._flags[flag].circumstance or any(
            net.score(around) - net.against(sign, around) >= least
            or score - net.against(sign, features) >= least
            for around, sign in reading.signs(flag)
        )

    def _read(self, text: str) -> _Reading:
        """Hold a message against the rules."""
        message = Message(text, self._vocabulary, self._rules)
        found = self._matcher.find(message, MASKED, STOPS)
        candidates = [rule for name in found if name in self._by_concept for rule in self._by_concept[name]]
        combinations = [
            (flag.id, self._combination(combination), sure) for flag, combination, sure in candidates
        ]
        return _Reading(message, found, combinations, self._rules)

    def concepts(self, text: str) -> dict[str, list[str]]:
        """The concepts of a message with the words that showed them, for whoever edits the rules."""
        reading = self._read(text)
        tokens = reading.message.tokens
        return {
            name: [
                " ".join(tokens[i : i + length])
                + ("" if reading.view.places((name,)).starts >> i & 1 else " (silenced)")
                for length, places in matches.items()
                for i in range(len(tokens))
                if places >> i & 1
            ]
            for name, matches in reading.found.items()
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
            asked = next(flag for flag in asks if flag.urgency == highest([ask.urgency for ask in asks]))
            return Triage(urgency="unclear", flags=(Flag(asked.id, "unclear"),), question=asked.question)
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
        # What to do comes before why: people in a hurry read the first line.
        parts = [first.message] if first.crisis else [self._rules.advice[first.urgency], first.message]
        if others:
            parts.append(self._rules.also.replace("{titles}", "; ".join(flag.title for flag in others)))
        return " ".join(parts).replace("{emergency}", self._info.emergency_number(region))

    def _contacts(self, region: Region | None) -> tuple[Contact, ...]:
        return tuple(contact for contact in self._info.contacts if contact.region == region)

    def _numbers(self, rules: list[FlagRule], urgency: Urgency, region: Region | None) -> list[Contact]:
        contacts = self._contacts(region)
        kinds = {"emergency": ["emergency"], "same_day": ["advice"]}.get(urgency, [])
        if any(flag.crisis for flag in rules):
            kinds.append("crisis")
        if any(flag.poison for flag in rules):
            # Where a region has no poison line of its own, its advice line answers.
            kinds.append("poison" if any(contact.kind == "poison" for contact in contacts) else "advice")
        return [contact for kind in kinds for contact in contacts if contact.kind == kind]


class _Reading:
    """A message held against the rules.

    Args:
        message: The message.
        found: Its concepts.
        candidates: Flags, combinations that may be true of the message, and whether these raise the flag.
        rules: The rules.
    """

    def __init__(
        self,
        message: Message,
        found: dict[str, Matches],
        candidates: list[tuple[str, Combination, bool]],
        rules: RedFlags,
    ) -> None:
        self.message = message
        self.found = found
        self._candidates = candidates
        self._rules = rules
        self._places: dict[int, Places] = {}

    @cached_property
    def view(self) -> View:
        """The concepts that count: not those that are denied, old or imagined."""
        scopes = Scopes(self.message, self.found, self._rules.concepts)
        return View(self.message, self.found, scopes, self._rules)

    def _find(self, number: int) -> Places:
        places = self._places.get(number)
        if places is None:
            places = self._places[number] = self.view.find(self._candidates[number][1])
        return places

    def denies(self) -> bool:
        """Whether a combination would be true if nothing were denied, old or imagined."""
        unscoped = View(self.message, self.found, None, self._rules)
        return any(unscoped.find(combination).starts for _, combination, _ in self._candidates)

    def raised(self) -> tuple[set[str], set[str]]:
        """The flags that the rules raise, and those that they ask about."""
        flags: dict[bool, set[str]] = {True: set(), False: set()}
        for number, (flag, _, is_sure) in enumerate(self._candidates):
            if flag not in flags[is_sure] and self._find(number).starts:
                flags[is_sure].add(flag)
        return flags[True], flags[False] - flags[True]

    def signs(self, flag: str) -> Iterator[tuple[frozenset[str], frozenset[str]]]:
        """For each combination that raises a flag, the second net's features around and in it, and in it."""
        for number, (name, _, is_sure) in enumerate(self._candidates):
            places = self._find(number) if is_sure and name == flag else NOWHERE
            if places.starts:
                marks = places.starts | places.ends
                first = self.message.origins[(marks & -marks).bit_length() - 1]
                end = self.message.origins[marks.bit_length() - 1] + 1
                stems = self.message.stems
                around = stems[max(0, first - AROUND) : end + AROUND]
                yield features_of(around), features_of(stems[first:end])


class Problem(NamedTuple):
    """An example of the rules that does not do what it is there to show."""

    flag: str
    example: str
    expected: str
    raised: tuple[str, ...]


def run_examples(rules: RedFlags, info: CorpusInfo) -> list[Problem]:
    """Hold every example of the rules against them; an empty list means that all are right.

    A `fires` example must raise its own flag, a `quiet` one must raise nothing and ask nothing.
    """
    triager = Triager(rules, info)
    problems = []
    for flag in rules.flags:
        for example in flag.fires:
            sure, unsure = triager.raised(example)
            if flag.id not in sure:
                problems.append(Problem(flag.id, example, flag.id, tuple(sorted(sure | unsure))))
        for example in flag.quiet:
            sure, unsure = triager.raised(example)
            if sure or unsure:
                problems.append(Problem(flag.id, example, "nothing", tuple(sorted(sure | unsure))))
    return problems
