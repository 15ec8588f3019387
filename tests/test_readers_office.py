"""Claims about Word documents and PDF."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.documents import DOCUMENTS, answers, questions, read, reasons
from tpbot.errors import DocumentError, MissingExtraError, TpbotError
from tpbot.readers import pdf, read_document

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(tmp_path: Path, xml: str, **members: str) -> Path:
    """Write a Word document with this XML and return its path."""
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_word_document_gives_questions_from_headings_and_tables() -> None:
    """Question headings and question cells open answers; other headings are left out."""
    found = read("handbook.docx")
    assert questions(found) == [None, "How do I get a plot?", "May I keep hens?", "May I light a fire?"]
    assert reasons(found) == {
        "Allotment Handbook": "a headline",
        "Rules": "a headline",
        "May I sell my beans?": "it has no answer",
    }


def test_a_list_in_a_word_document_stays_a_list() -> None:
    """List paragraphs become a Markdown list, and angle brackets stay text."""
    assert answers(read("handbook.docx"))["How do I get a plot?"] == (
        "Write to the committee. The list is \\<long> & slow, so ask early.\n\n"
        "Bring:\n\n- a spade\n- a friend"
    )


def test_text_of_a_text_box_and_its_copy_for_old_programs_is_read_once(tmp_path: Path) -> None:
    """What stands in a fallback is not read a second time."""
    text = "<w:p><w:r><w:t>Is it once?</w:t></w:r></w:p>"
    body = f"{text}<x:Choice><w:p><w:t>Yes, once only.</w:t></w:p></x:Choice>"
    body += "<x:Fallback><w:p><w:t>Yes, once only.</w:t></w:p></x:Fallback>"
    path = docx(tmp_path, f'<w:document {WORD} xmlns:x="x"><w:p><w:r>{body}</w:r></w:p></w:document>')
    assert answers(read_document(path)) == {"Is it once?": "Yes, once only."}


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "<a>",
        "",
    ],
)
def test_xml_with_entities_or_faults_is_refused(tmp_path: Path, xml: str) -> None:
    """Documents with entities of their own, outside references or broken XML are called damaged."""
    with pytest.raises(DocumentError, match=r"a\.docx: the document is damaged"):
        read_document(docx(tmp_path, xml))


def test_a_spreadsheet_with_entities_is_refused(tmp_path: Path) -> None:
    """XML entities in a spreadsheet are refused too."""
    source = zipfile.ZipFile(DOCUMENTS / "seats.xlsx")
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet2.xml":
                content = b'<!DOCTYPE a [<!ENTITY b "c">]>' + content
            archive.writestr(name, content)
    with pytest.raises(DocumentError, match=r"a\.xlsx: the spreadsheet is damaged"):
        read_document(path)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    """A small file that would unpack to a very large one is refused by what it declares."""
    path = docx(tmp_path, " " * 60_000_000)
    assert path.stat().st_size < 100_000
    with pytest.raises(DocumentError, match="it would unpack to over 50,000,000 bytes"):
        read_document(path)


def test_a_document_of_too_many_tags_is_refused(tmp_path: Path) -> None:
    """XML within the limit of bytes whose tree would take too much memory is refused."""
    with pytest.raises(DocumentError, match="there is too much in it"):
        read_document(docx(tmp_path, "<a/>" * 1_000_001))


def test_members_that_climb_out_of_the_archive_are_never_written(tmp_path: Path) -> None:
    """Nothing of an archive is unpacked to disk, whatever its members are called."""
    xml = (
        f"<w:document {WORD}><w:p><w:t>Is it safe?</w:t></w:p><w:p><w:t>Yes, it is.</w:t></w:p></w:document>"
    )
    path = docx(tmp_path, xml, **{"../../evil.txt": "x", "/evil.txt": "x"})
    before = sorted(tmp_path.parent.rglob("*"))
    assert answers(read_document(path)) == {"Is it safe?": "Yes, it is."}
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_pdf_gives_its_questions() -> None:
    """Questions of a printed page are found, wrapped lines are joined to paragraphs."""
    found = read("leaflet.pdf")
    assert questions(found) == ["What happens in a class?", "What should I wear?", "How much does it cost?"]
    assert reasons(found) == {"Back Care Class Leaflet": "a headline"}
    assert answers(found)["What happens in a class?"].endswith("Nobody has to lie on the floor.")


@pytest.mark.parametrize(
    ("name", "message"),
    [("blank.pdf", "there is no text in it"), ("locked.pdf", "it is encrypted")],
)
def test_a_pdf_without_text_or_with_a_password_says_so(name: str, message: str) -> None:
    """Scanned and locked files are refused with the cure."""
    with pytest.raises(DocumentError, match=message):
        read(name)


def test_a_pdf_of_too_many_pages_is_refused_rather_than_cut(tmp_path: Path) -> None:
    """A PDF beyond the limit of pages is not read in part."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(pdf.MAX_PAGES + 1):
        writer.add_blank_page(10, 10)
    writer.write(tmp_path / "long.pdf")
    with pytest.raises(DocumentError, match=r"long\.pdf: it has over 500 pages"):
        read_document(tmp_path / "long.pdf")


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads a PDF is ended at its time limit."""
    monkeypatch.setattr(pdf, "MAX_SECONDS", 0.01)
    with pytest.raises(DocumentError, match="reading it takes over"):
        read("leaflet.pdf")


@pytest.mark.parametrize("cut", [10, 100, 1000, 20_000])
def test_a_damaged_pdf_is_refused_or_read(tmp_path: Path, cut: int) -> None:
    """A PDF that ends early raises nothing but an error that names it."""
    path = tmp_path / "cut.pdf"
    path.write_bytes((DOCUMENTS / "leaflet.pdf").read_bytes()[:cut])
    with pytest.raises(TpbotError, match=r"cut\.pdf"):
        read_document(path)


@pytest.mark.parametrize(
    ("name", "package"),
    [("handbook.docx", "defusedxml"), ("seats.xlsx", "openpyxl"), ("leaflet.pdf", "pypdf")],
)
def test_a_missing_package_is_named_with_the_cure(
    name: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the optional packages the message says what to run."""
    import sys

    for module in [module for module in sys.modules if module.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'tpbot\[documents\]'"):
        read(name)


def test_an_old_word_file_says_what_to_do(tmp_path: Path) -> None:
    """Kinds that are not read are named, with what to save them as."""
    path = tmp_path / "old.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(DocumentError, match=r"an old Office file.*save it as \.docx"):
        read_document(path)


def test_content_counts_more_than_the_suffix(tmp_path: Path) -> None:
    """A Word document, a PDF and a page that are called `.txt` are read as what they are."""
    for name in ("handbook.docx", "leaflet.pdf", "faqpage.html"):
        path = tmp_path / "a.txt"
        path.write_bytes((DOCUMENTS / name).read_bytes())
        assert questions(read_document(path)) == questions(read(name))


def test_an_open_document_says_what_to_do(tmp_path: Path) -> None:
    """LibreOffice's own kind is not read; the message says what to save it as."""
    path = tmp_path / "a.odt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    with pytest.raises(DocumentError, match=r"an OpenDocument file. Save it as \.docx"):
        read_document(path)


def test_a_plain_zip_archive_is_not_a_document(tmp_path: Path) -> None:
    """An archive of something else is refused by name."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a.txt", "x")
    path = tmp_path / "a.docx"
    path.write_bytes(data.getvalue())
    with pytest.raises(DocumentError, match="this is a zip archive"):
        read_document(path)
