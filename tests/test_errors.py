"""Claims about the error tree and its messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tpbot import errors
from tpbot.errors import CorpusError, PlacedError, TpbotError, did_you_mean


def test_one_tree() -> None:
    """Every exception that the module defines is a `TpbotError`."""
    defined = [value for value in vars(errors).values() if isinstance(value, type)]
    raised = [value for value in defined if value.__module__ == errors.__name__]
    assert len(raised) > 5
    assert all(issubclass(error, TpbotError) for error in raised)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (CorpusError("it is torn"), "it is torn."),
        (CorpusError("it is torn", cure="Glue it"), "it is torn. Glue it."),
        (CorpusError("it is torn", path="a/b.md"), "a/b.md: it is torn."),
        (
            CorpusError("unknown field", path=Path("b.md"), line=3, field="qestion", cure="Mend it"),
            "b.md:3, field `qestion`: unknown field. Mend it.",
        ),
        (CorpusError("is empty", field="answer"), "field `answer`: is empty."),
        (CorpusError("no such key", cure="Did you mean `book`?"), "no such key. Did you mean `book`?"),
    ],
)
def test_messages_say_what_where_and_the_cure(error: PlacedError, message: str) -> None:
    """A message holds the place as far as it is known, what is wrong, and the cure."""
    assert str(error) == message


def test_the_parts_of_a_message_are_attributes() -> None:
    """A program can read the path, the line, the field, what is wrong and the cure."""
    error = CorpusError("unknown field", path="b.md", line=3, field="x", cure="Mend it")
    assert (error.path, error.line, error.field) == (Path("b.md"), 3, "x")
    assert (error.what, error.cure) == ("unknown field", "Mend it")


def test_the_nearest_known_word_is_offered() -> None:
    """A word with a typo gets the known word that it is nearest to; one far from all gets none."""
    assert did_you_mean("qestion", ["sources", "question"]) == "Did you mean `question`?"
    assert did_you_mean("zzz", ["sources", "question"]) is None
    assert did_you_mean("zzz", []) is None
