"""What readers hand on: parts of a text, what was found in a document, and what was left out and why."""

from __future__ import annotations

from typing import Literal

import msgspec

from tpbot.records import Entry

Kind = Literal["question", "heading", "text", "end"]


class Part(msgspec.Struct, frozen=True):
    """A stretch of a document's text, in order: a question, a heading, a text, or the end of an answer."""

    kind: Kind
    text: str = ""
    """As a person sees it."""
    markdown: str = ""
    """The same as Markdown."""
    place: str = ""
    """Where it stands, in words: `line 12`, `page 2`, `row 7`."""


class Draft(msgspec.Struct, frozen=True):
    """An entry found in a document. A reader leaves `entry.id` empty where the document has none."""

    entry: Entry
    place: str
    warning: str | None = None


class LeftOut(msgspec.Struct, frozen=True):
    """A piece of a document that was not taken."""

    text: str
    place: str
    reason: str


class Reading(msgspec.Struct, frozen=True):
    """What a reader found, in the order of the document, and what it left out."""

    drafts: tuple[Draft, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Document(msgspec.Struct, frozen=True):
    """A document as entries: each with an id of its own, marked as a draft and with its origin."""

    name: str
    drafts: tuple[Draft, ...]
    left_out: tuple[LeftOut, ...]
