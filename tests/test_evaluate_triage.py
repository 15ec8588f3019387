"""The figures of labelled triage messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tpbot.errors import QuestionsError
from tpbot.evaluate_triage import LabelledMessage, figures, judge, load_messages, report
from tpbot.records import Flag, Triage

SAID = {
    "a": Triage("emergency", (Flag("stroke", "emergency"),)),
    "b": Triage("soon", (Flag("child", "soon"),)),
    "c": Triage("unclear", (Flag("stroke", "unclear"),)),
}
MESSAGES = [
    LabelledMessage("a", "stroke", "emergency"),
    LabelledMessage("b", ["child", "child-urgent"], "same_day"),
    LabelledMessage("c", "stroke", "emergency"),
    LabelledMessage("d", "stroke", "emergency"),
    LabelledMessage("b", "none", "none"),
    LabelledMessage("d", None, "none"),
]


def test_figures_count_what_was_said() -> None:
    """Recall counts check questions as caught; urgency is judged on plain warnings alone."""
    result = figures(judge(MESSAGES, lambda text: SAID.get(text, Triage())))
    assert (result.caught.hits, result.caught.of) == (3, 4)
    assert (result.by_urgency["emergency"].hits, result.by_urgency["emergency"].of) == (2, 3)
    assert (result.by_flag["child"].hits, result.by_flag["child"].of) == (1, 1)
    assert (result.right_urgency.hits, result.right_urgency.of) == (1, 2)
    assert (result.asked_emergencies.hits, result.asked_emergencies.of) == (1, 3)
    assert (result.false_alarms.hits, result.false_alarms.of) == (1, 2)


def test_the_report_lists_each_miss() -> None:
    """The report names every missed message and every false alarm."""
    text = report(figures(judge(MESSAGES, lambda text: SAID.get(text, Triage()))))
    assert "missed [stroke, emergency] raised nothing: d" in text
    assert "false alarm [none, none] raised child: soon: b" in text


def test_no_messages_have_no_shares() -> None:
    """Figures of nothing have no shares and can still be reported."""
    result = figures([])
    assert result.caught.share is None
    assert "caught, all" in report(result)


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    """A line that is not a labelled message is an error with its line number."""
    path = tmp_path / "labels.jsonl"
    path.write_text('{"text": "a", "flag": "none", "urgency": "none"}\n{"text": 1}\n', encoding="utf-8")
    with pytest.raises(QuestionsError, match=r"labels\.jsonl:2"):
        load_messages(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is an error with its path."""
    with pytest.raises(QuestionsError, match=r"labels\.jsonl"):
        load_messages(tmp_path / "labels.jsonl")
