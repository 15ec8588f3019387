"""A corpus as its own test: each way of asking is asked as if it, or its entry, were not in the corpus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tpbot.calibration import Trial
from tpbot.index import Index
from tpbot.reranker import rerank
from tpbot.retriever import LeftOut, Retriever

MAX_ASKED = 150
"""Ways that are asked, of more some at even distances: the intercept that they are for needs no more."""


def trials(index: Index) -> Iterator[Trial]:
    """Yield what is found for ways of asking with the way left out, then with its entry left out.

    With the way left out the question has an answer, with the entry left out it has none. What the links
    have learnt from a way stays in those of other ways; only its own are left out.
    """
    retriever = Retriever(index)
    starts = index.arrays.way_starts.astype(np.int64)
    counts = np.diff(starts)
    owners = np.repeat(np.arange(index.entry_count), counts)
    asked = np.unique(np.linspace(0, index.way_count - 1, MAX_ASKED).astype(np.int64))
    for way in asked[counts[owners[asked]] > 1].tolist():
        entry = int(owners[way])
        query = retriever.analyse(index.ways[way])
        if query.words:
            for left_out in (LeftOut(entry, way), LeftOut(entry)):
                first = rerank(retriever.retrieve(query, left_out), query, index)[0]
                right = first.number == entry and left_out.way is not None
                yield Trial(first.features, right, answerable=left_out.way is not None)
