"""What all tests share: a cache of their own, the bot that ships, a small corpus, processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.samples import CORPUS_FILES, write_files
from tpbot.bot import Bot

settings.register_profile("tpbot", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("tpbot")


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep built indexes away from the user's cache, and the user's settings away from the tests."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("TPBOT_REGION", "TPBOT_EDITING", "TPBOT_DEBUG", "PYTHONWARNINGS"):
            patch.delenv(name, raising=False)
        patch.setenv("TPBOT_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def bot(cache_folder: Path) -> Bot:
    """Return the bot for the corpus that ships, its index in the tests' cache."""
    assert os.environ["TPBOT_CACHE_DIR"] == str(cache_folder)
    return Bot.load()


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    """Return a folder with the files of `CORPUS_FILES`, for a test to change."""
    return write_files(tmp_path / "tea", CORPUS_FILES)


@pytest.fixture(scope="session")
def run_python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `python ARGUMENTS` in a process of its own."""

    def run(
        *arguments: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    return run
