"""HTML: FAQPage JSON-LD and microdata first, else what the page shows. No script runs, nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tpbot.errors import DocumentError
from tpbot.readers import sift
from tpbot.readers.document import Draft, Kind, LeftOut, Part, Reading
from tpbot.readers.files import decode
from tpbot.readers.markdown import escape
from tpbot.readers.outline import bare_question, outline
from tpbot.records import Entry

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_TAGS = 30_000
"""Building the tree of tags that are never closed takes time with the square of their number: 1.5 s here."""
MAX_JSON_DEPTH = 30

_UNSEEN = frozenset(
    """
    head script style noscript template svg math iframe object canvas select option textarea
    """.split()  # noqa: SIM905
)
_FURNITURE = frozenset("nav footer aside form dialog".split())  # noqa: SIM905
_FURNITURE_NAMES = frozenset(
    """
    comments comment comment-list comment-respond cookie cookies cookie-banner breadcrumb breadcrumbs menu
    navbar sidebar share sharing social related related-posts advert ads ad newsletter promo skip-link
    """.split()  # noqa: SIM905
)
"""Classes and ids that pages give to what surrounds their content."""
_BLOCKS = frozenset(
    """
    address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6
    header hr html legend li main ol p pre section summary table tbody td th thead tr ul
    """.split()  # noqa: SIM905
)
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6", "legend"), "heading"),
    **dict.fromkeys(("summary", "dt"), "question"),
}
_SPACE = re.compile(r"\s+")
_ENDS = frozenset(("details", "dl"))


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a page.

    Raises:
        DocumentError: It has too many tags.
    """
    from selectolax.lexbor import LexborHTMLParser

    text = decode(data, path)
    if text.count("<") > MAX_TAGS:
        raise DocumentError(f"the page has over {MAX_TAGS:,} tags", path=path, cure="Save its text alone")
    tree = LexborHTMLParser(text)
    drafts = [*_linked_data(tree), *_microdata(tree)]
    if drafts:
        return marked_up(drafts)
    furniture: list[LeftOut] = []
    main = tree.css_first("main")
    if main is not None and tree.body is not None and len(tree.body.text()) > len(main.text()):
        furniture.append(LeftOut("all around the main part", "outside of <main>", sift.NAVIGATION))
    body = main or tree.body
    shown = [] if body is None else list(_parts(body, furniture))
    reading = outline(shown)
    return Reading(reading.drafts, (*reading.left_out, *furniture))


def to_markdown(fragment: str) -> str:
    """Return a piece of HTML, such as the answer in JSON-LD, as Markdown of paragraphs and lists."""
    from selectolax.lexbor import LexborHTMLParser

    if fragment.count("<") > MAX_TAGS // 10:
        return ""
    body = LexborHTMLParser(fragment).body
    return "" if body is None else "\n\n".join(part.markdown for part in _parts(body, []) if part.markdown)


def marked_up(drafts: list[Draft]) -> Reading:
    """Return the questions of structured data, without those that have no answer."""
    kept: list[Draft] = []
    left_out: list[LeftOut] = []
    for draft in drafts:
        question, answer = draft.entry.question, draft.entry.answer
        reason = sift.not_content(answer) if answer else "it has no answer"
        if question and not reason:
            kept.append(draft)
        else:
            why = f"its answer is {reason}" if answer and reason else reason or "it has no question"
            left_out.append(LeftOut(question or answer, draft.place, why))
    return Reading(tuple(kept), tuple(left_out))


def _linked_data(tree: LexborHTMLParser) -> Iterator[Draft]:
    for script in tree.css('script[type="application/ld+json"]'):
        try:
            data = msgspec.json.decode(script.text())
        except (msgspec.DecodeError, RecursionError):
            continue
        yield from linked_questions(data)


def linked_questions(data: object) -> Iterator[Draft]:
    """Yield the questions with an accepted or suggested answer in JSON-LD, wherever they stand in it."""
    waiting: list[tuple[object, int]] = [(data, 0)]
    number = 0
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, list) and depth < MAX_JSON_DEPTH:
            waiting.extend((item, depth + 1) for item in reversed(node))
        elif isinstance(node, dict):
            if "Question" in _texts(node.get("@type")):
                number += 1
                yield _linked_question(node, number)
            elif depth < MAX_JSON_DEPTH:
                waiting.extend(
                    (item, depth + 1) for item in reversed(node.values()) if isinstance(item, list | dict)
                )


