"""Building an index from a corpus. The only module that imports scikit-learn, and it takes its time."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from tpbot import policy, reranker, retriever, text
from tpbot.blocks import parse_markdown, plain_text
from tpbot.calibration import adjusted, coefficients
from tpbot.corpus import Corpus, ways_of_asking
from tpbot.index import LINKS_PER_WAY, Arrays, Index, Integers, Meta, StoredEntry, Texts, deflate
from tpbot.leave_one_out import trials
from tpbot.records import Block, Entry, Topic
from tpbot.retriever import BIGRAM_WEIGHT, BM25_K1, STEM_WEIGHT
from tpbot.synonyms import SYNONYM_WEIGHT, groups_for

BM25_B = 0.75
Sparse: TypeAlias = Any
"""A scipy matrix; scipy ships without type hints."""

MAX_LINKED_ENTRIES = 1_000
"""Links cost entries x ways x terms to train; beyond this many entries there are none."""
BIGRAM_WAYS = 2
"""Bigrams of fewer ways of asking are left out: they would double the room and earn nothing."""
LINK_REGULARISATION = 10.0
LINK_TOLERANCE = 3e-5
"""Below scikit-learn's default, which stops a little early; less takes longer and earns nothing."""

SCORING = {
    "stem_weight": STEM_WEIGHT,
    "synonym_weight": SYNONYM_WEIGHT,
    "bigram_weight": BIGRAM_WEIGHT,
    "bm25_k1": BM25_K1,
    "similarity": retriever.SIMILARITY,
    "similarity_alone": retriever.SIMILARITY_ALONE,
    "link": retriever.LINK,
    "lowest_link": retriever.LOWEST_LINK,
    "text": retriever.TEXT,
    "text_half": retriever.TEXT_HALF,
    "exact_scan": retriever.EXACT_SCAN,
    "rare_scan": retriever.RARE_SCAN,
    "finalists": retriever.FINALISTS,
    "short_list": reranker.SHORT_LIST,
    "exact_similarity": reranker.EXACT_SIMILARITY,
    "min_confidence": policy.MIN_CONFIDENCE,
    "clarify_share": policy.CLARIFY_SHARE,
    "margin": policy.MARGIN,
    "max_choices": policy.MAX_CHOICES,
}
"""What question time takes from the code, by the names of docs/index-format.md."""


