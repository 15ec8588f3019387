"""Claims about the report of an evaluation, as text and as a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.bot import Bot
from tpbot.charts import HEIGHT, WIDTH, coverage_chart, reliability_chart
from tpbot.evaluate import evaluate
from tpbot.figures import Figures, Threshold
from tpbot.layout import clean, columns
from tpbot.markup import VOID, element, join
from tpbot.measures import Bin
from tpbot.questions import Question
from tpbot.report import MISSES, OPEN_MISSES, to_html
from tpbot.summary import summary, table

PAIRS = [
    ("What is a trigger point?", "A tender knot in a muscle."),
    ("Can I use a tennis ball on my back?", "Yes, gently."),
    ("How should I sleep with back pain?", "On your side."),
]
HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)> \"'& \x1b[31m\u202e\ud800"
SHARES = st.floats(0, 1)


@pytest.fixture(scope="module")
def figures() -> Figures:
    """Return figures with questions of every kind and outcome, many misses, and hostile texts."""
    questions = [
        Question("What is a trigger point?", ("1",), "exact"),
        Question("tenis ball", ("2",), "short"),
        Question(f"sleep {HOSTILE}", ("1",), HOSTILE),
        Question("purchase cheap airline tickets", (), "other"),
        *(Question(f"how should i sleep with back pain {'very ' * n}", ("2",)) for n in range(MISSES + 5)),
    ]
    return evaluate(Bot.from_pairs(PAIRS), questions)


@pytest.fixture(scope="module")
def page(figures: Figures) -> str:
    """Return the page of the figures."""
    return to_html(figures, corpus=HOSTILE, questions=f"{HOSTILE}.jsonl")


class Elements(HTMLParser):
    """Collects the elements of a page as a browser would see them, and the text outside of styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Hold the end to the last start."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        if "style" not in self.open:
            self.text += data


def test_page_needs_nothing_but_itself(page: str) -> None:
    """It has no script, no handler, no link, and nothing in it or its style is fetched."""
    elements = Elements(page)
    assert not {"script", "img", "link", "iframe", "a", "base", "form", "object"} & set(elements.names)
    names = {name for name, _ in elements.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("src", "href", "xlink:href")]
    assert not re.search(r"url\(|@import|https?:", page)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in elements.attributes


def test_text_is_escaped_everywhere(page: str) -> None:
    """Questions, kinds and titles are shown as they are, but for characters that steer a display."""
    elements = Elements(page)
    assert elements.open == []
    assert elements.text.count("<script>alert(1)</script>") >= 4
    assert not re.search("[\x1b\u202e\ud800]", page)
    page.encode("utf-8")


def test_page_is_well_formed(page: str) -> None:
    """Between the doctype and the end it is even XML, so that every tool can read it."""
    body = re.sub(r"(<meta [^>]*)>", r"\1/>", page.removeprefix("<!doctype html>"))
    ET.fromstring(body)  # noqa: S314  # our own page


def test_page_has_every_part(page: str, figures: Figures) -> None:
    """It has both charts, outcomes, kinds, confusions and the worst misses, and says what it omits."""
    elements = Elements(page)
    assert elements.names.count("svg") == 2
    assert elements.names.count("article") == MISSES
    assert elements.text.index(f"{MISSES - OPEN_MISSES} more") < elements.text.rindex("has all.")
    assert f"And {len(figures.misses) - MISSES} more" in elements.text
    assert figures.all.precision_at_1 is not None
    assert f"{figures.all.precision_at_1.value:.3f}" in elements.text
    for part in ("Coverage and precision", "Reliability", "By kind", "One entry for another", "exact"):
        assert part in elements.text


def test_page_leaves_out_what_there_is_no_figure_for() -> None:
    """A single question gives a page too, without confusions, misses and kinds."""
    one = evaluate(Bot.from_pairs(PAIRS), [Question("What is a trigger point?", ("1",))])
    text = Elements(to_html(one, corpus="pairs", questions="q.jsonl")).text
    assert "AUROC" not in text
    assert "What went wrong" not in text
    assert "By kind" not in text
    idle = evaluate(Bot.from_pairs(PAIRS), [Question("purchase cheap airline tickets", ())])
    assert "P@1" not in Elements(to_html(idle, corpus="pairs", questions="q.jsonl")).text


def numbers(chart: str) -> list[tuple[float, float]]:
    """Return the points of the circles and curves of a chart."""
    root = ET.fromstring(chart)  # noqa: S314
    circles = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.iter("circle")]
    curves = [pair.split(",") for one in root.iter("polyline") for pair in one.attrib["points"].split()]
    lines = [(float(one.attrib["x2"]), float(one.attrib["y2"])) for one in root.iter("line")]
    return circles + lines + [(float(x), float(y)) for x, y in curves]


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=101), SHARES)
def test_coverage_chart_stays_in_its_picture(points: list[tuple[float, float]], chosen: float) -> None:
    """Whatever the shares, all points lie inside the picture, and the chosen confidence is marked."""
    rows = [Threshold(number / 100, 0, 0, 0, *point) for number, point in enumerate(points)]
    chart = coverage_chart(rows, chosen)
    assert chart is not None
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in numbers(chart))
    assert 'r="6"' in chart


@given(st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=10))
def test_reliability_chart_stays_in_its_picture(points: list[tuple[float, float, float]]) -> None:
    """Whatever the shares and errors, all points lie inside the picture, one for each bin."""
    chart = reliability_chart([Bin(5, 0.1, *point) for point in points], 0.1)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in numbers(chart))
    assert chart.count("<circle") == len(points)


def test_no_curve_without_answers() -> None:
    """Where no question can be answered there is no curve of coverage."""
    assert (
        coverage_chart([Threshold(0.5, 0, 0, 1, None, 0.0), Threshold(1.0, 0, 0, 0, None, None)], 0.5) is None
    )


@given(st.text(), st.text())
def test_element_escapes_all_but_markup(text: str, attribute: str) -> None:
    """A text and an attribute come back whole from a parser, but for steering characters; markup stays."""
    made = element("p", text, element("b", "x"), title=attribute)
    elements = Elements(made)
    assert elements.names == ["p", "b"]
    assert elements.attributes == [("title", clean(attribute))]
    assert elements.text == clean(text) + "x"
    assert join(made) == made
    assert element("p", text) == element("p", join(text))


def test_summary_is_safe_and_aligned(figures: Figures) -> None:
    """No line can steer a terminal, and each section has its title."""
    lines = list(summary(figures))
    assert all(line.isprintable() for line in lines)
    titles = ("Questions that have an answer", "Questions that should not be answered", "By kind")
    assert all(any(line.startswith(title) for line in lines) for title in titles)
    assert lines[0].startswith("P@1 ")


def test_table_aligns_wide_characters() -> None:
    """Cells of a column end or begin at the same column of a terminal, wide characters too."""
    lines = table([("漢字", "1"), ("a", "100")], "lr")
    assert [columns(line) for line in lines] == [9, 9]
    assert lines == ["漢字    1", "a     100"]
