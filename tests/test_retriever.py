"""Claims about retrieval; scikit-learn is the oracle."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from tpbot import build, retriever, text
from tpbot.blocks import parse_markdown, plain_text
from tpbot.bot import Bot
from tpbot.build import build_index, ways_of
from tpbot.corpus import BUILTIN, Corpus, load_corpus
from tpbot.index import Index
from tpbot.records import CorpusInfo, Entry
from tpbot.retriever import STEM_WEIGHT, Query, Retriever
from tpbot.synonyms import SYNONYM_WEIGHT


class Oracle:
    """The similarities of a question and all ways of asking, by scikit-learn."""

    def __init__(self, corpus: Corpus, index: Index) -> None:
        analyse = Retriever(index).analyse
        mended = [[analyse(way).words for way in ways_of(entry)] for entry in corpus.entries]
        answers = [text.tokenise(plain_text(parse_markdown(entry.answer))) for entry in corpus.entries]
        by_entry = [[word for way in ways for word in way] for ways in mended]
        ways = [way for entry_ways in mended for way in entry_ways]
        all_stems = {text.stem(word) for words in (*by_entry, *answers) for word in words}
        all_grams = {gram for words in by_entry for gram in text.trigrams(words)}
        self._asked = {text.stem(word) for words in ways for word in words}
        self._families = []
        for share, split, terms in (
            (STEM_WEIGHT, text.stems, all_stems),
            (1 - STEM_WEIGHT, text.trigrams, all_grams),
        ):
            vectorizer = TfidfVectorizer(analyzer=split, vocabulary=sorted(terms), binary=True)
            vectorizer.fit(by_entry)
            self._families.append((share, split, vectorizer, vectorizer.transform(ways)))

    def similarities(self, query: Query) -> NDArray[np.float64]:
        """Return the weighted cosine similarity of a question and each way of asking: (ways,)."""
        total = np.zeros(self._families[0][-1].shape[0])
        for share, split, vectorizer, rows in self._families:
            known = vectorizer.vocabulary_
            counts = {term: 1.0 for term in split(query.words) if term in known}
            if split is text.stems:
                counts |= {term: SYNONYM_WEIGHT for term in query.synonyms if term in self._asked}
            vector = np.zeros(len(known))
            for term, count in counts.items():
                vector[known[term]] = count * vectorizer.idf_[known[term]]
            total += share * (rows @ vector) / (np.linalg.norm(vector) or 1)
        return total


def check(corpus: Corpus, index: Index, oracle: Oracle, questions: Sequence[str]) -> None:
    """Assert that retrieval agrees with the oracle on each question: similarities, nearest way, ranking."""
    bounds = np.cumsum([0, *(len(ways_of(entry)) for entry in corpus.entries)]).tolist()
    scorer = Retriever(index)
    for question in questions:
        query = scorer.analyse(question)
        found, wanted = scorer.retrieve(query), oracle.similarities(query)
        assert found.entries.tolist() == list(range(len(corpus.entries)))
        best = np.array([wanted[start:end].max(initial=0) for start, end in pairwise(bounds)])
        np.testing.assert_allclose(found.similarities, best, rtol=0, atol=1e-9)
        for number, way in enumerate(found.nearest.tolist()):
            assert (way == -1) == (bounds[number] == bounds[number + 1])
            if way >= 0:
                assert bounds[number] <= way < bounds[number + 1]
                assert abs(wanted[way] - best[number]) < 1e-9
        ranking = np.argsort(-found.similarities.round(9), kind="stable")
        assert ranking.tolist() == np.argsort(-best.round(9), kind="stable").tolist()


def typos(question: str, seed: int) -> str:
    """Return `question` with a letter doubled, dropped or exchanged."""
    chance = random.Random(seed)  # noqa: S311  # not for secrets
    place = chance.randrange(len(question))
    return question[:place] + chance.choice(("", question[place] * 2, "e")) + question[place + 1 :]


@pytest.fixture(scope="module")
def builtin() -> Corpus:
    """Return the corpus that ships."""
    return load_corpus(BUILTIN)


@pytest.fixture(scope="module")
def oracle(builtin: Corpus, bot: Bot) -> Oracle:
    """Return the oracle for the corpus that ships."""
    return Oracle(builtin, bot._index)


def test_the_corpus_that_ships_is_ranked_as_by_scikit_learn(
    builtin: Corpus, bot: Bot, oracle: Oracle
) -> None:
    """The similarity of every entry is scikit-learn's within 1e-9, also for questions with typos."""
    ways = bot.questions()
    questions = [way for place, way in enumerate(ways) if place % 7 == 0]
    questions += [typos(way, place) for place, way in enumerate(ways) if place % 7 == 1]
    check(builtin, bot._index, oracle, [*questions, "zzz", "is a the", "quantum chromodynamics of knots"])


