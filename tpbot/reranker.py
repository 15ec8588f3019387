"""The short list: the retrieved entries in their final order, each with the probability that it is right."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from tpbot import text
from tpbot.calibration import confidence
from tpbot.index import Index
from tpbot.retriever import LOWEST_LINK, Query, Retrieval

SHORT_LIST = 3
"""Entries that are looked at closely, at least."""

EXACT_SIMILARITY = 0.5
"""A way of asking less similar than this is not compared word by word; repairs keep it from being 1."""


class Match(msgspec.Struct, frozen=True):
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
    places = _highest(retrieval, index, max(at_least, SHORT_LIST))
    matches = [_match(place, retrieval, query, index) for place in places]
    return sorted(matches, key=lambda match: (match.confidence != 1.0, -match.score, match.id))


def _highest(retrieval: Retrieval, index: Index, count: int) -> list[int]:
    """Return where the `count` highest scores are, or all; of equal ones at the end those with lower ids."""
    scores = retrieval.scores
    if len(scores) <= count:
        return list(range(len(scores)))
    lowest = np.partition(scores, len(scores) - count)[len(scores) - count]
    above = np.flatnonzero(scores > lowest).tolist()
    equal = np.flatnonzero(scores == lowest).tolist()
    if len(above) + len(equal) > count:
        equal.sort(key=lambda place: index.ids[int(retrieval.entries[place])])
    return [*above, *equal[: count - len(above)]]


def _match(place: int, retrieval: Retrieval, query: Query, index: Index) -> Match:
    number, way = int(retrieval.entries[place]), int(retrieval.nearest[place])
    features = {
        "similarity": float(retrieval.similarities[place]),
        "link": math.log(max(float(retrieval.links[place]), LOWEST_LINK)),
        "text": float(retrieval.text_shares[place]),
        "cover": float(retrieval.covers[place]),
    }
    exact = features["similarity"] > EXACT_SIMILARITY and _is(query, index.ways[way])
    sure = 1.0 if exact else confidence(features, index.meta.coefficients)
    return Match(number, index.ids[number], float(retrieval.scores[place]), sure, way, features)


def _is(query: Query, way: str) -> bool:
    return tuple(text.normalise(way)) in (query.words, query.written)