def _linked_question(node: dict[str, object], number: int) -> Draft:
    answers = node.get("acceptedAnswer") or node.get("suggestedAnswer")
    answer = answers[0] if isinstance(answers, list) and answers else answers
    text = answer.get("text") if isinstance(answer, dict) else answer
    question = next(iter(_texts(node.get("name")) + _texts(node.get("text"))), "")
    entry = Entry(
        id="",
        question=bare_question(_plain(question)) or None,
        answer=to_markdown(text) if isinstance(text, str) else "",
        also=tuple(filter(None, (_plain(way) for way in _texts(node.get("alternateName"))))),
    )
    return Draft(entry, f"JSON-LD question {number}")


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def _plain(fragment: str) -> str:
    """Return a piece of HTML as text on one line."""
    from selectolax.lexbor import LexborHTMLParser

    if fragment.count("<") > MAX_TAGS // 10:
        return ""
    body = LexborHTMLParser(fragment).body
    return "" if body is None else " ".join(" ".join(part.text for part in _parts(body, [])).split())


def _microdata(tree: LexborHTMLParser) -> Iterator[Draft]:
    for number, node in enumerate(tree.css('[itemtype*="schema.org/Question"]'), 1):
        name = node.css_first('[itemprop~="name"]')
        answer = node.css_first('[itemprop~="acceptedAnswer"], [itemprop~="suggestedAnswer"]')
        text = answer and (answer.css_first('[itemprop~="text"]') or answer)
        question = " ".join(part.text for part in _parts(name, [])) if name else ""
        markdown = "\n\n".join(part.markdown for part in _parts(text, []) if part.markdown) if text else ""
        entry = Entry(id="", question=bare_question(question) or None, answer=markdown)
        yield Draft(entry, f"microdata question {number}")


def _parts(root: LexborNode, furniture: list[LeftOut]) -> Iterator[Part]:
    """Yield what is shown under `root`; menus and the like go to `furniture`."""
    page = _Page()
    for node, entering in _walk(root, furniture):
        tag = node.tag or ""
        if entering and node.is_text_node:
            page.text.append(_SPACE.sub(" ", node.text_content or ""))
        elif entering and tag == "br":
            page.text.append("\n")
        elif tag in _BLOCKS:
            yield from page.boundary(tag, entering)
    yield from page.boundary("html", entering=False)


class _Page:
    """The state of `_parts`: text up to the next boundary of a block, and the list that is being read."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self._items: list[str] = []
        self._roles: list[str] = []
        """The open elements that say what the text in them is: headings, questions, list items."""
        self._ordered = False
        self._number = 0

    def boundary(self, tag: str, entering: bool) -> Iterator[Part]:
        """Yield what ended where the block element `tag` begins or ends."""
        lines = [line for line in (" ".join(line.split()) for line in "".join(self.text).split("\n")) if line]
        self.text.clear()
        role = self._roles[-1] if self._roles else ""
        if lines and role == "li":
            mark = f"{len(self._items) + 1}." if self._ordered else "-"
            self._items.append(f"{mark} {' '.join(escape(line) for line in lines)}")
        elif lines:
            yield from self._list()
            kind = _KINDS.get(role, "text")
            yield self._part(kind, "\n".join(lines), "  \n".join(escape(line) for line in lines))
        if entering and tag in ("ol", "ul"):
            self._ordered = tag == "ol"
        if tag in _KINDS or tag == "li":
            if entering:
                self._roles.append(tag)
            elif self._roles:
                self._roles.pop()
        if "li" not in self._roles and tag != "li":
            yield from self._list()
        if not entering and tag in _ENDS:
            yield Part("end")

    def _list(self) -> Iterator[Part]:
        if self._items:
            markdown = "\n".join(self._items)
            self._items.clear()
            yield self._part("text", markdown, markdown)

    def _part(self, kind: Kind, text: str, markdown: str) -> Part:
        self._number += 1
        return Part(kind, text, markdown, f"paragraph {self._number}")


def _walk(root: LexborNode, furniture: list[LeftOut]) -> Iterator[tuple[LexborNode, bool]]:
    """Yield each shown node under `root`, when it is entered and when it is left; never recurses."""
    node: LexborNode | None = root
    entering = True
    while node is not None:
        if entering and not _hidden(node, root, furniture):
            yield node, True
            if node.child is not None:
                node = node.child
                continue
            yield node, False
        elif not entering:
            yield node, False
        if node.mem_id == root.mem_id:
            return
        entering = node.next is not None
        node = node.next if entering else node.parent


def _hidden(node: LexborNode, root: LexborNode, furniture: list[LeftOut]) -> bool:
    """Return whether a node is not part of the page's content; notes it if a person sees it."""
    if not node.is_element_node or node.mem_id == root.mem_id:
        return not node.is_text_node and not node.is_element_node
    attributes = node.attributes
    if node.tag in _UNSEEN or "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split()
    if node.tag not in _FURNITURE and _FURNITURE_NAMES.isdisjoint(names):
        return False
    if text := " ".join(node.text(separator=" ").split()):
        furniture.append(LeftOut(text, f"<{node.tag}>", sift.NAVIGATION))
    return True
