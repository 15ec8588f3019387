"""`tpbot ask`: answer one question, or one on each line of standard input."""

from __future__ import annotations

import argparse
import sys

from tpbot.commands.common import (
    add_corpus_arguments,
    add_region_argument,
    chosen_region,
    load_bot,
    print_replies,
    read_questions,
    show_card,
    show_json,
    show_question_and_card,
)
from tpbot.errors import UsageError

EPILOG = """\
examples:
  tpbot ask "what does a trigger point feel like?"
  tpbot ask --json < questions.txt > replies.jsonl
  tpbot ask --region GB --corpus builtin --corpus our-clinic "when are you open?"

exit status: 0 if any question got a reply other than `I do not know`, 1 if none did, 2 on an error
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tpbot ask`."""
    parser.add_argument(
        "question", nargs="*", help="the question; without one, a question is read from each line of input"
    )
    parser.add_argument("--json", action="store_true", help="print each reply as one line of JSON")
    parser.add_argument(
        "--top",
        type=_count,
        default=5,
        metavar="N",
        help="name at most N candidates in the JSON (default: 5)",
    )
    add_region_argument(parser)
    parser.add_argument(
        "--confirm",
        action="append",
        type=_confirmation,
        default=[],
        metavar="FLAG=yes|no",
        help="answer the check question of a red flag; may be given several times",
    )
    add_corpus_arguments(parser)
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Answer, and return the exit status.

    Raises:
        TpbotError: The corpus, the red flags or an option cannot be used, or there is no question.
    """
    region = chosen_region(arguments)
    if not arguments.question and sys.stdin is not None and sys.stdin.isatty():
        raise UsageError(
            'there is no question. Write it in quotes, tpbot ask "...", or run tpbot for a prompt.'
        )
    questions = [" ".join(arguments.question)] if arguments.question else read_questions()
    bot = load_bot(arguments)
    confirm = dict(arguments.confirm)
    replies = (bot.ask(text, top=arguments.top, region=region, confirm=confirm) for text in questions)
    if arguments.json:
        return print_replies(replies, show_json)
    card = show_card if arguments.question else show_question_and_card
    return print_replies(replies, lambda reply: card(reply, bot.info))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 1000):
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number from 1 to 1000")
    return int(text)


def _confirmation(text: str) -> tuple[str, bool]:
    flag, _, answer = text.partition("=")
    answers = {"yes": True, "y": True, "no": False, "n": False}
    if not flag.strip() or answer.strip().lower() not in answers:
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form FLAG=yes or FLAG=no")
    return flag.strip(), answers[answer.strip().lower()]
