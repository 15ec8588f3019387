"""`tpbot chat`, also `tpbot` alone: a prompt, or a question a line when input is not a terminal."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from tpbot import config
from tpbot.commands.common import (
    add_corpus_arguments,
    add_region_argument,
    chosen_region,
    load_bot,
    page,
    print_replies,
    read_questions,
    say,
    show_question_and_card,
)

EPILOG = """\
examples:
  tpbot
  tpbot --vi --region US
  tpbot --history ~/.tpbot-history
  tpbot < questions.txt

At the prompt, /help lists the commands and the keys. Nothing that you type is kept unless you give --history.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tpbot chat`."""
    parser.add_argument("--vi", action="store_true", help="edit with vi keys (or set TPBOT_EDITING=vi)")
    parser.add_argument(
        "--history",
        metavar="FILE",
        help="keep what you type in FILE, readable by you alone (default: keep nothing)",
    )
    parser.add_argument(
        "--plain", action="store_true", help="no editing keys, menus or colour: one line in, one answer out"
    )
    add_region_argument(parser)
    add_corpus_arguments(parser)
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Answer until the input ends, and return the exit status.

    Raises:
        TpbotError: The corpus, the red flags or an option cannot be used.
    """
    region = chosen_region(arguments)
    if sys.stdin is None or not sys.stdin.isatty():
        bot = load_bot(arguments)
        replies = (bot.ask(text, region=region) for text in read_questions())
        return print_replies(replies, lambda reply: show_question_and_card(reply, bot.info))
    from tpbot.repl import converse, plain_reader

    mode = "vi" if arguments.vi else config.editing_mode()
    plain = arguments.plain or config.is_dumb_terminal() or not sys.stdout.isatty()
    if plain and arguments.history:
        say("--history is not used: there are no editing keys here.")
    bot = load_bot(arguments)
    if plain:
        read_line = plain_reader()
    else:
        from tpbot.line_editor import editing_reader

        read_line = editing_reader(
            bot.questions(), mode=mode, suggest=page().colour, history=arguments.history
        )
    converse(bot, read_line, partial(page, colour=not plain), region)
    return 0
