"""The prompt: reads a line, shows what `dialog` makes of it, and so on. Output is only ever appended."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tpbot import config
from tpbot.dialog import respond, welcome
from tpbot.errors import TpbotError
from tpbot.records import Block, Region
from tpbot.render import Page, to_text
from tpbot.turn import State, Turn, say

if TYPE_CHECKING:
    from tpbot.bot import Bot

ReadLine = Callable[[str], str]
"""Shows a prompt and returns the line typed; raises EOFError at Ctrl-D, KeyboardInterrupt at Ctrl-C."""


def converse(bot: Bot, read_line: ReadLine, page: Callable[[], Page], region: Region | None = None) -> None:
    """Ask for lines and show what they lead to, until the person leaves.

    Args:
        bot: Who answers.
        read_line: Where lines come from.
        page: How standard output shows text; asked each time, because windows change their size.
        region: Whose emergency numbers to show.
    """
    state = State(region=region)
    _show(_blocks(welcome(bot, region), page()))
    while True:
        try:
            line = read_line("yes or no> " if state.waits else "> ")
            turn = _turn(bot, state, line)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if turn.leave:
            return
        state = turn.state
        if turn.reply or turn.blocks:
            _show(_text(turn, page(), bot.info.not_reviewed))


def _turn(bot: Bot, state: State, line: str) -> Turn:
    """Return what `line` leads to; an error becomes words, so that one bad question never ends the talk."""
    try:
        return respond(bot, state, line)
    except TpbotError as error:
        return _apology(state, str(error))
    except Exception:
        if config.debugging():
            raise
        sorry = "Something went wrong inside tpbot, and this was not answered. Try other words."
        return _apology(state, f"{sorry}\n{bot.info.safety_note}")


def _text(turn: Turn, page: Page, not_reviewed: str | None) -> str:
    """Return a turn as text: its reply, then what else there is to say."""
    card = to_text(turn.reply, page, not_reviewed=not_reviewed, at_prompt=True) if turn.reply else ""
    blocks = _blocks(turn.blocks, page) if turn.blocks else ""
    return "\n".join(part for part in (card, blocks) if part)


def _apology(state: State, text: str) -> Turn:
    return Turn(state, blocks=say(*text.split("\n")))


def _blocks(blocks: Iterable[Block], page: Page) -> str:
    return "\n\n".join("\n".join(page.block(block)) for block in blocks) + "\n"


def _show(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")
    sys.stdout.flush()


def plain_reader() -> ReadLine:
    """Return a reader of lines as the terminal's driver edits them, without escape codes."""
    prompts = sys.stdout if sys.stdout.isatty() else sys.stderr

    def read_line(prompt: str) -> str:
        prompts.write(prompt)
        prompts.flush()
        try:
            line = sys.stdin.readline()
            if not line:
                raise EOFError
        except (EOFError, KeyboardInterrupt):
            prompts.write("\n")
            raise
        return line

    return read_line
