"""Measures of how well a confidence tells right from wrong, each with its standard error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Bools = NDArray[np.bool_]

BINS = 10
"""Of the calibration error, of equal weight."""
OUT_OF_SCOPE_WEIGHT = 0.3
"""Share of the weight that questions without an answer have together in the calibration error."""
RESAMPLES = 400
SEED = 1
"""Of the resampling, so that the same questions give the same figures."""


class Estimate(msgspec.Struct, frozen=True):
    """A figure and its standard error."""

    value: float
    standard_error: float


class Bin(msgspec.Struct, frozen=True):
    """Questions of similar confidence."""

    count: int
    weight: float
    """Share of the weight of all questions, 0.1 or near it where many have the same confidence."""
    confidence: float
    """Weighted mean."""
    right: float
    """Weighted share of questions whose first candidate is right."""
    standard_error: float
    """Of `right`."""


class Calibration(msgspec.Struct, frozen=True):
    """How far the confidence is from the share that is right."""

    error: Estimate
    """Expected calibration error: the mean over the bins of |right - confidence|, by weight."""
    bins: tuple[Bin, ...]


def share(hits: Sequence[bool]) -> Estimate | None:
    """Return the share of `hits` that are true, with its binomial standard error; None without any."""
    if not hits:
        return None
    value = sum(hits) / len(hits)
    return Estimate(value, math.sqrt(value * (1 - value) / len(hits)))


def auroc(inside: Sequence[float], outside: Sequence[float]) -> Estimate | None:
    """Return how often a value from `inside` is above one from `outside`, ties counting half.

    The standard error is that of DeLong, DeLong and Clarke-Pearson (1988): from the variance of the share of
    the other side that each value is on the right side of. None when a side is empty.
    """
    if not inside or not outside:
        return None
    import numpy as np

    high, low = np.sort(np.asarray(inside)), np.sort(np.asarray(outside))
    above = (np.searchsorted(low, high, "left") + np.searchsorted(low, high, "right")) / (2 * len(low))
    below = 1 - (np.searchsorted(high, low, "left") + np.searchsorted(high, low, "right")) / (2 * len(high))
    variance = sum(float(np.var(values)) / max(1, len(values) - 1) for values in (above, below))
    return Estimate(float(above.mean()), math.sqrt(variance))


def calibration(
    confidences: Sequence[float], right: Sequence[bool], in_scope: Sequence[bool]
) -> Calibration | None:
    """Return how well `confidences` foretell what is `right`; None without questions.

    Questions are sorted by confidence and cut into ten bins of equal weight, where those out of scope have
    30% of the weight between them if there are both sorts. Questions of the same confidence go into the same
    bin, so that their order does not matter. The standard error comes from drawing as many questions of both
    sorts with replacement.
    """
    if not confidences:
        return None
    import numpy as np

    inside = np.asarray(in_scope, dtype=bool)
    values, places = np.unique(np.asarray(confidences, dtype=float), return_inverse=True)
    hits, weights = np.asarray(right, dtype=float), _weights(inside)
    table = _tabulate(values, places, hits, weights)
    spread = np.std([
        _tabulate(values, places, hits, weights * counts).error for counts in _resamples(inside)
    ])  # fmt: skip
    return Calibration(Estimate(table.error, float(spread)), tuple(_bins(table, table.bins[places], weights)))


@dataclass(frozen=True)
class _Table:
    """Weights by bin: arrays of (BINS,), but for `bins`."""

    bins: Integers
    """Of each different confidence."""
    weight: Floats
    confidence: Floats
    """Times weight."""
    right: Floats
    """Times weight."""

    @property
    def error(self) -> float:
        return float(abs(self.right - self.confidence).sum())


def _tabulate(values: Floats, places: Integers, hits: Floats, weights: Floats) -> _Table:
    """Return the bins of questions whose confidence is `values[places]`."""
    import numpy as np

    by_value = _sums(places, weights, len(values))
    middles = np.cumsum(by_value) - by_value / 2
    # Rounded, so that no last digit of a sum moves a question to another bin.
    bins = np.minimum((middles * BINS).round(9).astype(int), BINS - 1)
    return _Table(
        bins,
        _sums(bins, by_value, BINS),
        _sums(bins, by_value * values, BINS),
        _sums(bins, _sums(places, weights * hits, len(values)), BINS),
    )


def _sums(places: Integers, amounts: Floats, size: int) -> Floats:
    """Return the sum of the amounts of each place: (size,)."""
    import numpy as np

    return np.bincount(places, amounts, size)  # type: ignore[return-value]  # float64 with amounts


def _bins(table: _Table, bins: Integers, weights: Floats) -> Iterator[Bin]:
    """Yield the bins that have questions; `bins` and `weights` are those of each question."""
    import numpy as np

    counts = np.bincount(bins, minlength=BINS)
    squares = _sums(bins, weights * weights, BINS)
    for number in np.flatnonzero(counts).tolist():
        weight = float(table.weight[number])
        right = float(table.right[number]) / weight
        error = math.sqrt(max(0.0, right * (1 - right)) * float(squares[number])) / weight
        yield Bin(int(counts[number]), weight, float(table.confidence[number]) / weight, right, error)


def _weights(inside: Bools) -> Floats:
    """Return the weight of each question: (questions,), their sum 1."""
    import numpy as np

    count, out = int(inside.sum()), int((~inside).sum())
    outside = OUT_OF_SCOPE_WEIGHT if count and out else float(not count)
    return np.where(inside, (1 - outside) / max(1, count), outside / max(1, out))


def _resamples(inside: Bools) -> Iterator[Integers]:
    """Yield how often each question is drawn, both sorts as often as there are of them."""
    import numpy as np

    generator = np.random.default_rng(SEED)
    for _ in range(RESAMPLES):
        counts = np.zeros(len(inside), dtype=int)
        for sort in (inside, ~inside):
            if size := int(sort.sum()):
                counts[sort] = generator.multinomial(size, np.full(size, 1 / size))
        yield counts
