"""Spreadsheets: the first sheet that has a column of answers; values only, never a formula."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

from tpbot.errors import DocumentError, MissingExtraError
from tpbot.readers.document import Reading
from tpbot.readers.files import open_zip
from tpbot.readers.rows import column
from tpbot.readers.table import MAX_COLUMNS, MAX_ROWS, read_table


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a spreadsheet.

    Raises:
        DocumentError: It is damaged, too large, or has no column of answers.
        MissingExtraError: openpyxl is not installed.
    """
    try:
        import defusedxml  # noqa: F401  openpyxl refuses XML entities when it is there
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtraError(
            f"{path}: reading .xlsx needs more packages. Run: pip install 'tpbot[documents]'"
        ) from None
    open_zip(data, path).close()
    try:
        with warnings.catch_warnings(action="ignore"):  # about styles and the like, which are not read
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = [list(_lines(sheet)) for sheet in book.worksheets[:20]]
    except Exception as error:  # noqa: BLE001  openpyxl raises whatever a damaged file leads it to
        raise DocumentError(
            f"the spreadsheet is damaged ({type(error).__name__})",
            path=path,
            cure="Open it and save it again",
        ) from None
    tables = [sheet for sheet in sheets if sheet]
    if not tables:
        raise DocumentError("the spreadsheet is empty", path=path, cure="Put questions and answers in it")
    with_answers = (table for table in tables if any(column(name) == "answer" for name in table[0]))
    return read_table(next(with_answers, tables[0]), path)


def _lines(sheet: object) -> Iterator[list[str]]:
    """Yield the rows of a sheet as texts; whatever size the sheet claims to have, no more than the limits."""
    reset = getattr(sheet, "reset_dimensions", None)
    if reset is None:  # a sheet that is only a chart
        return
    reset()
    for row in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS, values_only=True):  # type: ignore[attr-defined]
        yield ["" if value is None else str(value).strip() for value in row]
