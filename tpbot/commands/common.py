"""What several commands share: their options, loading the bot, questions in, replies out."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from tpbot import config
from tpbot.errors import UsageError
from tpbot.layout import clean
from tpbot.render import Page, to_json, to_text

if TYPE_CHECKING:
    from tpbot.bot import Bot
    from tpbot.records import CorpusInfo, Region, Reply

MAX_LINE_SIZE = 1_000_000
"""Bytes of a line of input that are read; a question of that length is refused anyway."""


def add_corpus_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which corpus to answer from."""
    group = parser.add_argument_group("corpus")
    group.add_argument(
        "--corpus",
        action="append",
        metavar="PATH",
        help="a corpus folder, a document, or `builtin` for the corpus that ships (the default); "
        "may be given several times",
    )
    group.add_argument(
        "--red-flags",
        metavar="PATH",
        help="rules for warning signs, instead of the corpus' own: a .toml file, a corpus folder with one, "
        "or `builtin`",
    )
    group.add_argument(
        "--min-confidence",
        type=probability,
        metavar="P",
        help="answer from this confidence on, from 0 to 1 (default: what the corpus says, or 0.5)",
    )


def add_region_argument(parser: argparse.ArgumentParser) -> None:
    """Add the option that says whose emergency numbers to show."""
    parser.add_argument(
        "--region",
        type=config.parse_region,
        metavar="R",
        help=f"show the emergency numbers of {', '.join(config.REGIONS)} (or set TPBOT_REGION)",
    )


def probability(text: str) -> float:
    """Return `text` as a number from 0 to 1; an argparse type."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"`{text}` is not a number from 0 to 1, such as 0.5")
    return number


def load_bot(arguments: argparse.Namespace) -> Bot:
    """Return the bot for the options of `add_corpus_arguments`; says on standard error when it must build.

    Raises:
        TpbotError: The corpus or the red flags cannot be used.
    """
    from tpbot.bot import Bot

    return Bot.load(
        *(arguments.corpus or ["builtin"]),
        red_flags=arguments.red_flags,
        min_confidence=arguments.min_confidence,
        progress=say,
    )


def chosen_region(arguments: argparse.Namespace) -> Region | None:
    """Return the region of `--region`, else that of the environment.

    Raises:
        UsageError: The environment's is unknown.
    """
    return arguments.region or config.region()


def say(message: str) -> None:
    """Print a line for the person, not for the next program, on standard error."""
    print(f"tpbot: {clean(message)}", file=sys.stderr, flush=True)


def page(*, colour: bool = True) -> Page:
    """Return how standard output shows text just now, with colour if it is wanted and the terminal's way."""
    return Page(shutil.get_terminal_size().columns, colour=colour and config.wants_colour(sys.stdout))


def read_questions() -> Iterator[str]:
    """Yield the lines of standard input as they arrive, blank ones too, without their line ends.

    Bytes that are not UTF-8 become U+FFFD. Of a line beyond `MAX_LINE_SIZE` the rest is skipped.

    Raises:
        UsageError: Standard input is closed.
    """
    if sys.stdin is None:
        raise UsageError('standard input is closed. Give the question itself: tpbot ask "..."')
    return _lines(sys.stdin.buffer)


def _lines(stream: BinaryIO) -> Iterator[str]:
    first = True
    while line := stream.readline(MAX_LINE_SIZE):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(MAX_LINE_SIZE)):
            pass
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode(errors="replace")
        yield text.removeprefix("\ufeff") if first else text
        first = False


def print_replies(replies: Iterable[Reply], show: Callable[[Reply], None]) -> int:
    """Show each reply as soon as it is known, and return the exit status.

    Returns:
        0 if any reply is other than `no_answer`, else 1.
    """
    status = 1
    for reply in replies:
        show(reply)
        sys.stdout.flush()
        if reply.outcome != "no_answer":
            status = 0
    return status


def show_json(reply: Reply) -> None:
    """Write a reply to standard output as a line of JSON."""
    sys.stdout.buffer.write(to_json(reply))


def show_card(reply: Reply, info: CorpusInfo) -> None:
    """Write a reply to standard output as a card."""
    sys.stdout.write(to_text(reply, page(), not_reviewed=info.not_reviewed))


def show_question_and_card(reply: Reply, info: CorpusInfo) -> None:
    """Write the question, then the reply as a card and a blank line: one of many."""
    question = reply.question if len(reply.question) <= 200 else f"{reply.question[:200]} …"
    sys.stdout.write("\n".join(page().paragraph(f"Question: {question}")) + "\n\n")
    show_card(reply, info)
    sys.stdout.write("\n")
