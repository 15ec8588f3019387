"""Normalising, tokens, stems, bigrams, trigrams and spelling repair: the only place that does so."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

_TOKEN = re.compile(r"\w+")
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´ʼ＇"))
_VOWEL = re.compile(r"[aeiouy]")
NUMBER = "#"
"""The stem of every number."""

FILLER = (
    "can i ask", "can you please tell me", "can you tell me", "could you please tell me", "could you tell me",
    "dear sir", "do you know", "good afternoon", "good evening", "good morning", "hello", "hello bot",
    "hello there", "hey", "hey bot", "hey there", "hi", "hi bot", "hi there", "i have a question",
    "i need to know", "i want to know", "i was wondering", "i would like to know", "id like to know",
    "im wondering", "in advance", "just wondering", "kindly", "madam", "many thanks", "may i know", "ok",
    "okay", "please", "please tell me", "pls", "plz", "quick question", "sir", "so", "tell me please",
    "thank you", "thank you very much", "thanks", "thanks a lot", "thx", "um", "well",
)  # fmt: skip
"""Phrases of greeting and politeness, stripped from both ends of a question while two words remain."""

_FILLER = frozenset(tuple(phrase.split()) for phrase in FILLER)
_LONGEST_FILLER = max(len(phrase) for phrase in _FILLER)

MIN_REPAIRED_LENGTH = 4
"""Words shorter than this are never repaired: too many real words lie one edit away."""

MIN_TWICE_REPAIRED_LENGTH = 6
"""Words of this length and beyond are repaired by two edits where one does not do."""

RARE_BESIDE = 10
"""A word of a corpus is taken for a typing error when one an edit away is this many times as common."""

MOST_ERRORS = 5
"""A word that a corpus has more often than this is no typing error."""


def replace_surrogates(text: str) -> str:
    """Return `text` with unpaired surrogates replaced by U+FFFD, so that it can be encoded."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def tokenise(text: str) -> list[str]:
    """Return the lower-case words of `text`, in order, without apostrophes and then after NFKC."""
    # NFKC makes ´ a space and a combining accent, so that it goes first.
    return _TOKEN.findall(unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).lower())


def strip_filler(tokens: Sequence[str]) -> list[str]:
    """Return `tokens` without the phrases of `FILLER` at either end, leaving at least two words."""
    start, end = 0, len(tokens)
    while size := _filler_at(tokens[start:end][:_LONGEST_FILLER], end - start):
        start += size
    while size := _filler_at(tokens[start:end][-_LONGEST_FILLER:], end - start, last=True):
        end -= size
    return list(tokens[start:end])


def _filler_at(edge: Sequence[str], length: int, *, last: bool = False) -> int:
    """Return the length of the longest filler phrase at an edge that leaves two of `length` words, else 0."""
    for size in range(min(len(edge), length - 2), 0, -1):
        if tuple(edge[-size:] if last else edge[:size]) in _FILLER:
            return size
    return 0


def normalise(text: str) -> list[str]:
    """Return the words of a question or of a way of asking it: `tokenise`, then `strip_filler`."""
    return strip_filler(tokenise(text))


@lru_cache(maxsize=4_096)
def stem(word: str) -> str:
    """Return a light English stem.

    No plural -s; no -ing, -ed or -ly; no final e; a final y as i; a final double letter once. All numbers
    have one stem.
    """
    if word.isdecimal():
        return NUMBER
    if len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed", "ly"):
        root = word.removesuffix(suffix)
        if root != word and len(root) >= 3 and _VOWEL.search(root):
            word = root
            break
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    if len(word) > 3 and word[-1] == "y":
        word = word[:-1] + "i"
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def stems(tokens: Sequence[str]) -> list[str]:
    """Return the stem of each token."""
    return [stem(token) for token in tokens]


def trigrams(tokens: Sequence[str]) -> list[str]:
    """Return the character trigrams of each token with a space on either side, in order."""
    grams: list[str] = []
    for token in tokens:
        padded = f" {token} "
        grams.extend([padded[i : i + 3] for i in range(len(padded) - 2)])
    return grams


