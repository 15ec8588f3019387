"""Drafts of a document to entry files of a corpus: nothing overwritten, nothing twice, all or nothing."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from tpbot.corpus import load_corpus
from tpbot.entry_file import write_entry
from tpbot.errors import CorpusError, UsageError
from tpbot.readers import Document, Ids, fingerprint
from tpbot.readers.document import Draft, LeftOut
from tpbot.records import Entry
from tpbot.text import normalise, stems

ALIKE = 90
"""Of 100: how alike two questions, or two answers, are that are pointed out as perhaps the same."""
MAX_COMPARED = 2_000
COMPARED_LENGTH = 300
"""Code points of an answer."""


class Taken(NamedTuple):
    """A draft on its way into the corpus, with what a person should know about it."""

    entry: Entry
    place: str
    warnings: tuple[str, ...]


class Plan(NamedTuple):
    """What importing a document does: entries to write, entries that are there already, pieces left out."""

    document: Document
    taken: tuple[Taken, ...]
    present: tuple[Draft, ...]
    left_out: tuple[LeftOut, ...]


class Target:
    """A corpus folder that drafts go to; it need not exist yet.

    Args:
        folder: The folder.

    Raises:
        CorpusError: What is there already is not a corpus that loads.
        UsageError: It is a file, or its `entries` lies elsewhere.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries = folder / "entries"
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder. Give the folder of a corpus, or a new one.")
        if not self._entries.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"{self._entries} leads out of {folder}. Give a corpus folder with its own entries."
            )
        there = any(self._entries.glob("*.md"))
        corpus = load_corpus(folder) if there else None
        self._known = list(corpus.entries) if corpus else []
        self._sources = frozenset(source.key for source in corpus.sources) if corpus else frozenset()

    def plan(self, document: Document) -> Plan:
        """Return what importing `document` would do; later plans count its entries as known."""
        taken: list[Taken] = []
        present: list[Draft] = []
        lookup = _Alike(self._known)
        keys = _keys(self._known)
        ids = Ids(entry.id for entry in self._known)
        for draft in document.drafts:
            if fingerprint(draft.entry) in keys:
                present.append(draft)
                continue
            entry, lost = self._without_lost_sources(draft.entry)
            entry = msgspec.structs.replace(entry, id=ids.new(entry))
            warnings = [draft.warning] if draft.warning else []
            warnings += [f"it resembles `{other.id}`: {_short(other)}" for other in lookup.find(entry)]
            if lost:
                warnings.append(f"sources that are not in sources.toml were not taken: {', '.join(lost)}")
            taken.append(Taken(entry, draft.place, tuple(warnings)))
            lookup.add(entry)
        self._known += [item.entry for item in taken]
        return Plan(document, tuple(taken), tuple(present), document.left_out)

    def _without_lost_sources(self, entry: Entry) -> tuple[Entry, list[str]]:
        """Return the entry without sources that the corpus does not have, which would not load."""
        lost = [key for key in entry.sources if key not in self._sources]
        kept = tuple(key for key in entry.sources if key in self._sources)
        return msgspec.structs.replace(entry, sources=kept), lost

    def write(self, plan: Plan) -> None:
        """Write the entries of a plan: all of them, or none when one cannot be written.

        Raises:
            CorpusError: A file cannot be written, or appeared since the plan was made.
        """
        if not plan.taken:
            return
        files = {f"{item.entry.id}.md": write_entry(item.entry) for item in plan.taken}
        try:
            self._entries.mkdir(parents=True, exist_ok=True)
            if not (self._folder / "corpus.toml").exists():
                _write_new(self._folder, {"corpus.toml": self._corpus_toml()})
            _write_new(self._entries, files)
        except OSError as error:
            raise CorpusError(
                f"nothing of {plan.document.name} was imported ({error.strerror or error})",
                path=error.filename or self._entries,
                cure="Make room or change permissions, then import again",
            ) from None

    def _corpus_toml(self) -> str:
        name = self._folder.resolve().name or "corpus"
        written = json.dumps(name, ensure_ascii=True)
        return f"id = {written}\ntitle = {written}\n"


def _write_new(folder: Path, files: dict[str, str]) -> None:
    """Write files that are not there yet: each whole under another name first, then all of them named."""
    made: list[Path] = []
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder) as temporary:
        for name, content in files.items():
            (Path(temporary) / name).write_text(content, encoding="utf-8", newline="\n")
        try:
            for name in files:
                _move_new(Path(temporary) / name, folder / name, made)
        except BaseException:
            for path in made:
                path.unlink(missing_ok=True)
            raise


def _move_new(source: Path, target: Path, made: list[Path]) -> None:
    """Give a file a name that is not taken, and note it; never takes the name from another file."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with target.open("x", encoding="utf-8", newline="\n") as file:
            made.append(target)
            file.write(source.read_text(encoding="utf-8"))
            return
    made.append(target)


def _keys(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the fingerprints of entries: of their text now, and of the text they were imported from."""
    keys = set()
    for entry in entries:
        keys.add(fingerprint(entry))
        if entry.origin and entry.origin.endswith(")"):
            keys.add(entry.origin[:-1].rpartition("(text ")[2])
    return frozenset(keys)


class _Alike:
    """Finds entries that say nearly the same; knows at most `MAX_COMPARED`, since all pairs are compared."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: list[Entry] = []
        self._questions: list[str] = []
        self._answers: list[str] = []
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Know one more entry."""
        if len(self._entries) < MAX_COMPARED:
            self._entries.append(entry)
            self._questions.append(_words(entry.question or ""))
            self._answers.append(_words(entry.answer[:COMPARED_LENGTH]))

    def find(self, entry: Entry) -> list[Entry]:
        """Return at most two entries whose question or answer is nearly that of `entry`."""
        from rapidfuzz import fuzz, process

        found: dict[int, None] = {}
        pairs = ((entry.question or "", self._questions), (entry.answer[:COMPARED_LENGTH], self._answers))
        for text, choices in pairs:
            if words := _words(text):
                best = process.extract(
                    words, choices, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=2
                )
                found.update(dict.fromkeys(index for _, _, index in best))
        return [self._entries[index] for index in list(found)[:2]]


def _words(text: str) -> str:
    return " ".join(stems(normalise(text)))


def _short(entry: Entry) -> str:
    return entry.question or f"{entry.answer[:60]} ..."
