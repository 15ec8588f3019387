"""How long triage takes: `python tests/benchmarks/bench_triage.py`."""

from __future__ import annotations

import statistics
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
    """The median CPU time of a piece of work."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def main() -> None:
    """Print medians in milliseconds of CPU."""
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
    show = sys.stdout.write
    show(f"load TOML                {milliseconds(lambda: load_red_flags(path), 5):8.2f}\n")
    show(
        f"decode JSON ({len(raw) // 1024} kB)      {milliseconds(lambda: msgspec.json.decode(raw, type=RedFlags), 20):8.2f}\n"
    )
    show(f"construct                {milliseconds(lambda: Triager(rules, INFO), 20):8.2f}\n")
    show(
        f"first question, cold     {milliseconds(lambda: Triager(rules, INFO).assess(questions[0]), 20):8.2f}\n"
    )
    each = milliseconds(lambda: [triager.assess(text) for text in questions], 5) / len(questions)
    show(f"ordinary question, warm  {each:8.3f}\n")
    each = milliseconds(lambda: [triager.assess(text) for text in messages], 5) / len(messages)
    show(f"round message, warm      {each:8.3f}\n")
    show(f"2,000 characters         {milliseconds(lambda: triager.assess(long), 50):8.2f}\n")
    show(f"2,000 of its own words   {milliseconds(lambda: triager.assess(hostile), 50):8.2f}\n")
    show(f"2,000 unknown, cold      {milliseconds(lambda: Triager(rules, INFO).assess(unknown), 10):8.2f}\n")


if __name__ == "__main__":
    main()
