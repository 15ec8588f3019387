"""The index: flat arrays and JSON in one file, memory-mapped if it is large; see docs/index-format.md."""

from __future__ import annotations

import itertools
import mmap
import os
import zlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec
import numpy as np
from msgspec import structs

from tpbot.errors import IndexFormatError
from tpbot.records import Block, CorpusInfo, Evidence, Source, Topic

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 3
MAGIC = b"\x93TPBOT\r\n"
ALIGNMENT = 64
LINKS_PER_WAY = 5
DEFLATED_SIZE = 1 << 20
"""Bytes; a smaller body is compressed and read as a whole: mapping it would save next to nothing."""
MAX_TEXT_SIZE = 1 << 29
"""Bytes; a section that inflates beyond this is cut, and then refused as broken JSON."""

T = TypeVar("T")

_CURE = "Delete the file; it is built again when needed"

Floats: TypeAlias = "NDArray[np.float64]"
Integers: TypeAlias = "NDArray[Any]"


class StoredEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reply needs of an entry."""

    id: str
    question: str | None
    blocks: tuple[Block, ...]
    sources: tuple[str, ...] = ()
    evidence: Evidence | None = None
    technique: bool = False
    related: tuple[Topic, ...] = ()
    checked: str | None = None
    reviewed_by: str | None = None
    draft: bool = False


class Meta(msgspec.Struct, frozen=True):
    """What the index says about itself, and the numbers that scoring takes from outside the corpus."""

    info: CorpusInfo
    sources: tuple[Source, ...]
    link_scale: float
    """The largest link weight; 0 where the index has no links."""
    coefficients: dict[str, float]
    """Of the confidence, see calibration.py; the intercept is this corpus' own where there are links."""
    scoring: dict[str, float]
    """The constants of the score, the short list and the decision, for readers that are not in Python."""
    filler: tuple[str, ...]
    known_words: tuple[str, ...]
    """Common words that spelling repair leaves alone."""
    synonyms: tuple[str, ...]
    """Groups of stems that may stand for each other, with a space between."""


class _Section(msgspec.Struct, frozen=True):
    dtype: str
    offset: int
    length: int


class _Header(msgspec.Struct, frozen=True):
    format: int
    digest: str
    crc32: int
    size: int
    deflated: bool
    sections: dict[str, _Section]


TEXT = "json"
_LARGEST = 1e9
"""More than any weight that a corpus gives rise to, and far from where products overflow."""
_ITEM_SIZES = {"<u1": 1, "<i1": 1, "<u2": 2, "<u4": 4, "<f8": 8, TEXT: 1}


class Postings:
    """For each term, the rows in which it occurs, ascending.

    Attributes:
        lengths: How many rows each term occurs in: (terms,).
        rows: Row numbers: (postings,).
    """

    def __init__(self, lengths: Integers, rows: Integers) -> None:
        self.lengths = lengths.astype(np.int64)
        self.rows = rows
        self._bounds = np.concatenate([_ZERO, np.cumsum(self.lengths)])
        self._slices = list(itertools.pairwise(self._bounds.tolist()))

    def rows_of(self, term: int) -> Integers:
        """Return the rows in which `term` occurs, ascending."""
        start, end = self._slices[term]
        return self.rows[start:end]

    def gather(self, terms: Integers) -> tuple[Integers, Integers, Integers]:
        """Return the postings of `terms` one after the other: where they are, their rows, how many a term."""
        if not len(terms):
            return _NONE, _NONE, _NONE
        lengths = self.lengths[terms]
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(self._bounds[terms] - ends + lengths, lengths)
        return places, self.rows[places], lengths

    def gather_at(self, terms: Integers, wanted: Integers) -> tuple[Integers, Integers, Integers]:
        """Return what `gather` does, for the rows in `wanted` (ascending) alone; rows are places in it."""
        wanted = wanted.astype(self.rows.dtype)  # else numpy would convert the postings, which are more
        found = [self._find(term, wanted) for term in terms.tolist()]
        if not found:
            return _NONE, _NONE, _NONE
        places = np.concatenate([place for place, _ in found])
        rows = np.concatenate([row for _, row in found])
        return places, rows, np.array([len(row) for _, row in found])

    def _find(self, term: int, wanted: Integers) -> tuple[Integers, Integers]:
        start, end = self._slices[term]
        if start == end:
            return _NONE, _NONE
        rows = self.rows[start:end]
        near = np.minimum(rows.searchsorted(wanted), end - start - 1)
        (hits,) = (rows[near] == wanted).nonzero()
        return near[hits] + start, hits


