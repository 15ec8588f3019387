"""A static page of questions and answers that needs no JavaScript, with the same as FAQPage JSON-LD."""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from tpbot.blocks import parse_markdown
from tpbot.corpus import Corpus
from tpbot.records import Block, Entry, Source, Span

STYLE = """
body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 system-ui, sans-serif;
  color: #1b1b1b; background: #fff }
details { border-top: 1px solid #888; padding: .7rem 0 }
summary { font-weight: 600; cursor: pointer }
.note { border-left: 4px solid #0b5cad; padding: .5rem 1rem; background: #eef4fb }
.about { font-size: .9rem; color: #444 }
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #eee }
  .note { background: #1d2b3a } .about { color: #bbb } a { color: #8bc1ff }
}
"""
_TAGS = {"strong": "strong", "emphasis": "em", "code": "code"}
_LIST_TAGS = {"list": "ul", "numbered_list": "ol"}


def to_faqpage(corpus: Corpus) -> str:
    """Return a static page that needs no JavaScript, with the same questions as FAQPage JSON-LD."""
    asked = [entry for entry in corpus.entries if entry.question]
    sources = {source.key: source for source in corpus.sources}
    info = corpus.info
    dates = [entry.checked for entry in asked if entry.checked]
    page: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "name": info.title,
        "inLanguage": info.language,
    }
    if dates:
        page["lastReviewed"] = min(dates)
    page["mainEntity"] = [_question(entry, sources) for entry in asked]
    data = msgspec.json.encode(page).decode()
    for char in "<>&":  # nothing in a script element may close it
        data = data.replace(char, f"\\u{ord(char):04x}")
    title = html.escape(info.title)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{html.escape(info.language)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
            f'<script type="application/ld+json">{data}</script>',
            "</head>",
            "<body>",
            "<main>",
            f"<h1>{title}</h1>",
            f'<p class="note">{html.escape(info.safety_note)}</p>',
            *(_details(entry, corpus, sources) for entry in asked),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _question(entry: Entry, sources: dict[str, Source]) -> dict[str, object]:
    answer: dict[str, object] = {"@type": "Answer", "text": _html(parse_markdown(entry.answer))}
    cited = [sources[key] for key in entry.sources if key in sources]
    if cited:
        answer["citation"] = [
            {"@type": "CreativeWork", "name": source.title}
            | ({"url": url} if (url := _web_address(source)) else {})
            for source in cited
        ]
    question: dict[str, object] = {
        "@type": "Question",
        "@id": f"#{entry.id}",
        "identifier": entry.id,
        "name": entry.question,
    }
    if entry.also:
        question["alternateName"] = list(entry.also)
    return question | {"acceptedAnswer": answer}


def _details(entry: Entry, corpus: Corpus, sources: dict[str, Source]) -> str:
    """Return an entry as it stands on the page."""
    lines = [
        f'<details id="{html.escape(entry.id)}">',
        f"<summary>{html.escape(entry.question or '')}</summary>",
        _html(parse_markdown(entry.answer)),
    ]
    if entry.technique and corpus.info.stop_rule:
        lines.append(f"<p><strong>{html.escape(corpus.info.stop_rule)}</strong></p>")
    about = list(_about(entry, corpus))
    if about:
        lines.append(f'<p class="about">{html.escape(" ".join(about))}</p>')
    cited = [_citation(sources[key]) for key in entry.sources if key in sources]
    if cited:
        lines.append(f'<ul class="about">{"".join(f"<li>{item}</li>" for item in cited)}</ul>')
    return "\n".join([*lines, "</details>"])


def _about(entry: Entry, corpus: Corpus) -> Iterator[str]:
    if entry.draft:
        yield "This is a draft."
    if entry.evidence:
        yield f"Evidence: {entry.evidence}."
    if entry.checked:
        yield f"Checked against its sources: {entry.checked}."
    if entry.reviewed_by:
        yield f"Reviewed by {entry.reviewed_by}."
    elif corpus.info.not_reviewed:
        yield corpus.info.not_reviewed


def _citation(source: Source) -> str:
    title = html.escape(source.title + (f" ({source.year})" if source.year else ""))
    url = _web_address(source)
    return f'<a href="{html.escape(url)}" rel="noopener noreferrer">{title}</a>' if url else title


def _web_address(source: Source) -> str | None:
    """Return a source's address if a link to it is safe: nothing but the web."""
    try:
        safe = source.url is not None and urlsplit(source.url).scheme in ("http", "https")
    except ValueError:
        safe = False
    return source.url if safe else None


def _html(blocks: tuple[Block, ...]) -> str:
    """Return blocks as HTML in which every character of the text is escaped."""
    parts = []
    for block in blocks:
        items = ["".join(_span(span) for span in item) for item in block.items]
        if block.kind == "paragraph":
            parts.append(f"<p>{items[0]}</p>")
        else:
            tag = _LIST_TAGS[block.kind]
            parts.append(f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>")
    return "\n".join(parts)


def _span(span: Span) -> str:
    text, tag = html.escape(span.text), _TAGS.get(span.style)
    return f"<{tag}>{text}</{tag}>" if tag else text