SENTENCES = st.lists(
    st.text("abcdeinst", min_size=1, max_size=7) | st.sampled_from(["hello", "knots", "knot", "tea", "été"]),
    max_size=6,
).map(" ".join)


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.lists(SENTENCES, max_size=3), SENTENCES), min_size=1, max_size=8),
    st.lists(SENTENCES, max_size=5),
)
def test_random_corpora_are_ranked_as_by_scikit_learn(
    parts: list[tuple[list[str], str]], questions: list[str]
) -> None:
    """On corpora of random words the similarities are scikit-learn's within 1e-9."""
    entries = tuple(
        Entry(str(number), None, answer or "x", tuple(filter(None, ways)))
        for number, (ways, answer) in enumerate(parts)
    )
    # scikit-learn refuses to fit on nothing.
    entries += (Entry("last", "some words to begin with", "x"),)
    corpus = Corpus(CorpusInfo("random", "Random"), entries)
    index = build_index(corpus)
    check(corpus, index, Oracle(corpus, index), [*questions, *index.ways])


def first_by_similarity(scorer: Retriever, question: str) -> tuple[int, float]:
    """Return the number and the similarity of the entry that is most similar to `question`."""
    found = scorer.retrieve(scorer.analyse(question))
    place = int(found.similarities.argmax())
    return int(found.entries[place]), float(found.similarities[place])


@pytest.fixture(scope="module")
def unlinked(builtin: Corpus) -> Retriever:
    """Return a retriever for the corpus that ships, as if it had too many entries for links."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "MAX_LINKED_ENTRIES", 1)
        return Retriever(build_index(builtin))


def test_a_pruned_search_finds_the_same(
    bot: Bot, unlinked: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answered from the rarer terms first, a question finds the entry that the full scan finds."""
    scorer = unlinked
    questions = [way for place, way in enumerate(bot.questions()) if place % 5 == 0]
    full = [first_by_similarity(scorer, question) for question in questions]
    monkeypatch.setattr(retriever, "EXACT_SCAN", 0)
    monkeypatch.setattr(retriever, "RARE_SCAN", 300)
    pruned = [first_by_similarity(scorer, question) for question in questions]
    assert [number for number, _ in pruned] == [number for number, _ in full]
    np.testing.assert_allclose([score for _, score in pruned], [score for _, score in full], atol=1e-12)


def test_links_are_never_left_out(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index with links, whose confidence rests on them, is searched whole whatever the limit."""
    monkeypatch.setattr(retriever, "EXACT_SCAN", 0)
    scorer = Retriever(bot._index)
    found = scorer.retrieve(scorer.analyse("what does a trigger point feel like"))
    assert found.linked
    assert len(found.entries) == bot._index.entry_count


def test_a_pruned_search_looks_at_less(
    bot: Bot, unlinked: Retriever, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit of an exact scan only finalists are scored; the limit is what decides."""
    scorer = unlinked
    query = scorer.analyse("what does a trigger point feel like")
    assert len(scorer.retrieve(query).entries) == bot._index.entry_count
    monkeypatch.setattr(retriever, "EXACT_SCAN", 0)
    monkeypatch.setattr(retriever, "RARE_SCAN", 300)
    monkeypatch.setattr(retriever, "FINALISTS", 10)
    pruned = scorer.retrieve(query)
    assert 0 < len(pruned.entries) < bot._index.entry_count
    assert (np.diff(pruned.entries) > 0).all()


@settings(max_examples=50)
@given(st.lists(st.sampled_from(["what", "is", "a", "knot", "tea", "pain", "back", "zzzz"]), max_size=8))
def test_a_pruned_search_scores_as_the_full_scan(words: list[str]) -> None:
    """What a pruned search finds is scored as by the full scan; what its text found may lack a way."""
    index = small_index()
    scorer = Retriever(index)
    query = scorer.analyse(" ".join(words))
    full = scorer.retrieve(query)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retriever, "EXACT_SCAN", 0)
        patch.setattr(retriever, "RARE_SCAN", 0)
        pruned = scorer.retrieve(query)
    for name in ("texts", "covers"):
        np.testing.assert_allclose(getattr(pruned, name), getattr(full, name)[pruned.entries], atol=1e-12)
    by_way = pruned.nearest >= 0
    np.testing.assert_allclose(
        pruned.similarities[by_way], full.similarities[pruned.entries[by_way]], atol=1e-12
    )


