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

MAX_XML_SIZE = 40_000_000
"""Bytes of the document's XML; its tree takes several times as much memory."""

_DAMAGE = (BadZipFile, zlib.error, KeyError, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)
"""What `zipfile` raises for damaged, encrypted and strangely packed members."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = f"{_W}val"
_STYLE_ID = f"{_W}styleId"
_HEADING = re.compile(r"(heading \d|title|subtitle)$", re.IGNORECASE)


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
            headings = _headings(archive, path)
            return outline(list(_parts(_xml(archive, "word/document.xml", path), headings)))
    except (ParseError, DefusedXmlException, *_DAMAGE) as error:
        raise DocumentError(
            f"the document is damaged or encrypted ({type(error).__name__})",
            path=path,
            cure="Open it and save it again, without a password",
        ) from None


def _xml(archive: ZipFile, name: str, path: Path) -> Element:
    from defusedxml.ElementTree import fromstring

    if archive.getinfo(name).file_size > MAX_XML_SIZE:
        raise DocumentError(f"its text is over {MAX_XML_SIZE:,} bytes", path=path, cure="Split it")
    root: Element = fromstring(archive.read(name), forbid_dtd=True)
    return root


def _headings(archive: ZipFile, path: Path) -> frozenset[str]:
    """Return the ids of the styles that are headings, whatever language Word spoke."""
    if "word/styles.xml" not in archive.namelist():
        return frozenset()
    styles = _xml(archive, "word/styles.xml", path).iter(f"{_W}style")
    names = ((style.get(f"{_W}styleId") or "", style.find(f"{_W}name")) for style in styles)
    return frozenset(
        key for key, name in names if name is not None and _HEADING.match(name.get(f"{_W}val") or "")
    )


def _parts(root: Element, headings: frozenset[str]) -> Iterator[Part]:
    """Yield a part a paragraph, those of a list together."""
    items: list[str] = []
    first = 0
    for number, paragraph in enumerate(root.iter(f"{_W}p"), 1):
        lines = _lines(paragraph)
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        text = "\n".join(lines)
        if lines and paragraph.find(f"{_W}pPr/{_W}numPr") is not None and not is_question(text):
            first = first if items else number
            items.append("- " + " ".join(escape(line) for line in lines))
            continue
        if items:
            yield Part("text", "\n".join(items), "\n".join(items), f"paragraph {first}")
            items = []
        if not lines:
            continue
        heading = style is not None and (style.get(_VALUE) or "") in headings
        asks = is_question(text) and len(lines) == 1 and not re.search(r"[.!?]\s", text)
        markdown = "  \n".join(escape(line) for line in lines)
        kind: Kind = "question" if asks else "heading" if heading else "text"
        yield Part(kind, text, markdown, f"paragraph {number}")
    if items:
        yield Part("text", "\n".join(items), "\n".join(items), f"paragraph {first}")


def _lines(paragraph: Element) -> list[str]:
    """Return the lines of a paragraph; text that was deleted under change tracking is not among them."""
    text = ""
    for node in paragraph.iter():
        if node.tag == f"{_W}t":
            text += node.text or ""
        elif node.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            text += " " if node.tag == f"{_W}tab" else "\n"
    return [line for line in (" ".join(line.split()) for line in text.split("\n")) if line]
