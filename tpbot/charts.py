"""The drawings of an evaluation, as SVG: coverage against precision, and the reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tpbot.figures import Threshold
from tpbot.markup import Html, element, join
from tpbot.measures import Bin

WIDTH, HEIGHT = 380, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 22, 24, 44
"""Margins, in pixels, like the size."""
LABEL_GAP = 26
"""Pixels between two labels on a curve, at least."""


@dataclass(frozen=True)
class Plot:
    """A square of shares: x from 0 to 1, y from `lowest` to 1."""

    lowest: float = 0.0

    def x(self, share: float) -> float:
        """Return where a share is, in pixels from the left."""
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, share: float) -> float:
        """Return where a share is, in pixels from the top."""
        height = HEIGHT - TOP - BOTTOM
        return TOP + (1 - share) / (1 - self.lowest) * height

    def draw(self, label: str, x_title: str, y_title: str, *content: str) -> Html:
        """Return the plot with its axes; `label` says in words what it shows."""
        middle = (TOP + HEIGHT - BOTTOM) / 2
        return element(
            "svg",
            element("title", label),
            *self._grid(),
            element("text", x_title, x=self.x(0.5), y=HEIGHT - 6, class_="axis", text_anchor="middle"),
            element(
                "text", y_title, transform=f"translate(12 {middle:g}) rotate(-90)", class_="axis",
                text_anchor="middle",
            ),
            *content,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            role="img",
            aria_label=label,
        )  # fmt: skip

    def _grid(self) -> list[Html]:
        parts = []
        for tenth in range(0, 11, 2):
            at = self.x(tenth / 10)
            parts.append(_line(at, TOP, at, HEIGHT - BOTTOM, "grid"))
            parts.append(_label(f"{tenth * 10}%", at, HEIGHT - BOTTOM + 15, "middle"))
        first = round(self.lowest * 10)
        for tenth in range(first, 11, 2 if first % 2 == 0 and first < 6 else 1):
            at = self.y(tenth / 10)
            parts.append(_line(LEFT, at, WIDTH - RIGHT, at, "grid"))
            parts.append(_label(f"{tenth * 10}%", LEFT - 6, at + 4, "end"))
        return parts


def coverage_chart(thresholds: Sequence[Threshold], min_confidence: float) -> Html | None:
    """Return the curve of the share of answers that are right over the share of questions answered.

    None where nothing is answered, or nothing can be.
    """
    points = [
        (one, one.coverage, one.precision)
        for one in thresholds
        if one.coverage is not None and one.precision is not None
    ]
    if not points:
        return None
    lowest = min(precision for _, _, precision in points)
    plot = Plot(min(0.9, int(lowest * 10) / 10))
    path = " ".join(f"{plot.x(coverage):.1f},{plot.y(precision):.1f}" for _, coverage, precision in points)
    marks: list[Html] = []
    placed: list[tuple[float, float]] = []
    chosen = min(points, key=lambda point: abs(point[0].confidence - min_confidence))
    for one, coverage, precision in [chosen, *points[10::10]]:
        at = (plot.x(coverage), plot.y(precision))
        if all(abs(at[0] - x) + abs(at[1] - y) >= LABEL_GAP for x, y in placed):
            placed.append(at)
            size = 6 if one is chosen[0] else 3.5
            words = (
                f"From {one.confidence:.2f} on: {coverage:.0%} of the questions that have an answer get one; "
                f"{precision:.0%} of all answers are right."
            )
            dot = element("circle", element("title", words), cx=at[0], cy=at[1], r=size, class_="point")
            marks += [dot, _beside(f"{one.confidence:.2f}", at, size)]
    label = (
        f"At confidence {chosen[0].confidence:.2f}, {chosen[1]:.0%} of the questions that have an answer get "
        f"one, and {chosen[2]:.0%} of all answers are right."
    )
    curve = element("polyline", points=path, class_="curve")
    return plot.draw(
        label, "answerable questions that get an answer", "answers that are right", curve, *marks
    )


def reliability_chart(bins: Sequence[Bin], error: float) -> Html:
    """Return how often the first candidate is right, over its confidence, with one standard error."""
    plot = Plot()
    parts = [_line(plot.x(0), plot.y(0), plot.x(1), plot.y(1), "ideal")]
    points = []
    for one in bins:
        x, y = plot.x(one.confidence), plot.y(one.right)
        points.append(f"{x:.1f},{y:.1f}")
        low, high = max(0, one.right - one.standard_error), min(1, one.right + one.standard_error)
        words = f"{one.count} questions: confidence {one.confidence:.2f}, {one.right:.0%} right"
        parts.append(_line(x, y, x, plot.y(one.confidence), "gap"))
        parts.append(_line(x, plot.y(low), x, plot.y(high), "whisker"))
        parts.append(element("circle", element("title", words), cx=x, cy=y, r=4.5, class_="point"))
    parts.insert(1, element("polyline", points=" ".join(points), class_="curve thin"))
    label = f"Confidence against the share that is right, in {len(bins)} bins; the mean gap is {error:.3f}."
    return plot.draw(label, "confidence", "first candidates that are right", *parts)


def _beside(text: str, at: tuple[float, float], size: float) -> Html:
    """Return a label above and right of a point, or left of it near the right edge."""
    left = at[0] > WIDTH - RIGHT - LABEL_GAP
    x = at[0] + (-size - 3 if left else size + 1)
    return _label(text, x, at[1] - size, "end" if left else "start")


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Html:
    return element("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=class_)


def _label(text: str, x: float, y: float, anchor: str) -> Html:
    return element("text", text, x=float(x), y=float(y), text_anchor=anchor)


def legend(items: Sequence[tuple[str, str]]) -> Html:
    """Return what the colours stand for: pairs of a class and a text."""
    return element(
        "ul", *(element("li", element("i", class_=name), text) for name, text in items), class_="legend"
    )


def stacked_bar(parts: Sequence[tuple[str, int]], label: str) -> Html:
    """Return a bar cut in the proportion of counts: pairs of a class and a count."""
    cells = (element("span", class_=name, style=f"flex-grow:{count}") for name, count in parts if count)
    return element("div", join(*cells), class_="bar", role="img", aria_label=label)