_NONE = np.zeros(0, np.int64)
_ZERO = np.zeros(1, np.int64)


class Arrays(msgspec.Struct, frozen=True):
    """The numeric sections. Terms are numbered by code points, ways by entry, entries as in the corpus."""

    stem_lengths: Integers
    """How many ways of asking each stem occurs in: (stems,)."""
    stem_rows: Integers
    stem_entries: Integers
    """In how many entries' ways of asking each stem occurs: (stems,)."""
    gram_lengths: Integers
    gram_rows: Integers
    gram_entries: Integers
    bigram_lengths: Integers
    """Bigrams are for the links alone; an index without links has none."""
    bigram_rows: Integers
    bigram_entries: Integers
    text_lengths: Integers
    """Postings of the stems over entries, ways of asking and answer text together."""
    text_rows: Integers
    text_counts: Integers
    """How often, at most 255: (text postings,)."""
    text_saturation: Floats
    """BM25's k1 (1 - b + b length / mean length) of each entry: (entries,)."""
    way_starts: Integers
    """Where the ways of each entry begin, and where the last end: (entries + 1,)."""
    entry_starts: Integers
    """Where the JSON of each entry begins in the text `entries`, and where the last ends: (entries + 1,)."""
    word_counts: Integers
    """How often each word occurs in the corpus: (words,)."""
    link_entries: Integers
    """The entries that each way speaks for: (ways, 5), flat."""
    link_weights: Integers
    """Signed square roots of the links' weights, 127 for `link_scale`: (ways, 5), flat."""
    link_bias: Floats
    idf: Floats
    """idf of a term that occurs in the ways of n entries: (entries + 1,)."""
    text_idf: Floats
    """BM25's idf of a stem that occurs in n entries: (entries + 1,)."""


_DTYPES = {
    name: ("<f8",) if kind == "Floats" else ("<u1", "<u2", "<u4")
    for name, kind in Arrays.__annotations__.items()
} | {"link_weights": ("<i1",)}


class Texts(msgspec.Struct, frozen=True):
    """The JSON sections, deflated (zlib)."""

    meta: bytes
    stems: bytes
    grams: bytes
    bigrams: bytes
    words: bytes
    ways: bytes
    ids: bytes
    entries: bytes


