"""Labelled questions: what people ask, and the entries that answer it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tpbot.corpus import line_fields, read_text
from tpbot.errors import CorpusError, QuestionsError, did_you_mean


class Question(msgspec.Struct, frozen=True):
    """A question and the ids of the entries that answer it; none when it should not be answered."""

    text: str
    expect: tuple[str, ...]
    kind: str | None = None


def load_questions(path: str | Path) -> tuple[Question, ...]:
    """Read labelled questions: a `.jsonl` file of `{"text": "...", "expect": ["id"], "kind": "..."}`.

    Raises:
        QuestionsError: The file cannot be read, has no questions, or a line of it is not such an object.
    """
    path = Path(path)
    try:
        lines = enumerate(read_text(path).split("\n"), 1)
        tables = [(line_fields(line, path, number)[0], number) for number, line in lines if line.strip()]
    except CorpusError as error:
        raise QuestionsError(error.what, path=path, line=error.line, cure=error.cure) from None
    if not tables:
        cure = 'Write a line of {"text": "...", "expect": ["id"]} for each'
        raise QuestionsError("there are no questions in this file", path=path, cure=cure)
    return tuple(_question(table, path, number) for table, number in tables)


def _question(table: dict[str, object], path: Path, number: int) -> Question:
    known = Question.__struct_fields__
    for name in table:
        if name not in known:
            cure = did_you_mean(name, known) or f"Known fields are {', '.join(known)}"
            raise QuestionsError("unknown field", path=path, line=number, field=name, cure=cure)
    try:
        question = msgspec.convert(table, Question)
    except msgspec.ValidationError as error:
        cure = '`text` is a text, `expect` a list of ids (empty: "should not be answered"), `kind` a text'
        raise QuestionsError(f"{error}", path=path, line=number, cure=cure) from None
    if not question.text.strip():
        raise QuestionsError("the question is empty", path=path, line=number, field="text", cure="Fill it in")
    return question
