"""Claims about building an index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.samples import same
from tpbot.bot import Bot
from tpbot.build import MAX_LINKED_ENTRIES, build_index, ways_of
from tpbot.corpus import Corpus, load_corpus, ways_of_asking
from tpbot.records import CorpusInfo, Entry, Topic
from tpbot.text import normalise, stem, tokenise

INFO = CorpusInfo("tea", "Tea", safety_note="Tea is hot.")


def corpus_of(*entries: Entry) -> Corpus:
    """Return a corpus of `entries`."""
    return Corpus(INFO, entries)


def test_an_index_holds_the_corpus(corpus_folder: Path) -> None:
    """Ids, ways of asking and what a reply needs of each entry are in the index, in the corpus' order."""
    corpus = load_corpus(corpus_folder)
    index = build_index(corpus)
    assert index.ids == [entry.id for entry in corpus.entries]
    assert index.meta.info == corpus.info
    assert index.meta.sources == corpus.sources
    for number, entry in enumerate(corpus.entries):
        stored = index.entry(number)
        assert index.ways_of(number) == list(ways_of_asking(entry))
        assert (stored.id, stored.question, stored.sources) == (entry.id, entry.question, entry.sources)
        assert (stored.evidence, stored.technique) == (entry.evidence, entry.technique)
        assert (stored.checked, stored.reviewed_by) == (entry.checked, entry.reviewed_by)
    assert index.entry(0).related == (Topic("keep", "How long does tea keep?"),)


def test_a_build_is_reproducible(corpus_folder: Path) -> None:
    """The same corpus gives the same index, bit for bit."""
    corpus = load_corpus(corpus_folder)
    assert same(build_index(corpus), build_index(corpus))


def test_related_entries_without_a_question_are_left_out() -> None:
    """Something that cannot be offered as a question is not offered: a passage, an absent entry."""
    related = ("passage", "gone", "other")
    index = build_index(
        corpus_of(
            Entry("one", "One?", "1", related=related),
            Entry("other", "Other?", "2"),
            Entry("passage", None, "3"),
        )
    )
    assert index.entry(0).related == (Topic("other", "Other?"),)


def test_terms_are_counted_by_entry() -> None:
    """An entry with many ways of asking the same thing does not make its words common."""
    ways = tuple(f"brew tea {number}" for number in range(20))
    index = build_index(corpus_of(Entry("brew", None, "x", ways), Entry("milk", "Milk first?", "y")))
    assert index.arrays.stem_entries[index.stem_numbers["brew"]] == 1
    assert index.stem_postings.lengths[index.stem_numbers["brew"]] == 20


def test_confidence_without_links_does_not_look_at_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries with many ways of asking, too many for links, get the coefficients that do without."""
    entries = [
        Entry("brew", "Brew tea?", "x", ("make tea", "cuppa")),
        Entry("milk", "Milk first?", "y", ("add milk", "cow")),
    ]
    assert "link" in build_index(corpus_of(*entries)).meta.coefficients
    monkeypatch.setattr("tpbot.build.MAX_LINKED_ENTRIES", 1)
    assert "link" not in build_index(corpus_of(*entries)).meta.coefficients


def test_all_words_are_known_to_spelling() -> None:
    """Every word of the questions and of the answers is in the vocabulary, with how often it occurs."""
    index = build_index(corpus_of(Entry("brew", "Brew tea?", "Tea **needs** [water](http://example.org).")))
    assert index.word_counts == {"brew": 1, "tea": 2, "needs": 1, "water": 1}


@pytest.mark.parametrize(
    "entries",
    [
        [Entry("a", "???", "!!!")],
        [Entry("a", None, "Only an answer.")],
        [Entry("a", None, "One."), Entry("b", None, "Two.")],
        [Entry("a", "Question?", "!!!")],
        [Entry("a", "Question?", "!!!"), Entry("b", "???", "words")],
        [Entry("a", "お茶は？", "はい。"), Entry("b", "чай?", "да")],
        [Entry("a", "one", "x", ("one", "one")), Entry("b", "one", "y", ("one",))],
        [Entry("a", "w" * 70_000, "x")],
        [Entry(str(number), f"Question {number}?", "x") for number in range(MAX_LINKED_ENTRIES + 1)],
    ],
    ids=["no words", "a passage", "passages", "one", "half", "scripts", "equal", "long", "many"],
)
def test_odd_corpora_have_an_index(entries: list[Entry]) -> None:
    """Corpora without words, without questions, of equal questions can be asked."""
    bot = Bot(build_index(corpus_of(*entries)))
    for question in ("question", "answer", "one", "чай", "お茶は", "?", "zzz"):
        assert bot.ask(question).safety_note == INFO.safety_note
        bot.explain(question)


WORDS = st.text("abcdeté ?'", max_size=12)


@settings(max_examples=25)
@given(st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3), WORDS), min_size=1, max_size=6))
def test_any_corpus_has_an_index(parts: list[tuple[str, list[str], str]]) -> None:
    """Whatever its entries hold, a corpus has an index whose parts fit, and its own words are found in it."""
    entries = [
        Entry(str(number), question.strip() or None, answer or "x", tuple(filter(str.strip, also)))
        for number, (question, also, answer) in enumerate(parts)
    ]
    index = build_index(corpus_of(*entries))
    ways = [way for entry in entries for way in ways_of(entry)]
    assert index.ways == ways
    for place, way in enumerate(ways):
        for word in normalise(way):
            rows = index.stem_postings.gather(np.array([index.stem_numbers[stem(word)]]))[1]
            assert place in rows.tolist()
    for entry in entries:
        assert all(word in index.word_counts for word in tokenise(entry.answer))
