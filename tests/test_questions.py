"""Claims about reading labelled questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tpbot.errors import QuestionsError
from tpbot.questions import Question, load_questions

GOOD = '{"text": "does a knot hurt", "expect": ["why-hurt"], "kind": "sentence"}'


def write(folder: Path, text: str) -> Path:
    """Return a file of questions with this text."""
    path = folder / "questions.jsonl"
    path.write_text(text, "utf-8")
    return path


def test_questions_are_read_in_order(tmp_path: Path) -> None:
    """Each line is a question; blank lines, a byte order mark and Windows line ends do not matter."""
    path = write(tmp_path, f'\ufeff{GOOD}\r\n\r\n{{"text": "hello", "expect": []}}\r\n')
    assert load_questions(path) == (
        Question("does a knot hurt", ("why-hurt",), "sentence"),
        Question("hello", ()),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a"}', r":2: .*expect"),
        ('{"text": 1, "expect": []}', r":2: .*text"),
        ('{"text": "a", "expect": "why-hurt"}', r":2: .*expect"),
        ('{"text": " ", "expect": []}', r":2, field `text`: the question is empty"),
        ('{"text": "a", "expects": []}', r":2, field `expects`: unknown field. Did you mean `expect`\?"),
        ("[]", r":2: the line is not an object"),
        ("{", r":2: the line is not valid JSON"),
        ("[" * 100_000, r":2: the line is not valid JSON"),
    ],
)
def test_bad_line_is_refused_with_its_place(tmp_path: Path, line: str, message: str) -> None:
    """A line that is no labelled question stops the reading; the error names line, field and cure."""
    with pytest.raises(QuestionsError, match=message):
        load_questions(write(tmp_path, f"{GOOD}\n{line}\n"))


def test_file_without_questions_is_refused(tmp_path: Path) -> None:
    """An empty file, a missing one and one that is not UTF-8 are errors of their own."""
    with pytest.raises(QuestionsError, match="no questions"):
        load_questions(write(tmp_path, "\n \n"))
    with pytest.raises(QuestionsError, match="cannot be read"):
        load_questions(tmp_path / "missing.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"text": "caf\xe9", "expect": []}')
    with pytest.raises(QuestionsError, match="UTF-8"):
        load_questions(tmp_path / "latin.jsonl")
