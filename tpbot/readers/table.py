"""Tables of comma- or tab-separated values with a row of column names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import Path

from tpbot.errors import DocumentError
from tpbot.readers.document import Reading
from tpbot.readers.files import decode
from tpbot.readers.rows import Row, column, read_rows

MAX_ROWS = 50_000
MAX_COLUMNS = 50

_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a table.

    Raises:
        DocumentError: It is not a table, or has no column of answers.
    """
    text = decode(data, path)
    delimiter = _delimiter(text.split("\n", 1)[0], path)
    csv.field_size_limit(len(text) + 1)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return read_table((list(line) for line in lines), path, unescape=delimiter == "\t")
    except csv.Error as error:
        raise DocumentError(
            f"the table is damaged: {error}", path=path, line=lines.line_num, cure="Save it again"
        ) from None


def _delimiter(heading: str, path: Path) -> str:
    if path.suffix.lower() in (".tsv", ".tab"):
        return "\t"
    return max(",;\t", key=heading.count)


def read_table(lines: Iterable[Sequence[str]], path: Path, *, unescape: bool = False) -> Reading:
    r"""Return what stands in lines of cells, the first of which names the columns.

    Args:
        lines: Cells of text.
        path: The document, for messages.
        unescape: Whether `\n` in a cell of QnA Maker's stands for a new line.

    Raises:
        DocumentError: There is no column of answers, or too many rows.
    """
    cells = iter(lines)
    names = [column(name) for name in next(cells, [])[:MAX_COLUMNS]]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise DocumentError("two columns have this name", path=path, field=twice, cure="Rename one of them")
    rows = list(islice(_rows(names, cells, unescape=unescape and "qnaid" in names), MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise DocumentError(f"the table has over {MAX_ROWS:,} rows", path=path, cure="Split it")
    if not rows and "answer" in names:
        raise DocumentError(
            "the table has no rows", path=path, cure="Put a question and an answer in each row"
        )
    return read_rows(rows or [("row 1", dict.fromkeys(names, ""))], path)


def _rows(names: list[str], lines: Iterable[Sequence[str]], *, unescape: bool) -> Iterator[tuple[str, Row]]:
    for number, line in enumerate(lines, 2):
        values = [unguard(cell) for cell in line]
        if unescape:
            values = [value.replace("\\n", "\n") for value in values]
        if any(values):
            yield f"row {number}", dict(zip_longest(names, values[: len(names)], fillvalue=""))


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguard` undoes it."""
    return "'" + cell if re.match(r"'*[=+\-@\t\r]", cell) else cell


def unguard(cell: str) -> str:
    """Return the text of a cell that `guard` made, or any other cell as it is."""
    return cell[1:] if _GUARDED.match(cell) else cell
