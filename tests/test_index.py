"""Claims about the saved index: it comes back as it was, and no damage to it does harm."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import same
from tpbot.bot import Bot
from tpbot.build import build_index
from tpbot.corpus import load_corpus
from tpbot.errors import IndexFormatError
from tpbot.index import Arrays, Index, Integers, Texts, deflate

DIGEST = "of-the-content"
QUESTION = "how do i brew tae"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Return the index of a small corpus, with links and with a passage that has no question."""
    lines: list[dict[str, object]] = [
        {"id": "brew", "question": "How do I brew tea?", "also": ["making tea", "a good cuppa"]},
        {
            "id": "keep",
            "question": "How long does tea keep?",
            "also": ["shelf life of tea", "how long is it good"],
        },
        {"id": "milk", "question": "Does milk go in first?", "also": ["milk or tea first", "add milk"]},
        {"id": "about"},
    ]
    path = tmp_path_factory.mktemp("tea") / "tea.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode({**line, "answer": "All about tea."}) for line in lines))
    built = build_index(load_corpus(path))
    # The common words are the larger part of a small index, and a sweep over all bytes takes its time.
    texts = msgspec.structs.replace(
        built._texts, meta=deflate(msgspec.structs.replace(built.meta, known_words=("know",)))
    )
    return Index(built.arrays, texts)


