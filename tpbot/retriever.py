"""Finding the entries that a question may be asking for: TF-IDF rows, BM25 rows and links, with numpy alone.

The score of an entry is

    1.4 similarity + 1.4 ln(max(link, 0.0001)) + 4.3 text / (highest text + 4)

where `similarity` is the cosine similarity of the question and the entry's nearest way of asking (0.35 stems,
0.65 trigrams), `link` the probability by the links, and `text` the BM25 score of the entry's words. Without
links it is 4.3 similarity + 4.3 text / (highest text + 4). Synonyms of the question's stems count, but less.
"""

from __future__ import annotations

import itertools
from functools import cached_property

import msgspec
import numpy as np

from tpbot import text
from tpbot.index import LINKS_PER_WAY, Floats, Index, Integers, Postings
from tpbot.synonyms import SYNONYM_WEIGHT, Synonyms

STEM_WEIGHT = 0.35
BIGRAM_WEIGHT = 0.3
"""Of bigrams beside stems and trigrams, in the links alone."""
SIMILARITY = 1.4
SIMILARITY_ALONE = 4.3
LINK = 1.4
TEXT = 4.3
TEXT_HALF = 4.0
LOWEST_LINK = 1e-4
"""Probabilities by the links are taken as at least this before their logarithm."""
BM25_K1 = 1.5

EXACT_SCAN = 60_000
"""Postings; a question that touches more is answered from its rarer terms first, then scored exactly."""
RARE_SCAN = 10_000
"""Postings of a question's rarer terms, of each kind, that are then scanned."""
FINALISTS = 50
"""Rows that are scored exactly after that. More found no more of 44,603 questions of MedQuAD with a typo."""


class Query(msgspec.Struct, frozen=True):
    """A question as the index sees it."""

    words: tuple[str, ...]
    """After normalising and spelling repair."""
    written: tuple[str, ...]
    """After normalising alone."""
    stems: tuple[str, ...]
    """The different stems, in code point order."""
    synonyms: tuple[str, ...]
    """Of the stems, in code point order."""
    grams: tuple[str, ...]
    bigrams: tuple[str, ...]


class LeftOut(msgspec.Struct, frozen=True):
    """A way of asking, or all of an entry, that is to count as absent from an index with links."""

    entry: int
    way: int | None = None
    """The way of asking, which has to be the question that is asked; without it, the whole entry."""


class Retrieval(msgspec.Struct, frozen=True, dict=True):
    """What was found: arrays with an item for each entry considered, in the corpus' order."""

    entries: Integers
    """Numbers of entries."""
    similarities: Floats
    """Of the nearest way of asking, 0 to 1; 0 for an entry without any."""
    links: Floats
    """Probabilities by the links; 0 where the index has none."""
    texts: Floats
    """BM25 scores of the entry's words."""
    covers: Floats
    """The share of the question's idf that lies in stems which the entry's words contain, 0 to 1."""
    nearest: Integers
    """The nearest way of asking of each entry; -1 where it has none."""

    linked: bool
    """Whether the index has links."""

    @cached_property
    def text_shares(self) -> Floats:
        """BM25 scores scaled to 0 to 1: text / (highest text + 4)."""
        return self.texts / (float(self.texts.max(initial=0.0)) + TEXT_HALF)

    @cached_property
    def scores(self) -> Floats:
        """What orders the entries, see the head of this module."""
        if not self.linked:
            return SIMILARITY_ALONE * self.similarities + TEXT * self.text_shares
        links: Floats = np.log(np.maximum(self.links, LOWEST_LINK))
        return SIMILARITY * self.similarities + LINK * links + TEXT * self.text_shares