def bigrams(tokens: Sequence[str]) -> list[str]:
    """Return the stems of every two neighbouring tokens, with a space between, in order."""
    return [f"{one} {other}" for one, other in itertools.pairwise(stems(tokens))]


def common_words() -> frozenset[str]:
    """Return common English words: real words, which spelling repair leaves alone."""
    return frozenset(Path(__file__).with_name("common-words.txt").read_text("utf-8").split())


class Speller:
    """Repairs words that a corpus does not know and that lie an edit or two from a word it knows.

    Args:
        counts: How often each word occurs in the corpus.
        known: Further real words to leave alone (common English).
    """

    def __init__(self, counts: Mapping[str, int], known: frozenset[str] = frozenset()) -> None:
        self._counts = counts
        self._known = known

    @cached_property
    def _stems(self) -> set[str]:
        return {stem(word) for word in self._counts}

    @cached_property
    def _by_edge(self) -> dict[tuple[int, str, str], list[str]]:
        """The words by length and first letter, and by length and last: one edit leaves one of them."""
        by_edge: dict[tuple[int, str, str], list[str]] = {}
        for word in self._counts:
            by_edge.setdefault((len(word), word[0], ""), []).append(word)
            by_edge.setdefault((len(word), "", word[-1]), []).append(word)
        return by_edge

    def repair(self, word: str) -> str:
        """Return the corpus word that `word` was meant to be, or `word` itself.

        That is a word one optimal-string-alignment edit away; where there is none, and `word` is long, one
        two edits away that begins or ends as it does. Of several, one with the same first letter wins, then
        the more frequent, then the alphabet decides.
        """
        if len(word) < MIN_REPAIRED_LENGTH or not word.isalpha() or self._is_real(word):
            return word
        nearby = self._nearby(word, 1)
        if not nearby and len(word) >= MIN_TWICE_REPAIRED_LENGTH:
            nearby = self._nearby(word, 2)
        return _nearest(word, nearby, self._counts)

    def _is_real(self, word: str) -> bool:
        return word in self._counts or word in self._known or stem(word) in self._stems

    def _nearby(self, word: str, edits: int) -> list[str]:
        """Return the corpus words at most `edits` away from `word` that begin or end as it does."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        return [
            other
            for length in range(len(word) - edits, len(word) + edits + 1)
            for edge in ((length, word[0], ""), (length, "", word[-1]))
            for other, _, _ in extract(
                word, self._by_edge.get(edge, ()), scorer=OSA.distance, score_cutoff=edits, limit=None
            )
        ]

    def repair_all(self, words: Sequence[str]) -> list[str]:
        """Return `words`, each repaired."""
        return [self.repair(word) for word in words]


def typing_errors(counts: Mapping[str, int], known: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the typing errors among the words of a corpus, with the words they were meant to be.

    People add misspelt questions to help; taken at their word, those would teach the speller to misspell.

    Args:
        counts: How often each word occurs in the corpus.
        known: Real words, which are no errors however rare.
    """
    from rapidfuzz.distance import OSA

    shortened: dict[str, list[str]] = {}  # words by what is left of them without one of their letters
    for word in counts:
        for part in {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}:
            shortened.setdefault(part, []).append(word)
    nearby: dict[str, set[str]] = {}
    for group in shortened.values():
        most = max(group, key=lambda word: counts[word])
        for word in group:
            rare = counts[word] <= MOST_ERRORS and counts[word] * RARE_BESIDE < counts[most]
            if (
                rare
                and word not in known
                and len(word) >= MIN_REPAIRED_LENGTH
                and word.isalpha()
                and stem(word) != stem(most)
                and OSA.distance(word, most) == 1
            ):
                nearby.setdefault(word, set()).add(most)
    return {word: _nearest(word, others, counts) for word, others in nearby.items()}


def _nearest(word: str, others: Iterable[str], counts: Mapping[str, int]) -> str:
    return min(others, key=lambda other: (other[0] != word[0], -counts[other], other), default=word)