def build_index(corpus: Corpus) -> Index:
    """Return the index of `corpus`: a vector for each way of asking, a BM25 row for each entry, and links."""
    ways = [ways_of(entry) for entry in corpus.entries]
    owners = np.repeat(np.arange(len(ways)), [len(group) for group in ways])
    answers = [parse_markdown(entry.answer) for entry in corpus.entries]
    spoken = [text.normalise(way) for group in ways for way in group]
    written = [text.tokenise(plain_text(blocks)) for blocks in answers]
    counts = Counter(word for tokens in (*spoken, *written) for word in tokens)
    known_words = text.common_words()
    vocabulary = sorted(set(counts) - set(text.typing_errors(counts, known_words)))
    # The corpus' own words are repaired just as those of a question will be, so that equal texts stay equal.
    speller = text.Speller({word: counts[word] for word in vocabulary}, known_words)
    words = [speller.repair_all(tokens) for tokens in spoken]
    linked = _may_link(owners, len(ways))
    stems, grams = [text.stems(tokens) for tokens in words], [text.trigrams(tokens) for tokens in words]
    bigrams = [text.bigrams(tokens) if linked else [] for tokens in words]
    full = [text.stems(tokens) for tokens in written]
    for owner, terms in zip(owners.tolist(), stems, strict=True):
        full[owner].extend(terms)
    stem_terms, gram_terms = _terms(full), _terms(grams)
    bigram_terms = _terms(bigrams, BIGRAM_WAYS)
    stem_family = _Family(stem_terms, stems, owners, len(ways))
    gram_family = _Family(gram_terms, grams, owners, len(ways))
    bigram_family = _Family(bigram_terms, bigrams, owners, len(ways))
    text_counts = _count(stem_terms, full)
    rows = _side_by_side((STEM_WEIGHT, stem_family.rows), (1 - STEM_WEIGHT, gram_family.rows))
    none = np.zeros((0, LINKS_PER_WAY), np.int64)
    links, bias, scale = (none, none), np.zeros(0), 0.0
    if linked:
        bigram_rows = (BIGRAM_WEIGHT, bigram_family.rows)
        links, bias, scale = _links(_side_by_side((1, rows), bigram_rows), owners, len(ways))
    questions = {entry.id: entry.question for entry in corpus.entries}
    stored = [
        msgspec.json.encode(_stored(entry, blocks, questions))
        for entry, blocks in zip(corpus.entries, answers, strict=True)
    ]
    number = np.arange(len(ways) + 1)
    lengths = np.asarray(text_counts.sum(axis=1)).ravel()
    arrays = Arrays(
        **_postings("stem", stem_family.rows),
        stem_entries=_compact(stem_family.entries),
        **_postings("gram", gram_family.rows),
        gram_entries=_compact(gram_family.entries),
        **_postings("bigram", bigram_family.rows),
        bigram_entries=_compact(bigram_family.entries),
        **_postings("text", text_counts),
        text_counts=np.minimum(text_counts.tocsc().data, 255).astype("<u1"),
        text_saturation=BM25_K1 * (1 - BM25_B + BM25_B * lengths / max(lengths.mean(), 1)),
        way_starts=_starts([len(group) for group in ways]),
        entry_starts=_starts([len(blob) for blob in stored]),
        word_counts=_compact(np.array([counts[word] for word in vocabulary], np.int64)),
        link_entries=_compact(links[0].ravel()),
        link_weights=links[1].ravel().astype("<i1"),
        link_bias=bias,
        idf=np.log((1 + len(ways)) / (1 + number)) + 1,
        text_idf=np.log(1 + (len(ways) - number + 0.5) / (number + 0.5)),
    )
    many_ways = linked and len(words) > 2 * len(ways)
    least = corpus.info.min_confidence
    meta = Meta(
        info=corpus.info,
        sources=corpus.sources,
        link_scale=scale,
        coefficients=coefficients(many_ways=many_ways),
        scoring=SCORING | ({} if least is None else {"min_confidence": least}),
        filler=tuple(sorted(text.FILLER)),
        known_words=tuple(sorted(known_words.difference(vocabulary))),
        synonyms=groups_for(stem_terms),
    )
    texts = Texts(
        meta=deflate(meta),
        stems=deflate(stem_terms),
        grams=deflate(gram_terms),
        bigrams=deflate(bigram_terms),
        words=deflate(vocabulary),
        ways=deflate([way for group in ways for way in group]),
        ids=deflate([entry.id for entry in corpus.entries]),
        entries=deflate(b"".join(stored)),
    )
    index = Index(arrays, texts)
    if many_ways:
        meta = structs.replace(meta, coefficients=adjusted(meta.coefficients, list(trials(index))))
        index = Index(arrays, structs.replace(texts, meta=deflate(meta)))
    return index


def ways_of(entry: Entry) -> list[str]:
    """Return the ways of asking for an entry.

    Of a passage nobody wrote them down, so its sentences have to do.
    """
    ways = list(ways_of_asking(entry))
    if ways:
        return ways
    passage = plain_text(parse_markdown(entry.answer))
    return [sentence for sentence in re.split(r"(?<=[.!?])\s+|\n+", passage) if sentence.strip()]


def _terms(documents: Sequence[Sequence[str]], least: int = 1) -> list[str]:
    """Return the terms that at least `least` documents hold, by code points."""
    counts = Counter(term for document in documents for term in set(document))
    return sorted(term for term, count in counts.items() if count >= least)


class _Family:
    """One kind of term over the ways of asking: vectors of length 1, and how common the terms are.

    Args:
        terms: Those that count.
        ways: The terms of each way of asking.
        owners: The entry of each way, ascending.
        entries: How many entries there are.
    """

    def __init__(self, terms: list[str], ways: list[list[str]], owners: Integers, entries: int) -> None:
        by_entry: list[list[str]] = [[] for _ in range(entries)]
        for owner, way in zip(owners.tolist(), ways, strict=True):
            by_entry[owner].extend(way)
        self.entries = np.diff(_count(terms, by_entry).tocsc().indptr)
        if not ways or not terms:
            self.rows = _nothing(len(ways), len(terms))
            return
        from sklearn.feature_extraction.text import TfidfVectorizer

        # idf is counted over entries, not over ways: an entry with many ways must not make its words common.
        # How often a term occurs is left out: questions are short, and it earns nothing.
        vectorizer = TfidfVectorizer(analyzer=list, vocabulary=terms, binary=True).fit(by_entry)
        self.rows = vectorizer.transform(ways)