class Index:
    """Everything that question time needs of a corpus, in memory or in a mapped file."""

    def __init__(self, arrays: Arrays, texts: Texts) -> None:
        self.arrays = arrays
        self._texts = texts
        self.stem_postings = Postings(arrays.stem_lengths, arrays.stem_rows)
        self.gram_postings = Postings(arrays.gram_lengths, arrays.gram_rows)
        self.bigram_postings = Postings(arrays.bigram_lengths, arrays.bigram_rows)
        self.text_postings = Postings(arrays.text_lengths, arrays.text_rows)
        self.entry_count = len(arrays.way_starts) - 1
        self.way_count = int(arrays.way_starts[-1])

    @cached_property
    def meta(self) -> Meta:
        """What the index says about itself."""
        return self._json("meta", Meta)

    @cached_property
    def stem_numbers(self) -> dict[str, int]:
        """The number of each stem."""
        return _numbers(self._strings("stems", len(self.arrays.stem_entries)))

    @cached_property
    def gram_numbers(self) -> dict[str, int]:
        """The number of each trigram."""
        return _numbers(self._strings("grams", len(self.arrays.gram_entries)))

    @cached_property
    def bigram_numbers(self) -> dict[str, int]:
        """The number of each bigram."""
        return _numbers(self._strings("bigrams", len(self.arrays.bigram_entries)))

    @cached_property
    def word_counts(self) -> dict[str, int]:
        """How often each word occurs in the corpus."""
        words = self._strings("words", len(self.arrays.word_counts))
        return dict(zip(words, self.arrays.word_counts.tolist(), strict=True))

    @cached_property
    def ways(self) -> list[str]:
        """All ways of asking, entry by entry."""
        return self._strings("ways", self.way_count)

    def ways_of(self, number: int) -> list[str]:
        """Return the ways of asking of the entry with this number."""
        starts = self.arrays.way_starts
        return self.ways[int(starts[number]) : int(starts[number + 1])]

    def entry(self, number: int) -> StoredEntry:
        """Return the entry with this number."""
        start, end = self.arrays.entry_starts[number : number + 2].tolist()
        return _decoded(self._entries[start:end], StoredEntry)

    @cached_property
    def _entries(self) -> bytes:
        return inflate(self._texts.entries)

    def _json(self, name: str, type_: type[T]) -> T:
        return _decoded(inflate(getattr(self._texts, name)), type_)

    def _strings(self, name: str, count: int) -> list[str]:
        strings = self._json(name, list[str])
        if len(strings) != count:
            raise _not_its_own(f"{len(strings)} {name} instead of {count}")
        return strings

    @cached_property
    def ids(self) -> list[str]:
        """The id of each entry."""
        return self._strings("ids", self.entry_count)

    @cached_property
    def entry_numbers(self) -> dict[str, int]:
        """The number of each entry, by its id."""
        return {id_: number for number, id_ in enumerate(self.ids)}

    def save(self, path: Path, digest: str) -> None:
        """Write the index to `path`: to a temporary file first, which is then renamed.

        Args:
            path: Where to; its folder is made if need be.
            digest: A name of the content it was built from, checked by `open`.

        Raises:
            OSError: The file cannot be written.
        """
        write_whole(path, _encode(self.arrays, self._texts, digest))

    @classmethod
    def open(cls, path: Path, digest: str | None = None) -> Index:
        """Map the index at `path` into memory, once it is found whole and of this format.

        Raises:
            IndexFormatError: It is damaged, of another format, or not built from what `digest` names.
            OSError: It cannot be read.
        """
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < len(MAGIC) + 8:
                raise _damaged(path, "the file is too short")
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        arrays, texts = _decode(data, path, digest)
        _verify(arrays, path)
        index = cls(arrays, texts)
        _ = index.meta  # refuses an index whose JSON is of another version
        return index


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all: under another name first, in a folder made if need be.

    Raises:
        OSError: It cannot be written.
    """
    import tempfile

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=path.stem, suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def deflate(value: object) -> bytes:
    """Return `value`, or its JSON where it is not bytes, compressed as the index holds it."""
    return zlib.compress(value if isinstance(value, bytes) else msgspec.json.encode(value), 9)


def inflate(data: bytes | memoryview, most: int = MAX_TEXT_SIZE) -> bytes:
    """Return what was compressed, `most` bytes at most.

    Raises:
        IndexFormatError: It was not compressed by `deflate`.
    """
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error as error:
        raise _not_its_own(str(error)) from None


def _decoded(text: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_its_own(str(error)) from None


def _not_its_own(what: str) -> IndexFormatError:
    return IndexFormatError(f"the index holds text that is not its own: {what}", cure=_CURE)


def _numbers(terms: list[str]) -> dict[str, int]:
    return {term: number for number, term in enumerate(terms)}


def _damaged(path: Path, what: str) -> IndexFormatError:
    return IndexFormatError(what, path=path, cure=_CURE)


def _are_rows(name: str) -> bool:
    return name.endswith("_rows")


def _padded_size(value: Integers | bytes) -> int:
    size = len(value) if isinstance(value, bytes) else value.nbytes
    return size + -size % ALIGNMENT


def _encode(arrays: Arrays, texts: Texts, digest: str) -> bytes:
    parts: list[bytes] = []
    sections: dict[str, _Section] = {}
    offset = 0
    values = structs.asdict(arrays) | structs.asdict(texts)
    deflated = sum(map(_padded_size, values.values())) < DEFLATED_SIZE
    for name, value in values.items():
        if deflated and _are_rows(name):  # ascending: their differences are small, and deflate well
            value = np.diff(value, prepend=value.dtype.type(0))  # noqa: PLW2901
        data = value if isinstance(value, bytes) else value.tobytes()
        dtype = TEXT if isinstance(value, bytes) else value.dtype.str.replace("|", "<")
        sections[name] = _Section(dtype, offset, len(data) // _ITEM_SIZES[dtype])
        parts.append(data + bytes(-len(data) % ALIGNMENT))
        offset += len(parts[-1])
    body = b"".join(parts)
    if deflated:
        body = zlib.compress(body, 9)
    header = msgspec.json.encode(_Header(FORMAT, digest, zlib.crc32(body), len(body), deflated, sections))
    start = MAGIC + len(header).to_bytes(4, "little") + zlib.crc32(header).to_bytes(4, "little") + header
    return start + bytes(-len(start) % ALIGNMENT) + body


def _decode(data: mmap.mmap, path: Path, digest: str | None) -> tuple[Arrays, Texts]:
    view = memoryview(data)
    start = len(MAGIC) + 8
    length = int.from_bytes(view[len(MAGIC) : len(MAGIC) + 4], "little")
    checksum = int.from_bytes(view[len(MAGIC) + 4 : start], "little")
    raw = view[start : start + length]
    if bytes(view[: len(MAGIC)]) != MAGIC or len(raw) != length or zlib.crc32(raw) != checksum:
        raise _damaged(path, "this is not an index of tpbot, or it is damaged")
    try:
        header = msgspec.json.decode(raw, type=_Header)
    except msgspec.DecodeError:
        raise _damaged(path, "the index is of another version") from None
    if header.format != FORMAT or (digest is not None and header.digest != digest):
        raise _damaged(path, "the index is of another version or another corpus")
    body = view[start + length + -(start + length) % ALIGNMENT :]
    if len(body) != header.size or zlib.crc32(body) != header.crc32:
        raise _damaged(path, "the index is damaged")
    if header.deflated:
        body = memoryview(inflate(body, DEFLATED_SIZE))
    found = {name: _content(body, name, section, path) for name, section in header.sections.items()}
    if header.deflated:
        for name in filter(_are_rows, _DTYPES.keys() & found.keys()):
            found[name] = np.cumsum(found[name], dtype=found[name].dtype)
            found[name].flags.writeable = False
    try:
        return (
            Arrays(**{name: found[name] for name in Arrays.__struct_fields__}),
            Texts(**{name: found[name] for name in Texts.__struct_fields__}),
        )
    except KeyError as error:
        raise _damaged(path, f"the section `{error.args[0]}` is missing") from None


def _content(body: memoryview, name: str, section: _Section, path: Path) -> Any:  # noqa: ANN401  # two kinds
    """Return the text or the numbers of a section."""
    if section.dtype not in _DTYPES.get(name, (TEXT,)):
        raise _damaged(path, f"the section `{name}` has the type `{section.dtype}`")
    end = section.offset + section.length * _ITEM_SIZES[section.dtype]
    if section.offset < 0 or section.length < 0 or end > len(body):
        raise _damaged(path, f"the section `{name}` reaches beyond the end")
    part = body[section.offset : end]
    return bytes(part) if section.dtype == TEXT else np.frombuffer(part, dtype=section.dtype)


def _verify(arrays: Arrays, path: Path) -> None:
    """Refuse arrays whose numbers point outside of each other: a checksum proves no good will."""
    entries = len(arrays.way_starts) - 1
    ways = int(arrays.way_starts[-1]) if entries >= 0 else 0

    def starts(values: Integers, end: int) -> bool:
        return bool(
            len(values) > 0
            and values[0] == 0
            and values[-1] == end
            and np.all(np.diff(values.astype(np.int64)) >= 0)
        )

    def below(values: Integers, limit: int) -> bool:
        return len(values) == 0 or int(values.max()) < limit

    def positive(values: Floats) -> bool:
        return bool(np.all((values > 0) & (values < _LARGEST)))

    checks = (
        entries >= 1,
        int(arrays.stem_lengths.sum(dtype=np.int64)) == len(arrays.stem_rows),
        int(arrays.gram_lengths.sum(dtype=np.int64)) == len(arrays.gram_rows),
        int(arrays.bigram_lengths.sum(dtype=np.int64)) == len(arrays.bigram_rows),
        int(arrays.text_lengths.sum(dtype=np.int64)) == len(arrays.text_rows),
        starts(arrays.way_starts, ways),
        len(arrays.entry_starts) == entries + 1,
        starts(arrays.entry_starts, int(arrays.entry_starts.max(initial=0))),
        len(arrays.text_counts) == len(arrays.text_rows),
        len(arrays.stem_lengths) == len(arrays.text_lengths) == len(arrays.stem_entries),
        len(arrays.gram_lengths) == len(arrays.gram_entries),
        len(arrays.bigram_lengths) == len(arrays.bigram_entries),
        len(arrays.text_saturation) == entries,
        len(arrays.idf) == len(arrays.text_idf) == entries + 1,
        len(arrays.link_entries) == len(arrays.link_weights),
        len(arrays.link_entries) in (0, ways * LINKS_PER_WAY),
        len(arrays.link_bias) == (entries if len(arrays.link_entries) else 0),
        positive(arrays.idf),
        positive(arrays.text_idf),
        positive(arrays.text_saturation),
        positive(np.abs(arrays.link_bias) + 1),
        below(arrays.stem_rows, ways),
        below(arrays.gram_rows, ways),
        below(arrays.bigram_rows, ways),
        below(arrays.text_rows, entries),
        below(arrays.stem_entries, entries + 1),
        below(arrays.gram_entries, entries + 1),
        below(arrays.bigram_entries, entries + 1),
        below(arrays.link_entries, entries),
    )
    if not all(checks):
        raise _damaged(path, "the sections of the index do not fit together")
