"""Claims about settings from the environment."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tpbot import config
from tpbot.errors import UsageError


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.mark.parametrize(("text", "region"), [("GB", "GB"), (" us ", "US"), ("uk", "GB"), ("eu", "EU")])
def test_region_in_any_case(text: str, region: str) -> None:
    """A region is read in capitals or not, and UK as GB."""
    assert config.parse_region(text) == region


@pytest.mark.parametrize("text", ["", "XX", "United Kingdom", "\x1b[31m"])
def test_unknown_region_is_an_error(text: str) -> None:
    """A region without known numbers is refused with the list of known ones."""
    with pytest.raises(UsageError, match="Use one of GB, IE, US"):
        config.parse_region(text)


def test_region_of_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """TPBOT_REGION names the region; empty or unset means none; a wrong one is named in the error."""
    monkeypatch.delenv("TPBOT_REGION", raising=False)
    assert config.region() is None
    monkeypatch.setenv("TPBOT_REGION", "")
    assert config.region() is None
    monkeypatch.setenv("TPBOT_REGION", "nz")
    assert config.region() == "NZ"
    monkeypatch.setenv("TPBOT_REGION", "ZZ")
    with pytest.raises(UsageError, match="TPBOT_REGION: there are no emergency numbers"):
        config.region()


def test_editing_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """TPBOT_EDITING is emacs by default, vi by choice, and anything else is an error with a cure."""
    monkeypatch.delenv("TPBOT_EDITING", raising=False)
    assert config.editing_mode() == "emacs"
    monkeypatch.setenv("TPBOT_EDITING", "VI")
    assert config.editing_mode() == "vi"
    monkeypatch.setenv("TPBOT_EDITING", "emcas")
    with pytest.raises(UsageError, match="Did you mean `emacs`"):
        config.editing_mode()
    monkeypatch.setenv("TPBOT_EDITING", "joe")
    with pytest.raises(UsageError, match="Set it to emacs or vi"):
        config.editing_mode()


@pytest.mark.parametrize(
    ("no_colour", "term", "coloured"),
    [
        (None, "xterm", True),
        ("", "xterm", True),
        ("1", "xterm", False),
        ("0", "xterm", False),
        (None, "dumb", False),
    ],
)
def test_colour_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, no_colour: str | None, term: str, coloured: bool
) -> None:
    """A terminal gets colour unless NO_COLOR is not empty or TERM is dumb."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_colour is not None:
        monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setenv("TERM", term)
    assert config.wants_colour(Terminal()) is coloured
    assert not config.wants_colour(io.StringIO())


def test_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TPBOT_CACHE_DIR names the cache folder; without it, it is a folder of the user called tpbot."""
    monkeypatch.setenv("TPBOT_CACHE_DIR", str(tmp_path))
    assert config.cache_folder() == tmp_path
    monkeypatch.delenv("TPBOT_CACHE_DIR")
    assert config.cache_folder().name == "tpbot"


def test_nothing_else_reads_the_environment() -> None:
    """Only tpbot/config.py mentions os.environ or getenv."""
    package = Path(config.__file__).parent
    readers = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    ]
    assert readers == ["config.py"]
