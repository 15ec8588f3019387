"""Bytes of a document: read within bounds, told apart by content, decoded to text."""

from __future__ import annotations

import codecs
import io
import re
import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from tpbot.errors import DocumentError

MAX_DOCUMENT_SIZE = 20_000_000
"""Bytes; a larger document is refused before it is read."""
MAX_UNPACKED_SIZE = 50_000_000
"""Bytes that a DOCX or XLSX may unpack to; `zipfile` itself never unpacks more than a member declares."""
MAX_ZIP_MEMBERS = 5_000
MAX_XML_TAGS = 1_000_000
"""In a DOCX or XLSX; some 300 bytes of memory each."""
ZIP_DAMAGE = (
    BadZipFile,
    zlib.error,
    KeyError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)
"""What `zipfile` raises for damaged, encrypted and strangely packed archives."""
DETECTION_SAMPLE = 200_000
"""Bytes that the guess at a charset looks at."""

SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".csv": "table",
    ".tsv": "table",
    ".tab": "table",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".docx": "docx",
    ".pdf": "pdf",
}
"""The reader for each suffix: a module of this package."""

_FOREIGN = {
    b"\xd0\xcf\x11\xe0": ("an old Office file", "Open it and save it as .docx or .xlsx"),
    b"{\\rtf": ("an RTF file", "Open it and save it as .docx"),
    b"\x89PNG": ("a picture", "Give the text itself"),
    b"\xff\xd8\xff": ("a picture", "Give the text itself"),
    b"\x1f\x8b": ("a compressed file", "Unpack it first"),
    b"7z\xbc\xaf": ("a compressed file", "Unpack it first"),
}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED = re.compile(
    rb"""charset\s*=\s*["']?((?:iso|windows|cp|koi8|mac|latin|shift|sjis|euc|gb|big5)[\w.-]{0,30})""",
    re.IGNORECASE,
)
"""Names of real charsets alone: some of Python's other codecs take time with the square of the length."""
_GUESSES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("shift_jis", "euc_jp", "euc_kr", "gb18030", "big5"),
)
"""Charsets that documents still come in; among more, a guess at a short text goes wrong too often."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n?|\f|\x85|\u2028|\u2029")


def read_bytes(path: Path) -> bytes:
    """Return the bytes of the document at `path`.

    Raises:
        DocumentError: It is missing, empty, too large, not a regular file or not readable.
    """
    try:
        if not path.is_file():
            missing = "it is a folder" if path.is_dir() else "there is no such file"
            raise DocumentError(missing, path=path, cure="Give the path of a document")
        with path.open("rb") as file:
            data = file.read(MAX_DOCUMENT_SIZE + 1) if path.stat().st_size <= MAX_DOCUMENT_SIZE else None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DocumentError(f"it cannot be read ({why})", path=path, cure="Check its permissions") from None
    if data is None or len(data) > MAX_DOCUMENT_SIZE:
        raise DocumentError(
            f"the document is over {MAX_DOCUMENT_SIZE:,} bytes",
            path=path,
            cure="Split it, or export its text",
        )
    if not data.strip():
        raise DocumentError("the document is empty", path=path, cure="Give one with text in it")
    return data


def kind_of(data: bytes, path: Path) -> str:
    """Return the name of the reader for a document: what its content says, then what its suffix says.

    Raises:
        DocumentError: It is of a kind that tpbot does not read.
    """
    for magic, (what, cure) in _FOREIGN.items():
        if data.startswith(magic):
            raise DocumentError(f"this is {what}, which tpbot does not read", path=path, cure=cure)
    start = data[:1024].lstrip()
    if start.startswith(b"%PDF-") or (path.suffix.lower() == ".pdf" and b"%PDF-" in start):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data, path)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind in ("pdf", "docx", "xlsx"):
        raise DocumentError(
            f"the name ends in {path.suffix} but the content is something else",
            path=path,
            cure="Give it the suffix of what it is, or save it again",
        )
    if kind in (None, "text") and start.lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    return kind or "text"


def _kind_of_zip(data: bytes, path: Path) -> str:
    with _listed(data, path) as archive:
        names = archive.namelist()
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names:
        raise DocumentError("this is an OpenDocument file", path=path, cure="Save it as .docx or .xlsx")
    raise DocumentError("this is a zip archive", path=path, cure="Unpack it and give the documents in it")


def open_zip(data: bytes, path: Path) -> ZipFile:
    """Return the DOCX or XLSX in `data`, once it is known to unpack and to parse within bounds.

    Raises:
        DocumentError: It is damaged, encrypted or too large.
    """
    archive = _listed(data, path)
    try:
        tags = sum(archive.read(member).count(b"<") for member in archive.infolist())
    except ZIP_DAMAGE:
        cure = "Open it and save it again, without a password"
        raise DocumentError("the file is damaged or encrypted", path=path, cure=cure) from None
    if tags > MAX_XML_TAGS:
        raise DocumentError("there is too much in it", path=path, cure="Split it, or export its text")
    return archive


def _listed(data: bytes, path: Path) -> ZipFile:
    """Return the archive in `data`; its table of contents, all that was read of it, is within bounds."""
    try:
        archive = ZipFile(io.BytesIO(data))
    except ZIP_DAMAGE:
        raise DocumentError("the file is damaged", path=path, cure="Open it and save it again") from None
    members = archive.infolist()
    if len(members) > MAX_ZIP_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_SIZE:
        raise DocumentError(
            f"it would unpack to over {MAX_UNPACKED_SIZE:,} bytes or {MAX_ZIP_MEMBERS:,} parts",
            path=path,
            cure="Remove pictures and unused sheets, or export its text",
        )
    return archive


def decode(data: bytes, path: Path) -> str:
    r"""Return `data` as text with `\n` line ends: by its byte order mark, as UTF-8, as declared, or guessed.

    Raises:
        DocumentError: It is binary, or in a charset that cannot be told.
    """
    text = _decode(data)
    cleaned, controls = _CONTROLS.subn("", _LINE_END.sub("\n", text or "\0"))
    if text is None or "\0" in text or controls > len(text) / 100:
        raise DocumentError(
            "this is not a text in a charset that can be told", path=path, cure="Save it as UTF-8 text"
        )
    return cleaned


def _decode(data: bytes) -> str | None:
    for bom, charset in _BOMS:
        if data.startswith(bom):
            return data.decode(charset, "replace")
    if b"\0" in data:
        return None
    declared = _DECLARED.search(data[:2048])
    for name in ("utf-8", declared[1].decode("ascii") if declared else None):
        try:
            if name is not None:
                return data.decode(name)
        except (UnicodeError, LookupError):  # not this one, or no such charset
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(data[:DETECTION_SAMPLE], cp_isolation=list(_GUESSES)).best()
    try:  # without a guess, the charset of most old Western files, which leaves some bytes undefined
        return data.decode(best.encoding, "replace") if best else data.decode("cp1252")
    except UnicodeDecodeError:
        return None
