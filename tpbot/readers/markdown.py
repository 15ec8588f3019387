"""Markdown: questions as headings; an entry file of a corpus; and text made safe to stand in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from tpbot.blocks import parse_markdown, plain_text
from tpbot.errors import CorpusError, DocumentError
from tpbot.readers.document import Draft, Part, Reading
from tpbot.readers.files import decode
from tpbot.readers.outline import is_question, outline

MAX_MARKDOWN_SIZE = 1_000_000
"""Characters; the parser makes objects of a hundred times that size."""
MAX_BLOCK_SIZE = 50_000
"""Characters of one paragraph or list; parsing emphasis in longer ones takes too long."""
FIELDS_MARK = re.compile(r"<!-- tpbot (\{.*\}) -->\s*\Z", re.DOTALL)
"""The comment under a heading in which an export keeps the other fields of an entry."""

_FRONT_MATTER = re.compile(r"---\n(?:(?!---\n).*\n){0,500}---\n")
_BOLD_QUESTION = re.compile(r"(\*\*|__)([^*_\n]{3,300}[?？])\1\s*\Z")
_SPECIAL = re.compile(r"([*`\\]|(?<![^\W_])_|_(?![^\W_])|\](?=[(\[])|<(?=[A-Za-z/!?])|&(?=#|\w+;))")
_LINE_START = re.compile(r"([ ]{0,3})([#>+=\[~-]|(\d{1,9})([.)])(?=\s|$))")


def escape(line: str) -> str:
    """Return a line of text as Markdown that shows just these characters."""
    line = _SPECIAL.sub(r"\\\1", line.strip())
    start = _LINE_START.match(line)
    if not start:
        return line
    if start[3]:
        return f"{start[3]}\\{line[start.end(3) :]}"
    return "\\" + line


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a Markdown text.

    Raises:
        DocumentError: It is too large, or an entry's fields are damaged.
    """
    text = decode(data, path)
    if len(text) > MAX_MARKDOWN_SIZE:
        raise DocumentError(f"it is over {MAX_MARKDOWN_SIZE:,} characters", path=path, cure="Split it")
    entry = _entry_file(text, path)
    if entry:
        return Reading((entry,))
    front = _FRONT_MATTER.match(text)
    blocks = list(_blocks(text, front[0].count("\n") if front else 0))
    exported = tuple(_exported(text, blocks, path))
    return Reading(exported) if exported else outline(_parts(blocks))


def _entry_file(text: str, path: Path) -> Draft | None:
    from tpbot.entry_file import read_front_matter, to_entry

    if not text.startswith("---\n"):
        return None
    try:
        fields, lines, answer = read_front_matter(text, path)
    except CorpusError:
        return None  # front matter of another program
    if "question" not in fields:
        return None
    return Draft(to_entry({"id": path.stem, "answer": answer, **fields}, path, lines), "the whole file")


Kind = Literal["heading", "paragraph", "other"]


class _Block(NamedTuple):
    kind: Kind
    source: str
    start: int
    """The index of its first line."""
    end: int
    """The index of the line after it."""


def _blocks(text: str, skipped: int) -> Iterator[_Block]:
    """Yield the outermost blocks of a Markdown text, from line `skipped` on."""
    from markdown_it import MarkdownIt

    lines = text.split("\n")
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).disable("inline")
    heading: tuple[int, int] | None = None
    for token in parser.parse("\n" * skipped + "\n".join(lines[skipped:])):
        if heading and token.type == "inline":
            yield _Block("heading", token.content, *heading)
        if token.level == 0 and token.map and token.nesting >= 0:
            start, end = token.map
            heading = (start, end) if token.type == "heading_open" else None
            source = "\n".join(lines[start:end]).strip()
            if not heading and token.type != "hr" and source:
                kind: Kind = "paragraph" if token.type == "paragraph_open" else "other"
                yield _Block(kind, source, start, end)


def _parts(blocks: list[_Block]) -> Iterator[Part]:
    for block in blocks:
        place = f"line {block.start + 1}"
        bold = _BOLD_QUESTION.match(block.source) if block.kind == "paragraph" else None
        if block.kind == "heading" or bold:
            shown = _shown(bold[2] if bold else block.source)
            yield Part("question" if bold else "heading", shown, shown, place)
        elif not block.source.startswith("<!--"):
            shown = _shown(block.source)
            if block.kind == "paragraph" and is_question(shown) and not re.search(r"[.!?\n]\s*\S", shown):
                yield Part("question", shown, shown, place)
            elif shown:
                yield Part("text", shown, block.source, place)


def _shown(source: str) -> str:
    if len(source) > MAX_BLOCK_SIZE:
        return source
    return plain_text(parse_markdown(source))


def _exported(text: str, blocks: list[_Block], path: Path) -> Iterator[Draft]:
    """Yield the entries of an export of tpbot's: a heading, a comment with the fields, the answer."""
    from tpbot.entry_file import to_entry

    lines = text.split("\n")
    pairs = [
        (heading, mark, found[1])
        for heading, mark in pairwise(blocks)
        if heading.kind == "heading" and (found := FIELDS_MARK.match(mark.source))
    ]
    ends = [*(heading.start for heading, _, _ in pairs[1:]), len(lines)][: len(pairs)]
    for (heading, mark, table), end in zip(pairs, ends, strict=True):
        try:
            fields = msgspec.json.decode(table)
        except (msgspec.DecodeError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            cure = "Export it again"
            raise DocumentError("the fields are damaged", path=path, line=mark.start + 1, cure=cure)
        answer = "\n".join(lines[mark.end : end])
        entry = to_entry(
            {"id": None, **fields, "answer": answer}, path, dict.fromkeys(fields, mark.start + 1)
        )
        yield Draft(entry, f"line {heading.start + 1}")
