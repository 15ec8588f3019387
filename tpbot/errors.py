"""Every exception that tpbot raises on purpose.

TpbotError
├── CorpusError          a corpus, or one of its files, cannot be used
├── DocumentError        a document to import cannot be read
├── RedFlagsError        triage rules cannot be used
├── QuestionsError       a file of labelled questions cannot be used
├── IndexFormatError     a saved index is damaged, foreign or of another version
├── MissingExtraError    an optional package is not installed
└── UsageError           an argument has a value that tpbot cannot use

A message says what is wrong, where, and the cure. The command line prints it as one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class TpbotError(Exception):
    """Base of all errors that tpbot raises on purpose."""


class PlacedError(TpbotError):
    """An error at a place in a file.

    Args:
        what: What is wrong, as a sentence without its full stop.
        path: The file or folder.
        line: The line in it, counted from 1.
        field: The field of the entry or table.
        cure: What to do about it, as a sentence without its full stop.
    """

    def __init__(
        self,
        what: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        field: str | None = None,
        cure: str | None = None,
    ) -> None:
        self.what = what
        self.path = None if path is None else Path(path)
        self.line = line
        self.field = field
        self.cure = cure
        place = "" if path is None else str(path)
        if line is not None:
            place += f":{line}"
        if field is not None:
            place += f", field `{field}`" if place else f"field `{field}`"
        message = f"{place}: {what}" if place else what
        stop = "" if cure and cure.endswith("?") else "."
        super().__init__(f"{message}. {cure}{stop}" if cure else f"{message}.")


class CorpusError(PlacedError):
    """A corpus, or one of its files, cannot be used."""


class DocumentError(PlacedError):
    """A document to import cannot be read."""


class RedFlagsError(PlacedError):
    """Triage rules cannot be used."""


class QuestionsError(PlacedError):
    """A file of labelled questions cannot be used."""


class IndexFormatError(PlacedError):
    """A saved index is damaged, foreign or of another version."""


class MissingExtraError(TpbotError):
    """An optional package is not installed."""


class UsageError(TpbotError):
    """An argument has a value that tpbot cannot use."""


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return a sentence that offers the nearest of `known`, or None when none is near."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=60)
    return f"Did you mean `{found[0]}`?" if found else None
