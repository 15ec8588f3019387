"""Entries out: JSON lines, tables, a static page with FAQPage JSON-LD, Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import msgspec

from tpbot.blocks import parse_markdown, plain_text
from tpbot.corpus import Corpus
from tpbot.faqpage import to_faqpage
from tpbot.readers.markdown import escape
from tpbot.readers.table import guard
from tpbot.records import Entry

_COMMENT_ENDS = (("--", "-\\u002d"), (">", "\\u003e"))
"""What may not stand in a comment, and the same in a text of JSON."""


def to_jsonl(corpus: Corpus) -> str:
    """Return an entry a line, with all its fields."""
    return "".join(msgspec.json.encode(entry).decode() + "\n" for entry in corpus.entries)


def to_csv(corpus: Corpus) -> str:
    """Return comma-separated values: a column for each field, lists with one item a line of the cell."""
    return _table(corpus, ",")


def to_tsv(corpus: Corpus) -> str:
    """Return tab-separated values: a column for each field, lists with one item a line of the cell."""
    return _table(corpus, "\t")


def _table(corpus: Corpus, delimiter: str) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(Entry.__struct_fields__)
    for entry in corpus.entries:
        writer.writerow([guard(_cell(getattr(entry, name))) for name in Entry.__struct_fields__])
    return written.getvalue()


def _cell(value: str | bool | tuple[str, ...] | None) -> str:
    if isinstance(value, tuple):
        return "\n".join(" ".join(item.split()) for item in value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def to_markdown(corpus: Corpus) -> str:
    """Return a Markdown text: each question a heading, its other fields in a comment below, its answer."""
    chunks = [f"# {_heading(corpus.info.title)}"]
    for entry in corpus.entries:
        fields = {name: getattr(entry, name) for name in Entry.__struct_fields__ if name != "answer"}
        given = {name: value for name, value in fields.items() if value not in (None, False, ())}
        table = msgspec.json.encode(given).decode()
        for mark, harmless in _COMMENT_ENDS:
            table = table.replace(mark, harmless)
        heading = f"## {_heading(entry.question or entry.id)}"
        chunks.append(f"{heading}\n\n<!-- tpbot {table} -->\n\n{_contained(entry.answer)}")
    return "\n\n".join(chunks) + "\n"


def _heading(text: str) -> str:
    return escape(" ".join(text.split()))


def _contained(answer: str) -> str:
    """Return an answer that ends where it ends: an open fence or comment would swallow what follows."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).disable("inline")
    last = [token.type for token in parser.parse(f"{answer}\n\n## end\n") if token.level == 0][-1:]
    if last == ["heading_close"] and "<!-- tpbot" not in answer:
        return answer
    lines = plain_text(parse_markdown(answer)).split("\n")
    return "\n".join(escape(line) for line in lines)


FORMATS: dict[str, Callable[[Corpus], str]] = {
    "jsonl": to_jsonl,
    "csv": to_csv,
    "tsv": to_tsv,
    "faqpage": to_faqpage,
    "markdown": to_markdown,
}
"""The forms that entries can leave in."""


def not_held(corpus: Corpus, form: str) -> tuple[str, ...]:
    """Return sentences that say what of `corpus` a form of `FORMATS` leaves behind."""
    if form != "faqpage":
        return ("Only the entries travel: triage rules, the safety note, contacts and sources.toml do not.",)
    notes = ["The page shows the safety note, but no triage rules travel: it does not spot warning signs."]
    unasked = [entry.id for entry in corpus.entries if not entry.question]
    if unasked:
        notes.append(f"Entries without a question are not on the page: {', '.join(unasked)}.")
    if any(entry.question and not entry.checked for entry in corpus.entries):
        notes.append("Some entries have no `checked`; `lastReviewed` is the oldest date of the others.")
    return tuple(notes)
