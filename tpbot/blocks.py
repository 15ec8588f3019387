"""The answer's Markdown as a small safe tree of blocks, and that tree as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from tpbot.records import Block, Span

if TYPE_CHECKING:
    from markdown_it.token import Token

Style = Literal["plain", "strong", "emphasis", "code"]
_STYLES: dict[str, Style] = {"strong_open": "strong", "em_open": "emphasis"}


def parse_markdown(text: str) -> tuple[Block, ...]:
    """Return the blocks of a Markdown text.

    Paragraphs, lists, strong, emphasis and code are kept. Everything else is kept as the text it shows:
    a heading becomes a paragraph, a link its words, HTML the characters it was written with.
    """
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).parse(text)
    blocks: list[Block] = []
    items: list[tuple[Span, ...]] = []
    lists: list[Literal["list", "numbered_list"]] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append("list" if token.type == "bullet_list_open" else "numbered_list")
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            kind = lists.pop()
            if not lists and items:
                blocks.append(Block(kind, tuple(items)))
                items = []
        elif token.type in ("inline", "fence", "code_block"):
            spans = tuple(_spans(token.children or ())) or (Span(token.content.strip()),)
            if not any(span.text.strip() for span in spans):
                continue
            if lists:
                items.append(spans)
            else:
                blocks.append(Block("paragraph", (spans,)))
    return tuple(blocks)


def _spans(tokens: Iterable[Token]) -> Iterator[Span]:
    styles: list[Style] = []
    text = ""
    style: Style = "plain"
    for token in tokens:
        if token.type in _STYLES:
            styles.append(_STYLES[token.type])
        elif token.type in ("strong_close", "em_close"):
            styles.pop()
        else:
            content = " " if token.type in ("softbreak", "hardbreak") else token.content
            wanted: Style = "code" if token.type == "code_inline" else styles[-1] if styles else "plain"
            if text and wanted != style:
                yield Span(text, style)
                text = ""
            text, style = text + content, wanted
    if text:
        yield Span(text, style)


def plain_text(blocks: Iterable[Block]) -> str:
    """Return the text of `blocks`: a blank line between blocks, a line for each item of a list."""
    parts: list[str] = []
    for block in blocks:
        lines = ["".join(span.text for span in item) for item in block.items]
        if block.kind == "list":
            lines = [f"- {line}" for line in lines]
        elif block.kind == "numbered_list":
            lines = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)
