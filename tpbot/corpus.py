"""Reading a corpus: a folder of entries, a `.jsonl` of them, or another document, into records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from tpbot.entry_file import read_front_matter, to_entry
from tpbot.errors import CorpusError, DocumentError, did_you_mean
from tpbot.records import CorpusInfo, Entry, Source
from tpbot.red_flags import RedFlags, load_red_flags

BUILTIN = "builtin"
RED_FLAGS_FILE = "red-flags.toml"
DEFAULT_SAFETY_NOTE = (
    "These answers are general information, not advice about your own case. "
    "For that, ask a qualified professional. In an emergency, call your local emergency number."
)
MAX_FILE_SIZE = 64_000_000
"""Bytes; a larger file is refused rather than read."""
MAX_ENTRY_SIZE = 1_000_000

T = TypeVar("T", bound=msgspec.Struct)


class Corpus(msgspec.Struct, frozen=True):
    """Entries with what they cite and what the corpus says about itself."""

    info: CorpusInfo
    entries: tuple[Entry, ...]
    sources: tuple[Source, ...] = ()
    red_flags: RedFlags | None = None


def builtin_path() -> Path:
    """Return the folder of the corpus that ships: inside a wheel, or beside the package in a checkout."""
    packaged = Path(__file__).parent / "_corpus"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "corpus"


def resolve(path: str | Path) -> Path:
    """Return the file or folder that `path` names; `builtin` names the corpus that ships.

    Raises:
        CorpusError: There is nothing there.
    """
    resolved = builtin_path() if str(path) == BUILTIN else Path(path)
    if not resolved.exists():
        raise CorpusError(
            "there is no such file or folder",
            path=path,
            cure=f"Give a corpus folder, a document, or `{BUILTIN}` for the corpus that ships",
        )
    return resolved


def find_red_flags(paths: Iterable[str | Path]) -> Path | None:
    """Return the first rule file that `paths` name: each a file of rules, or a corpus that may hold one.

    Raises:
        CorpusError: There is nothing at one of the paths.
    """
    for path in paths:
        resolved = resolve(path)
        rules = resolved / RED_FLAGS_FILE if resolved.is_dir() else resolved
        if rules.is_file() and rules.suffix == ".toml":
            return rules
    return None


def digest(path: str | Path) -> str:
    """Return a hash of everything at `path` that an index is built from, in hexadecimal."""
    root = resolve(path)
    content = blake2b(digest_size=16)
    for file in _files(root):
        data = read_bytes(file)
        content.update(f"{file.name}\0{len(data)}\0".encode())
        content.update(data)
    return content.hexdigest()


def load_corpus(path: str | Path, *, rules: bool = True) -> Corpus:
    """Read and check the corpus at `path`.

    Args:
        path: A corpus folder (`entries/*.md`, and if present `corpus.toml` and `sources.toml`), a `.jsonl`
            file with an entry a line, another document that `tpbot.readers` reads, or `builtin`.
        rules: Whether its triage rules are read, too, if it has any.

    Raises:
        CorpusError: It cannot be used; the message names file, line and field, and the cure.
        DocumentError: The document cannot be read.
        MissingExtraError: Reading this kind of document needs an optional package.
    """
    root = resolve(path)
    if root.is_dir():
        corpus = _load_folder(root, rules=rules)
    else:
        corpus = _load_lines(root) if root.suffix == ".jsonl" else _load_document(root)
    if not corpus.entries:
        raise CorpusError(
            "this corpus has no entries", path=path, cure="Put at least one entry into `entries/ID.md`"
        )
    return corpus


def merge(corpora: list[Corpus]) -> Corpus:
    """Return one corpus of all entries and contacts; the first that has them gives information and red flags.

    Of several `min_confidence` the highest holds.

    Raises:
        CorpusError: An id occurs in two of them.
    """
    owners: dict[str, str] = {}
    for corpus in corpora:
        for entry in corpus.entries:
            if entry.id in owners:
                raise CorpusError(
                    f"the id `{entry.id}` occurs in both `{owners[entry.id]}` and `{corpus.info.id}`",
                    cure="Rename one of the two entries",
                )
            owners[entry.id] = corpus.info.id
    strictest = max(
        (one for corpus in corpora if (one := corpus.info.min_confidence) is not None), default=None
    )
    contacts = tuple(dict.fromkeys(contact for corpus in corpora for contact in corpus.info.contacts))
    sources = {source.key: source for corpus in reversed(corpora) for source in corpus.sources}
    return Corpus(
        info=msgspec.structs.replace(corpora[0].info, contacts=contacts, min_confidence=strictest),
        entries=tuple(entry for corpus in corpora for entry in corpus.entries),
        sources=tuple(sources.values()),
        red_flags=next((corpus.red_flags for corpus in corpora if corpus.red_flags), None),
    )


def _files(root: Path) -> list[Path]:
    if not root.is_dir():
        return [root]
    names = ("corpus.toml", "sources.toml")
    return [root / name for name in names if (root / name).is_file()] + entry_files(root)


def entry_files(root: Path) -> list[Path]:
    """Return the entry files of a corpus folder in the order of their names."""
    return sorted((root / "entries").glob("*.md"))


def read_bytes(path: Path, limit: int = MAX_FILE_SIZE) -> bytes:
    """Return the content of a file of at most `limit` bytes.

    Raises:
        CorpusError: It is larger, cannot be read, or is a pipe or device, which might never end.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise CorpusError("this is not a regular file", path=path, cure="Give a file or a corpus folder")
        if path.stat().st_size > limit:
            raise CorpusError(f"the file is over {limit:,} bytes", path=path, cure="Split it")
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(
            f"the file cannot be read ({error.strerror})", path=path, cure="Check its permissions"
        ) from None


