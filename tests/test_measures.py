"""Claims about measures of a confidence."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.measures import Estimate, auroc, calibration, share

PROBABILITIES = st.integers(0, 20).map(lambda number: number / 20)
"""Coarse, so that ties are common."""


def test_share_has_a_binomial_standard_error() -> None:
    """Of 100 hits and misses, half each, the share is 0.5 with a standard error of 0.05."""
    assert share([True, False] * 50) == Estimate(0.5, 0.05)
    assert share([]) is None


@given(st.lists(PROBABILITIES, min_size=1, max_size=30), st.lists(PROBABILITIES, min_size=1, max_size=30))
def test_auroc_is_the_share_of_pairs_in_order(inside: list[float], outside: list[float]) -> None:
    """It equals a count of all pairs, ties half, whatever the order of the values."""
    pairs = list(product(inside, outside))
    expected = sum((high > low) + (high == low) / 2 for high, low in pairs) / len(pairs)
    found = auroc(inside, outside)
    assert found is not None
    assert found.value == pytest.approx(expected)
    assert auroc(inside[::-1], outside[::-1]) == found


def test_auroc_needs_both_sides() -> None:
    """Without questions of both sorts there is none."""
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None


def test_standard_error_of_auroc_is_the_spread_between_samples() -> None:
    """It is near the standard deviation of the AUROC of many samples of the same distribution."""
    generator = random.Random(1)  # noqa: S311
    found = []
    for _ in range(300):
        inside = [generator.gauss(1, 1) for _ in range(60)]
        outside = [generator.gauss(0, 1) for _ in range(40)]
        estimate = auroc(inside, outside)
        assert estimate is not None
        found.append(estimate)
    mean = sum(one.value for one in found) / len(found)
    spread = math.sqrt(sum((one.value - mean) ** 2 for one in found) / len(found))
    assert sum(one.standard_error for one in found) / len(found) == pytest.approx(spread, rel=0.12)


def error(confidences: list[float], right: list[bool], in_scope: list[bool] | None = None) -> float:
    """Return the expected calibration error."""
    found = calibration(confidences, right, in_scope or [True] * len(right))
    assert found is not None
    return found.error.value


def test_error_is_the_gap_between_confidence_and_right() -> None:
    """It is 0 where half of the questions at 0.5 are right, and 0.9 where all at 0.9 are wrong."""
    assert error([0.5] * 10, [True, False] * 5) == pytest.approx(0)
    assert error([0.9] * 10, [False] * 10) == pytest.approx(0.9)
    halves = error([0.2] * 10 + [0.8] * 10, [True] * 5 + [False] * 5 + [True] * 5 + [False] * 5)
    assert halves == pytest.approx(0.3)


def test_questions_out_of_scope_weigh_30_percent() -> None:
    """However few they are, together they weigh 0.3, or all where there are no others."""
    assert error([1.0] * 5, [True] * 4 + [False], [True] * 4 + [False]) == pytest.approx(0.3)
    assert error([1.0] * 5, [False] * 5, [False] * 5) == pytest.approx(1)


def test_bins_are_ten_of_equal_count() -> None:
    """Where all confidences differ and weigh the same, each bin has a tenth of them, in order."""
    found = calibration([number / 1000 for number in range(1000)], [True] * 1000, [True] * 1000)
    assert found is not None
    assert [one.count for one in found.bins] == [100] * 10
    assert [one.confidence for one in found.bins] == pytest.approx([0.0495 + 0.1 * bin for bin in range(10)])


@given(
    st.lists(st.tuples(PROBABILITIES, st.booleans(), st.booleans()), min_size=1, max_size=40), st.randoms()
)
def test_calibration_does_not_depend_on_the_order(
    rows: list[tuple[float, bool, bool]], generator: random.Random
) -> None:
    """Shuffled questions have the same bins and error, and all questions are in a bin."""
    shuffled = generator.sample(rows, len(rows))
    first, second = (calibration(*map(list, zip(*some, strict=True))) for some in (rows, shuffled))
    assert first is not None
    assert second is not None
    assert second.error.value == pytest.approx(first.error.value)
    assert [one.count for one in second.bins] == [one.count for one in first.bins]
    assert sum(one.count for one in first.bins) == len(rows)
    assert sum(one.weight for one in first.bins) == pytest.approx(1)
    assert 0 <= first.error.value <= 1


def test_calibration_of_no_questions_is_none() -> None:
    """There is no error where nothing was asked."""
    assert calibration([], [], []) is None


def test_standard_error_is_the_same_each_time() -> None:
    """The same questions give the same figures, with a standard error that is not 0."""
    rows = ([number / 50 for number in range(50)], [number % 3 == 0 for number in range(50)], [True] * 50)
    found = calibration(*rows)
    assert found == calibration(*rows)
    assert found is not None
    assert 0.02 < found.error.standard_error < 0.2
