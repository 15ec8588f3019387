"""What several commands share: their options, loading the bot, questions in, replies out."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, BinaryIO

from tpbot import config
from tpbot.errors import UsageError
from tpbot.layout import clean
from tpbot.render import Page, to_json, to_text

if TYPE_CHECKING:
    from tpbot.bot import Bot
    from tpbot.records import Region, Reply

MAX_LINE_SIZE = 1_000_000
"""Bytes of a line of input that are read; a question of that length is refused anyway."""


def add_corpus_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which corpus to answer from."""
    group = parser.add_argument_group("corpus")
    group.add_argument(
        "--corpus",
        action="append",
        metavar="PATH",
        help="a corpus folder, a .jsonl file, or `builtin` for the corpus that ships (the default); "
        "may be given several times",
    )
    group.add_argument(
        "--red-flags", metavar="PATH", help="warning signs to look for, instead of the corpus' own"
    )
    group.add_argument(
        "--min-confidence",
        type=probability,
        metavar="P",
        help="say `I do not know` below this confidence, from 0 to 1",
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
    """Return the bot for the options of `add_corpus_arguments`, with a word on standard error if it must build.

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


def page() -> Page:
    """Return how standard output shows text just now."""
    return Page(shutil.get_terminal_size().columns, colour=config.wants_colour(sys.stdout))


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


def answer_all(
    bot: Bot,
    questions: Iterable[str],
    *,
    as_json: bool = False,
    echo: bool = False,
    top: int = 5,
    region: Region | None = None,
    confirm: Mapping[str, bool] | None = None,
) -> int:
    """Print the reply to each question as soon as it is known.

    Args:
        bot: Who answers.
        questions: One reply each, in order.
        as_json: A line of JSON each instead of a card.
        echo: Whether a card begins with the question.
        top: How many candidates to name in the JSON.
        region: Whose emergency numbers to show.
        confirm: Answers to check questions, by red flag.

    Returns:
        The exit status: 0 if any reply is other than `no_answer`, else 1.
    """
    status = 1
    for number, question in enumerate(questions):
        reply = bot.ask(question, top=top, region=region, confirm=confirm)
        if as_json:
            sys.stdout.buffer.write(to_json(reply))
        else:
            sys.stdout.write(("\n" if number else "") + _card(bot, reply, echo=echo))
        sys.stdout.flush()
        if reply.outcome != "no_answer":
            status = 0
    return status


def _card(bot: Bot, reply: Reply, *, echo: bool) -> str:
    where = page()
    card = to_text(reply, where, not_reviewed=bot.info.not_reviewed)
    if not echo:
        return card
    question = reply.question if len(reply.question) <= 200 else f"{reply.question[:200]} …"
    return "\n".join(where.paragraph(f"Question: {question}")) + "\n\n" + card
