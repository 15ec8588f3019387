"""Normalising, tokens, stems, character trigrams and spelling repair: the only place that does so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

_TOKEN = re.compile(r"\w+")
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘`´ʼ＇"))
_VOWEL = re.compile(r"[aeiouy]")

FILLER = frozenset(
    """
    a and bot can could dear do evening good hello help hey hi i id im just kindly know like madam me morning
    need ok okay please pls plz question quick afternoon sir so tell thank thanks the to um us want wanted
    well whats would wondering ya you
    """.split()  # noqa: SIM905
)
"""Words of greeting and politeness, stripped from both ends of a question while two words remain."""

MIN_REPAIRED_LENGTH = 4
"""Words shorter than this are never repaired: too many real words lie one edit away."""


def replace_surrogates(text: str) -> str:
    """Return `text` with unpaired surrogates replaced by U+FFFD, so that it can be encoded."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def tokenise(text: str) -> list[str]:
    """Return the lower-case words of `text`, in order, without apostrophes and then after NFKC."""
    # NFKC makes ´ a space and a combining accent, so that it goes first.
    return _TOKEN.findall(unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).lower())


def strip_filler(tokens: Sequence[str]) -> list[str]:
    """Return `tokens` without greetings and politeness at either end, leaving at least two words."""
    start, end = 0, len(tokens)
    while end - start > 2 and tokens[start] in FILLER:
        start += 1
    while end - start > 2 and tokens[end - 1] in FILLER:
        end -= 1
    return list(tokens[start:end])


def normalise(text: str) -> list[str]:
    """Return the words of a question or of a way of asking it: `tokenise`, then `strip_filler`."""
    return strip_filler(tokenise(text))


def stem(word: str) -> str:
    """Return a light English stem: no plural -s, no -ing, -ed or -ly, no final e, a final y as i."""
    if len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for suffix in ("ing", "ed", "ly"):
        root = word.removesuffix(suffix)
        if root != word and len(root) >= 3 and _VOWEL.search(root):
            doubled = len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz"
            word = root[:-1] if doubled else root
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 3 and word.endswith("y"):
        word = word[:-1] + "i"
    return word


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


def common_words() -> frozenset[str]:
    """Return common English words: real words, which spelling repair leaves alone."""
    return frozenset(Path(__file__).with_name("common-words.txt").read_text("utf-8").split())


class Speller:
    """Repairs words that a corpus does not know and that lie one edit from a word it knows.

    Args:
        counts: How often each word occurs in the corpus.
        known: Further real words to leave alone (common English).
    """

    def __init__(self, counts: Mapping[str, int], known: frozenset[str] = frozenset()) -> None:
        self._counts = counts
        self._known = known
        self._stems = {stem(word) for word in counts}
        self._by_length: dict[int, list[str]] = {}
        for word in counts:
            self._by_length.setdefault(len(word), []).append(word)

    def knows(self, word: str) -> bool:
        """Return whether `word` is left as it is."""
        return (
            len(word) < MIN_REPAIRED_LENGTH
            or word in self._counts
            or word in self._known
            or stem(word) in self._stems
            or not word.isalpha()
        )

    def repair(self, word: str) -> str:
        """Return the corpus word one optimal-string-alignment edit away from `word`, or `word` itself.

        Of several, one with the same first letter wins, then the more frequent, then the alphabet decides.
        """
        if self.knows(word):
            return word
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        nearby = [
            other
            for length in (len(word) - 1, len(word), len(word) + 1)
            for other, _, _ in extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=1, limit=None
            )
        ]
        return min(nearby, key=lambda other: (other[0] != word[0], -self._counts[other], other), default=word)

    def repair_all(self, words: Sequence[str]) -> list[str]:
        """Return `words`, each repaired."""
        return [self.repair(word) for word in words]
