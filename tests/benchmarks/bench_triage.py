"""How long triage takes: `python tests/benchmarks/bench_triage.py`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tpbot.corpus import load_corpus
from tpbot.evaluate_triage import load_messages
from tpbot.records import MAX_QUESTION_LENGTH, CorpusInfo
from tpbot.red_flags import RedFlags, load_red_flags
from tpbot.triage import Triager

ROOT = Path(__file__).parents[2]
INFO = CorpusInfo(id="bench", title="Bench")


def milliseconds(work: Callable[[], object], repeat: int) -> float:
    """The least CPU time of a piece of work: what others on the machine add is not its own."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1000 * min(times)


def main() -> None:
    """Print milliseconds of CPU."""
    path = ROOT / "corpus" / "red-flags.toml"
    rules = load_red_flags(path)
    raw = msgspec.json.encode(rules)
    entries = load_corpus(ROOT / "corpus").entries
    questions = [text for entry in entries for text in (entry.question, *entry.also) if text]
    rounds = sorted((ROOT / "tests" / "data" / "triage").glob("*.jsonl"))
    messages = [message.text for file in rounds for message in load_messages(file)]
    long = " ".join(messages)[:MAX_QUESTION_LENGTH]
    hostile = ("can't feel my numb leg, no pee " * 80)[:MAX_QUESTION_LENGTH]
    unknown = " ".join(f"zq{i}xvwbk" for i in range(400))[:MAX_QUESTION_LENGTH]
    triager = Triager(rules, INFO)
    for text in (*questions, *messages, long, hostile):
        triager.assess(text)
    works: list[tuple[str, Callable[[], object], int, int]] = [
        ("load TOML", lambda: load_red_flags(path), 5, 1),
        (f"decode JSON ({len(raw) // 1024} kB)", lambda: msgspec.json.decode(raw, type=RedFlags), 20, 1),
        ("construct", lambda: Triager(rules, INFO), 20, 1),
        ("first question, cold", lambda: Triager(rules, INFO).assess(questions[0]), 20, 1),
        ("ordinary question, warm", lambda: [triager.assess(q) for q in questions], 5, len(questions)),
        ("labelled message, warm", lambda: [triager.assess(m) for m in messages], 5, len(messages)),
        ("2,000 characters of them", lambda: triager.assess(long), 50, 1),
        ("2,000 of symptom words", lambda: triager.assess(hostile), 50, 1),
        ("2,000 of unknown words", lambda: Triager(rules, INFO).assess(unknown), 10, 1),
    ]
    for name, work, repeat, parts in works:
        sys.stdout.write(f"{name:<28}{milliseconds(work, repeat) / parts:8.3f} ms\n")


if __name__ == "__main__":
    main()
