"""Claims about tables, spreadsheets and JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import answers, questions, read, reasons
from tpbot.errors import DocumentError
from tpbot.readers import Document, read_document
from tpbot.readers.table import guard, unguard


def table(tmp_path: Path, content: str, name: str = "a.csv") -> Document:
    """Return the document that a table of this content makes."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    return read_document(path)


def test_a_csv_gives_its_fields() -> None:
    """Every column named like a field of an entry is read as that field."""
    entry = read("table.csv").drafts[0].entry
    assert (entry.id, entry.question, entry.checked, entry.technique) == (
        "lamp",
        "How do I change the lamp?",
        "2026-01-31",
        False,
    )
    assert entry.also == ("the lamp is dark", "bulb is gone")


def test_columns_and_rows_that_cannot_be_taken_are_reported() -> None:
    """A column that is no field, and a question without an answer, are in the report."""
    assert reasons(read("table.csv")) == {
        "colour": "tpbot has no field for it",
        "Is the lamp guaranteed?": "it has no answer",
    }


def test_a_semicolon_table_in_a_western_charset_reads_right() -> None:
    """The delimiter and the charset of an old spreadsheet program are found."""
    assert answers(read("latin.csv")) == {
        "Où est le café ?": "À côté de l’école; la porte est à gauche.",
        "Peut-on y déjeuner ?": "Oui, dès midi, à prix réduit.",
    }


def test_qna_maker_rows_of_one_id_become_one_entry_with_alternates() -> None:
    r"""Alternate questions join their first; metadata is kept in the origin, `\n` becomes a new line."""
    first = read("qnamaker.tsv").drafts[0].entry
    assert first.question == "How do I return a book?"
    assert first.also == ("Where does my book go back?",)
    assert first.answer == "Put it in the box.\n\nThe box is by the door."
    assert first.origin is not None
    assert "metadata topic:returns|desk:front" in first.origin


def test_a_spreadsheet_gives_values_and_never_formulas() -> None:
    """A sheet with answers is found behind another one; a formula without a stored value is no answer."""
    found = read("seats.xlsx")
    assert answers(found) == {
        "Where do I park?": "Behind the hall.",
        "Is there a lift?": "Yes, by the side door.",
        "What is 1+1?": "2",
    }
    assert reasons(found) == {"How many seats are there?": "it has no answer"}


def test_json_lines_give_their_fields_whatever_their_case() -> None:
    """Lines of objects give entries, with or without an id; a null answer is reported."""
    found = read("pairs.jsonl")
    assert [draft.entry.id for draft in found.drafts] == ["bell", "when-does-it-ring", "tower"]
    assert found.drafts[0].entry.evidence == "good"
    assert reasons(found) == {"Why does it ring?": "it has no answer"}


def test_a_list_of_json_objects_reads_like_lines() -> None:
    """A `.json` of a list with the keys `q` and `a` gives pairs."""
    assert questions(read("list.json")) == ["Is the ferry running?", "Can I take a bicycle?"]


def test_json_ld_in_a_file_of_its_own_gives_its_questions(tmp_path: Path) -> None:
    """FAQPage JSON-LD saved as `.json` is read as such."""
    question = '{"@type": "Question", "name": "Who?", "acceptedAnswer": {"text": "I."}}'
    content = f'{{"@type": "FAQPage", "mainEntity": {question}}}'
    assert answers(table(tmp_path, content, "a.json")) == {"Who?": "I."}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "question,antwort\na,b\n", "there is no `answer` in it"),
        ("a.csv", "question,answer,answer\na,b,c\n", "two columns have this name"),
        ("a.csv", "question,answer\n", "the table has no rows"),
        ("a.csv", "question,answer,checked\na,b,soon\n", "row 2: `soon` is not a date"),
        ("a.csv", "id,question,answer\n../../x,a,b\n", "row 2: `../../x` cannot be an id"),
        ("a.jsonl", '{"question": "a", "answer": "b"}\n{"a"\n', ":2: the line is not valid JSON"),
        ("a.jsonl", "[1]", "item 1 is not an object"),
        ("a.json", "[" * 100_000, "not valid JSON"),
    ],
)
def test_a_table_that_cannot_be_used_says_where_and_why(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    """The message names the file, the row or line, and what is wrong with it."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_reads_back(text: str) -> None:
    """Whatever a cell holds, its guarded form begins with no formula's sign, and unguarding restores it."""
    assert guard(text)[:1] not in tuple("=+-@\t\r")
    assert unguard(guard(text)) == text
