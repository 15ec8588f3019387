"""Finds the concepts of triage rules in a message.

The matches of a phrase are kept as `{length: places where a match of that length begins}`, so that a phrase
is matched at every place at once by shifts and ands: time grows linearly with the message and no phrase can
blow up.
"""

from __future__ import annotations

from typing import NamedTuple

from tpbot.message import Message
from tpbot.phrases import Item, Wording, parse_phrase
from tpbot.red_flags import RedFlags, phrase_table

Matches = dict[int, int]

MAX_MATCH_LENGTH = 16
"""Tokens; longer matches are no longer one phrase."""


class _Phrase(NamedTuple):
    """A parsed phrase, and those of its items that are met by a word or not at all."""

    items: tuple[Item, ...]
    required: tuple[tuple[str, ...], ...]
    uses: tuple[tuple[str, ...], ...]
    """The concepts of items that are met by a concept or not at all."""
    single: bool
    """Whether it is one such item and nothing else."""


class Matcher:
    """The concepts of some rules. Phrases are parsed when a word of theirs first turns up."""

    def __init__(self, rules: RedFlags) -> None:
        self._wording = Wording(rules.fillers, rules.spellings)
        self._phrases = phrase_table(rules.concepts)
        self._heads = rules.lexicon.heads
        self._composite: dict[str, list[int]] = {}
        self._order = list(rules.concepts)
        for number in rules.lexicon.composite:
            self._composite.setdefault(self._phrases[number][0], []).append(number)
        self._parsed: dict[int, _Phrase] = {}

    def _phrase(self, number: int) -> _Phrase:
        phrase = self._parsed.get(number)
        if phrase is None:
            items = parse_phrase(self._phrases[number][1], self._wording)
            plain = tuple(
                i.words for i in items if i.words and not (i.optional or i.runs or i.concepts or i.ranges)
            )
            uses = (
                i.concepts for i in items if i.concepts and not (i.optional or i.runs or i.words or i.ranges)
            )
            phrase = self._parsed[number] = _Phrase(
                items, plain, tuple(uses), single=len(items) == len(plain) == 1
            )
        return phrase

    def find(self, message: Message, masked: tuple[str, ...], stops: tuple[str, ...]) -> dict[str, Matches]:
        """All concepts that occur, in file order.

        Args:
            message: The message.
            masked: Concepts whose tokens no later concept may use (idioms); they stand first in the file.
            stops: Concepts that no gap crosses.
        """
        touched: dict[str, set[int]] = {}
        for word in message.places:
            for number in self._heads.get(word, ()):
                touched.setdefault(self._phrases[number][0], set()).add(number)
        found: dict[str, Matches] = {}
        barrier = 0
        for name in self._order:
            numbers = touched.get(name)
            composite = self._composite.get(name)
            if numbers is None and composite is None:
                continue
            matches = self._any_of((*(numbers or ()), *(composite or ())), message, found, barrier)
            if not matches:
                continue
            if name in masked:
                cover = covered(matches)
                message.places = {word: rest for word, at in message.places.items() if (rest := at & ~cover)}
            if name in stops:
                barrier |= covered(matches)
            found[name] = matches
        return found

    def _any_of(
        self, numbers: tuple[int, ...], message: Message, found: dict[str, Matches], barrier: int
    ) -> Matches:
        """The matches of any of some phrases."""
        matches: Matches = {}
        present = message.places
        lacks = present.keys().isdisjoint
        parsed = self._parsed
        for number in numbers:
            phrase = parsed.get(number) or self._phrase(number)
            for words in phrase.required:
                if lacks(words):
                    break
            else:
                if phrase.uses and any(found.keys().isdisjoint(names) for names in phrase.uses):
                    continue
                if phrase.single:
                    for word in phrase.required[0]:
                        matches[1] = matches.get(1, 0) | present.get(word, 0)
                    continue
                for length, places in _match(phrase.items, message, found, barrier).items():
                    matches[length] = matches.get(length, 0) | places
        return matches


def covered(matches: Matches) -> int:
    """Every place that a match covers."""
    cover = 0
    for length, places in matches.items():
        for offset in range(length):
            cover |= places << offset
    return cover


def _match(items: tuple[Item, ...], message: Message, found: dict[str, Matches], barrier: int) -> Matches:
    state: Matches = {}
    begun = False
    for item in items:
        if item.gap:
            state = _widen(state, item.gap, message.breaks | barrier, message.all)
            continue
        options = _options(item, message, found)
        step = _step(state, options, message.breaks) if begun else options
        if item.optional:
            for length, places in state.items() if begun else ((0, message.all),):
                step[length] = step.get(length, 0) | places
        if not step:
            return {}
        state, begun = step, True
    state.pop(0, None)
    return state


def _step(state: Matches, options: Matches, breaks: int) -> Matches:
    """Matches that go on with one of the options right away, in the same sentence."""
    result: Matches = {}
    for length, places in options.items():
        going_on = places & ~breaks
        for before, starts in state.items():
            # What may be skipped at the very beginning of a phrase leaves a match of no length.
            hit = starts & ((going_on if before else places) >> before)
            if hit and before + length <= MAX_MATCH_LENGTH:
                result[before + length] = result.get(before + length, 0) | hit
    return result


def _options(item: Item, message: Message, found: dict[str, Matches]) -> Matches:
    """Where each of an item's alternatives stands, by length."""
    single = message.within(item.ranges) if item.ranges and message.numbers else 0
    for word in item.words:
        single |= message.places.get(word, 0)
    options: Matches = {1: single} if single else {}
    for run in item.runs:
        together = message.places.get(run[0], 0)
        for offset, word in enumerate(run[1:], start=1):
            together &= (message.places.get(word, 0) & ~message.breaks) >> offset
        if together:
            options[len(run)] = options.get(len(run), 0) | together
    for name in item.concepts:
        for length, places in found.get(name, {}).items():
            options[length] = options.get(length, 0) | places
    return options


def _widen(state: Matches, gap: int, barrier: int, everything: int) -> Matches:
    result = dict(state)
    current = state
    for _ in range(gap):
        following: Matches = {}
        for length, starts in current.items():
            hit = starts & ((everything & ~barrier) >> length)
            if hit and length < MAX_MATCH_LENGTH:
                following[length + 1] = following.get(length + 1, 0) | hit
        for length, starts in following.items():
            result[length] = result.get(length, 0) | starts
        current = following
    return result
