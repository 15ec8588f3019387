"""Word documents: their paragraphs, headings, lists and tables, read from the XML inside."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from tpbot.errors import DocumentError, MissingExtraError
from tpbot.readers.document import Kind, Part, Reading
from tpbot.readers.files import open_zip
from tpbot.readers.markdown import escape
from tpbot.readers.outline import is_question, outline

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_XML_SIZE = 20_000_000
"""Bytes of the document's XML."""
MAX_XML_TAGS = 1_000_000
"""Its tree takes some 300 bytes of memory for each."""

_DAMAGE = (BadZipFile, zlib.error, KeyError, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)
"""What `zipfile` raises for damaged, encrypted and strangely packed members."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = f"{_W}val"
_ROLE = re.compile(r"(heading(?= \d)|title$|subtitle$|list(?= (?:bullet|number|paragraph)))", re.IGNORECASE)


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a Word document.

    Raises:
        DocumentError: It is damaged or too large.
        MissingExtraError: defusedxml is not installed.
    """
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError
    except ImportError:
        raise MissingExtraError(
            f"{path}: reading .docx needs another package. Run: pip install 'tpbot[documents]'"
        ) from None
    try:
        with open_zip(data, path) as archive:
            roles = _roles(archive, path)
            return outline(list(_parts(_xml(archive, "word/document.xml", path), roles)))
    except (ParseError, DefusedXmlException, *_DAMAGE) as error:
        raise DocumentError(
            f"the document is damaged or encrypted ({type(error).__name__})",
            path=path,
            cure="Open it and save it again, without a password",
        ) from None


def _xml(archive: ZipFile, name: str, path: Path) -> Element:
    from defusedxml.ElementTree import fromstring

    too_large = archive.getinfo(name).file_size > MAX_XML_SIZE
    data = b"" if too_large else archive.read(name)
    if too_large or data.count(b"<") > MAX_XML_TAGS:
        raise DocumentError("there is too much text in it", path=path, cure="Split it")
    root: Element = fromstring(data, forbid_dtd=True)
    return root


def _roles(archive: ZipFile, path: Path) -> dict[str, str]:
    """Return `heading` or `list` for the id of each style that is one, whatever language Word spoke."""
    if "word/styles.xml" not in archive.namelist():
        return {}
    roles = {}
    for style in _xml(archive, "word/styles.xml", path).iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        found = _ROLE.match(name.get(_VALUE) or "") if name is not None else None
        if found:
            roles[style.get(f"{_W}styleId") or ""] = "list" if found[1].lower() == "list" else "heading"
    return roles


def _parts(root: Element, roles: dict[str, str]) -> Iterator[Part]:
    """Yield a part a paragraph, those of a list together."""
    items: list[str] = []
    first = 0
    for number, paragraph in enumerate(root.iter(f"{_W}p"), 1):
        lines = _lines(paragraph)
        text = "\n".join(lines)
        role = _role(paragraph, text, roles)
        if lines and role == "list":
            first = first if items else number
            items.append("- " + " ".join(escape(line) for line in lines))
            continue
        if items:
            yield Part("text", "\n".join(items), "\n".join(items), f"paragraph {first}")
            items = []
        if lines:
            kind: Kind = "question" if role == "question" else "heading" if role == "heading" else "text"
            yield Part(kind, text, "  \n".join(escape(line) for line in lines), f"paragraph {number}")
    if items:
        yield Part("text", "\n".join(items), "\n".join(items), f"paragraph {first}")


def _role(paragraph: Element, text: str, roles: dict[str, str]) -> str | None:
    """Return whether a paragraph is a question, a heading or an item of a list, else None."""
    if is_question(text) and not re.search(r"[.!?\n]\s*\S", text):
        return "question"
    if paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
        return "list"
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return None if style is None else roles.get(style.get(_VALUE) or "")


def _lines(paragraph: Element) -> list[str]:
    """Return the lines of a paragraph; text that was deleted under change tracking is not among them."""
    text = ""
    for node in paragraph.iter():
        if node.tag == f"{_W}t":
            text += node.text or ""
        elif node.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            text += " " if node.tag == f"{_W}tab" else "\n"
    return [line for line in (" ".join(line.split()) for line in text.split("\n")) if line]
