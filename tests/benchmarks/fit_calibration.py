"""Fits the coefficients of the confidence (tpbot/calibration.json) on many small FAQs made from four corpora.

    python tests/benchmarks/fit_calibration.py [--write] [--as-fitted]

Each FAQ keeps some of a corpus' entries and some of their ways of asking. Ways that were left out are its
questions; ways of entries that were left out, ways of other corpora and small talk are questions that it
cannot answer, weighted to 30%. Some questions get two typing errors, or filler that no list knows. The
labelled questions of the public sets are never fitted on; the table that is printed scores them, and each
corpus, with coefficients fitted without it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tpbot.build import build_index
from tpbot.calibration import UNANSWERABLE_SHARE, Trial, adjusted, confidence
from tpbot.corpus import Corpus, load_corpus, ways_of_asking
from tpbot.index import Index
from tpbot.leave_one_out import trials
from tpbot.records import CorpusInfo, Entry
from tpbot.reranker import rerank
from tpbot.retriever import Retriever

SHARED = Path(os.environ.get("TPBOT_SHARED", "../shared")) / "data"
PUBLIC = ("sofmattress", "banking77-10shot", "clinc150-10shot")
CORPORA = (*PUBLIC, "builtin")
FEATURES = {
    "many_ways": ("similarity", "link", "text", "cover"),
    "one_way": ("similarity", "text", "cover"),
}
FAQS_PER_CORPUS = 18
WAYS_KEPT = (99, 99, 6, 4, 2, 1)
MAX_QUESTIONS = 700
FILLER = (
    "so my mate down the pub said something about this and now i wonder",
    "good day my friend i hope all is well with you",
    "right then here goes nothing",
    "i am new here and a bit confused about all of it",
    "cheers mate have a lovely weekend",
    "any info would be really appreciated by me",
    "my cousin told me to try asking in this place",
    "sorry if this was asked before by other people",
    "i looked everywhere and found nothing about it",
    "greetings wonderful machine",
    "let me explain what i mean here",
    "it would be lovely to hear what you think about it",
    "folks i have been puzzling over this one all day long",
    "apologies for the bother",
    "would love your two cents",
    "ta very much everyone",
)
SMALL_TALK = (
    "how are you today", "what is your name", "tell me a joke", "who won the game last night", "good morning",
    "what is the weather like", "are you human", "i love you", "sing me a song", "what time is it",
    "asdf ghjkl", "capital of france", "thanks bye", "can you help me with my homework", "how old are you",
    "what should i cook tonight", "how do i reset my router", "best phone under 300", "who is the president",
)  # fmt: skip

Floats = NDArray[np.float64]


class Example(NamedTuple):
    """A question that was asked: what matching found, whether the first candidate was right."""

    features: dict[str, float]
    right: bool
    answerable: bool
    changed: bool
    """Whether filler or typing errors were added."""
    exact: bool


class Faq(NamedTuple):
    """The examples of one small FAQ."""

    corpus: str
    table: str
    examples: list[Example]
    trials: list[Trial]
    """What the FAQ learns about itself when it is built, for the table `many_ways`."""


def entries_of(name: str) -> tuple[Entry, ...]:
    """Return the entries of a corpus by its name."""
    path = "builtin" if name == "builtin" else SHARED / name / "corpus.jsonl"
    return load_corpus(path).entries


def misspell(question: str, chance: random.Random, edits: int = 2) -> str:
    """Return `question` with edits of one letter in words of four letters or more."""
    words = question.split(" ")
    for _ in range(edits):
        places = [place for place, word in enumerate(words) if len(word) >= 4]
        if not places:
            break
        place = chance.choice(places)
        word = words[place]
        at, letter = chance.randrange(len(word) - 1), chance.choice("abcdefghijklmnopqrstuvwxyz")
        words[place] = chance.choice(
            [
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ]
        )
    return " ".join(words)


def index_of(entries: Sequence[Entry]) -> Index:
    """Return the index of a FAQ."""
    return build_index(Corpus(CorpusInfo("faq", "FAQ"), tuple(entries)))


def ask(index: Index, questions: Sequence[tuple[str, set[str], bool]]) -> Iterator[Example]:
    """Yield an example for each question (text, ids that are right, whether it was changed)."""
    retriever = Retriever(index)
    for question, expected, changed in questions:
        query = retriever.analyse(question)
        if query.words:
            first = rerank(retriever.retrieve(query), query, index)[0]
            right = first.id in expected
            yield Example(first.features, right, bool(expected), changed, first.confidence == 1.0)


def make_faq(name: str, number: int) -> Faq:
    """Return the examples of a small FAQ made from the corpus `name`; `number` seeds it."""
    chance = random.Random(f"{name} {number}")  # noqa: S311
    entries = list(entries_of(name))
    chance.shuffle(entries)
    sizes = (len(entries), len(entries), len(entries) // 2, min(len(entries), chance.randint(15, 40)))
    entries = entries[: chance.choice(sizes)]
    left_out = set(chance.sample(range(len(entries)), max(1, len(entries) // 5)))
    kept: list[Entry] = []
    questions: list[tuple[str, set[str]]] = []
    for position, entry in enumerate(entries):
        ways = list(ways_of_asking(entry))
        chance.shuffle(ways)
        asked = ways[: max(1, len(ways) // 4)]
        if position in left_out:
            questions += [(way, set()) for way in asked]
        else:
            train = ways[len(asked) :][: WAYS_KEPT[number % len(WAYS_KEPT)]]
            kept.append(Entry(entry.id, train[0], entry.answer, tuple(train[1:])))
            questions += [(way, {entry.id}) for way in asked]
    elsewhere = [
        way for other in CORPORA if other != name for e in entries_of(other) for way in ways_of_asking(e)
    ]
    questions += [(way, set()) for way in chance.sample(elsewhere, max(4, len(questions) // 15))]
    questions += [(way, set()) for way in chance.sample(SMALL_TALK, 8)]
    chance.shuffle(questions)
    asked_ones: list[tuple[str, set[str], bool]] = []
    for text, expected in questions[:MAX_QUESTIONS]:
        asked_ones.append((text, expected, False))
        draw = chance.random()
        if draw < 0.25:
            filler = chance.choice(FILLER)
            asked_ones.append((chance.choice([f"{filler} {text}", f"{text} {filler}"]), expected, True))
        elif draw < 0.4:
            asked_ones.append((misspell(text, chance), expected, True))
    table = "one_way" if WAYS_KEPT[number % len(WAYS_KEPT)] <= 2 else "many_ways"
    index = index_of(kept)
    own = list(trials(index)) if table == "many_ways" else []
    return Faq(name, table, list(ask(index, asked_ones)), own)


def score_public(name: str) -> Faq:
    """Return the examples of a public set: its whole corpus, its labelled questions."""
    lines = (SHARED / name / "queries.jsonl").read_text("utf-8").splitlines()
    asked = [(line["text"], set(line["expect"]), False) for line in map(json.loads, lines)]
    index = index_of(entries_of(name))
    return Faq(name, "many_ways", list(ask(index, asked)), list(trials(index)))


def weights_of(examples: Sequence[Example]) -> Floats:
    """Return a weight for each example, unanswerable ones 30% in all, that add up to 1."""
    answerable = np.array([example.answerable for example in examples])
    if answerable.all() or not answerable.any():
        return np.full(len(examples), 1 / len(examples))
    share: Floats = np.where(answerable, 1 - UNANSWERABLE_SHARE, UNANSWERABLE_SHARE)
    weights: Floats = share / np.where(answerable, answerable.sum(), (~answerable).sum())
    return weights


def fit(faqs: Sequence[Faq], table: str) -> dict[str, float]:
    """Return coefficients fitted on `faqs`, each FAQ weighing the same."""
    from sklearn.linear_model import LogisticRegression

    names = FEATURES[table]
    rows, right, weights = [], [], []
    for faq in faqs:
        examples = [example for example in faq.examples if not example.exact]
        if faq.table == table and len(examples) >= 20:
            rows += [[example.features[name] for name in names] for example in examples]
            right += [example.right for example in examples]
            weights.append(weights_of(examples))
    weight = np.concatenate(weights)
    model = LogisticRegression(max_iter=2000).fit(
        rows, right, sample_weight=weight * len(weight) / weight.sum()
    )
    fitted = dict(zip(names, model.coef_[0].tolist(), strict=True))
    return {"intercept": round(float(model.intercept_[0]), 3)} | {k: round(v, 3) for k, v in fitted.items()}


def confidences(faq: Faq, examples: Sequence[Example], coefficients: dict[str, float]) -> Floats:
    """Return the confidence of each of `examples`, which are of `faq`."""
    own = adjusted(coefficients, faq.trials)
    return np.array([1.0 if example.exact else confidence(example.features, own) for example in examples])


def auroc(examples: Sequence[Example], sure: Floats) -> float:
    """Return how often an answerable question is surer than one that is not, ties counting half."""
    answerable = np.array([example.answerable for example in examples])
    inside, outside = sure[answerable], sure[~answerable]
    return float(np.mean([np.mean(inside > other) + np.mean(inside == other) / 2 for other in outside]))


def calibration_error(examples: Sequence[Example], sure: Floats) -> float:
    """Return the expected calibration error over ten bins of equal count, weighted as in the fit."""
    weights = weights_of(examples)
    right = np.array([example.right for example in examples])
    bins = np.array_split(np.argsort(sure, kind="stable"), 10)
    return float(sum(abs(((sure[b] - right[b]) * weights[b]).sum()) for b in bins))


def main() -> None:
    """Fit, print the table, and with --write write tpbot/calibration.json."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write tpbot/calibration.json")
    parser.add_argument("--as-fitted", action="store_true", help="score as if no FAQ learned about itself")
    arguments = parser.parse_args()
    jobs = [(name, number) for number in range(FAQS_PER_CORPUS) for name in CORPORA]
    with ProcessPoolExecutor() as pool:
        public = list(pool.map(score_public, PUBLIC))
        faqs = list(pool.map(make_faq, *zip(*jobs, strict=True)))
    if arguments.as_fitted:
        public, faqs = ([faq._replace(trials=[]) for faq in group] for group in (public, faqs))
    print("scored with coefficients fitted without the corpus      P@1  AUROC    ECE")
    for faq in public:
        sure = confidences(faq, faq.examples, fit([f for f in faqs if f.corpus != faq.corpus], "many_ways"))
        right = np.mean([example.right for example in faq.examples if example.answerable])
        error = calibration_error(faq.examples, sure)
        shown = f"{right:.3f}  {auroc(faq.examples, sure):.3f}  {error:.3f}"
        print(f"{faq.corpus:24s} labelled questions            {shown}")
    for table in FEATURES:
        for name in CORPORA:
            without = fit([f for f in faqs if f.corpus != name], table)
            figures: list[tuple[float, float, float]] = []
            for faq in faqs:
                examples = [example for example in faq.examples if not example.changed]
                if faq.corpus == name and faq.table == table:
                    sure = confidences(faq, examples, without)
                    right = np.mean([example.right for example in examples if example.answerable])
                    figures.append((float(right), auroc(examples, sure), calibration_error(examples, sure)))
            means = np.mean(figures, axis=0)
            errors = np.std(figures, axis=0) / math.sqrt(len(figures))
            shown = "  ".join(f"{m:.3f}±{e:.3f}" for m, e in zip(means, errors, strict=True))
            print(f"{name:24s} {table:9s} {len(figures):2d} small FAQs      {shown}")
    tables = {table: fit(faqs, table) for table in FEATURES}
    print(json.dumps(tables, indent=2))
    if arguments.write:
        import tpbot.calibration

        path = Path(tpbot.calibration.__file__).with_name("calibration.json")
        path.write_text(json.dumps(tables, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