def _count(terms: list[str], documents: Sequence[Sequence[str]]) -> Sparse:
    """Return how often each term occurs in each document: sparse, (documents, terms)."""
    if not documents or not terms:
        return _nothing(len(documents), len(terms))
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(analyzer=list, vocabulary=terms).transform(documents)


def _side_by_side(*families: tuple[float, Sparse]) -> Sparse:
    """Return rows whose products are the weighted sums of the products of the families' rows."""
    from scipy.sparse import hstack

    return hstack([rows * math.sqrt(weight) for weight, rows in families]).tocsr()


def _nothing(rows: int, columns: int) -> Sparse:
    """Return a matrix of zeros, which scikit-learn would refuse to make of no text."""
    from scipy.sparse import csr_matrix

    return csr_matrix((rows, columns), dtype=np.int64)


def _postings(name: str, counts: Sparse) -> dict[str, Any]:
    columns = counts.tocsc()
    columns.sort_indices()
    return {
        f"{name}_lengths": _compact(np.diff(columns.indptr)),
        f"{name}_rows": _compact(columns.indices, columns.shape[0]),
    }


def _compact(values: Integers, limit: int | None = None) -> Integers:
    """Return `values` in one byte each where they fit, else in two, else in four."""
    highest = int(values.max(initial=0)) if limit is None else limit
    return values.astype("<u1" if highest < 1 << 8 else "<u2" if highest < 1 << 16 else "<u4")


def _starts(lengths: Sequence[int]) -> Integers:
    return np.concatenate([[0], np.cumsum(lengths)]).astype("<u4")


def _may_link(owners: Integers, entries: int) -> bool:
    """Whether links pay: answers with several ways of asking, not too many of them."""
    return len(np.unique(owners)) > 1 and entries <= MAX_LINKED_ENTRIES and len(owners) >= 2 * entries


def _links(
    rows: Sparse, owners: Integers, entries: int
) -> tuple[tuple[Integers, Integers], NDArray[np.float64], float]:
    """Return the entries that each way speaks for or against, with what weights; the bias; the scale.

    A logistic regression over the entries, kept in its dual form: its weight vectors are sums over the ways,
    w = C (Y - P)' X, so C (Y - P), the weight from each way to each entry, is all that question time needs.
    The five largest of a way are kept, as signed square roots in a byte each.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    rows = rows[:, rows.getnnz(axis=0) > 0]  # stems of answers alone have nothing to teach
    with threadpool_limits(1):  # small matrices: a second thread burns time without saving any
        model = LogisticRegression(C=LINK_REGULARISATION, tol=LINK_TOLERANCE, max_iter=1000).fit(rows, owners)
        residual = -model.predict_proba(rows)
    positions = {label: column for column, label in enumerate(model.classes_.tolist())}
    columns = np.array([positions[owner] for owner in owners.tolist()])
    residual[np.arange(len(owners)), columns] += 1
    width = min(LINKS_PER_WAY, residual.shape[1])
    strongest = np.argsort(-np.abs(residual), axis=1, kind="stable")[:, :width]
    weights = np.take_along_axis(residual, strongest, axis=1) * LINK_REGULARISATION
    scale = float(np.abs(weights).max())
    rooted = np.sign(weights) * np.round(np.sqrt(np.abs(weights) / scale) * 127)
    padding = ((0, 0), (0, LINKS_PER_WAY - width))
    bias = np.full(entries, float(model.intercept_.min()))
    bias[model.classes_] = model.intercept_
    linked = np.pad(model.classes_[strongest], padding)
    return (linked, np.pad(rooted, padding).astype(np.int64)), bias, scale


def _stored(entry: Entry, blocks: tuple[Block, ...], questions: dict[str, str | None]) -> StoredEntry:
    return StoredEntry(
        id=entry.id,
        question=entry.question,
        blocks=blocks,
        sources=entry.sources,
        evidence=entry.evidence,
        technique=entry.technique,
        related=tuple(
            Topic(id, question) for id in entry.related if (question := questions.get(id)) is not None
        ),
        checked=entry.checked,
        reviewed_by=entry.reviewed_by,
        draft=entry.draft,
    )
