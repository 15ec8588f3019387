"""Claims about documents that are broken, hostile or not documents at all."""

from __future__ import annotations

import io
import json
import os
import socket
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.documents import DOCUMENTS
from tpbot.errors import DocumentError, TpbotError
from tpbot.readers import files, pdf, read_document
from tpbot.readers.files import SUFFIXES

TEXTUAL = sorted({suffix for suffix, kind in SUFFIXES.items() if kind not in ("pdf", "docx", "xlsx")})
REAL = sorted(path.name for path in DOCUMENTS.iterdir() if path.suffix not in (".pdf", ".md~"))


def try_to_read(folder: Path, name: str, data: bytes) -> None:
    """Read `data` as a document of that name: only an error of tpbot's own may come out, with the name."""
    path = folder / name
    path.write_bytes(data)
    try:
        document = read_document(path)
    except TpbotError as error:
        assert name in str(error)
    else:
        assert all(draft.entry.draft and draft.entry.answer for draft in document.drafts)


@pytest.mark.parametrize("suffix", TEXTUAL)
@given(data=st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")))
@settings(max_examples=60, deadline=None)
def test_any_bytes_give_entries_or_an_error_with_the_name(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, data: bytes
) -> None:
    """Whatever the bytes of a text, table, page or JSON: drafts come out, or an error that names the file."""
    try_to_read(tmp_path_factory.getbasetemp(), f"any{suffix}", data)


@pytest.mark.parametrize("name", REAL)
@given(where=st.floats(0, 1), length=st.integers(0, 50), junk=st.binary(max_size=50), twice=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_real_document_with_a_piece_changed_gives_entries_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, where: float, length: int, junk: bytes, twice: bool
) -> None:
    """A real document with bytes cut out and others put in gives drafts, or an error that names the file."""
    data = (DOCUMENTS / name).read_bytes()
    start = int(where * len(data))
    changed = data[:start] + junk + data[start + length :]
    try_to_read(tmp_path_factory.getbasetemp(), f"changed-{name}", changed * (1 + twice))


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("handbook.docx", "word/document.xml"),
        ("handbook.docx", "word/styles.xml"),
        ("seats.xlsx", "xl/worksheets/sheet2.xml"),
        ("seats.xlsx", "xl/workbook.xml"),
        ("seats.xlsx", "xl/styles.xml"),
    ],
)
@given(
    where=st.floats(0, 1),
    length=st.integers(0, 30),
    junk=st.sampled_from(["", "<", "<a>", "</w:t>", "<w:p>", "&x;", "\0", "9999999999", "-1", 't="s"']),
)
@settings(max_examples=40, deadline=None)
def test_changed_xml_in_an_office_file_gives_entries_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, member: str, where: float, length: int, junk: str
) -> None:
    """An office file whose XML was changed in one place gives drafts, or an error that names the file."""
    changed = io.BytesIO()
    with zipfile.ZipFile(DOCUMENTS / name) as source, zipfile.ZipFile(changed, "w") as target:
        for item in source.namelist():
            data = source.read(item)
            start = int(where * len(data)) if item == member else len(data)
            target.writestr(item, data[:start] + junk.encode() * (item == member) + data[start + length :])
    try_to_read(tmp_path_factory.getbasetemp(), f"inside-{name}", changed.getvalue())


@pytest.mark.parametrize("seed", range(6))
def test_a_real_pdf_with_bytes_changed_gives_entries_or_an_error(tmp_path: Path, seed: int) -> None:
    """PDFs changed at many places give drafts, or an error that names the file."""
    import random

    chance = random.Random(seed)  # noqa: S311  no secret
    data = bytearray((DOCUMENTS / "leaflet.pdf").read_bytes())
    for _ in range(40):
        data[chance.randrange(100, len(data))] = chance.randrange(256)
    try_to_read(tmp_path, "changed.pdf", bytes(data))


TAGS = """
<h2> </h2> <p> <li> <ul> </ul> <dl> <dt> <dd> <details> </details> <summary> <br> <nav> </nav> <!-- -->
<script> </script> <template> <svg> <table>
"""
tags = st.sampled_from(TAGS.split())


@given(st.lists(tags | st.text(max_size=8), max_size=40).map("".join))
@settings(deadline=None)
def test_any_soup_of_tags_gives_entries_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    """Tags in any order and nesting are read without trouble."""
    try_to_read(tmp_path_factory.getbasetemp(), "soup.html", body.encode("utf-8", "replace"))


