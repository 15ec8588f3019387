"""What a line typed at the prompt does. Without a terminal: a line and a state in, a turn out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from tpbot.completion import find
from tpbot.config import REGIONS, parse_region
from tpbot.errors import UsageError, did_you_mean
from tpbot.records import REPLY_SCHEMA, Block, Region, Reply, Span, Topic, Triage
from tpbot.text import tokenise

if TYPE_CHECKING:
    from tpbot.bot import Bot

_SLASH = re.compile(r"/(\w+)(?:\s+(.*))?", re.DOTALL)
_NUMBER = re.compile(r"#?([0-9]{1,3})[.)]?")
_YES = frozenset({"y", "yes", "yeah", "yep", "yup"})
_NO = frozenset({"n", "no", "nope", "nah", "none", "neither", "not"})
_NO_AND_POLITE = _NO | {"at", "all", "thanks", "thank", "you"}


class State(msgspec.Struct, frozen=True):
    """What the prompt remembers from line to line, and for this run only."""

    region: Region | None = None
    options: tuple[Topic, ...] = ()
    """What the numbers on the screen stand for."""
    reply: Reply | None = None
    """The last reply: /why and /sources are about it, and it may wait for a yes or no."""
    confirmed: dict[str, bool] = {}
    """The yes and no given so far to check questions about that reply's question."""

    @property
    def waits(self) -> bool:
        """Whether a check question has to be answered before anything else."""
        return self.reply is not None and self.reply.outcome == "confirm"


class Turn(NamedTuple):
    """What a line leads to: the new state, a reply or other text to show, whether to leave."""

    state: State
    reply: Reply | None = None
    blocks: tuple[Block, ...] = ()
    leave: bool = False


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
        return _run_command(bot, state, command[1].lower(), (command[2] or "").strip())
    if state.waits:
        return _confirm(bot, state, line)
    if (number := _NUMBER.fullmatch(line)) and state.options:
        return _choose(bot, state, int(number[1]))
    return _ask(bot, state, line, {})


def welcome(bot: Bot) -> tuple[Block, ...]:
    """Return what to say before the first question: what it covers, what it is not, how to leave."""
    info = bot.info
    covers = f"{info.title}: {len(bot.topics())} topics. {info.description or ''}"
    return say(
        covers.strip(),
        "tpbot is a program, not a clinician: it cannot examine you. "
        f"In an emergency, call {info.emergency_unknown}.",
        "Type a question in your own words, /help for help, /quit or Ctrl-D to leave.",
    )


def _ask(bot: Bot, state: State, question: str, confirmed: dict[str, bool]) -> Turn:
    return _show(state, bot.ask(question, region=state.region, confirm=confirmed), confirmed)


def _show(state: State, reply: Reply, confirmed: dict[str, bool]) -> Turn:
    options = reply.choices or (reply.answer.related if reply.answer else ())
    return Turn(State(state.region, options, reply, confirmed), reply)


def _confirm(bot: Bot, state: State, line: str) -> Turn:
    """Read a yes or no. Anything else may be a worse symptom, so it is triaged before asking again."""
    asked = state.reply
    words = tokenise(line)
    if asked is None or not asked.triage.flags or not words:
        return _ask(bot, state, line, {})
    if words[0] in _YES or (words[0] in _NO and _NO_AND_POLITE.issuperset(words)):
        confirmed = {**state.confirmed, asked.triage.flags[0].id: words[0] in _YES}
        return _ask(bot, state, asked.question, confirmed)
    reply = bot.ask(line, region=state.region)
    if reply.outcome == "urgent":
        return _show(state, reply, {})
    again = "First this one question. Type yes or no; if you are not sure, type yes."
    return Turn(state, blocks=say(again, asked.triage.question or ""))


def _choose(bot: Bot, state: State, number: int) -> Turn:
    """Answer with the entry of a numbered option. It was chosen, so there is no confidence to speak of."""
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
    return _show(state, reply, {})


def _run_command(bot: Bot, state: State, name: str, rest: str) -> Turn:
    if name in COMMANDS:
        return COMMANDS[name].run(bot, state, rest)
    hint = did_you_mean(f"/{name}", [f"/{known}" for known in COMMANDS]) or "Type /help to see them."
    return Turn(state, blocks=say(f"There is no command /{name}. {hint}"))


