"""Word documents: their paragraphs, headings, lists and tables, read from the XML inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

from tpbot.errors import DocumentError, MissingExtraError
from tpbot.readers.document import Kind, Part, Reading
from tpbot.readers.files import ZIP_DAMAGE, open_zip
from tpbot.readers.markdown import escape
from tpbot.readers.outline import is_question, outline

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

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
        from defusedxml.ElementTree import ParseError
    except ImportError:
        raise MissingExtraError(
            f"{path}: reading .docx needs another package. Run: pip install 'tpbot[documents]'"
        ) from None
    try:
        with open_zip(data, path) as archive:
            return outline(list(_parts(_paragraphs(archive), _roles(archive))))
    except (ParseError, *ZIP_DAMAGE) as error:
        what = f"the document is damaged ({type(error).__name__})"
        raise DocumentError(what, path=path, cure="Open it and save it again") from None


class _Paragraph:
    """What is known of a paragraph while its XML is being read."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.style = ""
        self.numbered = False

    @property
    def lines(self) -> list[str]:
        """Its lines; text that was deleted under change tracking is not among them."""
        return [line for line in (" ".join(line.split()) for line in "".join(self.text).split("\n")) if line]


def _elements(archive: ZipFile, name: str) -> Iterator[tuple[str, Element]]:
    """Yield `start` and `end` of each element; entities and external documents are refused."""
    from defusedxml.ElementTree import iterparse

    with archive.open(name) as file:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            yield event, element
            if event == "end":
                element.clear()


def _roles(archive: ZipFile) -> dict[str, str]:
    """Return `heading` or `list` for the id of each style that is one, whatever language Word spoke."""
    if "word/styles.xml" not in archive.namelist():
        return {}
    roles = {}
    style = ""
    for event, element in _elements(archive, "word/styles.xml"):
        if event == "start" and element.tag == f"{_W}style":
            style = element.get(f"{_W}styleId") or ""
        elif event == "end" and element.tag == f"{_W}name":
            found = _ROLE.match(element.get(_VALUE) or "")
            if found:
                roles[style] = "list" if found[1].lower() == "list" else "heading"
    return roles


def _paragraphs(archive: ZipFile) -> Iterator[_Paragraph]:
    """Yield the paragraphs as they end; one in a text box ends before the one that holds the box."""
    opened = [_Paragraph()]
    alternatives = 0
    for event, element in _elements(archive, "word/document.xml"):
        name = element.tag.rpartition("}")[2]
        if name == "Fallback":  # the same content again, for old programs
            alternatives += 1 if event == "start" else -1
        elif alternatives:
            continue
        elif event == "start":
            if name == "p":
                opened.append(_Paragraph())
        elif name == "p":
            yield opened.pop()
        else:
            _add(element, name, opened[-1])


def _add(element: Element, name: str, paragraph: _Paragraph) -> None:
    """Add to a paragraph what an element in it says."""
    if name == "t":
        paragraph.text.append(element.text or "")
    elif name == "tab":
        paragraph.text.append(" ")
    elif name in ("br", "cr"):
        paragraph.text.append("\n")
    elif name == "pStyle":
        paragraph.style = element.get(_VALUE) or ""
    elif name == "numPr":
        paragraph.numbered = True


def _parts(paragraphs: Iterable[_Paragraph], roles: dict[str, str]) -> Iterator[Part]:
    """Yield a part a paragraph, those of a list together."""
    items: list[str] = []
    first = 0
    for number, paragraph in enumerate([*paragraphs, _Paragraph()], 1):
        lines = paragraph.lines
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


def _role(paragraph: _Paragraph, text: str, roles: dict[str, str]) -> str | None:
    """Return whether a paragraph is a question, a heading or an item of a list, else None."""
    if is_question(text) and not re.search(r"[.!?\n]\s*\S", text):
        return "question"
    return "list" if paragraph.numbered else roles.get(paragraph.style)
