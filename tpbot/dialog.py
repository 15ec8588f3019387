"""What a line typed at the prompt does. Without a terminal: a line and a state in, a turn out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tpbot.records import REPLY_SCHEMA, Block, Region, Reply, Triage, Urgency
from tpbot.slash import run_command
from tpbot.text import tokenise
from tpbot.turn import State, Turn, say

if TYPE_CHECKING:
    from tpbot.bot import Bot

_PRESSING: tuple[Urgency, ...] = ("emergency", "same_day")
"""Urgencies that come before everything else, an open check question too."""
_SLASH = re.compile(r"/(\w+)(?:\s+(.*))?", re.DOTALL)
_NUMBER = re.compile(r"#?([0-9]{1,6})[.)]?")
_YES = frozenset({"y", "yes", "yeah", "yep", "yup"})
_NO = frozenset(
    {"n", "no", "nope", "nah", "no no", "none", "neither", "not at all", "no not at all", "none at all"}
    | {"none of them", "none of those", "neither of them", "no thanks", "no thank you"}
    | {"i dont", "no i dont", "i do not", "no i do not", "i havent", "no i havent", "im not", "no im not"}
)
"""Whole lines that dismiss a red flag. Nothing else does: not "no idea", and not "not all of them"."""


def respond(bot: Bot, state: State, line: str) -> Turn:
    """Return what the line that a person typed leads to.

    Lines are read as, in this order: nothing, a command, the answer to a check question, the number of an
    option, a question.
    """
    line = line.strip()
    if not line:
        return Turn(state)
    if line.lower() in ("quit", "exit"):
        return Turn(state, leave=True)
    if command := _SLASH.fullmatch(line):
        return run_command(bot, state, command[1].lower(), (command[2] or "").strip())
    if state.waits:
        return _confirm(bot, state, line)
    number = _NUMBER.fullmatch(line)
    if number and int(number[1]) <= max(99, len(state.options)):  # 999 is no choice, but a cry for help
        return _choose(bot, state, int(number[1]))
    return _ask(bot, state, line, {})


def welcome(bot: Bot, region: Region | None = None) -> tuple[Block, ...]:
    """Return what to say before the first question: what it covers, what it is not, how to leave."""
    info = bot.info
    covers = f"{info.title}: {len(bot.topics())} topics. {info.description or ''}"
    return say(
        covers.strip(),
        "tpbot is a program, not a clinician: it cannot examine you. "
        f"In an emergency, call {info.emergency_number(region)}.",
        "Type a question in your own words, /help for help, /quit or Ctrl-D to leave.",
    )


def _ask(bot: Bot, state: State, question: str, confirmed: dict[str, bool]) -> Turn:
    return _show(bot, state, bot.ask(question, region=state.region, confirm=confirmed), confirmed)


def _show(bot: Bot, state: State, reply: Reply, confirmed: dict[str, bool]) -> Turn:
    options = reply.choices or (reply.answer.related if reply.answer else ())
    return Turn(State(state.region, options, reply, confirmed), reply, _numbers_hint(bot, state, reply))


def _numbers_hint(bot: Bot, state: State, reply: Reply) -> tuple[Block, ...]:
    """Return how to see telephone numbers, where help is needed and nobody said in which country."""
    regions = dict.fromkeys(contact.region for contact in bot.info.contacts)
    if state.region or not regions or reply.triage.urgency not in _PRESSING:
        return ()
    return say(f"To see telephone numbers for your country, type /region and one of {', '.join(regions)}.")


def _confirm(bot: Bot, state: State, line: str) -> Turn:
    """Read a yes or no. Anything else may be a worse symptom, so it is triaged before asking again."""
    asked = state.reply
    words = tokenise(line)
    if asked is None or not asked.triage.flags:
        return _ask(bot, state, line, {})
    yes = not _YES.isdisjoint(words[:1])
    if yes or " ".join(words) in _NO:
        confirmed = {**state.confirmed, asked.triage.flags[0].id: yes}
        return _ask(bot, state, asked.question, confirmed)
    reply = bot.ask(line, region=state.region)
    if reply.triage.urgency in _PRESSING:
        return _show(bot, state, reply, {})
    again = "First this one question. Type yes or no; if you are not sure, type yes."
    return Turn(state, blocks=say(again, asked.triage.question or ""))


def _choose(bot: Bot, state: State, number: int) -> Turn:
    """Answer with the entry of a numbered option. It was chosen, so there is no confidence to speak of."""
    if not state.options:
        return Turn(
            state, blocks=say("Nothing is numbered just now. Type a question, or /topics for a list.")
        )
    if not 1 <= number <= len(state.options):
        numbers = "1" if len(state.options) == 1 else f"1 to {len(state.options)}"
        return Turn(
            state, blocks=say(f"There is no number {number} to choose. Type {numbers}, or a question.")
        )
    topic = state.options[number - 1]
    reply = Reply(
        schema=REPLY_SCHEMA,
        question=topic.question,
        outcome="answer",
        message=None,
        answer=bot.entry(topic.id),
        choices=(),
        confidence=None,
        band=None,
        candidates=(),
        triage=Triage(),
        safety_note=bot.info.safety_note,
    )
    return _show(bot, state, reply, {})
