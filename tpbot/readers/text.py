"""Plain text: question lines with answer paragraphs, or an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tpbot.readers.document import Part, Reading
from tpbot.readers.files import decode
from tpbot.readers.markdown import escape
from tpbot.readers.outline import is_question, outline

_SENTENCE_END = re.compile(r"""[.!?:…。！？][)"'”’\]]*$""")
_QUESTION_START = re.compile(
    r"(q(uestion)?\s*\d{0,3}\s*[:.)]|\d{1,3}\s*[.)]|(what|how|why|when|where|who|which|whose|can|could|do|does|did|is|are|"
    r"was|should|will|would|may|must|has|have|am)\b)",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"\s*([-*•–]|\d{1,2}[.)])\s+")


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a plain text."""
    return outline(parts(decode(data, path)))


def parts(text: str, place: str = "line {line}") -> Iterator[Part]:
    """Yield the paragraphs and question lines of `text`.

    A question line ends in a question mark and stands at the start of a paragraph, or begins as questions
    do and follows a whole sentence.

    Args:
        text: Lines; blank lines part paragraphs.
        place: How to name where a part stands, with the number of its first line.
    """
    block: list[str] = []
    start = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        stripped = line.strip()
        whole = not block or bool(_SENTENCE_END.search(block[-1]))
        asks = is_question(stripped) and whole and (not block or bool(_QUESTION_START.match(stripped)))
        if block and (asks or not stripped):
            yield _paragraph(block, place.format(line=start))
            block = []
        if asks:
            yield Part("question", stripped, stripped, place.format(line=number))
        elif stripped:
            start = start if block else number
            block.append(line.rstrip())


def _paragraph(lines: list[str], place: str) -> Part:
    joined = " ".join(line.strip() for line in lines)
    if is_question(joined) and not re.search(r"[.!?]\s", joined):  # a question wrapped over several lines
        return Part("question", joined, joined, place)
    markdown = "\n".join(_line(line) for line in lines)
    return Part("text", "\n".join(line.strip() for line in lines), markdown, place)


def _line(line: str) -> str:
    """Return a line as Markdown: a list's mark stays one, everything else is text."""
    item = _LIST_ITEM.match(line)
    if not item:
        return escape(line.strip())
    mark = item[1] if item[1][0].isdigit() else "-"
    return f"{mark} {escape(line[item.end() :].strip())}"
