"""Claims about comparing two versions of a corpus by what people are answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tpbot.bot import Bot
from tpbot.cli import main
from tpbot.compare import Shown, compare, judge
from tpbot.questions import Question

KNOT = ("What is a knot?", "A sore spot in a muscle.")
HEAT = ("Does heat help a sore back?", "It may ease it for a while.")
ANSWER, OTHER = Shown("answer", ("a",), "high"), Shown("answer", ("b",), "high")
CHOICE, BAD_CHOICE = Shown("clarify", ("b", "a"), "medium"), Shown("clarify", ("b", "c"), "medium")
NOTHING, URGENT = Shown("no_answer", (), "low"), Shown("urgent", (), None)


@pytest.mark.parametrize(
    ("expect", "ranked"),
    [
        (("a",), [OTHER, BAD_CHOICE, NOTHING, CHOICE, ANSWER]),
        (("b", "a"), [NOTHING, BAD_CHOICE, OTHER]),
        ((), [ANSWER, CHOICE, NOTHING]),
    ],
)
def test_more_useful_reply_is_better(expect: tuple[str, ...], ranked: list[Shown]) -> None:
    """A change up the ranks of usefulness is better, a change down is worse."""
    question = Question("?", expect)
    for place, worse in enumerate(ranked):
        for better in ranked[place + 1 :]:
            assert judge(question, worse, better) == "better"
            assert judge(question, better, worse) == "worse"


@pytest.mark.parametrize(
    ("old", "new"), [(ANSWER, URGENT), (URGENT, NOTHING), (ANSWER, Shown("answer", ("a",), "medium"))]
)
def test_red_flags_and_bands_are_for_a_person_to_judge(old: Shown, new: Shown) -> None:
    """A change to or from a warning sign, or of the band alone, is neither better nor worse."""
    assert judge(Question("?", ("a",)), old, new) == "other"


def test_only_changes_are_reported() -> None:
    """A new entry changes the question that it answers and leaves the other as it was."""
    questions = [Question("what is a knot", ("1",)), Question("does heat help a sore back", ("2",))]
    comparison = compare(Bot.from_pairs([KNOT]), Bot.from_pairs([KNOT, HEAT]), questions)
    assert comparison.asked == 2
    assert [(change.question, change.verdict) for change in comparison.changes] == [(questions[1], "better")]
    assert comparison.changes[0].new == Shown("answer", ("2",), "high")


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the arguments that compare an old and a new version of a corpus."""
    monkeypatch.setenv("TPBOT_CACHE_DIR", str(tmp_path / "cache"))
    for name, pairs in (("old", [KNOT, HEAT]), ("new", [KNOT])):
        lines = [
            json.dumps({"id": question.split()[-1].strip("?"), "question": question, "answer": answer})
            for question, answer in pairs
        ]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines))
    questions = [
        {"text": "what is a knot?", "expect": ["knot"]},
        {"text": "does heat help\x1b a sore back", "expect": ["back"]},
    ]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)))
    new, old, asked = (str(tmp_path / name) for name in ("new.jsonl", "old.jsonl", "questions.jsonl"))
    return ["check", new, "--against", old, "--questions", asked]


def test_command_prints_a_table(versions: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each change is a row with verdict, expectation, both replies and the question; the last line counts."""
    assert main(versions) == 0
    heading, row, blank, summary = capsys.readouterr().out.splitlines()
    assert heading.split() == ["VERDICT", "EXPECTED", "OLD", "NEW", "QUESTION"]
    assert row.startswith("worse    back      back (high)  no answer (low)")
    assert row.endswith("  does heat help a sore back")
    assert row.index("does") == heading.index("QUESTION")
    assert not blank
    assert summary == "2 questions asked of both, 1 changed: 0 better, 1 worse, 0 other."


def test_command_prints_json(versions: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` is one object with the counts and the changes."""
    assert main([*versions, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [found[key] for key in ("schema", "asked", "better", "worse", "other")] == [1, 2, 0, 1, 0]
    assert [change["old"]["ids"] for change in found["changes"]] == [["back"]]


@pytest.mark.parametrize("missing", [slice(2, 4), slice(4, 6)])
def test_command_needs_both_options(
    versions: list[str], missing: slice, capsys: pytest.CaptureFixture[str]
) -> None:
    """--against without --questions, or the other way round, is an error."""
    del versions[missing]
    assert main(versions) == 2
    assert "need each other" in capsys.readouterr().err


def test_same_version_has_no_changes(versions: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A corpus compared with itself shows no table, only the count."""
    versions[1] = versions[3]
    assert main(versions) == 0
    assert capsys.readouterr().out.startswith("2 questions asked of both, 0 changed")
