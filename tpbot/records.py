"""The frozen records that pass between modules, and the JSON shape of a reply.

The records are `msgspec.Struct`s: `msgspec.json.encode(reply)` gives the JSON of a reply with its fields in
this order. The fields of `Reply` and of the records inside it are a public contract.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Evidence = Literal["good", "limited", "disputed", "none"]
Outcome = Literal["answer", "clarify", "no_answer", "urgent", "confirm"]
Band = Literal["high", "medium", "low"]
Urgency = Literal["none", "unclear", "soon", "same_day", "emergency"]
Region = Literal["GB", "IE", "US", "CA", "IN", "AU", "NZ", "EU"]

MAX_QUESTION_LENGTH = 2_000
"""Code points; a longer question is refused, never cut, because its end may hold the red flag."""

REPLY_SCHEMA = 1


class Source(msgspec.Struct, frozen=True):
    """A work that entries cite; `retrieved` is false for one that was not read for this corpus."""

    key: str
    title: str
    year: int | None = None
    url: str | None = None
    retrieved: bool = True
    note: str | None = None


class Contact(msgspec.Struct, frozen=True):
    """A telephone number of one region, with the page that states it."""

    region: Region
    kind: Literal["emergency", "advice", "crisis", "poison"]
    label: str
    number: str
    source: str
    read: str | None = None
    hours: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """One question and its answer, as a person wrote it. `question` is null for a passage without one."""

    id: str
    question: str | None
    answer: str
    """Markdown."""
    also: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    evidence: Evidence | None = None
    technique: bool = False
    related: tuple[str, ...] = ()
    checked: str | None = None
    """ISO date."""
    reviewed_by: str | None = None
    draft: bool = False
    origin: str | None = None


class CorpusInfo(msgspec.Struct, frozen=True):
    """What a corpus says about itself: everything in `corpus.toml`."""

    id: str
    title: str
    language: str = "en"
    description: str | None = None
    safety_note: str = ""
    stop_rule: str | None = None
    contact: str | None = None
    not_reviewed: str | None = None
    min_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    """The probability of being right from which an answer is given, where nobody chooses another."""
    emergency_unknown: str = "your local emergency number (for example 112, 911 or 999)"
    contacts: tuple[Contact, ...] = ()

    def emergency_number(self, region: Region | None) -> str:
        """Return the emergency numbers of a region in words, or how to call one that is not known."""
        numbers = [
            contact.number
            for contact in self.contacts
            if contact.kind == "emergency" and contact.region == region
        ]
        return " or ".join(numbers) or self.emergency_unknown


class Span(msgspec.Struct, frozen=True):
    """A run of text in one style."""

    text: str
    style: Literal["plain", "strong", "emphasis", "code"] = "plain"


class Block(msgspec.Struct, frozen=True):
    """A paragraph (one item) or a list (an item a line). Every item is a sequence of spans."""

    kind: Literal["paragraph", "list", "numbered_list"]
    items: tuple[tuple[Span, ...], ...]


class Topic(msgspec.Struct, frozen=True):
    """An entry as something to choose: in suggestions, related questions and "did you mean"."""

    id: str
    question: str


class CitedSource(msgspec.Struct, frozen=True):
    """A source as an answer shows it."""

    key: str
    title: str
    url: str | None


class Answer(msgspec.Struct, frozen=True):
    """An entry as a reply shows it. `text` is `blocks` without markup."""

    id: str
    question: str | None
    text: str
    blocks: tuple[Block, ...]
    evidence: Evidence | None
    technique: bool
    checked: str | None
    reviewed_by: str | None
    related: tuple[Topic, ...]
    sources: tuple[CitedSource, ...]


class Candidate(msgspec.Struct, frozen=True):
    """An entry that retrieval put forward. `score` orders candidates; it is not a probability."""

    id: str
    question: str | None
    score: float


class Flag(msgspec.Struct, frozen=True):
    """A red flag that a message raised."""

    id: str
    urgency: Urgency


class ContactLine(msgspec.Struct, frozen=True):
    """A telephone number to show with an urgent reply."""

    label: str
    number: str


class Triage(msgspec.Struct, frozen=True):
    """What triage found in a message. `question` is the check question when the urgency is `unclear`."""

    urgency: Urgency = "none"
    flags: tuple[Flag, ...] = ()
    message: str | None = None
    question: str | None = None
    contacts: tuple[ContactLine, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """The answer to one question; every face shows the same reply."""

    schema: int
    question: str
    outcome: Outcome
    message: str | None
    answer: Answer | None
    choices: tuple[Topic, ...]
    confidence: float | None
    band: Band | None
    candidates: tuple[Candidate, ...]
    triage: Triage
    safety_note: str
