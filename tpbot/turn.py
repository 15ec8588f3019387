"""What passes between the prompt and its logic: the state of a talk, and the turns that it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from tpbot.records import Block, Region, Reply, Span, Topic


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
    """What a line leads to: the new state, a reply, text to show (after the reply), whether to leave."""

    state: State
    reply: Reply | None = None
    blocks: tuple[Block, ...] = ()
    leave: bool = False


def say(*texts: str) -> tuple[Block, ...]:
    """Return a paragraph for each text that is not empty."""
    return tuple(Block("paragraph", ((Span(text),),)) for text in texts if text)


def listed(texts: Iterable[str], kind: Literal["list", "numbered_list"] = "list") -> Block:
    """Return `texts` as a list, an item each."""
    return Block(kind, tuple((Span(text),) for text in texts))
