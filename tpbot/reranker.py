"""The short list: the retrieved entries in their final order, each with the probability that it is right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from tpbot import text
from tpbot.calibration import confidence
from tpbot.index import Index
from tpbot.retriever import LOWEST_LINK, Query, Retrieval

SHORT_LIST = 3
"""Entries that are looked at closely."""


@dataclass(frozen=True)
class Match:
    """An entry on the short list."""

    number: int
    """Of the entry."""
    id: str
    score: float
    confidence: float
    way: int
    """The nearest way of asking; -1 where the entry has none."""
    features: dict[str, float]
    """What the confidence was made of."""


def rerank(retrieval: Retrieval, query: Query, index: Index, *, at_least: int = 0) -> Sequence[Match]:
    """Return the short list, best first: exact questions, then by score, then by id.

    Args:
        retrieval: What was found.
        query: What it was found for.
        index: Where it was found.
        at_least: How long the list is to be, if there are as many entries; it is never below `SHORT_LIST`.
    """
    scores = retrieval.scores
    length = min(max(at_least, SHORT_LIST), len(scores))
    if not length:
        return []
    highest = np.argpartition(scores, len(scores) - min(length + 1, len(scores)))[-length - 1 :]
    order = sorted(highest.tolist(), key=lambda place: (-scores[place], index.ids[retrieval.entries[place]]))
    rivals = [float(scores[place]) for place in order[:2]] + [0.0]
    matches = [
        _match(place, float(scores[place]) - rivals[rank == 0], retrieval, query, index)
        for rank, place in enumerate(order[:length])
    ]
    return sorted(matches, key=lambda match: match.confidence != 1.0)


def _match(place: int, margin: float, retrieval: Retrieval, query: Query, index: Index) -> Match:
    number, way = int(retrieval.entries[place]), int(retrieval.nearest[place])
    words = text.normalise(index.ways[way]) if way >= 0 else []
    features = {
        "similarity": float(retrieval.similarities[place]),
        "link": math.log(max(float(retrieval.links[place]), LOWEST_LINK)),
        "text": float(retrieval.text_shares[place]),
        "cover": float(retrieval.covers[place]),
        "margin": margin,
        "back": _idf_share(words, query, index),
        "fuzzy": fuzz.token_set_ratio(" ".join(query.words), " ".join(words)) / 100,
        "length": math.log(len(query.words)),
    }
    exact = way >= 0 and tuple(words) in (query.words, query.written)
    sure = 1.0 if exact else confidence(features, index.meta.coefficients)
    return Match(number, index.ids[number], float(retrieval.scores[place]), sure, way, features)


def _idf_share(words: Sequence[str], query: Query, index: Index) -> float:
    """Return the share of the idf of the stems of `words` that lies in stems of the question, 0 to 1."""
    idf, common = index.arrays.idf, index.arrays.stem_entries
    wanted, total = 0.0, 0.0
    for root in sorted(set(text.stems(words))):
        number = index.stem_numbers.get(root)
        weight = float(idf[0 if number is None else common[number]])
        total += weight
        wanted += weight if root in query.stems else 0.0
    return wanted / total if total else 0.0
