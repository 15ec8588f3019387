"""Claims about the front matter of an entry, and about fields that become a record."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tpbot.entry_file import FIELDS, MAX_ID_LENGTH, read_front_matter, to_entry
from tpbot.errors import CorpusError
from tpbot.records import Entry

FILE = Path("entries/milk.md")
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff"))
"""What YAML can hold."""


def read(head: str) -> tuple[dict[str, object], dict[str, int], str]:
    """Read an entry file whose front matter is `head`."""
    return read_front_matter(f"---\n{head}\n---\nThe answer.\n", FILE)


def test_fields_lines_and_answer() -> None:
    """Front matter gives its fields, the line of each in the file, and what follows it."""
    fields, lines, answer = read("question: What?\n\nalso:\n  - one\n  - two\nsources: [a, b]\nreviewed_by:")
    assert fields == {
        "question": "What?",
        "also": ["one", "two"],
        "sources": ["a", "b"],
        "reviewed_by": None,
    }
    assert lines == {"question": 2, "also": 4, "sources": 7, "reviewed_by": 8}
    assert answer == "The answer.\n"


@pytest.mark.parametrize("word", ["no", "1.10", "2026-11-20", "0x10", "yes", "12:30", "1e3"])
def test_what_was_written_is_kept(word: str) -> None:
    """YAML's own guesses at types do not change a text."""
    assert read(f"question: {word}")[0] == {"question": word}


@pytest.mark.parametrize(
    ("written", "value"), [("", None), ("~", None), ("null", None), ('""', ""), ('"null"', "null")]
)
def test_null_is_what_is_not_written(written: str, value: str | None) -> None:
    """Nothing, `~` and `null` are null; the same words in quotes are texts."""
    assert read(f"question: {written}")[0] == {"question": value}


@given(st.dictionaries(st.sampled_from(FIELDS), st.one_of(TEXTS, st.lists(TEXTS, max_size=3))))
@example({"question": "a: b # c", "also": ["- x", "'", '"', "---"]})
def test_what_yaml_writes_is_read(fields: dict[str, object]) -> None:
    """Texts and lists of texts that a YAML writer puts into front matter are read as they were."""
    head = yaml.safe_dump(fields, allow_unicode=True, default_style='"').removesuffix("\n")
    if fields:
        assert read(head)[0] == fields


@given(st.text())
@example("x: &a [*a]")
@example("? [a]\n: b")
@example("%YAML 9.9")
@example("--- a")
@example("...")
@example("!!python/name:os.system x: y")
@example("[" * 3000)
def test_front_matter_is_read_or_refused(head: str) -> None:
    """Whatever stands in the front matter, it is flat fields or a `CorpusError` with the file and a line."""
    try:
        fields, lines, _ = read(head)
    except CorpusError as error:
        assert error.path == FILE
        assert error.line is not None
        assert error.cure
    else:
        assert fields.keys() == lines.keys()


@pytest.mark.parametrize(
    ("head", "line", "what"),
    [
        ("question: a: b", 2, "not valid YAML"),
        ("question: a\nalso: [a", 4, "not valid YAML"),
        ("question: a\nalso: b\x07", 3, "control characters"),
        ("question: {a: b}", 2, "nested"),
        ("question: a\nalso: [[b]]", 3, "nested"),
        ("question: &x a\nalso: *x", 3, "nested or an alias"),
        ("- a", 2, "no fields"),
        ("", 2, "no fields"),
        ("# a comment", 2, "no fields"),
        ("question: a\n...\nalso: b", 4, "expected <document start>"),
        ("question: a\n--- b", 3, "ends before this line"),
        ("question: a\nquestion: b", 3, "twice"),
        ("question: a\nid: b", 3, "unknown field"),
        ("question: a\nanswer: b", 3, "unknown field"),
    ],
)
def test_broken_front_matter_is_placed(head: str, line: int, what: str) -> None:
    """Front matter that cannot be used is refused with its line and what is wrong with it."""
    with pytest.raises(CorpusError, match=what) as caught:
        read(head)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "text", ["", "An answer.", "---\nquestion: a\n", "---\nquestion: a\n--- \nb", "\n---"]
)
def test_front_matter_must_be_there(text: str) -> None:
    """A file that does not begin with closed front matter is refused with how to begin it."""
    with pytest.raises(CorpusError, match="missing or not closed") as caught:
        read_front_matter(text, FILE)
    assert "---" in str(caught.value.cure)


