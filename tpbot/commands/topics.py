"""`tpbot topics`: what the corpus can answer."""

from __future__ import annotations

import argparse
import sys

from tpbot.commands.common import add_corpus_arguments, load_bot, page, say
from tpbot.completion import Questions

EPILOG = """\
examples:
  tpbot topics
  tpbot topics tennis ball
  tpbot topics --corpus our-clinic

exit status: 0 if there are such topics, 1 if there are none, 2 on an error
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tpbot topics`."""
    parser.add_argument("words", nargs="*", help="only questions with all these words; typos are allowed")
    add_corpus_arguments(parser)
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Print a question a line, and return the exit status.

    Raises:
        TpbotError: The corpus cannot be used.
    """
    topics = load_bot(arguments).topics()
    words = " ".join(arguments.words)
    found = Questions([topic.question for topic in topics]).find(words)
    where = page()
    for question in found:
        sys.stdout.write("\n".join(where.item(question, "")) + "\n")
    if not found:
        say(f"no topic has the words `{words}`. `tpbot topics` lists all {len(topics)}.")
    return 0 if found else 1