def small_index() -> Index:
    """Return the index of a few questions with answers."""
    return Bot.from_pairs(
        [
            ("What is a knot?", "A tight place in a muscle of the back."),
            ("Where does my back hurt?", "Where the pain is."),
            ("When is tea time?", "At five."),
            ("", "A passage about pain and about tea."),
        ]
    )._index


def test_words_in_the_answer_alone_are_found() -> None:
    """A word that occurs in an answer and in no question speaks for that entry, questionless ones too."""
    scorer = Retriever(small_index())
    assert int(scorer.retrieve(scorer.analyse("muscle")).scores.argmax()) == 0
    assert int(scorer.retrieve(scorer.analyse("passage")).scores.argmax()) == 3


def test_a_question_of_unknown_words_scores_nothing() -> None:
    """Without a known word or trigram nothing is similar, nothing is covered, and nothing raises."""
    scorer = Retriever(small_index())
    found = scorer.retrieve(scorer.analyse("xyzxyz qqqq"))
    assert not found.similarities.any()
    assert not found.texts.any()
    assert not found.covers.any()


def test_cover_is_a_share() -> None:
    """Cover is 1 where an entry holds every word of the question, and lower with each word it lacks."""
    scorer = Retriever(small_index())
    covers = [
        float(scorer.retrieve(scorer.analyse(question)).covers[0])
        for question in ("tight muscle", "tight muscle unheardof", "unheardof words")
    ]
    assert covers[0] == pytest.approx(1)
    assert covers[0] > covers[1] > covers[2] == 0


def test_typos_are_repaired_before_the_search() -> None:
    """A question with a typo in each word is searched for as the question that was meant."""
    scorer = Retriever(small_index())
    query = scorer.analyse("whre deos my bacck hurrt")
    assert query.words == ("where", "does", "my", "back", "hurt")
    assert query.written == ("whre", "deos", "my", "bacck", "hurrt")


def test_the_order_of_words_is_not_looked_at() -> None:
    """Queries hold each stem and trigram once, in an order that does not depend on the question's."""
    scorer = Retriever(small_index())
    one, other = scorer.analyse("back pain back"), scorer.analyse("pain back")
    assert (one.stems, one.grams) == (other.stems, other.grams)
    assert isinstance(one, Query)


def test_a_synonym_finds_what_its_word_would() -> None:
    """A question in other words for the same finds the entry, though it shares no word with it."""
    corpus = Corpus(
        CorpusInfo("shop", "Shop"),
        (Entry("price", "what is the price", "Ten."), Entry("hours", "when are you open", "Always.")),
    )
    scorer = Retriever(build_index(corpus))
    assert first_by_similarity(scorer, "cost")[0] == 0
    assert first_by_similarity(scorer, "cost")[1] < first_by_similarity(scorer, "price")[1]


def test_word_order_decides_between_entries_with_the_same_words() -> None:
    """Entries whose ways of asking hold the same words are told apart by which word follows which."""
    journeys = {"there": "{} from london to paris", "back": "{} from paris to london"}
    corpus = Corpus(
        CorpusInfo("journeys", "Journeys"),
        tuple(
            Entry(id, way.format("fly"), "Yes.", (way.format("train"), way.format("drive")))
            for id, way in journeys.items()
        ),
    )
    bot = Bot.from_corpus(corpus)
    for id, way in journeys.items():
        first, second = bot.ask(way.format("cycle")).candidates
        assert first.id == id
        assert first.score > second.score
