"""Typing errors, made to measure."""

from __future__ import annotations

import random
import string


def with_typo(question: str, chance: random.Random) -> str:
    """Return `question` with an edit in its longest word: a letter lost, doubled or wrong, or two swapped."""
    word = max(question.split(), key=len)
    if len(word) < 4:
        return question
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    typo = chance.choice(
        (
            before + after,
            before + letter + letter + after,
            before + chance.choice(string.ascii_lowercase) + after,
            before + after[0] + letter + after[1:],
        )
    )
    return question.replace(word, typo, 1)
