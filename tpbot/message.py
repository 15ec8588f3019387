"""A message as triage sees it: tokens without fillers, and the words of the rules they stand for.

A set of places in a message is one Python integer, bit i for token i.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from tpbot.red_flags import RedFlags
from tpbot.text import stems

_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
NUMBER_WORDS: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_UNITS.split(), start=1)},
    "seventeen": 17.0,
    "eighteen": 18.0,
    "nineteen": 19.0,
    "dozen": 12.0,
    "hundred": 100.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "seventy": 70.0,
    "eighty": 80.0,
    "ninety": 90.0,
}

_AGE_CUES = frozenset(("im", "hes", "shes", "aged", "age", "turned", "turning"))
_NEW_SUBJECTS = frozenset(("the", "theres", "there", "its", "that"))
_SELF = frozenset(("i", "im", "ive", "id", "ill", "my", "me", "mine", "myself"))
_GREETINGS = frozenset(
    ("and", "so", "also", "hi", "hello", "hey", "please", "but", "ok", "just", "anyway", "then", "well")
)
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
        ends = range(2, min(len(token), self._longest_prefix) + 1)
        return (*keys, *(token[:end] + "*" for end in ends if token[:end] in self._prefixes))

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
            word
            for word in self._sorted[start:end]
            if len(word) >= 4 and abs(len(word) - len(token)) <= allowed
        ]
        best = process.extractOne(token, near, scorer=OSA.distance, score_cutoff=allowed)
        return None if best is None else str(best[0])


_ENDINGS = (
    ("ing", ("", "e")),
    ("ies", ("y", "ie")),
    ("ied", ("y", "ie")),
    ("shes", ("sh",)), ("ches", ("ch",)), ("sses", ("ss",)), ("xes", ("x",)), ("oes", ("o",)),
    ("ed", ("", "e")),
    ("s", ("",)),
)  # fmt: skip


def _base_forms(token: str) -> tuple[str, ...]:
    """A token and what it may be an inflected form of: "leaking" -> leaking, leak, leake."""
    if len(token) < 4:
        return (token,)
    for ending, bases in _ENDINGS:
        stem = token.removesuffix(ending)
        if stem != token and len(stem) > 2:
            forms = (token, *(stem + base for base in bases))
            doubled = ending in {"ing", "ed"} and len(stem) > 3 and stem[-1] == stem[-2]
            return (*forms, stem[:-1]) if doubled else forms
    return (token,)


def _is_number(word: str) -> bool:
    return word in NUMBER_WORDS or word[0].isdecimal()


def _sentences(text: str) -> Iterator[tuple[list[str], bool]]:
    """The words and soft marks of each sentence, and whether it ends in a question mark."""
    words: list[str] = []
    for mark in _TOKEN.findall(normalise(text)):
        if mark not in _ENDS:
            words.append(mark)
        elif words:
            yield words, mark == "?"
            words = []
    if words:
        yield words, False


def words_of(text: str) -> list[str]:
    """The words of a message, as `Message.words` has them."""
    return [word for words, _ in _sentences(text) for word in words if not _is_soft(word)]


def _is_soft(mark: str) -> bool:
    return mark in _SOFT or mark[0] == "."


class Message:
    """A message as tokens without fillers, with places of sentence ends and of its words."""

    def __init__(self, text: str, vocabulary: Vocabulary, rules: RedFlags) -> None:
        self.tokens: list[str] = []
        self.words: list[str] = []
        """All words, fillers too."""
        self.origins: list[int] = []
        """Where each token stands among the words."""
        self.places: dict[str, int] = {}
        self.numbers: list[tuple[int, float]] = []
        self.breaks = 0
        """Tokens that begin a sentence."""
        self.commas = 0
        """Tokens that follow a comma or the like."""
        self.subjects = 0
        """Tokens before which somebody or something new was named ("I", "my", "the")."""
        self.selves = 0
        """Of these, the tokens before which the writer spoke of himself or herself ("I", "my")."""
        self.asked = 0
        """The first tokens of sentences that end in a question mark."""
        self.opened = 0
        """The first tokens of sentences that begin as a question in general."""
        self.personal = 0
        """The first tokens of sentences that name a person."""
        for words, asked in _sentences(text):
            first = 1 << len(self.tokens)
            if self.tokens:
                self.breaks |= first
            if asked:
                self.asked |= first
            opening = next((word for word in words if word not in _GREETINGS), "")
            if opening in rules.openers:
                self.opened |= first
            if not rules.people.isdisjoint(words):
                self.personal |= first
            self._add(words, vocabulary, rules)
        self.all = (1 << len(self.tokens)) - 1

    def _add(self, words: list[str], vocabulary: Vocabulary, rules: RedFlags) -> None:
        """Take in the words of a sentence without fillers; what a filler says falls to the next word."""
        comma = subject = own = False
        spoken = ("", "")
        for word in words:
            if _is_soft(word):
                comma = True
                continue
            self.words.append(word)
            if _is_number(word) and self._is_age(word, spoken, rules.people):
                self._place("aged", ("aged",))
            spoken = (spoken[1], word)
            subject = subject or word in rules.people or word in _NEW_SUBJECTS
            own = own or word in _SELF
            if word in rules.fillers:
                continue
            bit = 1 << len(self.tokens)
            self.commas |= bit if comma else 0
            self.subjects |= bit if subject else 0
            self.selves |= bit if own else 0
            comma = subject = own = False
            if _is_number(word):
                self.numbers.append((len(self.tokens), NUMBER_WORDS.get(word) or float(word)))
            self._place(word, vocabulary.keys(word))

    def _is_age(self, number: str, spoken: tuple[str, str], people: frozenset[str]) -> bool:
        """Whether a number is somebody's age, by the two words before it.

        "14, ice skater" and "31 weeks, seeing stars" open with an age or a week of pregnancy.
        """
        if not self.tokens and not spoken[1] and number[0].isdecimal():
            return True
        return spoken[1] in _AGE_CUES or (spoken[1] in {"is", "am"} and spoken[0] in people)

    def _place(self, token: str, keys: tuple[str, ...]) -> None:
        bit = 1 << len(self.tokens)
        for key in keys:
            self.places[key] = self.places.get(key, 0) | bit
        self.tokens.append(token)
        self.origins.append(len(self.words) - 1)

    @cached_property
    def stems(self) -> list[str]:
        """The stems of all words."""
        return stems(self.words)

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
