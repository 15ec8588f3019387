"""Figures of an evaluation as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from tpbot.figures import LABELS, Confusion, Fate, Figures, Kind, Miss, Threshold
from tpbot.layout import clean, columns
from tpbot.measures import Estimate

LONGEST = 10
"""Confusions and misses that are listed; `--json` and the report have more."""
EXAMPLE_LENGTH = 60
"""Characters of a question that is named with a confusion."""

KIND_TITLES = ("KIND", "QUESTIONS", "P@1", "RIGHT", "CHOICE", "NONE", "WRONG", "NOT TO ANSWER", "ANSWERED")
THRESHOLD_TITLES = ("CONFIDENCE", "RIGHT", "WRONG", "NOT TO ANSWER", "COVERAGE", "PRECISION")


def summary(figures: Figures) -> Iterator[str]:
    """Yield the figures, a section at a time; each ends with an empty line."""
    yield from _section("", _headline(figures))
    yield from _section("Questions that have an answer", _outcomes(figures.all.outcomes))
    yield from _section("Questions that should not be answered", _outcomes(figures.all.idle_outcomes))
    yield from _section("By kind (outcomes of questions that have an answer)", _kinds(figures.kinds))
    yield from _section("If each first candidate from a confidence on were answered", _thresholds(figures))
    yield from _section(
        "Put first instead of the right entry", table(map(_confusion, figures.confusions[:LONGEST]), "rll")
    )
    worst = [line for miss in figures.misses[:LONGEST] for line in describe(miss)]
    yield from _section(f"The worst of {len(figures.misses)} questions that went wrong", worst)


def describe(miss: Miss) -> Iterator[str]:
    """Yield what went wrong and why, the question first."""
    yield _one_line(miss.question.text)
    yield f"    {what_happened(miss)}"
    for candidate in miss.candidates:
        matched = f", shares: {', '.join(candidate.matched)}" if candidate.matched else ""
        way = f" “{_one_line(candidate.way)}”" if candidate.way else ""
        yield f"    {candidate.confidence:.2f} {candidate.id}{way}{matched}"


def what_happened(miss: Miss) -> str:
    """Return what was shown, what was expected and what was read, as sentences."""
    shown = f": {' or '.join(miss.shown)}" if miss.shown else ""
    flags = f" of {', '.join(miss.flags)}" if miss.flags else ""
    sentences = [f"{LABELS[miss.fate].capitalize()}{flags}{shown} ({miss.confidence:.2f})."]
    expected = " or ".join(miss.question.expect) or "no answer"
    place = f", number {miss.rank} of the candidates" if miss.rank else ", not among the first candidates"
    sentences.append(f"Expected {expected}{place if miss.question.expect else ''}.")
    if miss.repaired:
        sentences.append(f"Read {'; '.join(f'“{old}” as “{new}”' for old, new in miss.repaired)}.")
    return " ".join(sentences)


def table(rows: Iterable[Sequence[str]], alignment: str) -> list[str]:
    """Return `rows` as lines with their cells under each other; `alignment` has an l or r for each column."""
    rows = [[_one_line(cell) for cell in row] for row in rows]
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    return ["  ".join(map(_padded, row, widths, alignment)).rstrip() for row in rows]


def decimal(figure: Estimate | float | None) -> str:
    """Return a figure with its standard error, if it has one; a hyphen for none."""
    if figure is None:
        return "-"
    if isinstance(figure, Estimate):
        return f"{figure.value:.3f} ± {figure.standard_error:.3f}"
    return f"{figure:.3f}"


def percent(part: float | None, whole: float = 1) -> str:
    """Return a share in percent; a hyphen where there is none."""
    return "-" if part is None or not whole else f"{part / whole:.1%}"


def threshold_row(one: Threshold) -> Sequence[str]:
    """Return the cells under `THRESHOLD_TITLES`."""
    counts = (str(count) for count in (one.right, one.wrong, one.idle))
    return (f"{one.confidence:.2f}", *counts, percent(one.coverage), percent(one.precision))


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ([title] if title else [])
        yield from lines
        yield ""


def _headline(figures: Figures) -> list[str]:
    error = figures.calibration.error if figures.calibration else None
    return table(
        [
            ("P@1", decimal(figures.all.precision_at_1), "questions whose first candidate is right"),
            ("MRR", decimal(figures.mrr), "mean of 1 / rank of the right entry"),
            (
                "recall@5",
                decimal(figures.recall_at_5),
                "questions with the right entry among five candidates",
            ),
            ("AUROC", decimal(figures.auroc), "how often an answerable question has the higher confidence"),
            ("ECE", decimal(error), "how far the confidence is from the share that is right"),
        ],
        "lll",
    )


def _outcomes(outcomes: dict[Fate, int]) -> list[str]:
    count = sum(outcomes.values())
    rows = [
        (LABELS[fate], str(number), percent(number, count)) for fate, number in outcomes.items() if number
    ]
    return table([*rows, ("all", str(count), "")], "lrr") if count else []


def _kinds(kinds: dict[str, Kind]) -> list[str]:
    rows: list[Sequence[str]] = [KIND_TITLES]
    for name, kind in kinds.items():
        fates = kind.outcomes
        wrong = fates["answered_wrong"] + fates["clarified_wrong"]
        shares = (fates["answered_right"], fates["clarified_right"], fates["no_answer"], wrong)
        rows.append(
            (
                name,
                str(kind.answerable),
                decimal(kind.precision_at_1.value if kind.precision_at_1 else None),
                *(percent(share, kind.answerable) for share in shares),
                str(kind.unanswerable),
                percent(kind.idle_outcomes["answered"], kind.unanswerable),
            )
        )
    return table(rows, "lrrrrrrrr") if kinds else []


def _thresholds(figures: Figures) -> list[str]:
    return table([THRESHOLD_TITLES, *map(threshold_row, figures.thresholds[::10])], "rrrrrr")


def _confusion(confusion: Confusion) -> tuple[str, str, str]:
    expected = " or ".join(confusion.expected) or "no answer"
    example = textwrap.shorten(_one_line(confusion.examples[0]), EXAMPLE_LENGTH, placeholder=" …")
    return f"{confusion.count}", f"{expected} -> {confusion.shown}", f"“{example}”"


def _padded(cell: str, width: int, side: str) -> str:
    padding = " " * (width - columns(cell))
    return padding + cell if side == "r" else cell + padding


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
