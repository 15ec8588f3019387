"""Documents to drafts of entries: text, Markdown, HTML, tables, JSON, spreadsheets, Word, PDF."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

import msgspec

from tpbot.entry_file import MAX_ID_LENGTH
from tpbot.errors import DocumentError
from tpbot.readers import sift
from tpbot.readers.document import Document, Draft, LeftOut, Reading
from tpbot.readers.files import kind_of, read_bytes
from tpbot.records import MAX_QUESTION_LENGTH, Entry
from tpbot.text import tokenise

__all__ = ["Document", "Draft", "Ids", "LeftOut", "fingerprint", "read_document"]

MAX_ANSWER_LENGTH = 20_000
"""Code points; nobody asked for a book, and such an answer is most likely a document read wrongly."""
MAX_SLUG_WORDS = 8

_PORTABLE = re.compile(r"[\w.-]{0,59}\w\Z")
"""Ids that are names of files everywhere, in whatever script."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Names that Windows keeps for devices."""


def read_document(path: str | Path) -> Document:
    """Return the document at `path` as drafts of entries, with what was left out of it and why.

    The content tells the kind of document, then the suffix. Every draft has an id, is marked as one, and
    its origin says where in which document its text stood.

    Raises:
        DocumentError: It cannot be read; the message says why and what to do.
        MissingExtraError: Reading this kind needs an optional package.
    """
    path = Path(path)
    data = read_bytes(path)
    reader = import_module(f"tpbot.readers.{kind_of(data, path)}")
    try:
        reading: Reading = reader.read(data, path)
    except DocumentError as error:
        raise DocumentError(
            error.what, path=path, line=error.line, field=error.field, cure=error.cure
        ) from None
    name = " ".join("".join(char if char.isprintable() else " " for char in path.name).split())
    return _finish(name, reading)


def _finish(name: str, reading: Reading) -> Document:
    """Return the reading with ids and origins, without repetitions and what is far too long."""
    drafts: list[Draft] = []
    left_out = list(reading.left_out)
    places: dict[str, str] = {}
    ids = Ids()
    for draft in reading.drafts:
        entry = draft.entry
        key = fingerprint(entry)
        reason = None
        if len(entry.answer) > MAX_ANSWER_LENGTH or len(entry.question or "") > MAX_QUESTION_LENGTH:
            reason = "far too long for one answer"
        elif key in places:
            reason = f"the same as at {places[key]}"
        if reason:
            left_out.append(LeftOut(entry.question or entry.answer, draft.place, reason))
            continue
        places[key] = draft.place
        origin = entry.origin or f"{name}, {draft.place} (text {key})"
        entry = msgspec.structs.replace(entry, id=ids.new(entry), draft=True, origin=origin)
        warning = draft.warning or _warning(entry)
        drafts.append(Draft(entry, draft.place, warning))
    return Document(name, tuple(drafts), tuple(left_out))


def _warning(entry: Entry) -> str | None:
    if sift.is_advertising(entry.answer) or sift.praises(entry.answer):
        return "the answer reads like advertising"
    if sift.not_content(entry.answer):
        return "the answer may be page furniture rather than an answer"
    return None


def fingerprint(entry: Entry) -> str:
    """Return eight hexadecimal digits that stand for the words of an entry's question and answer."""
    words = [*tokenise(entry.question or ""), "", *tokenise(entry.answer)]
    content = " ".join(words) if len(words) > 1 else f"{entry.question} {entry.answer}"
    return blake2b(content.encode("utf-8", "replace"), digest_size=4).hexdigest()


class Ids:
    """Gives out ids that are not taken.

    Args:
        taken: Ids in use; capitals do not tell them apart, since on some file systems they do not.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {entry_id.lower() for entry_id in taken}
        self._numbers: dict[str, int] = {}

    def new(self, entry: Entry) -> str:
        """Return the entry's id, else one made of its first words; with a number where that is taken."""
        given = entry.id if _PORTABLE.match(entry.id) else ""
        base = given or _slug(entry.id or entry.question or entry.answer)
        if _RESERVED.match(base):
            base = f"entry-{base}"[:MAX_ID_LENGTH]
        number = self._numbers.get(base.lower(), 1)
        candidate = base if number == 1 else _numbered(base, number)
        while candidate.lower() in self._taken:
            number += 1
            candidate = _numbered(base, number)
        self._taken.add(candidate.lower())
        self._numbers[base.lower()] = number
        return candidate


def _numbered(base: str, number: int) -> str:
    ending = f"-{number}"
    return base[: MAX_ID_LENGTH - len(ending)] + ending


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title[:500]).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))[:MAX_SLUG_WORDS]
    slug = "-".join(words)[:60].strip("-")
    return slug or f"entry-{blake2b(title.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"
