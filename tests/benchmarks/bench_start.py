"""CPU of a whole `tpbot ask` process, beside a short script that fits scikit-learn on the same corpus.

python -m tests.benchmarks.bench_start [RUNS]
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import msgspec

from tests.benchmarks.measure import alternate, cpu_of, row
from tpbot.corpus import BUILTIN, load_corpus

QUESTION = "what dose a triger point feel like"


def main(runs: int) -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        entries = folder / "entries.jsonl"
        entries.write_bytes(b"\n".join(msgspec.json.encode(entry) for entry in load_corpus(BUILTIN).entries))
        script = [sys.executable, str(Path(__file__).with_name("peer.py")), str(entries), QUESTION]
        ask = [sys.executable, "-m", "tpbot", "ask", QUESTION]
        cache = {"TPBOT_CACHE_DIR": str(folder / "cache")}

        def first_run() -> float:
            shutil.rmtree(folder / "cache", ignore_errors=True)
            return cpu_of(ask, cache)

        first_run(), cpu_of(script)  # bytecode is compiled and files are read before anything counts
        first, peer = alternate(max(3, runs // 4), first_run, lambda: cpu_of(script))
        row("tpbot ask, first run, builds the index", first, peer, "<= 4")
        cached, peer, numpy, python = alternate(
            runs,
            lambda: cpu_of(ask, cache),
            lambda: cpu_of(script),
            lambda: cpu_of([sys.executable, "-c", "import numpy"]),
            lambda: cpu_of([sys.executable, "-c", "pass"]),
        )
        row("tpbot ask, index kept", cached, peer, "<= 0.15")
        row("  of which: python -c 'import numpy'", numpy, peer, "-")
        row("  of which: python -c pass", python, peer, "-")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
