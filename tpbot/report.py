"""Figures of an evaluation as one HTML page that needs nothing but itself: no script, no request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tpbot.charts import coverage_chart, legend, reliability_chart, stacked_bar
from tpbot.figures import LABELS, Candidate, Confusion, Fate, Figures, Kind, Miss
from tpbot.markup import Html, element, join
from tpbot.measures import Estimate
from tpbot.summary import THRESHOLD_TITLES, percent, threshold_row, what_happened

CONFUSIONS = 12
"""Of each sort that the page shows."""
MISSES = 50
"""That the page shows."""
OPEN_MISSES = 10
"""That it shows at once."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content security policy: even a fault in escaping could neither run nor load anything."""

COLOURS: Mapping[Fate, str] = {
    "answered_right": "good",
    "clarified_right": "fair",
    "no_answer": "none",
    "clarified_wrong": "poor",
    "answered_wrong": "bad",
    "confirm": "warned",
    "urgent": "warned",
}
IDLE_COLOURS: Mapping[Fate, str] = {
    "no_answer": "good",
    "clarified": "poor",
    "answered": "bad",
    "confirm": "warned",
    "urgent": "warned",
}


def to_html(figures: Figures, *, corpus: str, questions: str) -> str:
    """Return the page.

    Args:
        figures: What to show.
        corpus: Title of the corpus.
        questions: Name of the file of labelled questions.
    """
    title = f"How well “{corpus}” answers"
    sections = (
        element("h1", title),
        element("p", _source(figures, questions), class_="muted"),
        element("p", _lead(figures.all), class_="lead"),
        _tiles(figures),
        *_section("What becomes of a question", _outcomes(figures.all)),
        *_section("By kind of question", _kinds(figures.kinds)),
        *_section("When to answer, and how far to trust the confidence", _charts(figures)),
        *_section("What it takes for something else", _confusions(figures.confusions)),
        *_section("What went wrong, the worst first", _misses(figures.misses)),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", title),
        element("style", Html(Path(__file__).with_name("report.css").read_text("utf-8"))),
    )
    page = element("html", head, element("body", element("main", *sections)), lang="en")
    return f"<!doctype html>\n{page}\n"


def _section(title: str, content: Html | None) -> Iterator[Html]:
    if content:
        yield element("section", element("h2", title), content)


def _source(figures: Figures, questions: str) -> str:
    return (
        f"{figures.all.answerable:,} questions that it can answer and {figures.all.unanswerable:,} that it "
        f"should not, from {questions}. It answers from a confidence of {figures.min_confidence:.2f} on."
    )


def _lead(figures: Kind) -> str:
    """Return the outcomes as a sentence or two of people."""
    sentences = []
    if count := figures.answerable:
        right, choice = figures.outcomes["answered_right"], figures.outcomes["clarified_right"]
        wrong = figures.outcomes["answered_wrong"]
        sentences.append(
            f"Of 100 people with a question that it can answer, {100 * right / count:.0f} are answered right "
            f"and {100 * choice / count:.0f} find the answer in a choice; {100 * wrong / count:.0f} are "
            "answered wrong."
        )
    if count := figures.unanswerable:
        answered, choice = figures.idle_outcomes["answered"], figures.idle_outcomes["clarified"]
        sentences.append(
            f"Of 100 people who ask something else, {100 * answered / count:.0f} get an answer that they "
            f"should not get, and {100 * choice / count:.0f} a choice that does not help."
        )
    return " ".join(sentences)


def _tiles(figures: Figures) -> Html:
    error = figures.calibration.error if figures.calibration else None
    tiles = (
        ("P@1", figures.all.precision_at_1, "the first candidate is right"),
        ("Recall@5", figures.recall_at_5, "the right entry is among five candidates"),
        ("MRR", figures.mrr, "mean of 1 / rank of the right entry"),
        ("AUROC", figures.auroc, "an answerable question has the higher confidence"),
        ("Calibration error", error, "how far the confidence is from the share that is right"),
    )
    return element("div", *(_tile(*tile) for tile in tiles if tile[1] is not None), class_="tiles")


def _tile(name: str, figure: Estimate | float | None, meaning: str) -> Html:
    spread = f" ± {figure.standard_error:.3f}" if isinstance(figure, Estimate) else ""
    value = figure.value if isinstance(figure, Estimate) else figure
    number = element("b", f"{value:.3f}", element("small", spread))
    return element("div", name, number, element("p", meaning), class_="tile")


def _outcomes(figures: Kind) -> Html:
    return join(
        *_outcome("Questions that have an answer", figures.outcomes, COLOURS),
        *_outcome("Questions that should not be answered", figures.idle_outcomes, IDLE_COLOURS),
    )


def _outcome(title: str, outcomes: Mapping[Fate, int], colours: Mapping[Fate, str]) -> Iterator[Html]:
    total = sum(outcomes.values())
    if total:
        named = [
            (colours[fate], f"{LABELS[fate]}: {count:,} ({percent(count, total)})")
            for fate, count in outcomes.items()
            if count
        ]
        label = f"{title}: {'; '.join(text for _, text in named)}"
        yield element(
            "div", element("h3", title), _bar(outcomes, colours, label), legend(named), class_="outcome"
        )


def _bar(outcomes: Mapping[Fate, int], colours: Mapping[Fate, str], label: str) -> Html:
    return stacked_bar([(colours[fate], count) for fate, count in outcomes.items()], label)


def _kinds(kinds: Mapping[str, Kind]) -> Html | None:
    rows = [row for name, kind in kinds.items() for row in _kind(name, kind)]
    return element("div", *rows, class_="kinds") if rows else None


