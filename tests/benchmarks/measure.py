"""What the benchmarks share: CPU time of processes, latency of calls, a table, where the shared data lies."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

# Read by the libraries below numpy when they are first imported; a second thread would blur every ratio.
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
os.environ.update(THREADS)


def cpu_of(command: Sequence[str], env: Mapping[str, str] | None = None) -> float:
    """Return the CPU milliseconds, user and system, of a process that must succeed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **(env or {})})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def alternate(runs: int, *actions: Callable[[], float]) -> list[float]:
    """Return the median of what each action returns, run in turn so that noise falls on all alike."""
    found: list[list[float]] = [[] for _ in actions]
    for _ in range(runs):
        for values, action in zip(found, actions, strict=True):
            values.append(action())
    return [statistics.median(values) for values in found]


def latencies(ask: Callable[[str], object], questions: Iterable[str]) -> list[float]:
    """Return the CPU milliseconds that each question takes."""
    found = []
    for question in questions:
        start = time.process_time_ns()
        ask(question)
        found.append((time.process_time_ns() - start) / 1e6)
    return found


def slowest(times: Sequence[float]) -> float:
    """Return what 95 of 100 of `times` are below."""
    return statistics.quantiles(times, n=20)[-1]


def shared(name: str) -> Path:
    """Return a file of the folder of shared data, or leave with a word where it is missing."""
    path = Path(os.environ.get("TPBOT_SHARED", "../shared")) / name
    if not path.exists():
        sys.exit(f"There is no {path}; set TPBOT_SHARED to the folder that has {name}.")
    return path


def row(what: str, ours: float, peer: float, target: str, unit: str = "ms") -> None:
    """Print a line: what was measured, ours, the peer's, the ratio, and what is aimed for."""
    print(f"{what:<44} {ours:9.2f} {unit} {peer:9.2f} {unit}   ratio {ours / peer:7.4f}   target {target}")
