"""Finds concepts in a message: normalising, tokens, spelling repair and phrase matching.

A message is a row of tokens without filler words; a set of places in it is one Python integer, bit i for
token i. The matches of a phrase are kept as `{length: places where a match of that length begins}`, so that
a phrase is matched at every place at once by shifts and ands: time grows linearly with the message and no
phrase can blow up.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from functools import cached_property

from tpbot.red_flags import Item, RedFlags, Wording, parse_phrase, phrase_table

Matches = dict[int, int]

MAX_MATCH_LENGTH = 16
"""Tokens; longer matches are no longer one phrase."""

NUMBER_WORDS = {
    word: float(value)
    for value, words in {
        1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
        10: "ten", 11: "eleven", 12: "twelve dozen", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen",
        17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 24: "twentyfour", 30: "thirty",
        40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety", 100: "hundred",
    }.items()
    for word in words.split()
}  # fmt: skip

_AGE_CUES = frozenset("im hes shes aged age turned turning".split())
_NEW_SUBJECTS = frozenset("the theres there its that".split())
_SELF = frozenset("i im ive id ill my me mine myself".split())
_GREETINGS = frozenset("and so also hi hello hey please but ok just anyway then well hiya dear".split())
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ′")
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?|\.{2,}|…|[.!?;\n,:()]")
_ENDS = frozenset(".!?;\n")
_SOFT = frozenset([",", ":", "(", ")", "…"])


def normalise(text: str) -> str:
    """NFKC, lower case, apostrophes dropped ("can’t" -> "cant")."""
    return unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)


class Vocabulary:
    """Which lexicon words a token of a message stands for. Built once, remembers what it has seen."""

    def __init__(self, rules: RedFlags) -> None:
        lexicon = rules.lexicon
        self._sorted = lexicon.words
        self._words = frozenset(lexicon.words)
        self._prefixes = frozenset(lexicon.prefixes)
        self._longest_prefix = max((len(prefix) for prefix in lexicon.prefixes), default=0)
        self._rules = rules
        self._keys: dict[str, tuple[str, ...]] = {}

    def keys(self, token: str) -> tuple[str, ...]:
        """The lexicon's words and word beginnings (`pregnan*`) that a token matches."""
        keys = self._keys.get(token)
        if keys is None:
            keys = self._look_up(token)
            if len(self._keys) < 20_000:  # messages are hostile: bounded memory
                self._keys[token] = keys
        return keys

    def _look_up(self, token: str) -> tuple[str, ...]:
        token = self._rules.spellings.get(token, token)
        keys = self._known(token)
        if keys or len(token) < 5 or token[0].isdigit() or self._is_plain(token):
            return keys
        squeezed = re.sub(r"(.)\1{2,}", r"\1", token)
        if squeezed != token and (keys := self._known(squeezed)):
            return keys
        repaired = self._repair(squeezed)
        return self._known(repaired) if repaired else ()

    def _known(self, token: str) -> tuple[str, ...]:
        keys = [form for form in _base_forms(token) if form in self._words]
        for end in range(2, min(len(token), self._longest_prefix) + 1):
            if token[:end] in self._prefixes:
                keys.append(token[:end] + "*")
        return tuple(keys)

    def _is_plain(self, token: str) -> bool:
        return any(form in self._rules.plain_words for form in _base_forms(token))

    def _repair(self, token: str) -> str | None:
        """The nearest lexicon word that shares the first letter: one edit, or two in a long word."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if len(token) > 20:
            return None
        allowed = 1 if len(token) < 8 else 2
        start = bisect_left(self._sorted, token[0])
        end = bisect_left(self._sorted, chr(ord(token[0]) + 1))
        near = [
            word for word in self._sorted[start:end] if len(word) >= 4 and abs(len(word) - len(token)) <= allowed
        ]
        best = process.extractOne(token, near, scorer=OSA.distance, score_cutoff=allowed)
        return None if best is None else str(best[0])


def _base_forms(token: str) -> tuple[str, ...]:
    """A token and what it may be an inflected form of: "leaking" -> leaking, leak, leake."""
    n = len(token)
    if n < 4:
        return (token,)
    if token.endswith("ing") and n > 5:
        stem = token[:-3]
        return (token, stem, stem + "e", stem[:-1]) if stem[-1] == stem[-2] else (token, stem, stem + "e")
    if token.endswith("ies") and n > 4:
        return (token, token[:-3] + "y", token[:-1])
    if token.endswith("ied") and n > 4:
        return (token, token[:-3] + "y", token[:-1])
    if token.endswith(("shes", "ches", "sses", "xes", "oes", "zes")):
        return (token, token[:-1], token[:-2])
    if token.endswith("s"):
        return (token, token[:-1])
    if token.endswith("ed"):
        stem = token[:-2]
        forms = (token, stem, token[:-1])
        return (*forms, stem[:-1]) if len(stem) > 3 and stem[-1] == stem[-2] else forms
    return (token,)


class Message:
    """A message as tokens without fillers, with places of sentence ends and of its words."""

    def __init__(self, text: str, vocabulary: Vocabulary, rules: RedFlags) -> None:
        self.tokens: list[str] = []
        self.places: dict[str, int] = {}
        self.numbers: list[tuple[int, float]] = []
        self.breaks = 0
        """Tokens that begin a sentence."""
        self.commas = 0
        """Tokens that follow a comma or the like."""
        self.subjects = 0
        """Tokens before which a person ("I", "my", "she") was named since the previous token."""
        self.selves = 0
        """Of these, the tokens before which the writer spoke of himself or herself ("I", "my")."""
        self.asked = 0
        """The first tokens of sentences that end in a question mark."""
        self.opened = 0
        """The first tokens of sentences that begin as a question in general."""
        self.personal = 0
        """The first tokens of sentences that name a person."""
        self._read(text, vocabulary, rules)
        self.all = (1 << len(self.tokens)) - 1

    def _read(self, text: str, vocabulary: Vocabulary, rules: RedFlags) -> None:
        fillers, people, openers = rules.fillers, rules.people, rules.openers
        tokens, places = self.tokens, self.places
        first = 1
        pending_break = pending_comma = pending_subject = pending_self = False
        before = ("", "")
        opening = True
        for token in _TOKEN.findall(normalise(text)):
            bit = 1 << len(tokens)
            if token in _ENDS:
                if token == "?":  # noqa: S105 - a question mark
                    self.asked |= first
                pending_break = opening = True
                continue
            if token in _SOFT or token[0] == ".":
                pending_comma = True
                continue
            if pending_break and tokens:
                if bit != first:
                    first = bit
                self.breaks |= bit
            pending_break = False
            if opening and token not in _GREETINGS:
                if token in openers:
                    self.opened |= first
                opening = False
            spoken, before = before, (before[1], token)
            if token[0].isdecimal() or token in NUMBER_WORDS:
                named = spoken[1] in _AGE_CUES or (spoken[1] in {"is", "am"} and spoken[0] in people)
                # "14, ice skater" and "31 weeks, seeing stars" open with an age or a week of pregnancy.
                named = named or (not tokens and not spoken[1] and token[0].isdecimal())
                if named:
                    places["aged"] = places.get("aged", 0) | bit
                    tokens.append("aged")
                    bit <<= 1
            if token in people:
                self.personal |= first
                pending_subject = True
                pending_self = pending_self or token in _SELF
            elif token in _NEW_SUBJECTS:
                pending_subject = True
            if token in fillers:
                continue
            if pending_comma:
                self.commas |= bit
            if pending_subject:
                self.subjects |= bit
            if pending_self:
                self.selves |= bit
            pending_comma = pending_subject = pending_self = False
            for key in vocabulary.keys(token):
                places[key] = places.get(key, 0) | bit
            value = NUMBER_WORDS.get(token)
            if value is None and token[0].isdecimal():
                value = float(token)
            if value is not None:
                self.numbers.append((len(tokens), value))
            tokens.append(token)

    @cached_property
    def sentences(self) -> list[int]:
        """The places of each sentence."""
        result = []
        start = 0
        marks = self.breaks
        while marks:
            low = marks & -marks
            end = low.bit_length() - 1
            if end > start:
                result.append((1 << end) - (1 << start))
            start = end
            marks ^= low
        if len(self.tokens) > start:
            result.append((1 << len(self.tokens)) - (1 << start))
        return result

    def within(self, ranges: tuple[tuple[float, float], ...]) -> int:
        """The places of numbers inside any of some ranges."""
        found = 0
        for place, value in self.numbers:
            if any(low <= value <= high for low, high in ranges):
                found |= 1 << place
        return found


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
    options: Matches = {}
    for word in item.words:
        if (places := message.places.get(word)) is not None:
            options[1] = options.get(1, 0) | places
    for run in item.runs:
        together = message.places.get(run[0], 0)
        for offset, word in enumerate(run[1:], start=1):
            if together:
                together &= (message.places.get(word, 0) & ~message.breaks) >> offset
        if together:
            options[len(run)] = options.get(len(run), 0) | together
    if item.ranges and message.numbers:
        options[1] = options.get(1, 0) | message.within(item.ranges)
    for name in item.concepts:
        for length, places in found.get(name, {}).items():
            options[length] = options.get(length, 0) | places
    result: Matches = {}
    for before, starts in state.items():
        for length, places in options.items():
            # A step after the first must not begin a new sentence.
            reachable = places & ~message.breaks if before else places
            hit = starts & (reachable >> before)
            total = before + length
            if hit and total <= MAX_MATCH_LENGTH:
                result[total] = result.get(total, 0) | hit
    return result


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
