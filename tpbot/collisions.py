"""Entries that are hard to tell apart: they share questions, nearly share them, or take each other's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from tpbot.corpus import Corpus, ways_of_asking
from tpbot.records import Entry
from tpbot.text import normalise

NEAR_DUPLICATE = 92
"""rapidfuzz `token_sort_ratio`, 0 to 100: from here two questions differ in a word or a few letters."""
SAME = 100.0
"""Similarity of questions with the same words in any order."""
FOLDS = 5
_BLOCK = 500


class Pair(msgspec.Struct, frozen=True):
    """A way of asking one entry that is, or almost is, a way of asking another."""

    entry: str
    way: str
    other: str
    other_way: str
    similarity: float
    """From NEAR_DUPLICATE to SAME."""


def similar_ways(corpus: Corpus) -> Iterator[Pair]:
    """Yield each pair of ways of asking with the same or nearly the same words, within entries and across.

    The first of a pair stands first in the corpus.
    """
    import numpy as np
    from rapidfuzz import fuzz, process

    ways = [(entry.id, way) for entry in corpus.entries for way in ways_of_asking(entry)]
    texts = [" ".join(sorted(normalise(way))) for _, way in ways]
    for start in range(0, len(texts), _BLOCK):
        block = texts[start : start + _BLOCK]
        # The words are sorted already, so `ratio` is `token_sort_ratio`.
        scores = process.cdist(block, texts, scorer=fuzz.ratio, score_cutoff=NEAR_DUPLICATE, dtype=np.float32)
        for row, column in np.argwhere(scores).tolist():
            if column > start + row:
                (entry, way), (other, other_way) = ways[start + row], ways[column]
                yield Pair(entry, way, other, other_way, float(scores[row, column]))


class Stolen(msgspec.Struct, frozen=True):
    """A way of asking an entry that another entry would answer, were that way not listed."""

    entry: str
    way: str
    other: str
    confidence: float


class LeftOut(msgspec.Struct, frozen=True):
    """How the engine answers ways of asking that it has not seen."""

    asked: int
    right: int
    """Ways for which the first candidate is the entry that they belong to."""
    stolen: tuple[Stolen, ...]
    """Ways that would be answered with another entry, the most confident first."""


def ask_left_out(corpus: Corpus, progress: Callable[[str], None] | None = None) -> LeftOut:
    """Ask every way of asking of an index that was built without it.

    Each of five indexes is built without a fifth of every entry's ways. An entry with one way is left out of
    the questions, for without its only way it could not be found.
    """
    from tpbot.bot import Bot

    asked = right = 0
    stolen: list[Stolen] = []
    for fold in range(FOLDS):
        kept, left_out = _split(corpus, fold)
        if not left_out:
            continue
        if progress:
            progress(f"asking questions that were left out: part {fold + 1} of {FOLDS}")
        bot = Bot.from_corpus(kept)
        for entry, way in left_out:
            reply = bot.ask(way, top=1)
            asked += 1
            right += bool(reply.candidates) and reply.candidates[0].id == entry
            if reply.answer and reply.answer.id != entry:
                stolen.append(Stolen(entry, way, reply.answer.id, reply.confidence or 0.0))
    stolen.sort(key=lambda one: -one.confidence)
    return LeftOut(asked, right, tuple(stolen))


def _split(corpus: Corpus, fold: int) -> tuple[Corpus, list[tuple[str, str]]]:
    """Return the corpus without the ways of one fold, and (entry, way) of each that is missing."""
    entries: list[Entry] = []
    left_out: list[tuple[str, str]] = []
    for entry in corpus.entries:
        ways = list(dict.fromkeys(ways_of_asking(entry)))
        missing = ways[fold::FOLDS] if len(ways) > 1 else []
        left_out.extend((entry.id, way) for way in missing)
        kept = [way for way in ways if way not in missing]
        shorter = msgspec.structs.replace(entry, question=kept[0], also=tuple(kept[1:])) if missing else entry
        entries.append(shorter)
    return msgspec.structs.replace(corpus, entries=tuple(entries)), left_out
