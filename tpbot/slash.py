"""The commands of the prompt, such as /topics: each takes a bot, a state and words, and gives a turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from tpbot.completion import Questions
from tpbot.config import REGIONS, parse_region
from tpbot.errors import UsageError, did_you_mean
from tpbot.records import Source
from tpbot.turn import State, Turn, listed, say

if TYPE_CHECKING:
    from tpbot.bot import Bot


def run_command(bot: Bot, state: State, name: str, rest: str) -> Turn:
    """Return what the command `name` with the words `rest` leads to; one that does not exist, to a hint."""
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
            listed(commands),
            *say("Keys:"),
            listed(keys),
        ),
    )


def _topics(bot: Bot, state: State, words: str) -> Turn:
    topics = {topic.question: topic for topic in reversed(bot.topics())}
    found = Questions([topic.question for topic in bot.topics()]).find(words)
    if not found:
        return Turn(state, blocks=say(f"No topic has the words “{words}”. /topics lists all {len(topics)}."))
    options = tuple(topics[question] for question in found)
    return Turn(
        replace(state, options=options),
        blocks=(*say("Type a number for the answer."), listed(found, "numbered_list")),
    )


def _sources(bot: Bot, state: State, rest: str) -> Turn:
    answer = state.reply.answer if state.reply else None
    if rest.lower() == "all":
        about, sources = "All sources:", list(bot.sources())
    elif answer is None:
        return Turn(state, blocks=say("There is no answer yet. /sources all lists all sources."))
    else:
        about = f"Sources of “{answer.question or answer.id}”:"
        sources = [bot.source(cited.key) for cited in answer.sources]
    if not sources:
        return Turn(state, blocks=say("None are named."))
    return Turn(state, blocks=(*say(about), listed(map(_source_line, sources))))


def _source_line(source: Source) -> str:
    year = f" ({source.year})" if source.year else ""
    note = source.note or ("" if source.retrieved else "Named, but not read for this corpus.")
    return " ".join(part for part in (f"{source.title}{year}.", source.url, note) if part)


def _why(bot: Bot, state: State, _rest: str) -> Turn:
    reply = state.reply
    if reply is None:
        return Turn(state, blocks=say("Ask a question first; /why then says how its answer was found."))
    if reply.triage.flags:
        flags = ", ".join(flag.id for flag in reply.triage.flags)
        return Turn(state, blocks=say(f"“{reply.question}” has words that point to a warning sign: {flags}."))
    explanation = bot.explain(reply.question)
    if not explanation.words:
        return Turn(state, blocks=say("There are no words in it to search for."))
    repaired = "; ".join(f"“{written}” as “{word}”" for written, word in explanation.repaired)
    near = [runner for runner in explanation.runners if runner.score > 0]
    lines = [
        f"{runner.confidence:.0%} sure: {runner.topic.question} "
        f"Matched {', '.join(runner.matched) or 'parts of words'}"
        f"{f', in “{runner.way}”' if runner.way else ''}."
        for runner in near
    ]
    found = "The nearest topics, by number:" if near else "No topic is near."
    return Turn(
        replace(state, options=tuple(runner.topic for runner in near)),
        blocks=(
            *say(
                f"Words that counted: {', '.join(explanation.words)}.",
                f"Read {repaired}." if repaired else "",
                f"An answer is given from {explanation.min_confidence:.0%} on. {found}",
            ),
            *([listed(lines, "numbered_list")] if near else []),
        ),
    )


def _region(bot: Bot, state: State, rest: str) -> Turn:
    if not rest:
        shown = f"Emergency numbers are those of {state.region}." if state.region else "No region is set."
        return Turn(state, blocks=say(f"{shown} /region R sets one of {', '.join(REGIONS)}."))
    try:
        region = parse_region(rest)
    except UsageError as error:
        return Turn(state, blocks=say(str(error)[:1].upper() + str(error)[1:]))
    numbers = [f"{one.label}: {one.number}" for one in bot.info.contacts if one.region == region]
    blocks = say(f"Emergency numbers are now those of {region}.{'' if numbers else ' None are known here.'}")
    return Turn(replace(state, region=region), blocks=(*blocks, listed(numbers)) if numbers else blocks)


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
    "sources": Command("/sources [all]", "what the last answer rests on, or all sources", _sources),
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
