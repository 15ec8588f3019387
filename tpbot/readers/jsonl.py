"""JSON: an object a line, a list of objects, or a page's FAQPage JSON-LD."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tpbot.errors import DocumentError
from tpbot.readers.document import Reading
from tpbot.readers.files import decode
from tpbot.readers.rows import Row, column, read_rows


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a file of JSON.

    Raises:
        DocumentError: It is not JSON, or no object in it has an answer.
    """
    text = decode(data, path)
    try:
        whole = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return read_rows(_lines(text, path), path)
    if isinstance(whole, dict) and "answer" not in {column(name) for name in whole}:
        from tpbot.readers.html import linked_questions, marked_up

        return marked_up(list(linked_questions(whole)))
    objects = whole if isinstance(whole, list) else [whole]
    return read_rows((_row(item, path, f"item {number}") for number, item in enumerate(objects, 1)), path)


def _lines(text: str, path: Path) -> Iterator[tuple[str, Row]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise DocumentError(
                f"the line is not valid JSON: {error}", path=path, line=number, cure="Mend that line"
            ) from None
        yield _row(value, path, f"line {number}")


def _row(value: object, path: Path, place: str) -> tuple[str, Row]:
    if not isinstance(value, dict):
        raise DocumentError(
            f"{place} is not an object", path=path, cure='Write {"question": "...", "answer": "..."}'
        )
    return place, {column(name): item for name, item in value.items()}
