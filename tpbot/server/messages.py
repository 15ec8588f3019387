"""What the API takes and gives besides a reply."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

import msgspec
from msgspec import Meta

from tpbot.records import CorpusInfo, Region, Reply, Topic

MAX_TOP = 50
MAX_CONFIRMATIONS = 50


class Engine(Protocol):
    """What the server needs of a bot."""

    @property
    def info(self) -> CorpusInfo:
        """What the corpus says about itself."""

    def topics(self) -> tuple[Topic, ...]:
        """Return the entries that have a question."""

    def ask(
        self,
        text: str,
        *,
        top: int = 5,
        region: Region | None = None,
        confirm: dict[str, bool] | None = None,
    ) -> Reply:
        """Return the reply to one question."""


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of `POST /api/ask`."""

    question: str
    # JSON Schema takes 5.0 for an integer and msgspec's int does not, so this is a number without a fraction.
    top: Annotated[float, Meta(ge=1, le=MAX_TOP, multiple_of=1)] = 5
    region: Region | None = None
    confirm: Annotated[dict[str, bool], Meta(max_length=MAX_CONFIRMATIONS)] | None = None


class TopicList(msgspec.Struct, frozen=True):
    """The body of `GET /api/topics`: what can be asked, and what to say around it."""

    schema: int
    title: str
    language: str
    description: str | None
    safety_note: str
    contact: str | None
    not_reviewed: str | None
    emergency_unknown: str
    topics: tuple[Topic, ...]


class Health(msgspec.Struct, frozen=True):
    """The body of `GET /healthz`. The corpus is loaded before the server listens, so there is one state."""

    status: Literal["ok"] = "ok"


def list_topics(engine: Engine) -> TopicList:
    """Return the body of `GET /api/topics`."""
    info = engine.info
    return TopicList(
        schema=1,
        title=info.title,
        language=info.language,
        description=info.description,
        safety_note=info.safety_note,
        contact=info.contact,
        not_reviewed=info.not_reviewed,
        emergency_unknown=info.emergency_unknown,
        topics=engine.topics(),
    )
