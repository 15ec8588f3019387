"""The README: what it shows is what a reader would see."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
TEXT = README.read_text("utf-8") if README.is_file() else ""
SESSIONS = re.findall(r"```console\n\$ tpbot ([^\n]+)\n(.*?)```", TEXT, re.DOTALL)
PROGRAMS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_there_is_something_to_hold_true() -> None:
    """The README has terminal sessions and Python code."""
    assert len(SESSIONS) >= 3
    assert PROGRAMS


@pytest.mark.parametrize(("arguments", "shown"), SESSIONS)
def test_a_session_is_what_tpbot_prints(arguments: str, shown: str, cache_folder: Path) -> None:
    """Each terminal session is, to the letter, what the command prints."""
    assert os.environ["TPBOT_CACHE_DIR"] == str(cache_folder)
    environment = {**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tpbot", *shlex.split(arguments)]
    done = subprocess.run(command, capture_output=True, env=environment, check=False, encoding="utf-8")
    assert done.stdout.strip() == shown.strip()


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_python_code_runs(program: str) -> None:
    """Each piece of Python code runs, and its replies are answers."""
    names: dict[str, object] = {}
    exec(compile(program, str(README), "exec"), names)  # noqa: S102  # our own words


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_links_lead_somewhere(target: str) -> None:
    """Each link to a file of the project leads to one."""
    assert (README.parent / target).exists()