def entry(**fields: object) -> Entry:
    """Return the entry of `fields`, each in a line of its own."""
    all_fields = {"id": "milk", "answer": "As you like it.", **fields}
    return to_entry(all_fields, FILE, {name: line for line, name in enumerate(all_fields, 1)})


def test_an_entry_of_all_fields() -> None:
    """Every field of the front matter arrives in the entry, stripped."""
    made = entry(
        question=" Milk first? ",
        also=["tea or milk ", " "],
        sources="book",
        evidence="limited",
        technique="true",
        related=["brew"],
        checked="2026-01-31",
        reviewed_by="A. Taster",
        draft="false",
        origin="page.html",
    )
    assert made == Entry(
        id="milk",
        question="Milk first?",
        answer="As you like it.",
        also=("tea or milk",),
        sources=("book",),
        evidence="limited",
        technique=True,
        related=("brew",),
        checked="2026-01-31",
        reviewed_by="A. Taster",
        draft=False,
        origin="page.html",
    )


def test_an_entry_needs_an_id_and_an_answer_only() -> None:
    """Fields that are left out or null have their defaults."""
    assert entry() == entry(**dict.fromkeys(FIELDS)) == Entry("milk", None, "As you like it.")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("qestion", "a", "unknown field. Did you mean `question`?"),
        ("zzz", "a", "Known fields are question, also,"),
        ("question", ["a"], "not a text"),
        ("question", 3, "not a text"),
        ("also", 3, "not a list of texts"),
        ("also", ["a", None], "not a list of texts"),
        ("also", {"a": "b"}, "not a list of texts"),
        ("technique", "maybe", "neither true nor false"),
        ("technique", [], "neither true nor false"),
        ("draft", "yes", "neither true nor false"),
        ("evidence", "goood", "Use one of good, limited, disputed, none"),
        ("checked", "31.1.2026", "Write it as 2026-01-31"),
        ("checked", "2026-02-30", "not a date"),
        ("checked", 20260131, "not a text"),
        ("id", "../../etc/passwd", "cannot be an id"),
        ("id", ".hidden", "cannot be an id"),
        ("id", "-rf", "cannot be an id"),
        ("id", "a:b", "cannot be an id"),
        ("id", "a\\b", "cannot be an id"),
        ("id", "a\x1bb", "cannot be an id"),
        ("id", "a\u202eb", "cannot be an id"),
        ("id", "a" * (MAX_ID_LENGTH + 1), "cannot be an id"),
        ("id", None, "missing"),
        ("answer", " \n", "missing"),
    ],
)
def test_a_wrong_value_is_placed(field: str, value: object, message: str) -> None:
    """A field that cannot be used is named with file, line and cure."""
    with pytest.raises(CorpusError) as caught:
        entry(**{field: value})
    assert message in str(caught.value)
    assert (caught.value.path, caught.value.field) == (FILE, field)
    assert caught.value.line is not None
    assert caught.value.cure


@given(st.text(max_size=100))
def test_an_id_is_a_safe_file_name(id_: str) -> None:
    """What passes for an id is a printable file name that begins with no dot or hyphen, and not long."""
    try:
        made = entry(id=id_).id
    except CorpusError:
        return
    assert made == Path(made).name == id_.strip()
    assert made.isprintable()
    assert 0 < len(made) <= MAX_ID_LENGTH
    assert not made.startswith((".", "-"))


@given(
    st.dictionaries(
        st.one_of(st.sampled_from((*FIELDS, "id", "answer")), st.text(max_size=5)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
            ),
            max_leaves=5,
        ),
        max_size=6,
    )
)
def test_any_fields_make_an_entry_or_a_corpus_error(fields: dict[str, object]) -> None:
    """Whatever a line of JSON held, its fields make an entry or a `CorpusError`."""
    try:
        made = to_entry(fields, FILE, {})
    except CorpusError as error:
        assert str(FILE) in str(error)
    else:
        assert made.id
        assert made.answer
