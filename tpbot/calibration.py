"""The confidence of a candidate: a logistic function of what matching found, fitted on other corpora."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

UNANSWERABLE_SHARE = 0.3
"""Of the questions of a FAQ, how many it is taken to have no answer for."""
STEPS = 40
MOST_MOVED = 8.0


class Trial(msgspec.Struct, frozen=True):
    """A question that was asked of a corpus to see how sure it should be."""

    features: dict[str, float]
    """What matching found in the first candidate, by name."""
    right: bool
    answerable: bool


def coefficients(*, many_ways: bool) -> dict[str, float]:
    """Return the coefficients that ship, for corpora with links and many ways of asking, or for others."""
    tables: dict[str, dict[str, float]] = json.loads(
        Path(__file__).with_name("calibration.json").read_text("utf-8")
    )
    return tables["many_ways" if many_ways else "one_way"]


def confidence(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability that a candidate is right.

    Args:
        features: What matching found, by name.
        weights: A coefficient for each feature, and `intercept`.
    """
    logit = weights["intercept"] + sum(
        weight * features[name] for name, weight in sorted(weights.items()) if name != "intercept"
    )
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def adjusted(weights: Mapping[str, float], trials: Sequence[Trial]) -> dict[str, float]:
    """Return `weights` with the intercept moved until a corpus is as sure of its trials as it is right.

    How sure a similarity makes depends on how near the entries of a corpus lie to each other, which no
    coefficient fitted elsewhere can know. The move has a standard normal prior, so that few trials move it
    little; unanswerable trials count for `UNANSWERABLE_SHARE` together.
    """
    unanswerable = sum(not trial.answerable for trial in trials)
    if not 0 < unanswerable < len(trials):
        return dict(weights)
    share = {
        False: UNANSWERABLE_SHARE * len(trials) / unanswerable,
        True: (1 - UNANSWERABLE_SHARE) * len(trials) / (len(trials) - unanswerable),
    }
    low, high = -MOST_MOVED, MOST_MOVED
    for _ in range(STEPS):  # bisection: the slope of the log-likelihood falls from one end to the other
        moved = (low + high) / 2
        now = {**weights, "intercept": weights["intercept"] + moved}
        slope = -moved + sum(
            share[trial.answerable] * (trial.right - confidence(trial.features, now)) for trial in trials
        )
        low, high = (moved, high) if slope > 0 else (low, moved)
    return now
