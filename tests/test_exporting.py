"""Claims about `tpbot export`, and about reading back what it wrote."""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from tpbot.blocks import parse_markdown
from tpbot.commands import export
from tpbot.corpus import Corpus, load_corpus
from tpbot.entry_file import read_front_matter, to_entry, write_entry
from tpbot.errors import CorpusError, UsageError
from tpbot.exporting import FORMATS, not_held
from tpbot.readers import read_document
from tpbot.records import CorpusInfo, Entry, Source

SUFFIXES = {"jsonl": ".jsonl", "csv": ".csv", "tsv": ".tsv", "faqpage": ".html", "markdown": ".md"}
HOSTILE = Entry(
    id="hostile",
    question='</script><script>alert("1")</script> & =1+1?',
    answer="=cmd|' /C calc'!A0\n\n<img src=x onerror=alert(1)> **bold** `code`\n\n- one\n- two --> three",
    also=("-2+3", "@SUM(1)", "it's --> so"),
    sources=("bad", "good"),
    evidence="limited",
    technique=True,
    related=("other",),
    checked="2026-01-31",
    reviewed_by="A. Nurse",
    draft=True,
    origin="x",
)
PASSAGE = Entry(
    id="passage", question=None, answer="+ A passage\nwithout a question.", draft=True, origin="y"
)
CORPUS = Corpus(
    CorpusInfo(id="c", title="Title & <b>", safety_note="Take care <now>.", stop_rule="Stop if it hurts."),
    (HOSTILE, PASSAGE),
    (
        Source("bad", "Bad <title>", url="javascript:alert(1)"),
        Source("good", "Good", 2020, "https://x.example/?a=1&b=2"),
    ),
)


def back(tmp_path: Path, corpus: Corpus, form: str) -> list[Entry]:
    """Export a corpus, read the file as a document, and return its entries."""
    path = tmp_path / f"out{SUFFIXES[form]}"
    path.write_text(FORMATS[form](corpus), encoding="utf-8", newline="")
    return [draft.entry for draft in read_document(path).drafts]


@pytest.mark.parametrize("form", ["jsonl", "csv", "tsv", "markdown"])
def test_every_field_of_hostile_entries_survives_the_way_out_and_in(tmp_path: Path, form: str) -> None:
    """JSON lines, tables and Markdown give back the same entries, with all their fields."""
    assert back(tmp_path, CORPUS, form) == list(CORPUS.entries)


@pytest.mark.parametrize("form", ["jsonl", "csv", "tsv", "markdown"])
def test_the_corpus_that_ships_survives_the_way_out_and_in(tmp_path: Path, form: str) -> None:
    """All entries of the built-in corpus come back as they were, but for draft and origin."""
    corpus = load_corpus("builtin")
    found = [replace(entry, draft=False, origin=None) for entry in back(tmp_path, corpus, form)]
    assert found == list(corpus.entries)


def test_json_lines_load_as_the_same_corpus(tmp_path: Path) -> None:
    """A `.jsonl` export is itself a corpus of the same entries, not drafts of them."""
    path = tmp_path / "out.jsonl"
    path.write_text(FORMATS["jsonl"](load_corpus("builtin")), encoding="utf-8")
    assert load_corpus(path).entries == load_corpus("builtin").entries


def test_a_faqpage_reads_back_as_its_questions_and_answers(tmp_path: Path) -> None:
    """Of a page's JSON-LD come back questions, other ways of asking, and the answers' text."""
    corpus = load_corpus("builtin")
    found = back(tmp_path, corpus, "faqpage")
    assert [(entry.question, entry.also) for entry in found] == [
        (entry.question, entry.also) for entry in corpus.entries if entry.question
    ]
    for entry, original in zip(found, corpus.entries, strict=True):
        words = [block_words(item.answer) for item in (entry, original)]
        assert words[0] == words[1]


def block_words(answer: str) -> str:
    """Return the words of an answer without its markup."""
    return " ".join(
        "".join(span.text for span in item) for block in parse_markdown(answer) for item in block.items
    )


