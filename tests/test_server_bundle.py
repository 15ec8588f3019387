"""The widget as one script."""

from __future__ import annotations

import gzip
import re

from tpbot.server.bundle import MODULES, build_script, read

MAX_SIZE = 12_000
"""Bytes, compressed: all that a page loads for the help."""


def test_the_widget_is_small() -> None:
    """The whole widget, style and words included, is at most 12 kB compressed."""
    assert len(gzip.compress(build_script().encode(), 9)) <= MAX_SIZE


def test_the_script_is_the_same_each_time() -> None:
    """Building twice gives the same bytes, so that every worker serves the same hash."""
    assert build_script() == build_script()


def test_no_module_line_is_left() -> None:
    """Joined, the script imports and exports nothing."""
    assert re.findall(r"^\s*(?:import|export)\b.*", build_script(), re.MULTILINE) == []


def test_nothing_turns_text_into_markup_or_code() -> None:
    """No module uses what reads a string as markup, as code or as style attributes."""
    sinks = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser|srcdoc|"
        r'setAttribute\("style|createContextualFragment|setHTMLUnsafe'
    )
    for name in MODULES:
        assert re.findall(sinks, read(name)) == [], name


def test_nothing_is_stored_and_nothing_comes_from_elsewhere() -> None:
    """The script names no storage, no cookie, and no address to load but the server's own."""
    script = build_script()
    assert (
        re.findall(
            r"localStorage|sessionStorage|indexedDB|cookie|sendBeacon|XMLHttpRequest|WebSocket", script
        )
        == []
    )
    assert set(re.findall(r"https?://[\w./]+", script)) <= {"http://www.w3.org/2000/svg"}


def test_every_name_is_declared_once() -> None:
    """No two modules declare the same name, which joining them into one scope would break."""
    names = re.findall(r"^(?:const|let|function|class) (\w+)", build_script(), re.MULTILINE)
    top_level = [
        name
        for module in MODULES
        for name in re.findall(r"^(?:export )?(?:const|let|function|class) (\w+)", read(module), re.MULTILINE)
    ]
    assert len(top_level) == len(set(top_level))
    assert set(top_level) <= set(names)
