"""Claims about the confidence, and about how a corpus finds out how sure it may be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.build import build_index
from tpbot.calibration import UNANSWERABLE_SHARE, Trial, adjusted, coefficients, confidence
from tpbot.corpus import Corpus
from tpbot.index import Index
from tpbot.leave_one_out import trials
from tpbot.records import CorpusInfo, Entry
from tpbot.retriever import LeftOut, Retriever

WEIGHTS = {"intercept": -1.0, "similarity": 3.0}
TRIALS = st.lists(
    st.builds(
        Trial,
        st.fixed_dictionaries({"similarity": st.floats(0, 1)}),
        right=st.booleans(),
        answerable=st.booleans(),
    ),
    max_size=40,
)


@pytest.fixture(scope="module")
def index() -> Index:
    """Return an index with links, of ways that are partly alike."""
    return build_index(
        Corpus(
            CorpusInfo("tea", "Tea"),
            (
                Entry(
                    "brew",
                    "How do I brew tea?",
                    "Pour water.",
                    ("how to brew tea", "brewing a pot of tea", "make tea"),
                ),
                Entry(
                    "keep", "How long does tea keep?", "A year.", ("how long is tea good", "does tea go off")
                ),
                Entry(
                    "milk",
                    "Does milk go in first?",
                    "As you like.",
                    ("milk first or tea", "when to add the milk"),
                ),
            ),
        )
    )


@given(TRIALS)
def test_a_corpus_is_as_sure_as_it_is_right(asked: list[Trial]) -> None:
    """The intercept moves the way in which the mean confidence of the trials was wrong, and not beyond."""

    def too_sure(weights: dict[str, float]) -> float:
        share = {True: 1 - UNANSWERABLE_SHARE, False: UNANSWERABLE_SHARE}
        return sum(
            share[kind] * float(np.mean([confidence(t.features, weights) - t.right for t in of_kind]))
            for kind in (True, False)
            if (of_kind := [t for t in asked if t.answerable == kind])
        )

    now = adjusted(WEIGHTS, asked)
    if len({trial.answerable for trial in asked}) < 2:
        assert now == WEIGHTS
        return
    before, after, moved = too_sure(WEIGHTS), too_sure(now), now["intercept"] - WEIGHTS["intercept"]
    assert abs(after) <= abs(before) + 1e-6
    assert moved * before <= 1e-6
    assert {**now, "intercept": 0} == {**WEIGHTS, "intercept": 0}


def test_few_trials_move_the_intercept_little() -> None:
    """A handful of trials, though all of them are wrong, does not silence a corpus; hundreds do."""
    wrong = [Trial({"similarity": 0.8}, right=False, answerable=bool(n % 2)) for n in range(400)]
    few, many = adjusted(WEIGHTS, wrong[:4])["intercept"], adjusted(WEIGHTS, wrong)["intercept"]
    assert WEIGHTS["intercept"] - 2.5 < few < WEIGHTS["intercept"]
    assert many < few - 1.5


def test_an_entry_left_out_is_not_found(index: Index) -> None:
    """An entry that is left out shares nothing with any question, and the links give it no chance."""
    retriever = Retriever(index)
    for entry in range(index.entry_count):
        for way in index.ways_of(entry):
            found = retriever.retrieve(retriever.analyse(way), LeftOut(entry))
            assert (
                found.similarities[entry]
                == found.texts[entry]
                == found.covers[entry]
                == found.links[entry]
                == 0
            )
            assert found.links.sum() == pytest.approx(1)


def test_a_way_left_out_leaves_the_others(index: Index) -> None:
    """With a way of asking left out another of its entry is nearest; other entries are as near as ever."""
    retriever = Retriever(index)
    starts = index.arrays.way_starts.tolist()
    for entry in range(index.entry_count):
        for way in range(starts[entry], starts[entry + 1]):
            query = retriever.analyse(index.ways[way])
            found, usual = retriever.retrieve(query, LeftOut(entry, way)), retriever.retrieve(query)
            assert found.nearest[entry] != way == usual.nearest[entry]
            assert found.similarities[entry] < usual.similarities[entry]
            assert found.texts[entry] < usual.texts[entry]
            others = np.arange(index.entry_count) != entry
            assert (found.similarities[others] == usual.similarities[others]).all()
            assert (found.texts[others] == usual.texts[others]).all()


def test_only_answerable_trials_can_be_right(index: Index) -> None:
    """Each way is asked twice: once its entry can be found, once it cannot."""
    asked = list(trials(index))
    assert len(asked) == 2 * index.way_count
    assert [trial.answerable for trial in asked] == [True, False] * index.way_count
    assert not any(trial.right for trial in asked if not trial.answerable)
    assert any(trial.right for trial in asked)


def test_the_intercept_is_the_corpus_own(index: Index) -> None:
    """A corpus with links and many ways of asking has the coefficients that ship but for the intercept."""
    shipped = coefficients(many_ways=True)
    assert index.meta.coefficients == adjusted(shipped, list(trials(index)))
    assert index.meta.coefficients["intercept"] != shipped["intercept"]
