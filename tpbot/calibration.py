"""The confidence of a candidate: a logistic function of what matching found, fitted on other corpora."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path


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
