"""What must not change an answer: politeness, case, punctuation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tpbot.bot import Bot
from tpbot.questions import load_questions

QUESTIONS = [
    one.text for one in load_questions(Path(__file__).parent / "data" / "questions.jsonl") if one.expect
]
CHANGES = {
    "politeness": "hey bot, could you please tell me {} thanks!",
    "a greeting": "Good morning, {}",
    "a question mark": "{}?",
    "many marks": "{}???!!",
    "spaces": "  {}  ",
}
MOST = 0.03
"""How far the confidence may move."""


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_confidence_is_steady(bot: Bot, change: str) -> None:
    """Politeness and punctuation around a question hardly move the confidence, nor who is first."""
    for question in QUESTIONS:
        plain, changed = bot.ask(question), bot.ask(change.format(question))
        if plain.confidence is not None and changed.confidence is not None:
            assert abs(plain.confidence - changed.confidence) <= MOST, question
            assert plain.candidates[0].id == changed.candidates[0].id


def test_case_does_not_count(bot: Bot) -> None:
    """Capitals change nothing but the words that are shown again."""
    for question in QUESTIONS[:100]:
        plain, shouted = bot.ask(question), bot.ask(question.upper())
        assert (plain.outcome, plain.confidence) == (shouted.outcome, shouted.confidence)
