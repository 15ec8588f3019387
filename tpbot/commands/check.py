"""`tpbot check`: the lint of a corpus, and what an edit of it does to people's answers."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tpbot.commands.common import page, say
from tpbot.corpus import BUILTIN
from tpbot.errors import UsageError
from tpbot.layout import clean, columns
from tpbot.text import replace_surrogates

if TYPE_CHECKING:
    from tpbot.check import Report
    from tpbot.compare import Comparison, Shown, Verdict
    from tpbot.findings import Finding

SCHEMA = 1
VERDICTS: tuple[Verdict, ...] = ("worse", "other", "better")
EPILOG = """\
examples:
  tpbot check
  tpbot check our-clinic --no-collisions
  tpbot check our-clinic --against our-clinic-before --questions asked.jsonl

docs/writing-an-entry.md explains each finding. A line of FILE is {"text": "...", "expect": ["id"]}; an empty
list means that the question should not be answered.

exit status: 0 if there is no error (with --against: always), 1 if there is one, 2 if the check could not run
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tpbot check`."""
    parser.add_argument(
        "path",
        nargs="?",
        default=BUILTIN,
        metavar="PATH",
        help="a corpus folder, a .jsonl file, or `builtin` for the corpus that ships (the default)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--info", action="store_true", help="print findings of the least severity too")
    parser.add_argument(
        "--no-collisions",
        action="store_true",
        help="skip the slow part: asking each question with that question left out",
    )
    group = parser.add_argument_group("what an edit does to people's answers")
    group.add_argument("--against", metavar="OLD", help="an earlier version of the corpus, to compare with")
    group.add_argument("--questions", metavar="FILE", help="labelled questions to ask of both versions")
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Print what is found, and return the exit status.

    Raises:
        TpbotError: There is no corpus to check, or nothing to compare.
    """
    if bool(arguments.against) != bool(arguments.questions):
        raise UsageError("--against and --questions need each other. Give both, or neither.")
    if arguments.against:
        return _compare(arguments)
    from tpbot.check import check

    report = check(arguments.path, today=date.today(), collisions=not arguments.no_collisions, progress=say)
    if arguments.json:
        counts = {f"{severity}s": report.count(severity) for severity in ("error", "warning", "info")}
        _print_json(report, counts)
    else:
        _print_report(report, with_info=arguments.info)
    return 1 if report.count("error") else 0


def _print_report(report: Report, *, with_info: bool) -> None:
    where = page()
    shown = [finding for finding in report.findings if with_info or finding.severity != "info"]
    for path, findings in groupby(shown, lambda finding: finding.path):
        lines = [clean(str(path))]
        for finding in findings:
            lines += where.item(_sentence(finding), f"{finding.line or '':>5}  ")
        print("\n".join(lines), end="\n\n")
    left_out = report.left_out
    if left_out and left_out.asked:
        share = f"{left_out.right} ({left_out.right / left_out.asked:.0%})"
        print(f"With that question left out, {share} of {left_out.asked} questions find their entry first.")
    hidden = "" if with_info or not report.count("info") else " (--info shows them)"
    print(
        f"{_count(report.entries, 'entry', 'entries')}, {report.reviewed} reviewed by a clinician: "
        f"{_count(report.count('error'), 'error')}, {_count(report.count('warning'), 'warning')}, "
        f"{_count(report.count('info'), 'note')}{hidden}."
    )


def _sentence(finding: Finding) -> str:
    place = f", field `{finding.field}`" if finding.field else ""
    end = "" if finding.cure and finding.cure.endswith("?") else "."
    cure = f" {finding.cure}{end}" if finding.cure else ""
    return f"{finding.severity} [{finding.code}]{place}: {finding.message}.{cure}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def _compare(arguments: argparse.Namespace) -> int:
    from tpbot.bot import Bot
    from tpbot.compare import compare
    from tpbot.questions import load_questions

    questions = load_questions(arguments.questions)
    comparison = compare(
        Bot.load(arguments.against, progress=say), Bot.load(arguments.path, progress=say), questions
    )
    if arguments.json:
        _print_json(comparison, {verdict: comparison.count(verdict) for verdict in VERDICTS})
    else:
        _print_comparison(comparison)
    return 0


def _print_comparison(comparison: Comparison) -> None:
    rows = [["VERDICT", "EXPECTED", "OLD", "NEW", "QUESTION"]]
    for change in sorted(comparison.changes, key=lambda change: VERDICTS.index(change.verdict)):
        expected = " or ".join(change.question.expect) or "no answer"
        row = [change.verdict, expected, _shown(change.old), _shown(change.new), change.question.text]
        rows.append([" ".join(clean(cell).split()) for cell in row])
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    if comparison.changes:
        for row in rows:
            cells = [cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)]
            print("  ".join(cells).rstrip())
        print()
    print(
        f"{_count(comparison.asked, 'question')} asked of both, {len(comparison.changes)} changed: "
        f"{comparison.count('better')} better, {comparison.count('worse')} worse, "
        f"{comparison.count('other')} other."
    )


def _shown(shown: Shown) -> str:
    ids = " or ".join(shown.ids)
    kind = {"answer": "", "clarify": "choice: ", "no_answer": "no answer"}.get(
        shown.outcome, f"{shown.outcome} "
    )
    return f"{kind}{ids}{f' ({shown.band})' if shown.band else ''}".strip()


def _print_json(record: Report | Comparison, counts: dict[str, int]) -> None:
    fields: dict[str, Any] = msgspec.structs.asdict(record)
    data = msgspec.json.encode({"schema": SCHEMA, **counts, **fields}, enc_hook=_path)
    sys.stdout.buffer.write(data + b"\n")


def _path(value: object) -> str:
    if isinstance(value, Path):
        return replace_surrogates(str(value))
    raise NotImplementedError(f"{type(value).__name__} has no JSON")