class Retriever:
    """Scores the entries of an index against questions."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._arrays = index.arrays
        self._speller = text.Speller(index.word_counts, frozenset(index.meta.known_words))
        self._synonyms = Synonyms(index.meta.synonyms)
        starts = index.arrays.way_starts.astype(np.int64)
        self._owners = np.repeat(np.arange(index.entry_count), np.diff(starts))
        self._with_ways = np.flatnonzero(np.diff(starts))
        self._first_ways = starts[self._with_ways]
        idf, ways = index.arrays.idf, index.way_count
        self._stem_norms = _norms(index.stem_postings, idf[index.arrays.stem_entries], ways)
        self._bigram_norms = _norms(index.bigram_postings, idf[index.arrays.bigram_entries], ways)
        self._gram_norms = _norms(index.gram_postings, idf[index.arrays.gram_entries], ways)
        roots = index.arrays.link_weights.astype(np.float64) / 127
        self._link_weights = np.sign(roots) * roots * roots * index.meta.link_scale

    def analyse(self, question: str) -> Query:
        """Return the words, stems and trigrams of a question, its unknown words repaired."""
        written = text.normalise(question)
        words = self._speller.repair_all(written)
        stems = _different(text.stems(words))
        return Query(
            words=tuple(words),
            written=tuple(written),
            stems=stems,
            synonyms=self._synonyms.of(stems),
            grams=_different(text.trigrams(words)),
            bigrams=_different(text.bigrams(words)),
        )

    def retrieve(self, query: Query, left_out: LeftOut | None = None) -> Retrieval:
        """Return what the index holds for `query`, but for what is left out."""
        arrays, index = self._arrays, self._index
        stems = self._vector(query.stems, index.stem_numbers, arrays.stem_entries, query.synonyms)
        grams = self._vector(query.grams, index.gram_numbers, arrays.gram_entries)
        touched = (
            index.stem_postings.lengths[stems.terms].sum() + index.gram_postings.lengths[grams.terms].sum()
        )
        linked = len(self._link_weights) > 0
        if touched > EXACT_SCAN and not linked:  # links need the similarity of every way
            return self._retrieve_pruned(query, stems, grams)
        ways = self._ways(stems, grams)
        ways[self._absent(left_out)] = 0
        similarities = np.zeros(index.entry_count)
        nearest = np.full(index.entry_count, -1)
        if len(ways):
            similarities[self._with_ways] = np.maximum.reduceat(ways, self._first_ways)
            best = np.flatnonzero(ways == similarities[self._owners])[::-1]
            nearest[self._owners[best]] = best
        texts, covers = self._texts(query, stems, left_out=left_out)
        entries = np.arange(index.entry_count)
        links = self._links(ways, query, left_out) if linked else np.zeros(index.entry_count)
        return Retrieval(entries, similarities, links, texts, covers, nearest, linked)

    def _absent(self, left_out: LeftOut | None) -> slice:
        """Return which ways of asking are left out."""
        if left_out is None:
            return slice(0)
        if left_out.way is not None:
            return slice(left_out.way, left_out.way + 1)
        start, end = self._arrays.way_starts[left_out.entry : left_out.entry + 2].tolist()
        return slice(start, end)

    def _retrieve_pruned(self, query: Query, stems: _Vector, grams: _Vector) -> Retrieval:
        """Find finalists by the rarer terms alone, then add what the common ones say of these."""
        index = self._index
        rare_stems, common_stems = stems.split(index.stem_postings, RARE_SCAN)
        rare_grams, common_grams = grams.split(index.gram_postings, RARE_SCAN)
        partial = self._ways(rare_stems, rare_grams)
        finalists = np.sort(_highest(partial, FINALISTS))
        by_stems = _cosines_at(index.stem_postings, common_stems, self._stem_norms, finalists)
        by_grams = _cosines_at(index.gram_postings, common_grams, self._gram_norms, finalists)
        ways = partial[finalists] + STEM_WEIGHT * by_stems + (1 - STEM_WEIGHT) * by_grams
        rare, _ = stems.split(index.text_postings, RARE_SCAN)
        by_text, _ = self._texts(query, rare)
        entries = np.union1d(self._owners[finalists], _highest(by_text, FINALISTS // 2))
        similarities = np.zeros(len(entries))
        nearest = np.full(len(entries), -1)
        places = np.searchsorted(entries, self._owners[finalists])
        np.maximum.at(similarities, places, ways)
        best = np.flatnonzero(ways == similarities[places])[::-1]
        nearest[places[best]] = finalists[best]
        texts, covers = self._texts(query, stems, entries)
        return Retrieval(entries, similarities, np.zeros(len(entries)), texts, covers, nearest, linked=False)

    def _vector(
        self,
        terms: tuple[str, ...],
        numbers: dict[str, int],
        entries: Integers,
        synonyms: tuple[str, ...] = (),
    ) -> _Vector:
        """Return the known terms, ascending, with their weights times idf, for a vector of length 1."""
        shares = {numbers[term]: 1.0 for term in terms if term in numbers}
        shares |= {numbers[term]: SYNONYM_WEIGHT for term in synonyms if term in numbers}
        known = np.array(sorted(shares), np.int64)
        share = np.array([shares[term] for term in known.tolist()])
        idf = self._arrays.idf[entries[known]]
        weights = share * idf
        # A synonym that no way of asking holds must not make the others count for less.
        length = np.sqrt((weights * weights)[(share == 1) | (entries[known] > 0)].sum())
        return _Vector(known, share, weights * idf / length if length else weights)

    def _ways(self, stems: _Vector, grams: _Vector) -> Floats:
        """Return the similarity of each way of asking: (ways,)."""
        index = self._index
        by_stems = _cosines(index.stem_postings, stems, self._stem_norms)
        by_grams = _cosines(index.gram_postings, grams, self._gram_norms)
        return STEM_WEIGHT * by_stems + (1 - STEM_WEIGHT) * by_grams

    def _texts(
        self, query: Query, stems: _Vector, at: Integers | None = None, left_out: LeftOut | None = None
    ) -> tuple[Floats, Floats]:
        """Return the BM25 score and the cover of all entries, or of those in `at` (ascending)."""
        arrays, postings = self._arrays, self._index.text_postings
        size = self._index.entry_count if at is None else len(at)
        own = stems.shares == 1
        unknown = len(query.stems) - np.count_nonzero(own)
        covering = np.where(own, arrays.idf[arrays.stem_entries[stems.terms]], 0.0)
        total = covering.sum() + unknown * arrays.idf[0]
        places, rows, lengths = (
            postings.gather(stems.terms) if at is None else postings.gather_at(stems.terms, at)
        )
        if not len(rows):
            return np.zeros(size), np.zeros(size)
        entries = rows if at is None else at[rows]
        counts = arrays.text_counts[places]
        covered = np.repeat(covering, lengths)
        if left_out:
            own_counts = np.repeat(own, lengths) if left_out.way is not None else counts
            counts = np.where(entries == left_out.entry, counts - own_counts, counts)
            covered[counts == 0] = 0
        idf = np.repeat(stems.shares * arrays.text_idf[postings.lengths[stems.terms]], lengths)
        frequency = counts * (BM25_K1 + 1) / (counts + arrays.text_saturation[entries])
        return _sums(rows, idf * frequency, size), _sums(rows, covered, size) / total

    def _links(self, ways: Floats, query: Query, left_out: LeftOut | None) -> Floats:
        """Return the probability of each entry by the links of the ways of asking: a softmax."""
        index = self._index
        bigrams = self._vector(query.bigrams, index.bigram_numbers, self._arrays.bigram_entries)
        ways = ways + BIGRAM_WEIGHT * _cosines(index.bigram_postings, bigrams, self._bigram_norms)
        ways[self._absent(left_out)] = 0
        products = np.repeat(ways, LINKS_PER_WAY) * self._link_weights
        linked = _sums(self._arrays.link_entries, products, self._index.entry_count)
        logits = linked + self._arrays.link_bias
        if left_out and left_out.way is None:
            logits[left_out.entry] = -np.inf
        powers = np.exp(logits - logits.max())
        return powers / powers.sum()  # type: ignore[no-any-return]


class _Vector(msgspec.Struct, frozen=True):
    """Terms of a question."""

    terms: Integers
    shares: Floats
    """What each counts: 1, or less for a synonym."""
    weights: Floats
    """In a vector of length 1, times idf."""

    def split(self, postings: Postings, limit: int) -> tuple[_Vector, _Vector]:
        """Return the terms with the fewest postings, together no more than `limit`, and the other terms."""
        lengths = postings.lengths[self.terms].tolist()  # a few dozen: lists are faster than arrays here
        order = sorted(range(len(lengths)), key=lengths.__getitem__)
        totals = itertools.accumulate(lengths[place] for place in order)
        count = max(1, sum(total <= limit for total in totals))
        return self._take(sorted(order[:count])), self._take(sorted(order[count:]))

    def _take(self, places: list[int]) -> _Vector:
        return _Vector(self.terms[places], self.shares[places], self.weights[places])


def _cosines(postings: Postings, vector: _Vector, norms: Floats) -> Floats:
    """Return the cosine similarity of `vector` and each row: (rows,)."""
    if not len(vector.terms):
        return np.zeros(len(norms))
    rows = np.concatenate([postings.rows_of(term) for term in vector.terms.tolist()])
    weights = np.repeat(vector.weights, postings.lengths[vector.terms])
    return _sums(rows, weights, len(norms)) / norms


def _cosines_at(postings: Postings, vector: _Vector, norms: Floats, rows: Integers) -> Floats:
    """Return the cosine similarity of `vector` and each of `rows`, which ascend: (len(rows),)."""
    wanted = rows.astype(postings.rows.dtype)  # else numpy would convert the postings, which are more
    sums = np.zeros(len(rows))
    for term, weight in zip(vector.terms.tolist(), vector.weights.tolist(), strict=True):
        found = postings.rows_of(term)
        if len(found):
            sums += weight * (found.take(found.searchsorted(wanted), mode="clip") == wanted)
    return sums / norms[rows]


def _sums(rows: Integers, values: Floats, size: int) -> Floats:
    """Return the sum of the values of each row, added in their order: (size,)."""
    return np.bincount(rows, values, size)  # type: ignore[return-value]  # float64 with weights


def _norms(postings: Postings, idf: Floats, size: int) -> Floats:
    """Return the length of each row's vector before scaling, 1 for an empty row: (size,)."""
    squares = _sums(postings.rows, np.repeat(idf * idf, postings.lengths), size)
    return np.sqrt(np.where(squares > 0, squares, 1.0))


def _highest(values: Floats, count: int) -> Integers:
    """Return where the highest of `values` are, `count` at most, none of them 0."""
    highest = float(values.max(initial=0.0))
    for share in (
        0.6,
        0.4,
        0.25,
        0.1,
        0.0,
    ):  # a few high values are found faster among high ones than among all
        found = np.flatnonzero(values > share * highest)
        if len(found) >= count:
            return found[np.argpartition(values[found], -count)[-count:]]
    return found


def _different(terms: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(terms)))