def _kind(name: str, kind: Kind) -> Iterator[Html]:
    """Yield a row with a bar for the questions of a kind, one for each sort that it has."""
    if kind.answerable:
        share = f"{percent(kind.outcomes['answered_right'], kind.answerable)} answered right"
        bar = _bar(kind.outcomes, COLOURS, f"{name}: {share}")
        yield _kind_row(name, "", bar, f"{share}, of {kind.answerable:,}")
    if kind.unanswerable:
        share = f"{percent(kind.idle_outcomes['no_answer'], kind.unanswerable)} not answered"
        bar = _bar(kind.idle_outcomes, IDLE_COLOURS, f"{name}: {share}")
        yield _kind_row(name, " not to be answered", bar, f"{share}, of {kind.unanswerable:,}")


def _kind_row(name: str, sort: str, bar: Html, share: str) -> Html:
    label = element("span", element("span", name, dir="auto"), element("span", sort, class_="muted"))
    return element("div", label, bar, element("span", share, class_="muted"), class_="kind")


def _charts(figures: Figures) -> Html:
    charts = []
    if curve := coverage_chart(figures.thresholds, figures.min_confidence):
        caption = (
            "Each number is a confidence from which one could answer: a higher one answers fewer "
            "questions, and more of the answers are right. The big point is where it stands. Precision "
            "counts answers to both sorts of questions, so it depends on how many of each are in the file."
        )
        charts.append(_figure("Coverage and precision", curve, caption))
    if figures.calibration:
        chart = reliability_chart(figures.calibration.bins, figures.calibration.error.value)
        caption = (
            "On the dashed line, of the questions with confidence 0.70, 70% are right. Below it the bot is "
            "too sure, above it not sure enough. Ten groups of equal weight; questions that should not be "
            "answered have 30% of it. Thin lines: one standard error."
        )
        charts.append(_figure("Reliability", chart, caption))
    return join(element("div", *charts, class_="charts"), _thresholds(figures))


def _figure(title: str, chart: Html, caption: str) -> Html:
    return element("figure", element("h3", title), chart, element("figcaption", caption))


def _thresholds(figures: Figures) -> Html:
    head = element("tr", *(element("th", title.capitalize(), scope="col") for title in THRESHOLD_TITLES))
    rows = (
        element("tr", *(element("td", cell) for cell in threshold_row(one)))
        for one in figures.thresholds[::5]
    )
    table = element("table", element("thead", head), element("tbody", *rows))
    summary = element("summary", "Answers at each confidence, as a table")
    return element("details", summary, element("div", table, class_="scroll", tabindex=0))


def _confusions(confusions: Sequence[Confusion]) -> Html | None:
    if not confusions:
        return None
    sorts = (
        ("One entry for another", [one for one in confusions if one.expected]),
        ("An entry where there is none", [one for one in confusions if not one.expected]),
    )
    lists = [_confusion_list(title, found) for title, found in sorts if found]
    intro = "What was put first in an answer or a choice, and was wrong. Open a line for examples."
    return join(element("p", intro, class_="muted"), element("div", *lists, class_="charts"))


def _confusion_list(title: str, confusions: Sequence[Confusion]) -> Html:
    lines = (_confusion(one, confusions[0].count) for one in confusions[:CONFUSIONS])
    return element("figure", element("h3", title), *lines, *_rest(len(confusions) - CONFUSIONS))


def _rest(left: int) -> Iterator[Html]:
    """Yield how many things are left out, if any."""
    if left > 0:
        command = element("code", "tpbot eval --json")
        yield element("p", f"And {left:,} more; ", command, " has all.", class_="muted")


def _confusion(confusion: Confusion, most: int) -> Html:
    expected = [part for id in confusion.expected for part in (" or ", element("code", id))][1:]
    line = element("span", *expected, " → " if expected else "", element("code", confusion.shown))
    meter = element("span", class_="meter", style=f"width:{70 * confusion.count / most:.1f}%")
    count = element("span", meter, f"{confusion.count}", class_="count")
    examples = element("ul", *(element("li", text, dir="auto") for text in confusion.examples))
    return element("details", element("summary", line, count), examples, class_="confusion")


def _misses(misses: Sequence[Miss]) -> Html | None:
    if not misses:
        return None
    intro = (
        "Under each question, the first candidates: confidence, entry, the way of asking that is nearest, "
        "and the words that the question shares with it."
    )
    parts = [element("p", intro, class_="muted"), *map(_miss, misses[:OPEN_MISSES])]
    if further := misses[OPEN_MISSES:MISSES]:
        parts.append(element("details", element("summary", f"{len(further)} more"), *map(_miss, further)))
    return join(*parts, *_rest(len(misses) - MISSES))


def _miss(miss: Miss) -> Html:
    colours = COLOURS if miss.question.expect else IDLE_COLOURS
    return element(
        "article",
        element("h3", miss.question.text, dir="auto"),
        element("p", what_happened(miss)),
        element("ol", *(_candidate(one, one.id in miss.question.expect) for one in miss.candidates)),
        class_="miss",
        style=f"--edge:var(--{colours[miss.fate]})",
    )


def _candidate(candidate: Candidate, right: bool) -> Html:
    meter = element("span", class_="meter", style=f"width:{candidate.confidence:.0%}")
    way = [element("span", f" “{candidate.way}”", dir="auto")] if candidate.way else []
    shared = f" shares {', '.join(candidate.matched)}" if candidate.matched else " shares no word"
    return element(
        "li",
        element("span", f"{candidate.confidence:.2f}"),
        element("span", meter, class_="track"),
        element(
            "span", element("code", candidate.id), " (expected)" if right else "", *way,
            element("span", shared, class_="why"),
        ),
        class_="right" if right else "wrong",
    )  # fmt: skip
