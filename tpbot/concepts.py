"""Finds the concepts of triage rules in a message.

The matches of a phrase are kept as `{length: places where a match of that length begins}`, so that a phrase
is matched at every place at once by shifts and ands: time grows linearly with the message and no phrase can
blow up.
"""

from __future__ import annotations

from tpbot.message import Message
from tpbot.phrases import Item, Wording, parse_phrase
from tpbot.red_flags import RedFlags, phrase_table

Matches = dict[int, int]

MAX_MATCH_LENGTH = 16
"""Tokens; longer matches are no longer one phrase."""


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
        self._parsed: dict[int, tuple[Item, ...]] = {}

    def _items(self, number: int) -> tuple[Item, ...]:
        items = self._parsed.get(number)
        if items is None:
            items = self._parsed[number] = parse_phrase(self._phrases[number][1], self._wording)
        return items

    def find(self, message: Message, masked: tuple[str, ...], stops: tuple[str, ...]) -> dict[str, Matches]:
        """All concepts that occur, in file order.

        Args:
            message: The message.
            masked: Concepts whose tokens no later concept may use (idioms); they stand first in the file.
            stops: Concepts that no gap crosses.
        """
        touched: dict[str, list[int]] = {}
        for word in message.places:
            for number in self._heads.get(word, ()):
                touched.setdefault(self._phrases[number][0], []).append(number)
        found: dict[str, Matches] = {}
        barrier = 0
        for name in self._order:
            numbers = touched.get(name)
            composite = self._composite.get(name)
            if numbers is None and composite is None:
                continue
            matches: Matches = {}
            for number in (*(numbers or ()), *(composite or ())):
                for length, places in _match(self._items(number), message, found, barrier).items():
                    matches[length] = matches.get(length, 0) | places
            if not matches:
                continue
            if name in masked:
                cover = covered(matches)
                message.places = {word: rest for word, at in message.places.items() if (rest := at & ~cover)}
            if name in stops:
                barrier |= covered(matches)
            found[name] = matches
        return found


def covered(matches: Matches) -> int:
    """Every place that a match covers."""
    cover = 0
    for length, places in matches.items():
        for offset in range(length):
            cover |= places << offset
    return cover


def _match(items: tuple[Item, ...], message: Message, found: dict[str, Matches], barrier: int) -> Matches:
    state: Matches = {0: message.all}
    for item in items:
        if item.gap:
            state = _widen(state, item.gap, message.breaks | barrier, message.all)
            continue
        step = _step(state, item, message, found)
        if item.optional:
            for length, places in state.items():
                step[length] = step.get(length, 0) | places
        if not step:
            return {}
        state = step
    state.pop(0, None)
    return state


def _step(state: Matches, item: Item, message: Message, found: dict[str, Matches]) -> Matches:
    options = _options(item, message, found)
    result: Matches = {}
    for before, starts in state.items():
        for length, places in options.items():
            # A step after the first must not begin a new sentence.
            reachable = places & ~message.breaks if before else places
            hit = starts & (reachable >> before)
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