MARKS = [
    "# ",
    "## a?\n",
    "\n\n",
    "- ",
    "1. ",
    "> ",
    "```\n",
    "---\n",
    "<!-- ",
    "-->",
    "**b?**",
    "a?\n",
    "Q: ",
]
MARKS += ["<!-- tpbot {} -->", '<!-- tpbot {"id":"a"} -->', "question: x\n", "It is so good here.\n"]


@pytest.mark.parametrize("name", ["soup.md", "soup.txt"])
@given(body=st.lists(st.sampled_from(MARKS) | st.text(max_size=5), max_size=30).map("".join))
@settings(deadline=None)
def test_any_soup_of_marks_gives_entries_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, name: str, body: str
) -> None:
    """Marks of Markdown, of entry files and of exports in any order are read without trouble."""
    try_to_read(tmp_path_factory.getbasetemp(), name, body.encode("utf-8", "replace"))


KEYS = ["question", "answer", "also", "id", "QnaId", "technique", "checked", "metadata"]
KEYS += ["@type", "name", "text", "acceptedAnswer", "mainEntity", "alternateName"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["Question", "a?"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=15,
)


@given(values)
@settings(deadline=None)
def test_any_json_gives_entries_or_an_error(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    """JSON with our keys in the wrong places, in a file or in a page, is read without trouble."""
    data = json.dumps(value).encode()
    page = b'<script type="application/ld+json">' + data + b"</script>"
    for name, content in (("soup.json", data), ("soup.jsonl", data + b"\n" + data), ("soup.html", page)):
        try_to_read(tmp_path_factory.getbasetemp(), name, content)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.txt", b"", "the document is empty"),
        ("blank.md", b" \n\t\n", "the document is empty"),
        ("noise.txt", bytes(range(256)) * 8, "not a text"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n" + bytes(50), "a picture"),
        ("a.pdf", b"Hello, this is text", "the name ends in .pdf but the content is something else"),
        ("a.docx", b"PK\x03\x04 not really", "the file is damaged"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
        ("a.rtf", b"{\\rtf1 hello}", "an RTF file"),
        ("a.gz", b"\x1f\x8b\x08\x00", "a compressed file"),
    ],
)
def test_a_file_that_is_no_document_says_what_it_is(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    """Empty, binary and wrongly named files are refused with their name, the reason and a cure."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.cure


def test_a_folder_a_missing_file_and_a_pipe_are_refused(tmp_path: Path) -> None:
    """Only regular files are read; a pipe does not keep tpbot waiting."""
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    for path, message in (
        (tmp_path, "it is a folder"),
        (tmp_path / "no.txt", "no such file"),
        (pipe, "no such file"),
    ):
        with pytest.raises(DocumentError, match=message):
            read_document(path)


def test_a_document_of_200_megabytes_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size is looked at before a byte is read."""
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    monkeypatch.setattr(files, "decode", lambda *_: pytest.fail("it was read"))
    with pytest.raises(DocumentError, match="over 20,000,000 bytes"):
        read_document(path)


def test_no_reader_opens_a_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page and a Markdown text full of addresses are read without a socket."""
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a socket was opened"))
    page = '<base href="http://127.0.0.1:9/"><link rel=stylesheet href=a.css><img src=b.png>'
    page += "<h2>Is it quiet?</h2><p>Yes."
    try_to_read(tmp_path, "page.html", page.encode())
    try_to_read(
        tmp_path, "text.md", b"# Is it quiet?\n\n![x](http://127.0.0.1:9/y.png) <http://127.0.0.1:9/>\n"
    )


def test_a_pdf_is_read_with_limits_on_memory_and_time() -> None:
    """The process that reads a PDF gets a limit on its memory and a time after which it is ended."""
    assert pdf.MAX_MEMORY <= 1_000_000_000
    assert pdf.MAX_SECONDS <= 60


def test_a_module_in_the_current_folder_is_not_run_by_reading_a_pdf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file called like a library in the current folder does not get into the process that reads a PDF."""
    (tmp_path / "pypdf.py").write_text("raise SystemExit(9)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert len(read_document(DOCUMENTS / "leaflet.pdf").drafts) == 3


def test_a_name_with_control_characters_does_not_reach_the_origin(tmp_path: Path) -> None:
    """An origin is one printable line, whatever the document is called."""
    path = tmp_path / "a\nb\x1b[31m.txt"
    path.write_text("Is it clean?\n\nYes, it is.\n", encoding="utf-8")
    origin = read_document(path).drafts[0].entry.origin
    assert origin is not None
    assert origin.isprintable()
