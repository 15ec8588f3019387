"""The checks of one entry on its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from tpbot.blocks import parse_markdown, plain_text
from tpbot.findings import Finding, of_entry
from tpbot.readability import reading_grade
from tpbot.survey import PlacedEntry
from tpbot.text import tokenise
from tpbot.wording import TECHNIQUE, find_wording

MIN_OTHER_WAYS = 10
MIN_WORDS = 60
MAX_WORDS = 180
MAX_GRADE = 8
MAX_AGE = 3
"""Years after which an answer should be held against its sources again."""


def check_entry(placed: PlacedEntry, *, today: date, english: bool) -> Iterator[Finding]:
    """Yield what is found in one entry; the reading grade and the wording only of an English one."""
    yield from _completeness(placed)
    yield from _length(placed)
    yield from _dates(placed, today)
    if english:
        yield from _grade(placed)
        yield from _wording(placed)


def _completeness(placed: PlacedEntry) -> Iterator[Finding]:
    entry = placed.entry
    if entry.draft:
        cure = "Read it as a person who asks would, mend it, and take `draft` out"
        yield of_entry(placed, "draft", "draft", "the entry is a draft", cure)
    if entry.question is None:
        message, cure = "the entry has no question, so it is never offered as a topic", "Add `question: ...?`"
        yield of_entry(placed, "no-question", "question", message, cure)
    elif len(entry.also) < MIN_OTHER_WAYS:
        message = f"{len(entry.also)} other ways of asking; {MIN_OTHER_WAYS} make it much easier to find"
        cure = "Add ways that differ in kind: keywords, a long worried message, slang, a misspelling"
        yield of_entry(placed, "few-ways", "also", message, cure)
    for field in ("evidence", "sources", "checked"):
        if not getattr(entry, field):
            cure = "Fill it in, unless the answer states no fact about health"
            yield of_entry(placed, f"no-{field}", field, f"`{field}` is empty", cure)


def _length(placed: PlacedEntry) -> Iterator[Finding]:
    words = len(tokenise(plain_text(parse_markdown(placed.entry.answer))))
    if words < MIN_WORDS:
        message = f"the answer has {words} words; under {MIN_WORDS} there is seldom room for when to get help"
        yield of_entry(placed, "answer-length", "answer", message, "Say more, if there is more to say")
    elif words > MAX_WORDS:
        message = f"the answer has {words} words; over {MAX_WORDS} few people read to the end"
        yield of_entry(placed, "answer-length", "answer", message, "Shorten it, or make two entries of it")


def _dates(placed: PlacedEntry, today: date) -> Iterator[Finding]:
    if placed.entry.checked is None:
        return
    checked = date.fromisoformat(placed.entry.checked)
    age = today.year - checked.year - ((today.month, today.day) < (checked.month, checked.day))
    if checked > today:
        message, cure = f"`{checked}` lies in the future", "Write the day of the last check"
        yield of_entry(placed, "future-check", "checked", message, cure)
    elif age >= MAX_AGE:
        message = f"the last check was {age} years ago"
        cure = "Hold the answer against its sources again, then change the date"
        yield of_entry(placed, "old-check", "checked", message, cure)


def _grade(placed: PlacedEntry) -> Iterator[Finding]:
    grade = reading_grade(plain_text(parse_markdown(placed.entry.answer)))
    if grade > MAX_GRADE:
        message = f"the answer reads at US school grade {grade:.1f}; at most {MAX_GRADE} is meant"
        cure = "Use shorter sentences and shorter words"
        yield of_entry(placed, "reading-grade", "answer", message, cure)


def _wording(placed: PlacedEntry) -> Iterator[Finding]:
    for match in find_wording(placed.entry.answer):
        if match.code == TECHNIQUE and placed.entry.technique:
            continue
        message = f"“{match.text}” reads like {match.rule.what}"
        finding = of_entry(placed, match.code, "answer", message, match.rule.cure)
        yield msgspec.structs.replace(finding, line=placed.line_in_answer(match.start))
