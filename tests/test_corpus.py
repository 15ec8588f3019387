"""Claims about reading a corpus."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import CORPUS_FILES, write_files
from tpbot import corpus as corpora
from tpbot.corpus import (
    BUILTIN,
    DEFAULT_SAFETY_NOTE,
    MAX_ENTRY_SIZE,
    Corpus,
    builtin_path,
    digest,
    load_corpus,
    merge,
    ways_of_asking,
)
from tpbot.errors import CorpusError, DocumentError
from tpbot.records import CorpusInfo, Entry, Source

MILK = "entries/milk.md"


def test_a_folder_becomes_a_corpus(corpus_folder: Path) -> None:
    """Everything that a corpus folder says arrives in the corpus, entries in the order of their ids."""
    corpus = load_corpus(corpus_folder)
    assert (corpus.info.id, corpus.info.title, corpus.info.safety_note) == ("tea", "Tea", "Tea is hot.")
    assert corpus.sources == (Source("book", "A book on tea", 1906, "https://example.org/tea"),)
    assert [entry.id for entry in corpus.entries] == ["brew", "keep", "milk"]
    brew = corpus.entries[0]
    assert brew.answer.startswith("Pour **boiling** water")
    assert (brew.evidence, brew.technique, brew.checked) == ("good", True, "2026-01-31")
    assert (brew.reviewed_by, brew.related, brew.sources) == ("A. Taster", ("keep",), ("book",))
    assert list(ways_of_asking(brew)) == [
        "How do I brew a pot of tea?",
        "making tea",
        "steps for a good cuppa",
    ]


def test_entries_alone_are_a_corpus(tmp_path: Path) -> None:
    """A folder without corpus.toml and sources.toml has its own name and the default safety note."""
    info = load_corpus(write_files(tmp_path / "shop", {MILK: CORPUS_FILES[MILK]})).info
    assert (info.id, info.title, info.safety_note) == ("shop", "shop", DEFAULT_SAFETY_NOTE)


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_of_other_systems_are_read(corpus_folder: Path, line_end: str, mark: str) -> None:
    """Windows' line ends and a byte order mark change nothing."""
    before = load_corpus(corpus_folder)
    for name, text in CORPUS_FILES.items():
        (corpus_folder / name).write_bytes((mark + text.replace("\n", line_end)).encode())
    assert load_corpus(corpus_folder) == before


LINES = st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip).filter(bool)


@given(
    st.lists(
        st.builds(
            Entry,
            id=st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True),
            question=st.none() | LINES,
            answer=LINES,
            also=st.lists(LINES, max_size=3).map(tuple),
            evidence=st.sampled_from([None, "good", "limited", "disputed", "none"]),
            technique=st.booleans(),
            checked=st.none() | st.dates().map(str),
            reviewed_by=st.none() | LINES,
            draft=st.booleans(),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda entry: entry.id,
    )
)
def test_lines_of_json_round_trip(tmp_path: Path, entries: list[Entry]) -> None:
    """Entries written as lines of JSON are read as they were."""
    path = tmp_path / "entries.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(entry) + b"\n\n" for entry in entries))
    corpus = load_corpus(path)
    assert corpus.entries == tuple(entries)
    assert corpus.info.safety_note == DEFAULT_SAFETY_NOTE


def front_matter(head: str) -> dict[str, bytes]:
    """Return a corpus file whose front matter is `head`."""
    return {MILK: f"---\n{head}\n---\nAs you like it.\n".encode()}


