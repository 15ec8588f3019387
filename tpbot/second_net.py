"""A second net under the triage rules: weights of words, for messages that no rule puts into words.

The weights are fitted by `tests/benchmarks/fit_second_net.py` on labelled messages and lie beside the rules.
A message's score is the sum of the weights of its stems and of its pairs of neighbouring stems, divided by
the root of how many there are, plus a bias: the log odds, by logistic regression, that it is a red flag.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

MIN_WORDS = 4
"""Different words; of fewer a single chance weight would decide."""
ENOUGH_WORDS = 15
"""Different words from which weights may speak against the rules."""


class SecondNet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fitted weights and the scores at which they speak."""

    bias: float
    weights: dict[str, float]
    """Weight of a stem, or of two neighbouring stems with a space between."""
    flags: dict[str, dict[str, float]]
    """Flag -> its bias under the empty stem, and the weights of stems that tell it from the others."""
    raised: float
    """What a flag that a rule raises or asks about adds to the log odds."""
    ask: float
    """Log odds from which a message leads to a check question."""
    sure: float
    """Log odds from which it raises a flag that no rule raises."""

    def features(self, stems: Sequence[str]) -> frozenset[str]:
        """What is weighed of a message, by its stems; nothing of a message with too few different ones."""
        return features_of(stems) if len(set(stems)) >= MIN_WORDS else frozenset()

    def is_short(self, features: frozenset[str]) -> bool:
        """Whether a message has too few words to weigh against what a rule says of it."""
        return sum(" " not in name for name in features) < ENOUGH_WORDS

    def score(self, features: frozenset[str]) -> float:
        """The log odds that a message is a red flag."""
        if not features:
            return self.bias
        weigh = self.weights.get
        return self.bias + sum([weigh(name, 0.0) for name in features]) / math.sqrt(len(features))

    def against(self, sign: frozenset[str], features: frozenset[str]) -> float:
        """What the words in which a rule saw a sign take off the score of a message: log odds below 0."""
        weigh = self.weights.get
        return sum([min(weigh(name, 0.0), 0.0) for name in sign]) / math.sqrt(len(features) or 1)

    def flag(self, features: frozenset[str]) -> str:
        """The likeliest flag of a message that is one."""
        words = {name for name in features if " " not in name}
        scale = math.sqrt(len(words)) or 1.0

        def likelihood(flag: str) -> float:
            weights = self.flags[flag]
            return weights.get("", 0.0) + sum([weights[name] for name in words & weights.keys()]) / scale

        return max(self.flags, key=likelihood)


def features_of(stems: Sequence[str]) -> frozenset[str]:
    """The features of words out of a message: their stems and the pairs of neighbours."""
    return frozenset((*stems, *(f"{a} {b}" for a, b in pairwise(stems))))
