"""What a check of a corpus finds, as records."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from tpbot.errors import PlacedError
from tpbot.survey import PlacedEntry

Severity = Literal["error", "warning", "info"]
"""An error keeps the corpus from being used or makes it wrong; a warning is for a person to judge."""

SEVERITIES: dict[str, Severity] = {
    "unreadable": "error",
    "unknown-source": "error",
    "unknown-related": "error",
    "duplicate-question": "error",
    "no-stop-rule": "error",
    "red-flags": "error",
    "draft": "warning",
    "few-ways": "warning",
    "repeated-way": "warning",
    "near-duplicate": "warning",
    "collision": "warning",
    "answer-length": "warning",
    "reading-grade": "warning",
    "promise": "warning",
    "dose": "warning",
    "medicine-times": "warning",
    "diagnosis": "warning",
    "unmarked-technique": "warning",
    "old-check": "warning",
    "future-check": "warning",
    "no-address": "warning",
    "taken-question": "info",
    "no-question": "info",
    "no-evidence": "info",
    "no-sources": "info",
    "no-checked": "info",
    "explained-address": "info",
    "unused-source": "info",
}
"""Every code that a finding can have. docs/writing-an-entry.md explains them."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that a check found. `message` and `cure` are sentences without their full stops."""

    severity: Severity
    code: str
    path: Path
    line: int | None
    field: str | None
    message: str
    cure: str | None


def of_error(error: PlacedError, code: str, root: Path) -> Finding:
    """Return the finding that an error in a file of the corpus at `root` is."""
    path = error.path or root
    return Finding(SEVERITIES[code], code, path, error.line, error.field, error.what, error.cure)


def of_entry(placed: PlacedEntry, code: str, field: str, message: str, cure: str) -> Finding:
    """Return a finding about a field of an entry."""
    start = placed.entry.answer if field == "answer" else f"{field}:"
    return Finding(SEVERITIES[code], code, placed.path, placed.line_of(start), field, message, cure)


def of_fragment(placed: PlacedEntry, code: str, fragment: str, message: str, cure: str) -> Finding:
    """Return a finding about a text in the front matter of an entry."""
    return Finding(SEVERITIES[code], code, placed.path, placed.line_of(fragment), None, message, cure)