BAD_FOLDERS = {
    "no front matter": ({MILK: b"As you like it."}, f"{MILK}:1: the front matter is missing"),
    "an empty entry": ({MILK: b""}, f"{MILK}:1: the front matter is missing"),
    "front matter without fields": (front_matter(""), f"{MILK}:2: the front matter has no fields"),
    "front matter that is not YAML": (
        front_matter("question: a: b"),
        f"{MILK}:2: the front matter is not valid YAML",
    ),
    "no answer": (
        {MILK: b"---\nquestion: a\n---\n \n"},
        f"{MILK}:2, field `answer`: the field is missing",
    ),
    "an unknown field": (
        front_matter("question: a\nalsso: b"),
        f"{MILK}:3, field `alsso`: unknown field. Did you mean `also`?",
    ),
    "an id of its own": (
        front_matter("question: a\nid: brew"),
        f"{MILK}:3, field `id`: unknown field. The file's name is the id",
    ),
    "an unknown source": (
        front_matter("question: a\nsources: [bok]"),
        f"{MILK}:3, field `sources`: the source `bok` is not in sources.toml. Did you mean `book`?",
    ),
    "a source where there are none": (
        front_matter("question: a\nsources: [zzzz]"),
        f"{MILK}:3, field `sources`: the source `zzzz` is not in sources.toml. Add it there",
    ),
    "an entry that is not UTF-8": (
        {MILK: b"---\nquestion: a\n---\n\xff"},
        f"{MILK}:4: the file is not UTF-8. Save it as UTF-8",
    ),
    "an entry in UTF-16": ({MILK: "---\nquestion: a\n---\nb".encode("utf-16")}, f"{MILK}:1: the file is not"),
    "an entry that is too large": ({MILK: b"-" * (MAX_ENTRY_SIZE + 1)}, f"{MILK}: the file is over"),
    "a name that is no id": (
        {"entries/a:b.md": b"---\nquestion: a\n---\nb"},
        "entries/a:b.md, field `id`: `a:b` cannot be an id",
    ),
    "corpus.toml that is not TOML": ({"corpus.toml": b'id = "tea\n'}, "corpus.toml:1: the file is not valid"),
    "corpus.toml that is not UTF-8": (
        {"corpus.toml": b'id = "tea"\n#\xff'},
        "corpus.toml:2: the file is not UTF-8",
    ),
    "an unknown field of the corpus": (
        {"corpus.toml": b'id = "tea"\ntitel = "Tea"'},
        "corpus.toml:2, field `titel`: unknown field. Did you mean `title`?",
    ),
    "a corpus field of another type": ({"corpus.toml": b"id = 3"}, "corpus.toml: Expected `str`, got `int`"),
    "a contact of an unknown region": (
        {"corpus.toml": b'id = "tea"\n[[contacts]]\nregion = "XX"'},
        "corpus.toml: Invalid enum value 'XX'",
    ),
    "sources.toml that is not TOML": ({"sources.toml": b"[book\n"}, "sources.toml:1: the file is not valid"),
    "a source outside of a table": (
        {"sources.toml": b'book = "A book"'},
        "sources.toml:1: `book` stands outside of a table. Write `[book]`",
    ),
    "a source without title": ({"sources.toml": b"[book]\nyear = 1906"}, "missing required field `title`"),
    "an unknown field of a source": (
        {"sources.toml": b'[book]\ntitle = "A"\nyaer = 1906'},
        "sources.toml:3, field `yaer`: unknown field in `[book]`. Did you mean `year`?",
    ),
}


@pytest.mark.parametrize(("files", "message"), BAD_FOLDERS.values(), ids=BAD_FOLDERS.keys())
def test_bad_folders(corpus_folder: Path, files: dict[str, bytes], message: str) -> None:
    """A folder that cannot be used is refused with file, line, field and cure."""
    for name, data in files.items():
        (corpus_folder / name).write_bytes(data)
    with pytest.raises(CorpusError) as caught:
        load_corpus(corpus_folder)
    assert message in str(caught.value)
    assert str(corpus_folder) in str(caught.value)
    assert caught.value.cure


BAD_LINES = {
    "not JSON": ("{", ":2: the line is not valid JSON"),
    "deeper than JSON goes": ("[" * 100_000, ":2: the line is not valid JSON"),
    "an unpaired surrogate": (r'{"id": "b", "answer": "\ud800"}', ":2: the line is not valid JSON"),
    "not an object": ("[1]", ":2: the line is not an object"),
    "no id": ('{"answer": "b"}', ":2, field `id`: the field is missing"),
    "no answer": ('{"id": "b"}', ":2, field `answer`: the field is missing"),
    "an id that is a number": ('{"id": 1, "answer": "b"}', ":2, field `id`: the value is not a text"),
    "an unknown field": ('{"id": "b", "anwser": "b"}', ":2, field `anwser`: unknown field"),
    "an id twice": ('{"id": "a", "answer": "b"}', ":2, field `id`: the id `a` was used in line 1"),
}