def linked_data(page: str) -> dict[str, object]:
    """Return the JSON-LD of a page."""
    script = LexborHTMLParser(page).css_first('script[type="application/ld+json"]')
    assert script is not None
    return msgspec.json.decode(script.text(), type=dict[str, object])


PROPERTIES = {
    "FAQPage": {"@context", "name", "inLanguage", "lastReviewed", "mainEntity"},
    "Question": {"@id", "identifier", "name", "alternateName", "acceptedAnswer"},
    "Answer": {"text", "citation"},
    "CreativeWork": {"name", "url"},
}
"""What schema.org defines for these types, as far as it is used."""


@pytest.mark.parametrize("corpus", [CORPUS, load_corpus("builtin")])
def test_json_ld_uses_only_what_schema_org_defines(corpus: Corpus) -> None:
    """Every object in it has a type of schema.org and none but that type's properties."""
    waiting: list[object] = [linked_data(FORMATS["faqpage"](corpus))]
    seen = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            kind = node["@type"]
            assert set(node) - {"@type"} <= PROPERTIES[kind]
            seen.add(kind)
            waiting += node.values()
    assert seen == set(PROPERTIES)


def test_a_question_has_a_name_and_one_accepted_answer_with_text() -> None:
    """The properties that a FAQPage cannot do without are there and not empty."""
    questions = linked_data(FORMATS["faqpage"](CORPUS))["mainEntity"]
    assert isinstance(questions, list)
    assert [question["name"] for question in questions] == [HOSTILE.question]
    assert questions[0]["acceptedAnswer"]["text"].startswith("<p>=cmd")


def test_last_reviewed_is_the_oldest_date_of_the_entries() -> None:
    """A page was last reviewed when its least recently checked answer was."""
    newer = replace(HOSTILE, id="newer", checked="2026-11-01")
    page = linked_data(FORMATS["faqpage"](Corpus(CORPUS.info, (newer, HOSTILE))))
    assert page["lastReviewed"] == "2026-01-31"


def test_a_page_holds_no_markup_of_a_hostile_corpus() -> None:
    """Text of entries is escaped: the page has one script, no image, and no address but the web's."""
    tree = LexborHTMLParser(FORMATS["faqpage"](CORPUS))
    assert [script.attributes.get("type") for script in tree.css("script")] == ["application/ld+json"]
    assert tree.css("img") == []
    assert [link.attributes["href"] for link in tree.css("a")] == ["https://x.example/?a=1&b=2"]
    assert tree.css_first("h1").text() == "Title & <b>"  # type: ignore[union-attr]


def test_a_page_shows_everything_without_javascript() -> None:
    """Question, answer, stop rule, evidence, date, reviewer and safety note stand in the page's own text."""
    shown = LexborHTMLParser(FORMATS["faqpage"](CORPUS)).css_first("main").text()  # type: ignore[union-attr]
    for text in (
        str(HOSTILE.question),
        "two --> three",
        "Stop if it hurts.",
        "Evidence: limited.",
        "Checked against its sources: 2026-01-31.",
        "Reviewed by A. Nurse.",
        "This is a draft.",
        "Take care <now>.",
        "Good (2020)",
    ):
        assert text in shown


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_no_cell_of_a_table_is_a_formula(form: str, delimiter: str) -> None:
    """No cell begins with a sign that a spreadsheet would calculate with."""
    rows = csv.reader(io.StringIO(FORMATS[form](CORPUS), newline=""), delimiter=delimiter)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize(
    "answer",
    [
        "Open:\n\n```\nfence",
        "<!-- open comment",
        "<div>\n<pre>",
        "Text\n## Another heading?\n\nmore",
        "Line\n---",
    ],
)
def test_an_answer_in_markdown_never_swallows_the_next_entry(tmp_path: Path, answer: str) -> None:
    """Open fences, comments and headings in one answer leave the next one whole."""
    first = replace(PASSAGE, id="first", question="First?", answer=answer)
    second = replace(PASSAGE, id="second", question="Second?", answer="Another answer.")
    found = back(tmp_path, Corpus(CORPUS.info, (first, second)), "markdown")
    assert [entry.id for entry in found] == ["first", "second"]
    assert found[1] == second


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).map(str.strip).filter(bool)
lines = texts.filter(lambda text: text.isprintable() and " ".join(text.split()) == text)
answers = texts.filter(lambda text: text.isprintable())
entries = st.builds(
    Entry,
    id=st.just("id"),
    question=st.none() | texts,
    answer=answers,
    also=st.lists(texts, max_size=3).map(tuple),
    sources=st.lists(lines, max_size=2).map(tuple),
    evidence=st.sampled_from([None, "good", "none"]),
    technique=st.booleans(),
    checked=st.none() | st.dates().map(str),
    reviewed_by=st.none() | texts,
    draft=st.booleans(),
    origin=st.none() | texts,
)


