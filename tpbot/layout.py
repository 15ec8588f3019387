"""Text for a terminal: nothing in it that could steer the terminal, measured in columns, wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from tpbot.records import Span
from tpbot.text import replace_surrogates

STEERING = (
    *range(0x09),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),  # DEL and C1, among them a one-character escape sequence
    0x061C,  # bidi marks, embeddings, overrides, isolates: they show text in another order; line separators
    0x200B,
    *range(0x200E, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
)
"""Code points that no terminal is sent. The joiners U+200C and U+200D stay: scripts and emoji need them."""

_SPACES_OF = dict.fromkeys((0x09, 0x0B, 0x0C, 0x85, 0x2028, 0x2029), " ")
_CLEANED: dict[int, str | None] = {**dict.fromkeys(STEERING), **_SPACES_OF}
_ONE_COLUMN_EACH = re.compile(r"[ -~\u00a0-\u02ff\u2010-\u2027]*").fullmatch
_ADDRESS = re.compile(r"https?://[!-~]+").fullmatch
_BREAKS = re.compile(r"[ \n]+")
_RESET = "\x1b[0m"
_CODES = {"plain": "", "strong": "\x1b[1m", "emphasis": "\x1b[3m", "code": "\x1b[36m"}


def clean(text: str) -> str:
    """Return `text` without control characters other than the line feed, bidi controls and surrogates."""
    if text.isascii() and text.isprintable():
        return text
    return replace_surrogates(text).translate(_CLEANED)


def columns(text: str) -> int:
    """Return how many columns of a terminal the cleaned `text`, without line feeds, takes."""
    if _ONE_COLUMN_EACH(text):
        return len(text)
    from wcwidth import wcswidth  # some 20 ms to import, and few texts need it

    return max(0, wcswidth(text))


def paint(text: str, code: str) -> str:
    """Return `text` between a terminal's escape `code` and its reset; as it is without a code."""
    return f"{code}{text}{_RESET}" if code and text else text


def wrap(
    spans: Iterable[Span], width: int, *, first: str = "", rest: str = "", colour: bool = False
) -> list[str]:
    """Return the lines of `spans`, cleaned and wrapped at spaces to `width` columns.

    Args:
        spans: Runs of text; a line feed in one counts as a space.
        width: Columns, the indents included.
        first: What the first line begins with.
        rest: What the other lines begin with.
        colour: Whether styles become escape codes; otherwise they are left out.
    """
    room = max(1, width - max(columns(first), columns(rest)))
    lines: list[list[Span]] = [[]]
    used = 0
    for word in _words(spans):
        for piece in _pieces(word, room):
            size = _columns_of(piece)
            if lines[-1] and used + 1 + size > room:
                lines.append([])
                used = 0
            if lines[-1]:
                lines[-1].append(Span(" "))
                used += 1
            lines[-1].extend(piece)
            used += size
    return [
        f"{rest if number else first}{_painted(line) if colour else ''.join(span.text for span in line)}"
        for number, line in enumerate(lines)
    ]


def _words(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Yield the words of `spans`, each as the runs that it is made of."""
    word: list[Span] = []
    for span in spans:
        for number, part in enumerate(_BREAKS.split(clean(span.text))):
            if number and word:
                yield word
                word = []
            if part:
                word.append(Span(part, span.style))
    if word:
        yield word


def _pieces(word: list[Span], room: int) -> Iterator[list[Span]]:
    """Yield `word` whole when it fits into `room` columns or is an address, else cut between characters."""
    if _columns_of(word) <= room or (len(word) == 1 and _ADDRESS(word[0].text)):
        yield word
        return
    from wcwidth import iter_graphemes

    piece: list[Span] = []
    used = 0
    for span in word:
        for character in iter_graphemes(span.text):
            size = columns(character)
            if piece and used + size > room:
                yield piece
                piece, used = [], 0
            piece.append(Span(character, span.style))
            used += size
    yield piece


def _columns_of(spans: list[Span]) -> int:
    return sum(columns(span.text) for span in spans)


def _painted(spans: list[Span]) -> str:
    runs = groupby(spans, key=lambda span: span.style)
    return "".join(paint("".join(span.text for span in run), _CODES[style]) for style, run in runs)
