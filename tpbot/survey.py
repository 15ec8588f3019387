"""Reading a corpus that may be broken: all that can be read, and an error for each thing that cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from tpbot.corpus import (
    Corpus,
    entry_fields,
    entry_files,
    line_fields,
    load_corpus,
    load_info,
    load_toml,
    read_text,
    resolve,
    to_source,
)
from tpbot.entry_file import field_errors, to_entry
from tpbot.errors import CorpusError
from tpbot.records import CorpusInfo, Entry, Source

Fields = tuple[dict[str, object], Path, dict[str, int]]


class PlacedEntry(msgspec.Struct, frozen=True):
    """An entry with the text that it was read from, and the line where that begins, null if unknown."""

    entry: Entry
    path: Path
    text: str
    line: int | None

    def line_of(self, fragment: str) -> int | None:
        """Return the line of the file in which `fragment` first stands, the entry's first line if in none."""
        return self._line_at(self.text.find(fragment))

    def line_in_answer(self, offset: int) -> int | None:
        """Return the line of the file in which the character `offset` of the answer stands."""
        return self._line_at(self.text.rfind(self.entry.answer) + offset)

    def _line_at(self, offset: int) -> int | None:
        return None if self.line is None else self.line + self.text.count("\n", 0, max(0, offset))


class Survey(msgspec.Struct):
    """What could be read of the corpus at `root`, and the errors of what could not."""

    root: Path
    info: CorpusInfo | None = None
    entries: list[PlacedEntry] = []
    sources: dict[str, Source] | None = None
    """By key; null when the file of sources cannot be read."""
    ids: set[str] = set()
    """Ids of broken entries too, and `source_keys` keys of broken sources: one mistake is reported once."""
    source_keys: set[str] = set()
    errors: list[CorpusError] = []

    def corpus(self) -> Corpus:
        """Return the corpus of what could be read."""
        info = self.info or CorpusInfo(id=self.root.stem, title=self.root.stem)
        sources = tuple((self.sources or {}).values())
        return Corpus(info, tuple(placed.entry for placed in self.entries), sources)


def survey(path: str | Path) -> Survey:
    """Read everything at `path` that can be read.

    Raises:
        CorpusError: There is no corpus at all: nothing, no entry, another kind of file.
    """
    root = resolve(path)
    if root.is_dir():
        found = _survey_folder(root)
    else:
        found = _survey_lines(root) if root.suffix == ".jsonl" else _survey_document(root)
    if not found.ids and not found.errors:
        load_corpus(root)  # raises: it says what is missing
    return found


def _survey_folder(root: Path) -> Survey:
    found = Survey(root)
    with _collecting(found.errors):
        found.info = load_info(root)
    with _collecting(found.errors):
        path = root / "sources.toml"
        tables = load_toml(path) if path.is_file() else {}
        found.sources = {}
        found.source_keys = set(tables)
        for key, table in tables.items():
            with _collecting(found.errors):
                found.sources[key] = to_source(key, table, path)
    for file in entry_files(root):
        with _collecting(found.errors):
            _add_entry(found, entry_fields(file), read_text(file), 1)
        found.ids.add(file.stem)
    return found


def _survey_document(path: Path) -> Survey:
    corpus = load_corpus(path)
    entries = [PlacedEntry(entry, path, "", None) for entry in corpus.entries]
    return Survey(path, corpus.info, entries, sources={}, ids={entry.id for entry in corpus.entries})


def _survey_lines(path: Path) -> Survey:
    found = Survey(path, CorpusInfo(id=path.stem, title=path.stem), sources={})
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            with _collecting(found.errors):
                _add_entry(found, line_fields(line, path, number), line, number)
    return found


def _add_entry(found: Survey, fields: Fields, text: str, first_line: int) -> None:
    """Add the entry that `fields` make, or all their errors."""
    values, path, lines = fields
    errors = list(field_errors(*fields))
    name = values.get("id")
    if name in found.ids:
        what, cure = f"the id `{name}` is taken", "Give each entry an id of its own"
        errors.append(CorpusError(what, path=path, line=lines.get("id"), field="id", cure=cure))
    if isinstance(name, str):
        found.ids.add(name)
    found.errors.extend(errors)
    if not errors:
        found.entries.append(PlacedEntry(to_entry(*fields), path, text, first_line))


@contextmanager
def _collecting(errors: list[CorpusError]) -> Iterator[None]:
    """Keep an error of the block and go on after it."""
    try:
        yield
    except CorpusError as error:
        errors.append(error)