@given(entries)
def test_an_entry_file_reads_back_as_the_entry_that_was_written(entry: Entry) -> None:
    """Whatever the texts of an entry, its file gives the same entry."""
    fields, places, answer = read_front_matter(write_entry(entry), Path("id.md"))
    assert to_entry({"id": "id", "answer": answer, **fields}, Path("id.md"), places) == entry


@pytest.mark.parametrize("form", ["csv", "tsv", "markdown"])
@given(entry=entries)
@settings(max_examples=50, deadline=None)
def test_any_entry_survives_a_table_and_markdown(
    tmp_path_factory: pytest.TempPathFactory, form: str, entry: Entry
) -> None:
    """Any entry whose fields are printable lines comes back from tables and Markdown; it is then a draft."""
    plain = replace(
        entry,
        question=None if entry.question is None else "What is this?",
        also=("one", "=two"),
        sources=(),
        reviewed_by=None,
        origin="z",
    )
    found = back(tmp_path_factory.getbasetemp(), Corpus(CORPUS.info, (plain,)), form)
    assert [replace(item, draft=entry.draft) for item in found] == [plain]


def run(*options: str) -> int:
    """Run `tpbot export` and return its exit status."""
    parser = argparse.ArgumentParser()
    export.add_arguments(parser)
    return export.run(parser.parse_args(options))


def test_export_writes_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Without --output the entries go to standard output, and what stays behind is said on the other."""
    assert run("--format", "jsonl") == 0
    out, error = capsysbinary.readouterr()
    assert len(out.splitlines()) == len(load_corpus("builtin").entries)
    assert b"triage rules" in error
    assert b"safety note" in error


def test_export_replaces_its_file_whole(tmp_path: Path) -> None:
    """--output writes the file, and leaves nothing else beside it."""
    path = tmp_path / "faq.html"
    path.write_text("old", encoding="utf-8")
    assert run("--format", "faqpage", "--output", str(path)) == 0
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert list(tmp_path.iterdir()) == [path]


def test_export_to_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """The message names the file that cannot be written."""
    with pytest.raises(UsageError, match=r"no/faq\.html cannot be written"):
        run("--format", "faqpage", "--output", str(tmp_path / "no" / "faq.html"))


def test_several_corpora_leave_together(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """--corpus may be given several times, and documents may be among them."""
    path = tmp_path / "ours.txt"
    path.write_text("Are you open?\n\nYes, we are.\n", encoding="utf-8")
    run("--corpus", "builtin", "--corpus", str(path), "--format", "jsonl")
    out, _ = capsysbinary.readouterr()
    assert b'"id":"are-you-open"' in out.splitlines()[-1]


def test_the_command_knows_every_format() -> None:
    """The formats that the command offers are those that can be written."""
    assert set(export.FORMATS) == set(FORMATS)


def test_entries_without_a_question_are_named_when_a_page_leaves_them_out() -> None:
    """A page of questions cannot hold a passage; the word on standard error names it."""
    assert any("passage" in note for note in not_held(CORPUS, "faqpage"))


@pytest.mark.parametrize(
    "text", ["---\n\n---\na", "---\n# a remark\n---\na", "---\n- a\n---\na", "---\na\n---\na"]
)
def test_front_matter_without_fields_is_an_error_of_its_own(text: str) -> None:
    """Empty front matter, a remark or a list instead of fields is refused with the line."""
    with pytest.raises(CorpusError, match=r"a\.md:2: the front matter has no fields"):
        read_front_matter(text, Path("a.md"))