def read_text(path: Path, limit: int = MAX_FILE_SIZE) -> str:
    """Return the text of a file, every line end as one newline.

    Raises:
        CorpusError: The file is over `limit` bytes, cannot be read or is not UTF-8.
    """
    data = read_bytes(path, limit)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CorpusError("the file is not UTF-8", path=path, line=line, cure="Save it as UTF-8") from None


def _load_folder(root: Path, *, rules: bool) -> Corpus:
    if not (root / "entries").is_dir():
        raise CorpusError(
            "this folder has no `entries` folder", path=root, cure="Put entries into `entries/ID.md`"
        )
    info = load_info(root)
    sources = _sources(root / "sources.toml")
    entries = tuple(load_entry(file) for file in entry_files(root))
    keys = tuple(source.key for source in sources)
    for entry in entries:
        _check_sources(entry.sources, keys, root / "entries" / f"{entry.id}.md")
    path = root / RED_FLAGS_FILE
    return Corpus(info, entries, sources, load_red_flags(path) if rules and path.is_file() else None)


def _check_sources(used: tuple[str, ...], keys: tuple[str, ...], path: Path) -> None:
    for key in used:
        if key not in keys:
            raise CorpusError(
                f"the source `{key}` is not in sources.toml",
                path=path,
                line=line_of(path, key),
                field="sources",
                cure=did_you_mean(key, keys) or "Add it there, or take it out here",
            )


def line_of(path: Path, text: str) -> int | None:
    """Return the number of the first line of a file that holds `text`."""
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if text in line:
            return number
    return None


