"""Claims about docs/terminal.md."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from pathlib import Path

import pytest

from tpbot import config
from tpbot.cli import COMMANDS
from tpbot.render import HEADINGS
from tpbot.slash import COMMANDS as SLASH_COMMANDS
from tpbot.slash import KEYS

DOCS = Path(__file__).parent.parent / "docs"
TEXT = (DOCS / "terminal.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    """A page of the documentation names each command in a heading, and each of its options in code."""
    heading = re.compile(rf"^#+ .*\btpbot {name}\b", re.MULTILINE)
    pages = [page.read_text(encoding="utf-8") for page in sorted(DOCS.glob("*.md"))]
    assert any(map(heading.search, pages))
    parser = argparse.ArgumentParser()
    import_module(COMMANDS[name][0]).add_arguments(parser)
    options = {option for action in parser._actions for option in action.option_strings if option[:2] == "--"}
    assert [
        option for option in sorted(options - {"--help"}) if not any(f"`{option}" in page for page in pages)
    ] == []


def test_every_slash_command_and_key_is_documented() -> None:
    """Each command of the prompt, and each key that /help names, has a row, and there are no others."""
    rows = re.findall(r"^\| `?(/[^`|]*|[A-Z][^`|]*?)`? \|", TEXT, re.MULTILINE)
    usages = [command.usage for command in SLASH_COMMANDS.values()]
    assert [row for row in rows if row.startswith("/")] == usages
    assert [row for row in rows if row in KEYS] == list(KEYS)


def test_every_setting_of_the_environment_is_documented() -> None:
    """Each variable that config.py names has a row."""
    source = Path(config.__file__).read_text(encoding="utf-8")
    names = set(re.findall(r'os\.environ\.get\("(\w+)"', source))
    assert names == set(re.findall(r"^\| `([A-Z_]+)` \|", TEXT, re.MULTILINE))


def test_regions_are_documented() -> None:
    """The regions named are the ones there are."""
    assert f"{', '.join(config.REGIONS[:-1])} or {config.REGIONS[-1]}" in TEXT


def test_headings_of_warning_signs_are_documented() -> None:
    """Each heading that an urgent reply can have has a row, and there are no others."""
    assert re.findall(r"^\| `([A-Z:]+ [A-Z ]+)` \|", TEXT, re.MULTILINE) == [
        text for text, _ in HEADINGS.values()
    ]
