"""A second net under the triage rules: weights of words, for messages that no rule puts into words.

The weights are fitted by `tests/benchmarks/fit_second_net.py` on labelled messages and lie beside the rules.
A message's score is the sum of the weights of its stems and of its pairs of neighbouring stems, divided by
the root of how many there are, plus a bias: the log odds, by logistic regression, that it is a red flag.
"""

from __future__ import annotations

import math
from itertools import pairwise

import msgspec

from tpbot.text import stem, tokenise

MIN_WORDS = 4
"""Different words; of fewer a single chance weight would decide."""


class SecondNet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fitted weights and the scores at which they speak."""

    bias: float
    weights: dict[str, float]
    """Weight of a stem, or of two neighbouring stems with a space between."""
    flags: dict[str, dict[str, float]]
    """Flag -> its bias under the empty stem, and the weights of stems that tell it from the others."""
    ask: float
    """Log odds from which a message that no rule raises leads to a check question."""
    sure: float
    """Log odds from which it raises a flag."""
    overrule: float
    """Log odds from which it speaks although a rule's words are there, but denied, old or imagined."""

    def features(self, text: str) -> frozenset[str]:
        """The stems of a message and the pairs of them; none of a message with too few words to weigh."""
        words = [stem(word) for word in tokenise(text)]
        if len(set(words)) < MIN_WORDS:
            return frozenset()
        return frozenset((*words, *(f"{a} {b}" for a, b in pairwise(words))))

    def score(self, features: frozenset[str]) -> float:
        """The log odds that a message is a red flag."""
        if not features:
            return self.bias
        weigh = self.weights.get
        return self.bias + sum([weigh(name, 0.0) for name in features]) / math.sqrt(len(features))

    def flag(self, features: frozenset[str]) -> str:
        """The likeliest flag of a message that is one."""
        scale = math.sqrt(len(features)) or 1.0

        def likelihood(flag: str) -> float:
            weights = self.flags[flag]
            return weights.get("", 0.0) + sum([weights[name] for name in features & weights.keys()]) / scale

        return max(self.flags, key=likelihood)