@pytest.mark.parametrize(("line", "message"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_bad_lines(tmp_path: Path, line: str, message: str) -> None:
    """A line that cannot be used is refused with file, line, field and cure."""
    path = tmp_path / "pairs.jsonl"
    path.write_text(f'{{"id": "a", "answer": "x"}}\n{line}\n', "utf-8")
    with pytest.raises(CorpusError) as caught:
        load_corpus(path)
    assert f"{path}{message}" in str(caught.value)
    assert caught.value.cure


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    """A path where nothing is gets told what a corpus can be."""
    with pytest.raises(CorpusError, match="there is no such file or folder") as caught:
        load_corpus(tmp_path / "nowhere")
    assert "`builtin`" in str(caught.value)
    assert str(tmp_path / "nowhere") in str(caught.value)


@pytest.mark.parametrize("name", ["empty.jsonl", "blank.jsonl"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    """A file without entries is refused, blank lines or none."""
    (tmp_path / name).write_text("\n \n" if name == "blank.jsonl" else "", "utf-8")
    with pytest.raises(CorpusError, match="has no entries"):
        load_corpus(tmp_path / name)


@pytest.mark.parametrize("inside", [[], ["entries"]])
def test_an_empty_folder_is_refused(tmp_path: Path, inside: list[str]) -> None:
    """A folder without an entries folder, or with nothing in it, is refused with what to put where."""
    for name in inside:
        (tmp_path / name).mkdir()
    with pytest.raises(CorpusError, match=r"entries/ID\.md"):
        load_corpus(tmp_path)


@pytest.mark.parametrize("name", ["picture.png", "noextension"])
def test_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    """A file of a kind that tpbot does not answer from is refused with what it is, whatever its name."""
    (tmp_path / name).write_bytes(b"\x89PNG\xff")
    with pytest.raises(DocumentError, match="this is a picture, which tpbot does not read"):
        load_corpus(tmp_path / name)


def test_an_unreadable_file_is_refused(corpus_folder: Path) -> None:
    """A file that cannot be read is named, with the system's reason."""
    (corpus_folder / MILK).unlink()
    (corpus_folder / MILK).mkdir()
    with pytest.raises(CorpusError, match=r"milk\.md: the file cannot be read \(Is a directory\)"):
        load_corpus(corpus_folder)


def test_merged_corpora(corpus_folder: Path, tmp_path: Path) -> None:
    """Two corpora become one: the entries of both, the first one's information, the first one's sources."""
    path = tmp_path / "shop.jsonl"
    path.write_text(json.dumps({"id": "open", "question": "Open?", "answer": "9 to 5"}), "utf-8")
    tea, shop = load_corpus(corpus_folder), load_corpus(path)
    merged = merge([tea, shop])
    assert merged.info == tea.info
    assert merged.entries == tea.entries + shop.entries
    assert merge([shop, tea]).info.title == "shop"
    assert merge([shop, tea]).sources == tea.sources


def test_the_strictest_of_merged_corpora_holds(corpus_folder: Path) -> None:
    """Corpora that want to be sure before they answer stay as sure beside others that do not care."""
    tea = load_corpus(corpus_folder)
    others = [
        Corpus(CorpusInfo(name, name, min_confidence=least), (Entry(name, f"{name}?", "x"),))
        for name, least in (("careful", 0.8), ("careless", 0.3))
    ]
    assert tea.info.min_confidence is None
    assert merge([tea, *others]).info.min_confidence == 0.8
    assert merge([others[1], tea]).info.min_confidence == 0.3


@pytest.mark.parametrize("value", ["1.5", "-0.1", "nan", '"high"'])
def test_a_confidence_that_is_none_is_refused(corpus_folder: Path, value: str) -> None:
    """The confidence of `corpus.toml` is a probability."""
    with (corpus_folder / "corpus.toml").open("a", encoding="utf-8") as file:
        file.write(f"min_confidence = {value}\n")
    with pytest.raises(CorpusError, match="min_confidence"):
        load_corpus(corpus_folder)


def test_an_id_in_two_corpora_is_refused(corpus_folder: Path) -> None:
    """An id may occur once in all corpora together."""
    tea = load_corpus(corpus_folder)
    with pytest.raises(CorpusError, match="the id `brew` occurs in both `tea` and `tea`"):
        merge([tea, tea])


def test_the_digest_changes_with_any_file(corpus_folder: Path) -> None:
    """A change of a byte, a name, or a new file changes the digest; a second look does not."""
    digests = [digest(corpus_folder)]
    assert digest(corpus_folder) == digests[0]
    for name in CORPUS_FILES:
        path = corpus_folder / name
        path.write_bytes(path.read_bytes() + b"\n")
        digests.append(digest(corpus_folder))
    (corpus_folder / MILK).rename(corpus_folder / "entries/cream.md")
    digests.append(digest(corpus_folder))
    write_files(corpus_folder, {"entries/sugar.md": CORPUS_FILES[MILK]})
    digests.append(digest(corpus_folder))
    assert len(set(digests)) == len(digests)


def test_the_digest_does_not_change_with_time(corpus_folder: Path) -> None:
    """Another date or mode of a file is not another corpus."""
    before = digest(corpus_folder)
    os.utime(corpus_folder / MILK, (0, 0))
    (corpus_folder / MILK).chmod(stat.S_IRUSR)
    assert digest(corpus_folder) == before


def test_the_corpus_that_ships() -> None:
    """`builtin` names a folder whose entries each have a question, ways of asking and an answer."""
    assert corpora.resolve(BUILTIN) == builtin_path()
    corpus = load_corpus(BUILTIN)
    assert len(corpus.entries) >= 22
    assert corpus.info.safety_note
    assert corpus.info.stop_rule
    for entry in corpus.entries:
        assert entry.question, entry.id
        assert len(entry.also) >= 10, entry.id
        assert entry.sources, entry.id
        assert entry.evidence, entry.id
        assert entry.checked, entry.id
