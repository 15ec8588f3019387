"""Claims about `tpbot eval`."""

from __future__ import annotations

import json
import os
import select
from pathlib import Path
from typing import Any

import pytest

from tpbot.cli import main
from tpbot.commands import eval as command

PAIRS = [
    {"id": "what", "question": "What is a trigger point?", "answer": "A tender knot in a muscle."},
    {"id": "ball", "question": "Can I use a tennis ball on my back?", "answer": "Yes, gently."},
    {"id": "sleep", "question": "How should I sleep with back pain?", "answer": "On your side."},
]
QUESTIONS = [
    {"text": "What is a trigger point?", "expect": ["what"], "kind": "exact"},
    {"text": "tenis ball on my back", "expect": ["ball", "sleep"], "kind": "typo"},
    {"text": "What is a trigger point", "expect": ["sleep"]},
    {"text": "purchase cheap airline tickets", "expect": []},
]
MESSAGES: list[dict[str, Any]] = [
    {"text": "I cannot feel when I pee since my back went", "flag": "cauda-equina", "urgency": "emergency"},
    {"text": "does massage help?", "flag": None, "urgency": "none"},
]


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    """Write rows as lines of JSON; return the path."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep indexes out of the cache of the person who runs the tests."""
    monkeypatch.setenv("TPBOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def corpus(tmp_path: Path) -> str:
    """Return the path of a corpus of three entries."""
    return write(tmp_path / "pairs.jsonl", PAIRS)


@pytest.fixture
def questions(tmp_path: Path) -> str:
    """Return the path of labelled questions for it."""
    return write(tmp_path / "questions.jsonl", QUESTIONS)


def test_figures_are_printed(corpus: str, questions: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Without options the figures, the outcomes and the misses come as text, and the status is 0."""
    assert main(["eval", questions, "--corpus", corpus]) == 0
    printed = capfd.readouterr().out
    assert printed.startswith("P@1       0.667 ± 0.272")
    assert "answered, right" in printed
    assert "Answered, wrong: what (1.00). Expected sleep, number" in printed


def test_json_holds_all_figures(corpus: str, questions: str, capfd: pytest.CaptureFixture[str]) -> None:
    """With --json there is one object on standard output: the same figures, unrounded, and every miss."""
    assert main(["eval", questions, "--corpus", corpus, "--json"]) == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures["schema"] == 1
    assert figures["all"]["precision_at_1"]["value"] == pytest.approx(2 / 3)
    assert figures["all"]["outcomes"]["answered_wrong"] == 1
    assert list(figures["kinds"]) == ["exact", "typo"]
    assert [miss["question"]["text"] for miss in figures["misses"]] == ["What is a trigger point"]
    assert len(figures["thresholds"]) == 101


def test_minimum_moves_the_outcomes(corpus: str, questions: str, capfd: pytest.CaptureFixture[str]) -> None:
    """--min-confidence reaches the bot, and the figures say which it was."""
    assert main(["eval", questions, "--corpus", corpus, "--json", "--min-confidence", "0.01"]) == 0
    figures = json.loads(capfd.readouterr().out)
    assert figures["min_confidence"] == 0.01


def test_report_is_written(
    corpus: str, questions: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """--report writes a page beside what is printed, and says so on standard error."""
    page = tmp_path / "report.html"
    assert main(["eval", questions, "--corpus", corpus, "--report", str(page)]) == 0
    assert page.read_text("utf-8").startswith("<!doctype html>")
    printed = capfd.readouterr()
    assert printed.out.startswith("P@1")
    assert f"wrote {page}" in printed.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report", "{questions}"], "is not the name of an .html file"),
        (["--report", "{folder}/missing/report.html"], "missing/report.html"),
        (["--labels", "triage", "--report", "report.html"], "--report draws answers, not triage"),
        (["--labels", "colour"], "--labels"),
        (["--corpus", "{folder}/missing"], "missing"),
        ([], "expects `ball`, which the corpus does not have"),
    ],
)
def test_errors_are_one_line(
    corpus: str, questions: str, tmp_path: Path, arguments: list[str], message: str,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What cannot be used is named in one line, the status is 2, and nothing is overwritten."""
    if not arguments:
        Path(corpus).write_text("\n".join(json.dumps(pair) for pair in PAIRS if pair["id"] != "ball"))
    given = [one.format(questions=questions, folder=tmp_path) for one in arguments]
    before = Path(questions).read_text()
    assert main(["eval", questions, "--corpus", corpus, *given]) == 2
    printed = capfd.readouterr()
    last = printed.err.splitlines()[-1]
    assert last.startswith("tpbot: ")
    assert message in last
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert Path(questions).read_text() == before


def test_triage_is_measured_by_replies(
    corpus: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """--labels triage counts red flags in replies; one without rules misses all and says so."""
    messages = write(tmp_path / "messages.jsonl", MESSAGES)
    assert main(["eval", "--labels", "triage", messages, "--corpus", corpus, "--json"]) == 0
    printed = capfd.readouterr()
    figures = json.loads(printed.out)
    assert figures["caught"] == {"hits": 0, "of": 1}
    assert figures["false_alarms"] == {"hits": 0, "of": 1}
    assert [miss["message"]["flag"] for miss in figures["misses"]] == ["cauda-equina"]
    assert "Does the corpus have red flags?" in printed.err
    assert main(["eval", "--labels", "triage", messages, "--corpus", corpus]) == 0
    assert MESSAGES[0]["text"] in capfd.readouterr().out


@pytest.mark.parametrize("line", ['{"text": "a"}', "{", '{"text": "a", "flag": 1, "urgency": "none"}', ""])
def test_bad_triage_label_is_refused(
    corpus: str, tmp_path: Path, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A line that is no labelled message, or none at all, is an error with its place."""
    path = tmp_path / "messages.jsonl"
    path.write_text(f"\n{line}\n")
    assert main(["eval", "--labels", "triage", str(path), "--corpus", corpus]) == 2
    assert f"{path}{':2' if line else ''}: " in capfd.readouterr().err


def test_progress_bar_grows_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal a bar is drawn over itself and wiped in the end; no line is left behind."""
    monkeypatch.setattr(command, "PATIENCE", 0)
    monkeypatch.setattr(command, "REFRESH", 0)
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal, monkeypatch.context() as patched:
        patched.setattr("sys.stderr", terminal)
        assert list(command.tracked(range(4))) == [0, 1, 2, 3]
        print("end", end="", file=terminal, flush=True)
        shown = ""
        while not shown.endswith("end") and select.select([ours], [], [], 10)[0]:
            shown += os.read(ours, 10_000).decode()
    os.close(ours)
    assert "\n" not in shown
    bars = [bar for bar in shown.split("\r") if bar.startswith("[")]
    assert [bar.count("#") for bar in bars] == [0, 7, 15, 22]
    assert bars[-1].endswith("3 of 4 questions")
    assert shown.endswith("\r" + " " * len(bars[-1]) + "\rend")


def test_progress_without_a_terminal_is_lines(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Elsewhere progress is a line now and then, and a short run says nothing."""
    assert list(command.tracked("ab")) == ["a", "b"]
    assert capfd.readouterr().err == ""
    monkeypatch.setattr(command, "LINE_EVERY", 0)
    assert list(command.tracked("ab")) == ["a", "b"]
    assert capfd.readouterr().err == "tpbot: 0 of 2 questions asked\ntpbot: 1 of 2 questions asked\n"
