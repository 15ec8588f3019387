"""Latency, hits and opening time on the questions of MedQuAD, beside TF-IDF and `linear_kernel`.

    TPBOT_SHARED=../shared python -m tests.benchmarks.bench_scale [QUESTIONS]

Both sides get the same questions, with one typing error each. A hit is the question that was meant, or one
with the same text, as the first candidate.
"""

from __future__ import annotations

import gzip
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.bench_ask import peer_of
from tests.benchmarks.measure import latencies, row, shared, slowest
from tests.benchmarks.typos import with_typo
from tpbot.bot import Bot
from tpbot.build import build_index
from tpbot.corpus import Corpus
from tpbot.index import Index
from tpbot.records import CorpusInfo, Entry


def medquad() -> list[str]:
    """Return the different questions of MedQuAD, in the file's order."""
    with gzip.open(shared("data/medquad-questions.tsv.gz"), "rt", encoding="utf-8") as file:
        questions = [line.rstrip("\n").split("\t")[2] for line in file]
    return list(dict.fromkeys(" ".join(question.split()) for question in questions))


def measure(ways: list[str], count: int, target: str) -> None:
    """Build, save, open and ask an index of `ways`, and print a table."""
    chance = random.Random(0)  # noqa: S311  # not for secrets
    meant = chance.sample(range(len(ways)), count)
    questions = [with_typo(ways[place], chance) for place in meant]
    start = time.process_time()
    index = build_index(
        Corpus(
            CorpusInfo("medquad", "MedQuAD"),
            tuple(Entry(str(number), way, "-") for number, way in enumerate(ways)),
        )
    )
    built = time.process_time() - start
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "medquad.index"
        index.save(path, "medquad")
        size = path.stat().st_size
        opened = statistics.median(_opening(path) for _ in range(9))
        start = time.process_time()
        bot = Bot(Index.open(path, "medquad"))
        first = bot.ask(questions[0])
        ready = 1000 * (time.process_time() - start)
        peer = peer_of(ways)
        for question in questions[:10]:
            bot.ask(question), peer(question)
        ours, theirs = latencies(bot.ask, questions), latencies(peer, questions)
        hits = sum(
            reply.candidates[0].id == str(place) if reply.candidates else False
            for reply, place in (
                (bot.ask(question, top=1), place) for question, place in zip(questions, meant, strict=True)
            )
        )
        peer_hits = sum(peer(question) == place for question, place in zip(questions, meant, strict=True))
    print(f"\n{len(ways)} questions: built in {built:.1f} s of CPU, {size / 1e6:.1f} MB; {first.outcome}")
    row("bot.ask, median", statistics.median(ours), statistics.median(theirs), target)
    row("bot.ask, 95th in 100", slowest(ours), slowest(theirs), "-")
    print(f"{'hits at the first place':<44} {hits / count:9.3f}    {peer_hits / count:9.3f}")
    print(f"{'Index.open':<44} {opened:9.2f} ms   target < 50 ms; with Bot and a first answer {ready:.0f} ms")


def _opening(path: Path) -> float:
    start = time.process_time_ns()
    Index.open(path, "medquad")
    return (time.process_time_ns() - start) / 1e6


def main(count: int) -> None:
    """Measure at 10,000 questions and at all of them."""
    ways = medquad()
    measure(random.Random(1).sample(ways, 10_000), count, "<= 0.1")  # noqa: S311
    measure(ways, count, "<= 0.025")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
