"""Rows with named columns, from tables and JSON, to drafts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tpbot.entry_file import to_entry
from tpbot.errors import CorpusError, DocumentError, did_you_mean
from tpbot.readers import sift
from tpbot.readers.document import Draft, LeftOut, Reading
from tpbot.readers.outline import bare_question
from tpbot.records import Entry

Row = Mapping[str, object]

_SYNONYMS = {
    "q": "question",
    "questions": "question",
    "query": "question",
    "prompt": "question",
    "title": "question",
    "a": "answer",
    "answers": "answer",
    "response": "answer",
    "reply": "answer",
    "completion": "answer",
    "alternates": "also",
    "alternatives": "also",
    "alternate_questions": "also",
    "alternative_questions": "also",
    "alternatequestions": "also",
    "variations": "also",
    "synonyms": "also",
    "slug": "id",
    "key": "id",
    "qna_id": "qnaid",
}
_LISTS = frozenset(("also", "sources", "related"))
"""Fields that a cell holds one a line, or parted by ` | `."""
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": None}


_KNOWN = frozenset((*Entry.__struct_fields__, "qnaid", "metadata", ""))
_NOTHING = (None, "", "[]", "False", "false")


def column(name: str) -> str:
    """Return the entry's field that a column named `name` holds, else the name in small letters."""
    plain = re.sub(r"[\s_-]+", "_", name.strip().lower())
    return _SYNONYMS.get(plain, plain)


def read_rows(rows: Iterable[tuple[str, Row]], path: Path) -> Reading:
    """Return the drafts in `rows`.

    Args:
        rows: For each row its place in words, and its values by `column` name.
        path: The document, for messages.

    Raises:
        DocumentError: There is no column of answers, or a field has a value that it cannot have.
    """
    table = list(rows)
    names = dict.fromkeys(name for _, row in table for name in row)
    if "answer" not in names:
        cure = did_you_mean("answer", names) or "Name two columns question and answer"
        raise DocumentError("there is no `answer` in it", path=path, cure=cure)
    if "qnaid" in names:
        table = _join_alternates(table)
    drafts: list[Draft] = []
    left_out = [
        LeftOut(name, "column", "tpbot has no field for it")
        for name in names
        if name not in _KNOWN and any(row.get(name) not in _NOTHING for _, row in table)
    ]
    for place, row in table:
        fields = {name: value for name, value in row.items() if name in Entry.__struct_fields__}
        question, answer = _shown(fields.get("question")), _shown(fields.get("answer"))
        caption = sift.not_content(answer) == sift.VIDEO_CAPTION
        if answer and not caption:
            drafts.append(Draft(_entry(fields, place, path), _with_metadata(place, row)))
        elif question or answer:
            reason = f"its answer is {sift.VIDEO_CAPTION}" if caption else "it has no answer"
            left_out.append(LeftOut(question or answer, place, reason))
    return Reading(tuple(drafts), tuple(left_out))


def _join_alternates(table: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Return the rows of QnA Maker's export, those of one id and answer joined into one."""
    joined: dict[object, tuple[str, dict[str, object]]] = {}
    for number, (place, row) in enumerate(table):
        key = _shown(row.get("qnaid")) or number
        _, first = joined.setdefault((key, _shown(row.get("answer"))), (place, {**row, "also": []}))
        also, question = first["also"], _shown(row.get("question"))
        if isinstance(also, list) and question not in ("", _shown(first.get("question")), *also):
            also.append(question)
    return list(joined.values())


def _with_metadata(place: str, row: Row) -> str:
    metadata = " ".join(_shown(row.get("metadata")).split())[:200]
    return f"{place}, metadata {metadata}" if metadata else place


def _shown(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _entry(fields: Row, place: str, path: Path) -> Entry:
    """Return the entry that a row makes; the cells of a table are texts, whatever the field."""
    values = {"id": None, **{name: _value(name, value) for name, value in fields.items()}}
    made = values["id"] is None or not _shown(values["id"])
    try:
        entry = to_entry({**values, "id": "none" if made else values["id"]}, path, {})
    except CorpusError as error:
        raise DocumentError(f"{place}: {error.what}", path=path, field=error.field, cure=error.cure) from None
    return msgspec.structs.replace(entry, id="") if made else entry


def _value(name: str, value: object) -> object:
    """Return the value of the field `name`, if need be taken out of the text of a cell."""
    if not isinstance(value, str):
        return value
    if name == "question":
        return bare_question(value)
    if name in _LISTS:
        return [item for item in re.split(r"\n|\s\|\s", value) if item.strip()]
    if name in ("technique", "draft"):
        return _BOOLEANS.get(value.strip().lower(), value)
    return value
