"""Fits the word weights of triage's second net (corpus/red-flags-words.json) on the labelled messages.

    python -m tests.benchmarks.fit_second_net [--write] [--no-figures]

Prints, for each file of tests/data/triage but those that are never learned from, what the rules alone and
the rules with a net fitted on all the other files catch. The net has not seen the file it is scored on; the
rules may have learned from it, see docs/triage.md.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from tpbot.corpus import load_corpus, ways_of_asking
from tpbot.evaluate_triage import LabelledMessage, TriageFigures, figures, judge, load_messages
from tpbot.message import words_of
from tpbot.records import CorpusInfo
from tpbot.red_flags import NET_FILE, RedFlags, load_red_flags
from tpbot.second_net import SecondNet
from tpbot.text import stems
from tpbot.triage import Triager

ROOT = Path(__file__).parents[2]
RULES = ROOT / "corpus" / "red-flags.toml"
INFO = CorpusInfo(id="fit", title="Fit")
EMPTY = SecondNet(bias=0.0, weights={}, flags={}, raised=2.5, ask=0.0, sure=1.8)
"""With the constants that ship, chosen on the files that were new to the rules when they were scored."""
HELD_OUT = ("round-9", "round-10")
"""Never fitted on: their scores are the honest ones."""
STRENGTH = 3.0
"""The inverse of the regularisation; 1 to 10 made no difference in leave-one-round-out."""
SCALE = 4.0
RARITY = 1.6
"""The power of a feature's idf: what is rare may get more weight."""
RARITY_SCALE = 6.0
ORDINARY_WEIGHT = 0.5
"""How much an ordinary question counts beside a labelled message, of which there are fewer."""
MOST_WEIGHTS = 12_000
FLAG_WORDS = 450
"""Stems that are kept for each flag."""


@cache
def features(text: str) -> frozenset[str]:
    """What the net weighs of a text."""
    return EMPTY.features(stems(words_of(text)))


def vectors(found: list[frozenset[str]], scale: dict[str, float]) -> list[dict[str, float]]:
    """The features of each text by their scale, so that a text's are as long as any other's."""
    return [{name: SCALE * scale[name] / len(names) ** 0.5 for name in names} for names in found]


def rarities(found: list[frozenset[str]]) -> dict[str, float]:
    """How much weight each feature may get; none if it occurs once."""
    counts = Counter(name for names in found for name in names)
    return {
        name: math.log(len(found) / count) ** RARITY / RARITY_SCALE if count > 1 else 0.0
        for name, count in counts.items()
    }


def fit(messages: list[LabelledMessage], ordinary: list[str]) -> SecondNet:
    """Fit the weights: red flag or not on all texts, which flag on the true messages."""
    texts = [message.text for message in messages] + ordinary
    weights = np.array([1.0] * len(messages) + [ORDINARY_WEIGHT] * len(ordinary))
    labels = np.array([not message.harmless for message in messages] + [False] * len(ordinary))
    found = [features(text) for text in texts]
    rarity = rarities(found)
    table = DictVectorizer()
    matrix = table.fit_transform(vectors(found, rarity))
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(matrix, labels, sample_weight=weights)
    names = [str(name) for name in table.get_feature_names_out()]
    fitted = [float(w) * SCALE * rarity[name] for name, w in zip(names, model.coef_[0], strict=True)]
    largest = sorted(range(len(names)), key=lambda i: -abs(fitted[i]))[:MOST_WEIGHTS]
    return msgspec.structs.replace(
        EMPTY,
        bias=round(float(model.intercept_[0]), 3),
        weights={names[i]: round(fitted[i], 2) for i in sorted(largest) if round(fitted[i], 2)},
        flags=fit_flags([message for message in messages if message.flags]),
    )


def fit_flags(messages: list[LabelledMessage]) -> dict[str, dict[str, float]]:
    """Fit which flag a true message is."""
    table = DictVectorizer()
    found = [features(message.text) for message in messages]
    words = [frozenset(name for name in names if " " not in name) for names in found]
    rarity = rarities(words)
    matrix = table.fit_transform(vectors(words, rarity))
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit(matrix, [message.flags[0] for message in messages])
    names = [str(name) for name in table.get_feature_names_out()]
    scale = SCALE * np.array([rarity[name] for name in names])
    flags = {}
    for flag, row, bias in zip(model.classes_, model.coef_ * scale, model.intercept_, strict=True):
        top = np.argsort(-np.abs(row))[:FLAG_WORDS]
        weights = {names[i]: round(float(row[i]), 1) for i in top}
        flags[str(flag)] = {"": round(float(bias), 2)} | {name: w for name, w in weights.items() if w}
    return flags


def examples(rules: RedFlags) -> list[LabelledMessage]:
    """The examples of the rules, as labelled messages."""
    true = [LabelledMessage(text, flag.id, flag.urgency) for flag in rules.flags for text in flag.fires]
    return true + [LabelledMessage(text, None, "none") for flag in rules.flags for text in flag.quiet]


def line(result: TriageFigures) -> str:
    """Caught of all and of the emergencies, false alarms, right urgency, emergencies only asked about."""
    emergency = result.by_urgency.get("emergency")
    counts = (result.caught, emergency, result.false_alarms, result.right_urgency, result.asked_emergencies)
    return "".join(f" {(count and count.share) or 0:.2f}" for count in counts)


def main() -> None:
    """Print leave-one-out figures; with --write put the weights of all messages beside the rules."""
    parser = argparse.ArgumentParser(description="Fit the second net")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--no-figures", action="store_true")
    arguments = parser.parse_args()
    if arguments.write:
        RULES.with_name(NET_FILE).unlink(missing_ok=True)  # one of another shape would not load
    rules = msgspec.structs.replace(load_red_flags(RULES), net=None)
    alone = Triager(rules, INFO)
    asked = [text for entry in load_corpus(ROOT / "corpus").entries for text in ways_of_asking(entry)]
    by_design = {flag.id for flag in rules.flags if flag.circumstance}  # of children, in pregnancy
    ordinary = [text for text in asked if not by_design & {flag.id for flag in alone.assess(text).flags}]
    paths = sorted((ROOT / "tests" / "data" / "triage").glob("*.jsonl"))
    files = {path.stem: load_messages(path) for path in paths if path.stem not in HELD_OUT}
    for number, name in enumerate(files if not arguments.no_figures else ()):
        others = [message for file in files if file != name for message in files[file]]
        kept = [text for i, text in enumerate(ordinary) if i % len(files) != number]
        held = [text for i, text in enumerate(ordinary) if i % len(files) == number]
        net = fit(others + examples(rules), kept)
        both = Triager(msgspec.structs.replace(rules, net=net), INFO)
        figures_of = [line(figures(judge(files[name], triager.assess))) for triager in (alone, both)]
        alarms = sum(both.assess(text).urgency != "none" for text in held)
        sys.stdout.write(f"{name:<9}{' |'.join(figures_of)} | ordinary {alarms / len(held):.3f}\n")
    if arguments.write:
        everything = [message for file in files.values() for message in file]
        net = fit(everything + examples(rules), ordinary)
        data = msgspec.json.encode(net) + b"\n"
        RULES.with_name(NET_FILE).write_bytes(data)
        sys.stdout.write(f"{len(net.weights)} weights, {len(data) // 1024} kB\n")


if __name__ == "__main__":
    main()
