"""The fields of an entry: front matter to fields, fields to a record, and back. Strict about each of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from tpbot.errors import CorpusError, did_you_mean
from tpbot.records import Entry, Evidence

if TYPE_CHECKING:
    from yaml.events import Event

MAX_ID_LENGTH = 120
FIELDS = tuple(field for field in Entry.__struct_fields__ if field not in ("id", "answer"))
"""The fields of the front matter; the file's name is the id, what follows is the answer."""

_ELSEWHERE = {
    "id": "The file's name is the id; rename the file",
    "answer": "Write the answer below the front matter",
}
"""Fields of an entry that its front matter does not hold, and where they are."""


def read_front_matter(text: str, path: Path) -> tuple[dict[str, object], dict[str, int], str]:
    """Return the fields of an entry file, the line that each stands in, and the text that follows them.

    A field is a text, a list of texts or null. YAML's own guesses at types are not asked for, so that `no`
    and `1.10` stay what was written.

    Raises:
        CorpusError: The front matter is missing, not closed, not valid YAML, or more than such fields.
    """
    import yaml

    head, separator, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not separator:
        cure = "Begin the file with a line `---`, then the fields, then another line `---`"
        raise CorpusError("the front matter is missing or not closed", path=path, line=1, cure=cure)
    fields: dict[str, object] = {}
    lines: dict[str, int] = {}
    events = yaml.parse(head, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        for key, value, line in _flat_fields(events):
            if key in _ELSEWHERE:
                raise CorpusError("unknown field", path=path, line=line, field=key, cure=_ELSEWHERE[key])
            if key in fields:
                raise CorpusError(
                    "the field occurs twice", path=path, line=line, field=key, cure="Delete one"
                )
            fields[key], lines[key] = value, line
    except _NotFlatError as error:
        what, line = error.args
        raise CorpusError(what, path=path, line=line, cure="Write `field: text` or `field: [a, b]`") from None
    except yaml.YAMLError as error:
        if isinstance(error, yaml.reader.ReaderError):
            line, what, cure = head.encode()[: error.position].count(b"\n"), error.reason, "Delete them"
        else:
            mark, what = getattr(error, "problem_mark", None), getattr(error, "problem", None)
            line = mark.line if mark else 0
            cure = "Put quotes around text that holds a colon or begins with a special character"
        raise CorpusError(
            f"the front matter is not valid YAML: {what}", path=path, line=line + 2, cure=cure
        ) from None
    return fields, lines, body


class _NotFlatError(Exception):
    """Front matter that is more than a flat list of fields: what is wrong, and the line."""


def _flat_fields(events: Iterator[Event]) -> Iterator[tuple[str, object, int]]:
    """Yield name, value and line of each field; reading events, not a tree, keeps hostile nesting out."""
    from yaml import (
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
    )

    def scalar(event: Event) -> str | None:
        if not isinstance(event, ScalarEvent):
            raise _NotFlatError("a field is nested or an alias", _line(event))
        null = event.implicit[0] and event.value in ("", "~", "null")
        return None if null else str(event.value)

    next(events), next(events)  # the start of the stream and of the document, or the stream's end
    start = next(events, None)
    if not isinstance(start, MappingStartEvent):
        raise _NotFlatError("the front matter has no fields", 2)
    while not isinstance(event := next(events), MappingEndEvent):
        name, line, value = scalar(event) or "", _line(event), next(events)
        if isinstance(value, SequenceStartEvent):
            yield name, [scalar(item) for item in _until(events, SequenceEndEvent)], line
        else:
            yield name, scalar(value), line
    next(events)  # the end of the document
    if not isinstance(event := next(events), StreamEndEvent):
        raise _NotFlatError("the front matter ends before this line", _line(event))


def _line(event: Event) -> int:
    """Return the line of `event` in the file, whose first line is the `---` above the front matter."""
    return event.start_mark.line + 2 if event.start_mark else 2


def _until(events: Iterator[Event], end: type[Event]) -> Iterator[Event]:
    """Yield events up to the first of type `end`, which is taken and not yielded."""
    return itertools.takewhile(lambda event: not isinstance(event, end), events)


def write_entry(entry: Entry) -> str:
    """Return the entry file of `entry`, which reads back as the same entry: `question`, then what is set.

    The id is not in it: the file's name is the id.
    """
    lines = ["---", _field("question", entry.question)]
    for name in FIELDS:
        value = getattr(entry, name)
        if name == "question" or value in (None, False, ()):
            continue
        if isinstance(value, tuple):
            lines += [f"{name}:", *(f"  - {quoted(item)}" for item in value)]
        else:
            lines.append(_field(name, value))
    return "\n".join([*lines, "---", entry.answer, ""])


def _field(name: str, value: str | bool | None) -> str:
    if isinstance(value, str):
        return f"{name}: {value if name == 'checked' else quoted(value)}"
    return f"{name}:" if value is None else f"{name}: {str(value).lower()}"


def quoted(text: str) -> str:
    """Return `text` as YAML on one line, in quotes where it needs them."""
    import yaml

    def dump(style: str | None) -> str:
        written: str = yaml.safe_dump(text, allow_unicode=True, width=math.inf, default_style=style)
        return written.removesuffix("\n...\n").removesuffix("\n")

    plain = dump(None)
    return plain if plain.isprintable() else dump('"')


def to_entry(fields: Mapping[str, object], path: Path, lines: Mapping[str, int]) -> Entry:
    """Return the entry that `fields` make, `id` and `answer` among them.

    Args:
        fields: Texts, lists of texts, booleans and nulls by name of field.
        path: The file they stand in, for messages.
        lines: The line that each field stands in.

    Raises:
        CorpusError: A field is unknown, missing or has a value that it cannot have.
    """
    error = next(field_errors(fields, path, lines), None)
    if error:
        raise error
    values = {name: _convert(name, value) for name, value in fields.items()}
    return Entry(**{"question": None, **values})  # type: ignore[arg-type]


def field_errors(fields: Mapping[str, object], path: Path, lines: Mapping[str, int]) -> Iterator[CorpusError]:
    """Yield an error for each field that keeps `to_entry` from making an entry of `fields`."""
    missing = {"id", "answer"}
    for name, value in fields.items():
        place = lines.get(name)
        if name not in Entry.__struct_fields__:
            cure = did_you_mean(name, FIELDS) or f"Known fields are {', '.join(FIELDS)}"
            yield CorpusError("unknown field", path=path, line=place, field=name, cure=cure)
            continue
        try:
            empty = not _convert(name, value)
        except _WrongValueError as error:
            what, cure = error.args
            yield CorpusError(what, path=path, line=place, field=name, cure=cure)
            empty = False
        if not empty:
            missing.discard(name)
    for name in sorted(missing):
        place = lines.get(name) or min(lines.values(), default=None)
        yield CorpusError("the field is missing", path=path, line=place, field=name, cure="Fill it in")


def _convert(name: str, value: object) -> object:
    return _CONVERTERS.get(name, _text)(value)


class _WrongValueError(Exception):
    """A value that a field cannot have: what is wrong, and the cure."""


def _text(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _WrongValueError("the value is not a text", "Put quotes around it")
    return value.strip() or None


def _texts(value: object) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value or []
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise _WrongValueError("the value is not a list of texts", "Write [first, second]")
    return tuple(item.strip() for item in items if item.strip())


def _boolean(value: object) -> bool:
    if value not in (True, False, None, "true", "false"):
        raise _WrongValueError(f"`{value}` is neither true nor false", "Write true or false")
    return value in (True, "true")


def _id(value: object) -> str | None:
    text = _text(value)
    if text is not None and not is_id(text):
        cure = f"Use letters, digits, hyphens and dots, at most {MAX_ID_LENGTH}, and no slash or first dot"
        raise _WrongValueError(f"`{text[:MAX_ID_LENGTH]}` cannot be an id", cure)
    return text


def is_id(text: str) -> bool:
    """Return whether `text` can be the id of an entry: printable, not long, and safe as a file's name."""
    safe = not text.startswith((".", "-")) and not set(text) & set("/\\:")
    return safe and text.isprintable() and 0 < len(text) <= MAX_ID_LENGTH


def _evidence(value: object) -> str | None:
    text = _text(value)
    if text is not None and text not in get_args(Evidence):
        raise _WrongValueError(
            f"`{text}` is not a grade of evidence", f"Use one of {', '.join(get_args(Evidence))}"
        )
    return text


def _iso_date(value: object) -> str | None:
    text = _text(value)
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError:
        raise _WrongValueError(f"`{text}` is not a date", "Write it as 2026-01-31") from None


_CONVERTERS: dict[str, Callable[[object], object]] = {
    "id": _id,
    "also": _texts,
    "sources": _texts,
    "related": _texts,
    "technique": _boolean,
    "draft": _boolean,
    "evidence": _evidence,
    "checked": _iso_date,
}
