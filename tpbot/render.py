"""A reply as a card of text for a terminal, and as a line of JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tpbot.layout import STEERING, clean, paint, wrap
from tpbot.records import Answer, Block, ContactLine, Reply, Span, Topic

MIN_WIDTH = 20
MAX_WIDTH = 88
"""Columns; longer lines are hard to read."""

HEADINGS = {
    "emergency": ("EMERGENCY: GET HELP NOW", "\x1b[1;31m"),
    "same_day": ("URGENT: GET HELP TODAY", "\x1b[1;31m"),
    "soon": ("GET THIS CHECKED SOON", "\x1b[1;33m"),
    "unclear": ("ONE QUESTION FIRST", "\x1b[1;33m"),
}
"""Urgency -> the heading of its card and the escape code that colours it."""
_BOLD = "\x1b[1m"
_ESCAPED = {code: f"\\u{code:04x}" for code in STEERING}


class Page:
    """How a terminal shows text: its width in columns and whether it knows bold and colour."""

    def __init__(self, width: int = 80, *, colour: bool = False) -> None:
        self.width = max(MIN_WIDTH, min(MAX_WIDTH, width))
        self.colour = colour

    def paragraph(self, text: str, code: str = "") -> list[str]:
        """Return `text` wrapped, its line breaks kept, each line in the escape `code`."""
        lines = [line for part in clean(text).split("\n") for line in self._wrap(part)]
        return [paint(line, code if self.colour else "") for line in lines]

    def item(self, text: str, bullet: str = "- ") -> list[str]:
        """Return `text` wrapped after a bullet."""
        return self._wrap(text, bullet)

    def contact(self, contact: ContactLine) -> list[str]:
        """Return a telephone number wrapped after a bullet and what it is for, the number in bold."""
        spans = (Span(f"{contact.label}: "), Span(contact.number, "strong"))
        return wrap(spans, self.width, first="- ", rest="  ", colour=self.colour)

    def numbered(self, texts: Iterable[str]) -> list[str]:
        """Return `texts` wrapped, numbered from 1."""
        return [line for number, text in enumerate(texts, 1) for line in self.item(text, f"{number:>2}. ")]

    def block(self, block: Block) -> list[str]:
        """Return a block of an answer wrapped."""
        lines: list[str] = []
        for number, spans in enumerate(block.items, 1):
            bullet = {"list": "- ", "numbered_list": f"{number}. ", "paragraph": ""}[block.kind]
            indent = " " * len(bullet)
            lines += wrap(spans, self.width, first=bullet, rest=indent, colour=self.colour)
        return lines

    def rule(self) -> str:
        """Return a line of hyphens, which screen readers pass over."""
        return "-" * min(self.width, 60)

    def _wrap(self, text: str, bullet: str = "") -> list[str]:
        return wrap((Span(text),), self.width, first=bullet, rest=" " * len(bullet))


def to_text(
    reply: Reply, page: Page | None = None, *, not_reviewed: str | None = None, at_prompt: bool = False
) -> str:
    """Return a reply as a card: what to do first, the answer, what it rests on, the safety note.

    Args:
        reply: What the bot replied.
        page: How to show it; 80 columns without colour by default.
        not_reviewed: What the corpus says of an answer that nobody reviewed.
        at_prompt: Whether the person can type a number, yes or no next.
    """
    page = page or Page()
    parts = [
        *_urgent(reply, page, at_prompt),
        *([page.paragraph(reply.message)] if reply.message else []),
        *_choices(reply, page, at_prompt),
        *(_answer(reply.answer, _doubt(reply), page, not_reviewed, at_prompt) if reply.answer else []),
        page.paragraph(f"Safety note: {reply.safety_note}"),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def to_json(reply: Reply) -> bytes:
    """Return a reply as one line of UTF-8 JSON with its line feed.

    Characters that steer a terminal are escaped, so that the line may be shown in one.
    """
    return msgspec.json.encode(reply).decode().translate(_ESCAPED).encode() + b"\n"


def _urgent(reply: Reply, page: Page, at_prompt: bool) -> Iterator[list[str]]:
    triage = reply.triage
    framed = triage.urgency in HEADINGS and reply.outcome in ("urgent", "confirm")
    if framed:
        heading, code = HEADINGS[triage.urgency]
        yield [page.rule(), *page.paragraph(f"*** {heading} ***", code)]
    if triage.message:
        yield page.paragraph(triage.message)
    if triage.contacts:
        yield [line for contact in triage.contacts for line in page.contact(contact)]
    if triage.question:
        yield page.paragraph(triage.question, _BOLD)
    if reply.outcome == "confirm":
        yield page.paragraph(_how_to_confirm(reply, at_prompt))
    if framed:
        yield [page.rule()]


def _how_to_confirm(reply: Reply, at_prompt: bool) -> str:
    if at_prompt:
        return "Type yes or no. If you are not sure, type yes."
    flag = reply.triage.flags[0].id if reply.triage.flags else "FLAG"
    return f"Ask again with --confirm {flag}=yes or --confirm {flag}=no. If you are not sure, say yes."


def _choices(reply: Reply, page: Page, at_prompt: bool) -> Iterator[list[str]]:
    if reply.choices:
        yield _topics("Did you mean", reply.choices, page, at_prompt)


def _topics(heading: str, topics: Iterable[Topic], page: Page, at_prompt: bool) -> list[str]:
    questions = [topic.question for topic in topics]
    if at_prompt:
        return [*page.paragraph(f"{heading} (type a number):"), *page.numbered(questions)]
    return [*page.paragraph(f"{heading}:"), *(line for text in questions for line in page.item(text))]


def _doubt(reply: Reply) -> str | None:
    """Return a warning that the answer may be to another question, None when it probably is not."""
    if reply.confidence is None or reply.band in (None, "high"):
        return None
    return f"Closest match, about {reply.confidence:.0%} sure:"


def _answer(
    answer: Answer, doubt: str | None, page: Page, not_reviewed: str | None, at_prompt: bool
) -> Iterator[list[str]]:
    heading = page.paragraph(doubt) if doubt else []
    if answer.question:
        heading += page.paragraph(answer.question, _BOLD)
    if heading:
        yield heading
    for block in answer.blocks:
        yield page.block(block)
    grounds = list(_grounds(answer, page, not_reviewed))
    if grounds:
        yield grounds
    if answer.related:
        yield _topics("Related questions", answer.related, page, at_prompt)


def _grounds(answer: Answer, page: Page, not_reviewed: str | None) -> Iterator[str]:
    """Yield the lines that say what an answer rests on: evidence, sources, dates, review."""
    if answer.evidence:
        yield from page.paragraph(f"Evidence: {answer.evidence}")
    if answer.sources:
        yield "Source:" if len(answer.sources) == 1 else "Sources:"
    for source in answer.sources:
        yield from page.item(source.title)
        if source.url:
            yield from page.item(source.url, "  ")
    review = f"Reviewed by {answer.reviewed_by}" if answer.reviewed_by else not_reviewed
    checked = f"Checked {answer.checked}" if answer.checked else None
    facts = [fact for fact in (checked, review) if fact]
    if facts:
        yield from page.paragraph(" · ".join(facts))
