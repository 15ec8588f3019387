"""Take out one part of the matching at a time, and see what each earns; then typing errors in MedQuAD.

    OMP_NUM_THREADS=1 TPBOT_SHARED=../shared python -m tests.benchmarks.ablation [--medquad]
    ... python -m tests.benchmarks.ablation --confidence

Columns: P@1 on the labelled questions of each public set, as written and with one and two typing errors;
AUROC of the confidence; P@1 on the corpus that ships by five-fold cross-validation: a fifth of each entry's
ways of asking is left out of the index and asked. The coefficients of the confidence stay those that ship.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from typing import TypeAlias
from unittest.mock import patch

import numpy as np

from tests.benchmarks import fit_calibration
from tests.benchmarks.bench_scale import medquad
from tests.benchmarks.fit_calibration import (
    CORPORA,
    FAQS_PER_CORPUS,
    FEATURES,
    PUBLIC,
    SHARED,
    Example,
    Faq,
    Floats,
    auroc,
    calibration_error,
    confidences,
    entries_of,
    fit,
    make_faq,
    misspell,
    score_public,
)
from tpbot import build, calibration, retriever
from tpbot.corpus import Corpus, ways_of_asking
from tpbot.records import CorpusInfo, Entry
from tpbot.reranker import rerank
from tpbot.text import normalise

FOLDS = 5
TYPOS = (0, 1, 2)
SEEDS = (0, 1)
"""Questions are misspelt this many times over, each time in other places."""
MEDQUAD_ASKED = 1_000

Question: TypeAlias = tuple[str, set[str]]
"""A question and the ids that are right."""
Change: TypeAlias = tuple[str, object]
"""The name of what is replaced, and what it is replaced with."""


def without_texts(texts: Callable[..., tuple[Floats, Floats]]) -> Callable[..., tuple[Floats, Floats]]:
    """Return a `Retriever._texts` that finds no BM25 score; the cover stays."""

    def cover_alone(*arguments: object, **named: object) -> tuple[Floats, Floats]:
        scores, covers = texts(*arguments, **named)
        return np.zeros_like(scores), covers

    return cover_alone


def without_cover(coefficients: Callable[..., dict[str, float]]) -> Callable[..., dict[str, float]]:
    """Return a `coefficients` that gives the cover no weight."""
    return lambda **which: {**coefficients(**which), "cover": 0.0}


def stem_weight(value: float) -> list[Change]:
    """Return the changes that give stems this weight, and trigrams the rest."""
    return in_both("STEM_WEIGHT", value)


def in_both(name: str, value: float) -> list[Change]:
    """Return the changes that give a constant of both build time and question time this value."""
    return [(f"tpbot.{module}.{name}", value) for module in ("build", "retriever")]


AS_SHIPPED = "(as shipped)"
TAKEN_OUT: dict[str, list[Change]] = {
    AS_SHIPPED: [],
    "stem rows": stem_weight(0.0),
    "stemming: whole words": [("tpbot.text.stem", str)],
    "trigram rows": stem_weight(1.0),
    "synonyms": [("tpbot.retriever.SYNONYM_WEIGHT", 0.0)],
    "bigrams": in_both("BIGRAM_WEIGHT", 0.0),
    "spelling repair": [("tpbot.text.Speller.repair", lambda _, word: word)],
    "repair by two edits": [("tpbot.text.MIN_TWICE_REPAIRED_LENGTH", 1_000)],
    "typing errors found in corpus": [("tpbot.text.typing_errors", lambda *_: {})],
    "list of common words": [("tpbot.text.common_words", frozenset)],
    "links": [("tpbot.build.MAX_LINKED_ENTRIES", 0)],
    "BM25 rows": [("tpbot.retriever.Retriever._texts", without_texts(retriever.Retriever._texts))],
    "cover in the confidence": [("tpbot.build.coefficients", without_cover(calibration.coefficients))],
    "filler stripping": [("tpbot.text.strip_filler", list)],
}


def public_figures(part: str, name: str) -> list[float]:
    """Return P@1 with 0, 1 and 2 typing errors, and AUROC, on a public set without a part."""
    lines = (SHARED / name / "queries.jsonl").read_text("utf-8").splitlines()
    labelled: list[Question] = [(line["text"], set(line["expect"])) for line in map(json.loads, lines)]
    inside = [question for question in labelled if question[1]]
    asked, ends = list(labelled), [len(labelled)]
    for edits in TYPOS[1:]:
        for seed in SEEDS:
            chance = random.Random(f"{name} {edits} {seed}")  # noqa: S311
            asked += [(misspell(question, chance, edits), expected) for question, expected in inside]
        ends.append(len(asked))
    examples, sure = answers(part, entries_of(name), asked)
    groups = [examples[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return [*(precision(group) for group in groups), auroc(groups[0], sure[: ends[0]])]


def cross_validated(part: str, name: str = "builtin") -> float:
    """Return P@1 on left-out ways of asking of a corpus, without a part."""
    examples: list[Example] = []
    for fold in range(FOLDS):
        kept: list[Entry] = []
        asked: list[Question] = []
        for entry in entries_of(name):
            ways = list(ways_of_asking(entry))
            random.Random(entry.id).shuffle(ways)  # noqa: S311
            train = [way for place, way in enumerate(ways) if place % FOLDS != fold or len(ways) == 1]
            kept.append(Entry(entry.id, train[0], entry.answer, tuple(train[1:])))
            asked += [(way, {entry.id}) for way in ways[fold::FOLDS] if len(ways) > 1]
        examples += answers(part, kept, asked)[0]
    return precision(examples)


def answers(part: str, entries: Sequence[Entry], asked: Sequence[Question]) -> tuple[list[Example], Floats]:
    """Return an example for each question, with a part taken out, and the confidence of each.

    A question that is left without words is wrong, and its confidence is 0.
    """
    with ExitStack() as stack:
        for name, instead in TAKEN_OUT[part]:
            stack.enter_context(patch(name, instead))
        index = build.build_index(Corpus(CorpusInfo("faq", "FAQ"), tuple(entries)))
        scorer = retriever.Retriever(index)
        examples, sure = [], []
        for question, expected in asked:
            query = scorer.analyse(question)
            first = rerank(scorer.retrieve(query), query, index)[0] if query.words else None
            right = first is not None and first.id in expected
            examples.append(Example({}, right, bool(expected), changed=False, exact=False))
            sure.append(first.confidence if first else 0.0)
    return examples, np.array(sure)


def precision(examples: Sequence[Example]) -> float:
    """Return P@1 of the answerable ones."""
    return float(np.mean([example.right for example in examples if example.answerable]))


def medquad_typos() -> tuple[float, int]:
    """Return how often the right text comes first when one letter of it is wrong, and among how many texts.

    Texts that differ in nothing but case and punctuation are each other's right text.
    """
    texts = medquad()
    same: dict[tuple[str, ...], set[str]] = {}
    for number, question in enumerate(texts):
        same.setdefault(tuple(normalise(question)), set()).add(str(number))
    entries = [Entry(str(number), question, "-") for number, question in enumerate(texts)]
    chance = random.Random("medquad")  # noqa: S311
    asked: list[Question] = [
        (misspell(question, chance, 1), same[tuple(normalise(question))])
        for question in chance.sample(texts, MEDQUAD_ASKED)
    ]
    return precision(answers(AS_SHIPPED, entries, asked)[0]), len(same)


def confidence_table() -> None:
    """Print what AUROC and calibration error become when a feature is left out and the rest fitted again.

    Coefficients are fitted without the corpus that is scored. Public sets: their labelled questions. Small
    FAQs: those of fit_calibration.py, with many ways of asking and with one or two.
    """
    jobs = [(name, number) for number in range(FAQS_PER_CORPUS) for name in CORPORA]
    with ProcessPoolExecutor() as pool:
        public = list(pool.map(score_public, PUBLIC))
        faqs = list(pool.map(make_faq, *zip(*jobs, strict=True)))
    print("| left out | public AUROC | public ECE | small FAQs ECE, many ways | small FAQs ECE, one or two |")
    print("|---|---|---|---|---|")
    for feature in ("(none)", *FEATURES["many_ways"]):
        left = {table: tuple(name for name in names if name != feature) for table, names in FEATURES.items()}
        with patch.dict(fit_calibration.FEATURES, left):
            weights = {
                (name, table): fit([faq for faq in faqs if faq.corpus != name], table)
                for name in CORPORA
                for table in FEATURES
            }
            scored = [figures(faq, weights) for faq in public]
            small = {table: [figures(f, weights)[1] for f in faqs if f.table == table] for table in FEATURES}
        means = [*np.mean(scored, axis=0), np.mean(small["many_ways"]), np.mean(small["one_way"])]
        print(f"| {feature} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |", flush=True)


def figures(faq: Faq, weights: Mapping[tuple[str, str], dict[str, float]]) -> tuple[float, float]:
    """Return AUROC and calibration error of a FAQ with the coefficients for its corpus and table."""
    examples = [example for example in faq.examples if not example.changed]
    sure = confidences(faq, examples, weights[faq.corpus, faq.table])
    return auroc(examples, sure), calibration_error(examples, sure)


def main() -> None:
    """Print the table, and what two typing errors cost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=TAKEN_OUT, action="append", help="one row (may be repeated)")
    parser.add_argument("--medquad", action="store_true", help="also the typing errors in MedQuAD")
    parser.add_argument("--confidence", action="store_true", help="the features of the confidence instead")
    arguments = parser.parse_args()
    if arguments.confidence:
        confidence_table()
        return
    parts = arguments.only or list(TAKEN_OUT)
    print(
        "| taken out |",
        " | ".join(f"{name} P@1 / 1 typo / 2 typos / AUROC" for name in PUBLIC),
        "| builtin |",
    )
    print("|---" * (len(PUBLIC) + 2) + "|")
    with ProcessPoolExecutor() as pool:
        rows = [
            (
                part,
                [pool.submit(public_figures, part, name) for name in PUBLIC],
                pool.submit(cross_validated, part),
            )
            for part in parts
        ]
        for part, public, own in rows:
            cells = [" / ".join(f"{figure:.3f}" for figure in found.result()) for found in public]
            print("|", " | ".join([part, *cells, f"{own.result():.3f}"]), "|", flush=True)
    if arguments.medquad:
        share, count = medquad_typos()
        print(f"MedQuAD: {share:.3f} of {MEDQUAD_ASKED:,} with a typing error, {count:,} different texts")


if __name__ == "__main__":
    main()