def load_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        CorpusError: It cannot be read or is not TOML.
    """
    import tomllib

    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        what = re.sub(r"\s*\(at .*", "", str(error))
        raise CorpusError(
            f"the file is not valid TOML: {what}",
            path=path,
            line=int(found[1]) if found else None,
            cure="Mend that line",
        ) from None


def _convert(table: Mapping[str, Any], record: type[T], path: Path, where: str = "") -> T:
    fields = record.__struct_fields__
    for name in table:
        if name not in fields:
            raise CorpusError(
                f"unknown field{where}",
                path=path,
                line=line_of(path, name),
                field=name,
                cure=did_you_mean(name, fields) or f"Known fields are {', '.join(fields)}",
            )
    try:
        return msgspec.convert(table, record)
    except msgspec.ValidationError as error:
        raise CorpusError(f"{error}{where}", path=path, cure="Mend that field") from None


def load_info(root: Path) -> CorpusInfo:
    """Return what the corpus folder `root` says about itself, defaults where it says nothing.

    Raises:
        CorpusError: Its `corpus.toml` cannot be used.
    """
    path = root / "corpus.toml"
    table: dict[str, Any] = {"id": root.resolve().name, "title": root.resolve().name}
    if path.is_file():
        table |= load_toml(path)
    info = _convert(table, CorpusInfo, path)
    return info if info.safety_note else msgspec.structs.replace(info, safety_note=DEFAULT_SAFETY_NOTE)


def _sources(path: Path) -> tuple[Source, ...]:
    tables = load_toml(path) if path.is_file() else {}
    return tuple(to_source(key, table, path) for key, table in tables.items())


def to_source(key: str, table: object, path: Path) -> Source:
    """Return the source that a table of `sources.toml` makes.

    Raises:
        CorpusError: It is no table, or one of its fields is unknown, missing or has a wrong value.
    """
    if not isinstance(table, dict):
        raise CorpusError(
            f"`{key}` stands outside of a table",
            path=path,
            line=line_of(path, key),
            cure=f"Write `[{key}]` and put title, year and url under it",
        )
    return _convert({"key": key, **table}, Source, path, f" in `[{key}]`")


def load_entry(path: Path) -> Entry:
    """Read and check one entry file; the file's name is the entry's id.

    Raises:
        CorpusError: It cannot be used; the message names file, line and field, and the cure.
    """
    return to_entry(*entry_fields(path))


def entry_fields(path: Path) -> tuple[dict[str, object], Path, dict[str, int]]:
    """Return what `to_entry` takes, of an entry file.

    Raises:
        CorpusError: The file cannot be read, or its front matter is not a flat list of fields.
    """
    fields, lines, answer = read_front_matter(read_text(path, MAX_ENTRY_SIZE), path)
    return {"id": path.stem, "answer": answer, **fields}, path, lines


def _load_document(path: Path) -> Corpus:
    from tpbot.readers import read_document

    document = read_document(path)
    if not document.drafts:
        raise DocumentError(
            "no question with an answer and no passage was found in it",
            path=path,
            cure="`tpbot import --dry-run` tells what was left out, and why",
        )
    return Corpus(_unnamed(path), tuple(draft.entry for draft in document.drafts))


def _unnamed(path: Path) -> CorpusInfo:
    return CorpusInfo(id=path.stem, title=path.stem, safety_note=DEFAULT_SAFETY_NOTE)


def _load_lines(path: Path) -> Corpus:
    text = read_text(path)
    entries: dict[str, tuple[int, Entry]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        entry = _line_entry(line, path, number)
        if entry.id in entries:
            raise CorpusError(
                f"the id `{entry.id}` was used in line {entries[entry.id][0]}",
                path=path,
                line=number,
                field="id",
                cure="Give each entry an id of its own",
            )
        entries[entry.id] = (number, entry)
    return Corpus(_unnamed(path), tuple(entry for _, entry in entries.values()))


def _line_entry(line: str, path: Path, number: int) -> Entry:
    return to_entry(*line_fields(line, path, number))


def line_fields(line: str, path: Path, number: int) -> tuple[dict[str, object], Path, dict[str, int]]:
    """Return what `to_entry` takes, of line `number` of a `.jsonl` file.

    Raises:
        CorpusError: The line is not a JSON object.
    """
    try:
        table = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise CorpusError(
            f"the line is not valid JSON: {error}", path=path, line=number, cure="Mend that line"
        ) from None
    if not isinstance(table, dict):
        raise CorpusError("the line is not an object", path=path, line=number, cure="Write {...}")
    return table, path, dict.fromkeys(["id", *table], number)


def ways_of_asking(entry: Entry) -> Iterator[str]:
    """Yield the question of an entry, if it has one, and the other ways of asking it."""
    if entry.question:
        yield entry.question
    yield from entry.also
