"""`tpbot eval`: how well a corpus answers labelled questions, and how well triage finds red flags."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from tpbot.commands.common import add_corpus_arguments, load_bot, say
from tpbot.errors import QuestionsError, UsageError, did_you_mean
from tpbot.layout import clean

if TYPE_CHECKING:
    from tpbot.bot import Bot
    from tpbot.evaluate_triage import TriageFigures
    from tpbot.figures import Figures
    from tpbot.questions import Question

Item = TypeVar("Item")

SCHEMA = 1
PATIENCE = 1.0
"""Seconds before progress is shown at all."""
REFRESH = 0.1
"""Seconds between two pictures of the progress bar."""
LINE_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""
BAR = 30
"""Characters of the progress bar."""

EPILOG = """\
examples:
  tpbot eval questions.jsonl
  tpbot eval questions.jsonl --corpus our-clinic --report report.html
  tpbot eval --labels triage messages.jsonl

A line of QUESTIONS is {"text": "...", "expect": ["id"]}; an empty list means that the question should not be
answered, and a "kind" groups questions. With --labels triage it is {"text": "...", "flag": "id",
"urgency": "emergency"}; null and "none" for a harmless message. docs/evaluation.md explains the figures.

exit status: 0, or 2 on an error
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tpbot eval`."""
    parser.add_argument("questions", metavar="QUESTIONS", help="a .jsonl file of labelled questions")
    parser.add_argument(
        "--labels",
        choices=("answers", "triage"),
        default="answers",
        help="what the questions are labelled with: the entries that answer them (the default), or red flags",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--report", type=_report_path, metavar="FILE.html", help="write a page with the figures, drawn"
    )
    add_corpus_arguments(parser)
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Print the figures, and return the exit status.

    Raises:
        TpbotError: The questions or the corpus cannot be used.
    """
    return _triage(arguments) if arguments.labels == "triage" else _answers(arguments)


def _answers(arguments: argparse.Namespace) -> int:
    from tpbot.evaluate import evaluate
    from tpbot.questions import load_questions
    from tpbot.summary import summary

    questions = load_questions(arguments.questions)
    bot = load_bot(arguments)
    _require_known(questions, bot, arguments.questions)
    figures = evaluate(bot, tracked(questions))
    if arguments.report:
        from tpbot.report import to_html

        page = to_html(figures, corpus=bot.info.title, questions=Path(arguments.questions).name)
        arguments.report.write_text(page, encoding="utf-8")
        say(f"wrote {arguments.report}")
    if arguments.json:
        _print_json(figures)
    else:
        print("\n".join(summary(figures)), end="")
    return 0


def _triage(arguments: argparse.Namespace) -> int:
    from tpbot.evaluate_triage import figures, judge, load_messages, report

    if arguments.report:
        raise UsageError("--report draws answers, not triage. Leave it out, or use --json.")
    messages = load_messages(Path(arguments.questions))
    bot = load_bot(arguments)
    verdicts = judge(tracked(messages), lambda text: bot.ask(text).triage)
    if not any(verdict.caught for verdict in verdicts):
        say("no message raised a red flag. Does the corpus have red flags?")
    found = figures(verdicts)
    if arguments.json:
        _print_json(found)
    else:
        print(clean(report(found)))
    return 0


def tracked(items: Sequence[Item]) -> Iterator[Item]:
    """Yield `items`, with a bar on standard error, or a line now and then where that is no terminal."""
    at_terminal = sys.stderr.isatty()
    due = time.monotonic() + (PATIENCE if at_terminal else LINE_EVERY)
    drawn = ""
    for number, item in enumerate(items):
        if time.monotonic() >= due:
            if at_terminal:
                drawn = _bar(number, len(items))
                print(f"\r{drawn}", end="", file=sys.stderr, flush=True)
            else:
                say(f"{number:,} of {len(items):,} questions asked")
            due = time.monotonic() + (REFRESH if at_terminal else LINE_EVERY)
        yield item
    if drawn:
        print(f"\r{' ' * len(drawn)}\r", end="", file=sys.stderr, flush=True)


def _bar(done: int, count: int) -> str:
    return f"[{'#' * (BAR * done // count):<{BAR}}] {done:,} of {count:,} questions"


def _require_known(questions: Iterable[Question], bot: Bot, path: str) -> None:
    """Raise `QuestionsError` if a question expects an entry that the bot does not have."""
    known: set[str] = set()
    for question in questions:
        for id in set(question.expect) - known:
            try:
                bot.entry(id)
            except UsageError:
                cure = did_you_mean(id, [topic.id for topic in bot.topics()])
                what = f"“{question.text}” expects `{id}`, which the corpus does not have"
                raise QuestionsError(what, path=path, cure=cure or "Correct it, or give --corpus") from None
            known.add(id)


def _report_path(text: str) -> Path:
    # A file of questions that slips in here must not be overwritten.
    path = Path(text)
    if path.suffix.lower() not in (".html", ".htm"):
        raise argparse.ArgumentTypeError(f"`{text}` is not the name of an .html file")
    return path


def _print_json(figures: Figures | TriageFigures) -> None:
    fields: dict[str, object] = msgspec.structs.asdict(figures)
    sys.stdout.buffer.write(msgspec.json.encode({"schema": SCHEMA, **fields}) + b"\n")
