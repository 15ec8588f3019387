"""Documents to drafts of entries: text, Markdown, HTML, tables, JSON, spreadsheets, Word, PDF."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

import msgspec

from tpbot.entry_file import MAX_ID_LENGTH
from tpbot.readers import sift
from tpbot.readers.document import Document, Draft, LeftOut, Reading
from tpbot.readers.files import kind_of, read_bytes
from tpbot.records import MAX_QUESTION_LENGTH, Entry
from tpbot.text import tokenise

__all__ = ["Document", "Draft", "LeftOut", "fingerprint", "new_id", "read_document"]

MAX_ANSWER_LENGTH = 20_000
"""Code points; nobody asked for a book, and such an answer is most likely a document read wrongly."""
MAX_SLUG_WORDS = 8

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
    reading: Reading = import_module(f"tpbot.readers.{kind_of(data, path)}").read(data, path)
    name = " ".join("".join(char if char.isprintable() else " " for char in path.name).split())
    return _finish(name, reading)


def _finish(name: str, reading: Reading) -> Document:
    """Return the reading with ids and origins, without repetitions and what is far too long."""
    drafts: list[Draft] = []
    left_out = list(reading.left_out)
    places: dict[str, str] = {}
    ids: set[str] = set()
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
        entry_id = new_id(entry, ids)
        ids.add(entry_id.lower())
        origin = entry.origin or f"{name}, {draft.place} (text {key})"
        entry = msgspec.structs.replace(entry, id=entry_id, draft=True, origin=origin)
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


def new_id(entry: Entry, taken: set[str]) -> str:
    """Return the entry's id, else one made of its first words; with a number where it is `taken`.

    Args:
        entry: An entry; its id may be empty.
        taken: Ids in small letters, since some file systems do not tell capitals apart.
    """
    base = entry.id or _slug(entry.question or entry.answer)
    if _RESERVED.match(base):
        base = f"entry-{base}"[:MAX_ID_LENGTH]
    candidate, number = base, 1
    while candidate.lower() in taken:
        number += 1
        ending = f"-{number}"
        candidate = base[: MAX_ID_LENGTH - len(ending)] + ending
    return candidate


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title[:500]).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))[:MAX_SLUG_WORDS]
    slug = "-".join(words)[:60].strip("-")
    return slug or f"entry-{blake2b(title.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"
