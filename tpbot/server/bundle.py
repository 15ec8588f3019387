"""The widget as one script: its modules joined, so that a page loads it with one line."""

from __future__ import annotations

import json
import re
from importlib.resources import files

MODULES = (
    "strings.js",
    "dom.js",
    "client.js",
    "suggest.js",
    "question-box.js",
    "blocks.js",
    "cards.js",
    "conversation.js",
    "widget.js",
    "loader.js",
)
"""In the order in which they need one another."""

_IMPORT = re.compile(r"^import [^\n]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)
_COMMENT = re.compile(r"^ *//[^\n]*\n", re.MULTILINE)
_INDENT = re.compile(r"^ +", re.MULTILINE)
_CSS_COMMENT = re.compile(r"^ */\*[^\n]*\*/\n", re.MULTILINE)


def read(name: str) -> str:
    """Return a file of the widget."""
    return (files("tpbot") / "widget" / name).read_text("utf-8")


def build_script() -> str:
    """Return the widget as a classic script, which `document.currentScript` needs.

    The modules keep to what makes this safe: each import and comment is a line of its own, every name is
    declared once in all of them, and no text goes over a line's end.
    """
    style = _INDENT.sub("", _CSS_COMMENT.sub("", read("widget.css"))).replace("\n", "")
    parts = [f"const STYLE = {json.dumps(style)};\n"]
    for name in MODULES:
        source = _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", read(name))))
        parts.append(_INDENT.sub("", source))
    return '(() => {\n"use strict";\n' + "".join(parts) + "})();\n"