def _help(_bot: Bot, state: State, _rest: str) -> Turn:
    commands = [f"{command.usage}: {command.does}" for command in COMMANDS.values()]
    keys = [f"{key}: {does}" for key, does in KEYS.items()]
    return Turn(
        state,
        blocks=(
            *say("Type a question in your own words. When answers are numbered, type a number. Commands:"),
            _list(commands),
            *say("Keys:"),
            _list(keys),
        ),
    )


def _topics(bot: Bot, state: State, words: str) -> Turn:
    topics = bot.topics()
    found = tuple(topics[position] for position in find(words, [topic.question for topic in topics]))
    if not found:
        return Turn(state, blocks=say(f"No topic has the words “{words}”. /topics lists all {len(topics)}."))
    listed = _list([topic.question for topic in found], "numbered_list")
    return Turn(
        msgspec.structs.replace(state, options=found), blocks=(*say("Type a number for the answer."), listed)
    )


def _sources(bot: Bot, state: State, _rest: str) -> Turn:
    answer = state.reply.answer if state.reply else None
    sources = [bot.source(cited.key) for cited in answer.sources] if answer else list(bot.sources())
    if not sources:
        return Turn(
            state, blocks=say("No sources are named." if answer is None else "This answer names none.")
        )
    about = (
        f"Sources of “{answer.question or answer.id}”:"
        if answer
        else "All sources. After an answer, its own."
    )
    lines = [
        " ".join(
            part
            for part in (
                f"{source.title}{f' ({source.year})' if source.year else ''}.",
                source.url,
                None if source.retrieved else "Named, but not read for this corpus.",
                source.note,
            )
            if part
        )
        for source in sources
    ]
    return Turn(state, blocks=(*say(about), _list(lines)))


def _why(bot: Bot, state: State, _rest: str) -> Turn:
    if state.reply is None:
        return Turn(state, blocks=say("Ask a question first; /why then says how its answer was found."))
    raise NotImplementedError


def _region(_bot: Bot, state: State, rest: str) -> Turn:
    if not rest:
        shown = f"Emergency numbers are those of {state.region}." if state.region else "No region is set."
        return Turn(state, blocks=say(f"{shown} /region R sets one of {', '.join(REGIONS)}."))
    try:
        region = parse_region(rest)
    except UsageError as error:
        return Turn(state, blocks=say(str(error)[:1].upper() + str(error)[1:]))
    return Turn(
        msgspec.structs.replace(state, region=region),
        blocks=say(f"Emergency numbers are now those of {region}."),
    )


def _quit(_bot: Bot, state: State, _rest: str) -> Turn:
    return Turn(state, leave=True)


class Command(NamedTuple):
    """A command of the prompt."""

    usage: str
    does: str
    run: Callable[[Bot, State, str], Turn]


COMMANDS = {
    "help": Command("/help", "show this", _help),
    "topics": Command("/topics [WORDS]", "list what it can answer, by number", _topics),
    "why": Command("/why", "how the last answer was found: words, confidence, runners-up", _why),
    "sources": Command("/sources", "what the last answer rests on", _sources),
    "region": Command("/region [R]", f"whose emergency numbers to show: {', '.join(REGIONS)}", _region),
    "quit": Command("/quit", "leave", _quit),
}

KEYS = {
    "Tab": "complete from the questions it knows; typos are allowed",
    "Right arrow, Ctrl-E": "take the suggestion shown in grey",
    "Up, Down": "go through what you typed in this run",
    "Ctrl-R": "search what you typed in this run",
    "Ctrl-C": "clear the line",
    "Ctrl-D": "leave",
}
"""Keys beyond the usual ones of emacs or vi."""


def say(*texts: str) -> tuple[Block, ...]:
    """Return a paragraph for each text that is not empty."""
    return tuple(Block("paragraph", ((Span(text),),)) for text in texts if text)


def _list(texts: Iterable[str], kind: Literal["list", "numbered_list"] = "list") -> Block:
    return Block(kind, tuple((Span(text),) for text in texts))