@pytest.fixture(params=["deflated", "mapped"])
def path(
    index: Index, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return the path of the saved index: small ones are compressed, large ones mapped into memory."""
    if request.param == "mapped":
        monkeypatch.setattr("tpbot.index.DEFLATED_SIZE", 0)
    index.save(tmp_path / "tea.index", DIGEST)
    return tmp_path / "tea.index"


def test_a_saved_index_is_the_index(index: Index, path: Path) -> None:
    """What was saved comes back bit for bit, and answers as the index in memory does."""
    opened = Index.open(path, DIGEST)
    assert same(index, opened)
    assert Bot(opened).ask(QUESTION) == Bot(index).ask(QUESTION)


def test_saving_is_reproducible(path: Path, tmp_path: Path) -> None:
    """The same index saved again, also after opening it, is the same file."""
    Index.open(path, DIGEST).save(tmp_path / "again.index", DIGEST)
    assert (tmp_path / "again.index").read_bytes() == path.read_bytes()


def test_saving_leaves_nothing_beside(path: Path) -> None:
    """After saving, the folder holds the index and nothing else."""
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_save_that_fails_leaves_nothing(index: Index, tmp_path: Path) -> None:
    """When the name is taken by a folder, saving raises `OSError` and leaves no temporary file."""
    (tmp_path / "tea.index" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match=r"tea\.index"):
        index.save(tmp_path / "tea.index", DIGEST)
    assert [file.name for file in tmp_path.iterdir()] == ["tea.index"]


def test_no_array_can_be_written_to(path: Path) -> None:
    """The arrays of an opened index are read-only, so that no question changes them."""
    assert not any(
        array.flags.writeable for array in msgspec.structs.astuple(Index.open(path, DIGEST).arrays)
    )


def test_another_content_is_refused(path: Path) -> None:
    """An index that was built from something else is refused; without a digest to check, it is opened."""
    with pytest.raises(IndexFormatError, match="another corpus"):
        Index.open(path, "of-something-else")
    assert Index.open(path).ids == ["brew", "keep", "milk", "about"]


def test_another_format_is_refused(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of another version of the format is refused, with the cure."""
    monkeypatch.setattr("tpbot.index.FORMAT", 999)
    index.save(tmp_path / "new.index", DIGEST)
    monkeypatch.undo()
    with pytest.raises(IndexFormatError, match="another version") as caught:
        Index.open(tmp_path / "new.index", DIGEST)
    assert caught.value.path == tmp_path / "new.index"
    assert caught.value.cure


def test_a_change_of_any_byte_is_noticed(index: Index, path: Path) -> None:
    """With any one byte changed the index is refused, or is what it was where the byte is filling."""
    whole = path.read_bytes()
    unnoticed = 0
    with path.open("r+b", buffering=0) as file:
        for place, byte in enumerate(whole):
            os.pwrite(file.fileno(), bytes([byte ^ 0xFF]), place)
            try:
                assert same(Index.open(path, DIGEST), index)
                unnoticed += 1
            except IndexFormatError:
                pass
            os.pwrite(file.fileno(), bytes([byte]), place)
    assert unnoticed < 64
    assert same(Index.open(path, DIGEST), index)


def test_a_cut_index_is_refused(path: Path) -> None:
    """However much is missing at the end, the index is refused."""
    whole = path.read_bytes()
    for length in (*range(200), *range(200, len(whole), 997), len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(IndexFormatError):
            Index.open(path, DIGEST)


def test_a_longer_index_is_refused(path: Path) -> None:
    """Bytes after the end are noticed."""
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(IndexFormatError):
        Index.open(path, DIGEST)


@given(st.binary(max_size=300), st.booleans())
def test_foreign_bytes_are_refused(tmp_path: Path, data: bytes, marked: bool) -> None:
    """A file of anything else is refused, whether or not it begins as an index does."""
    path = tmp_path / "foreign.index"
    path.write_bytes(b"\x93TPBOT\r\n" + data if marked else data)
    with pytest.raises(IndexFormatError):
        Index.open(path, DIGEST)


def use(path: Path) -> None:
    """Open the index at `path` and do with it everything that a bot does."""
    bot = Bot(Index.open(path, DIGEST))
    bot.ask(QUESTION)
    bot.explain(QUESTION)
    bot.topics()
    for topic in bot.topics():
        bot.entry(topic.id)


def index_with(arrays: Arrays, texts: Texts) -> Index:
    """Return an index of these parts without looking at them, only to be saved."""
    index = object.__new__(Index)
    index.arrays, index._texts = arrays, texts
    return index


ARRAYS = list(Arrays.__struct_fields__)
TEXTS = list(Texts.__struct_fields__)
SPOILED_ARRAYS: dict[str, Callable[[Integers], Integers]] = {
    "empty": lambda values: values[:0],
    "shorter": lambda values: values[:-1],
    "longer": lambda values: np.append(values, values[-1:]).astype(values.dtype),
    "reversed": lambda values: values[::-1].copy(),
    "highest": lambda values: np.full_like(
        values, np.inf if values.dtype.kind == "f" else np.iinfo(values.dtype).max
    ),
    "zero": np.zeros_like,
    "negative": lambda values: np.full(len(values), -1, np.int8),
    "not a number": lambda values: np.full(len(values), np.nan),
    "bytes": lambda values: np.frombuffer(values.tobytes(), np.uint8),
}
SPOILED_TEXTS = {
    "empty": b"",
    "not compressed": b"[]",
    "not JSON": deflate(b"["),
    "an empty list": deflate([]),
    "a list of one": deflate(["x"]),
    "an empty object": deflate({}),
    "numbers": deflate([1, 2, 3]),
    "not UTF-8": deflate(b'["\xff"]'),
    "deep": deflate(b"[" * 100_000),
}


def test_sections_that_nobody_knows_are_ignored(index: Index, path: Path) -> None:
    """A section of a later version is left alone, even if it is called like those of differences."""
    data = path.read_bytes()
    size = int.from_bytes(data[8:12], "little")
    header, body = json.loads(data[16 : 16 + size]), data[16 + size + -(16 + size) % 64 :]
    header["sections"]["later_rows"] = {"dtype": "json", "offset": 0, "length": 1}
    raw = json.dumps(header).encode()
    start = data[:8] + len(raw).to_bytes(4, "little") + zlib.crc32(raw).to_bytes(4, "little") + raw
    path.write_bytes(start + bytes(-len(start) % 64) + body)
    assert same(index, Index.open(path, DIGEST))


def test_an_index_does_not_inflate_without_end(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compressed index that would take more room than small indexes do is refused."""
    path = tmp_path / "tea.index"
    index.save(path, DIGEST)
    monkeypatch.setattr("tpbot.index.DEFLATED_SIZE", 1_000)
    with pytest.raises(IndexFormatError, match="beyond the end"):
        Index.open(path, DIGEST)


@pytest.mark.parametrize("how", SPOILED_ARRAYS)
@pytest.mark.parametrize("name", ARRAYS)
def test_numbers_that_do_not_fit_are_refused(index: Index, tmp_path: Path, name: str, how: str) -> None:
    """An index written by somebody else, its checksums right and its numbers not, raises no other error."""
    spoiled = SPOILED_ARRAYS[how](getattr(index.arrays, name))
    arrays = msgspec.structs.replace(index.arrays, **{name: spoiled})
    path = tmp_path / "spoiled.index"
    try:
        index_with(arrays, index._texts).save(path, DIGEST)
        use(path)
    except IndexFormatError as error:
        assert error.cure


@pytest.mark.parametrize("how", SPOILED_TEXTS)
@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_do_not_fit_are_refused(index: Index, tmp_path: Path, name: str, how: str) -> None:
    """An index whose JSON is not its own, though its checksums are right, raises no other error."""
    texts = msgspec.structs.replace(index._texts, **{name: SPOILED_TEXTS[how]})
    path = tmp_path / "spoiled.index"
    index_with(index.arrays, texts).save(path, DIGEST)
    try:
        use(path)
    except IndexFormatError as error:
        assert error.cure
