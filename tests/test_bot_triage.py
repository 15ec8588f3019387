"""Claims about how the bot joins triage with answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import RULES, write_files
from tpbot.bot import Bot
from tpbot.errors import RedFlagsError, UsageError

SOON = "I am 13. What does a trigger point feel like?"
SOON_TECHNIQUE = "I am pregnant. How do I use a tennis ball on a knot?"
UNCLEAR = "Tingling in my buttock: heat or ice?"
EMERGENCY = "I feel numb between my legs"
OTHER = "My chest hurts and I am short of breath"
"""An emergency by the rules that ship, and nothing by the small ones."""


def test_soon_gives_the_advice_and_the_answer(bot: Bot) -> None:
    """A flag that asks to be seen soon gives its advice, and the question is answered all the same."""
    reply = bot.ask(SOON)
    assert (reply.outcome, reply.triage.urgency) == ("urgent", "soon")
    assert reply.triage.message
    assert "Book an appointment" in reply.triage.message
    assert reply.answer
    assert reply.answer.id == "feel-like"
    assert reply.candidates[0].id == "feel-like"
    assert reply.confidence


def test_soon_never_gives_a_technique(bot: Bot) -> None:
    """Where the answer tells people what to do to their body, a flag of urgency soon leaves it out."""
    technique = bot.ask("How do I use a tennis ball on a knot?").answer
    assert technique
    assert technique.technique
    reply = bot.ask(SOON_TECHNIQUE)
    assert (reply.outcome, reply.triage.urgency) == ("urgent", "soon")
    assert reply.answer is None
    assert bot.entry(reply.candidates[0].id).technique
    assert reply.confidence
    assert reply.confidence > 0.5


def test_soon_does_not_lead_to_a_technique(bot: Bot) -> None:
    """Beside a flag of urgency soon, no related question that is a technique is offered."""
    calm, soon = bot.ask("What does a trigger point feel like?").answer, bot.ask(SOON).answer
    assert calm
    assert soon
    techniques = {topic for topic in calm.related if bot.entry(topic.id).technique}
    assert techniques
    assert soon.related == tuple(topic for topic in calm.related if topic not in techniques)


def test_no_question_of_the_corpus_gets_a_technique_with_a_red_flag(bot: Bot) -> None:
    """Asked by somebody who is pregnant, no topic leads to an answer that is a technique."""
    for topic in bot.topics():
        reply = bot.ask(f"I am pregnant. {topic.question}")
        assert reply.triage.urgency != "none"
        assert reply.answer is None or not reply.answer.technique


@pytest.mark.parametrize(
    ("text", "urgency"),
    [(EMERGENCY, "emergency"), ("My calf is swollen and hot. Massage it?", "same_day"), (UNCLEAR, "unclear")],
)
def test_nothing_is_answered_before_help_is_sought(bot: Bot, text: str, urgency: str) -> None:
    """Beside what is urgent or a check question stands no answer, choice, candidate or confidence."""
    reply = bot.ask(text)
    assert reply.triage.urgency == urgency
    assert reply.outcome == ("confirm" if urgency == "unclear" else "urgent")
    assert (reply.answer, reply.choices, reply.candidates) == (None, (), ())
    assert (reply.confidence, reply.band) == (None, None)
    assert reply.safety_note == bot.info.safety_note
    assert bool(reply.triage.question) is (urgency == "unclear")


def test_confirm_decides_a_check_question(bot: Bot) -> None:
    """A yes makes the flag of a check question urgent; a no leads to the answer."""
    flags = [flag.id for flag in bot.ask(UNCLEAR).triage.flags]
    assert flags == ["cauda-equina"]
    yes = bot.ask(UNCLEAR, confirm={"cauda-equina": True})
    assert (yes.outcome, yes.triage.urgency, yes.answer) == ("urgent", "emergency", None)
    no = bot.ask(UNCLEAR, confirm={"cauda-equina": False})
    assert (no.outcome, no.triage.urgency) == ("answer", "none")
    assert no.answer
    assert no.answer.id == "heat-vs-ice"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{UNCLEAR} My chest hurts and I am short of breath.", "chest-heart-pe"),
        (f"{UNCLEAR} I am pregnant.", "pregnancy"),
    ],
)
def test_no_dismisses_only_the_flag_it_names(bot: Bot, text: str, left: str) -> None:
    """A no to one flag leaves every other flag of the message as it was."""
    reply = bot.ask(text, confirm={"cauda-equina": False})
    assert reply.outcome == "urgent"
    assert [flag.id for flag in reply.triage.flags] == [left]


def test_no_to_another_flag_dismisses_nothing(bot: Bot) -> None:
    """A no to a flag that a message does not raise changes nothing."""
    assert bot.ask(UNCLEAR, confirm={"suicide": False}) == bot.ask(UNCLEAR)


def test_unknown_flag_is_refused(bot: Bot) -> None:
    """To confirm a flag that the rules do not have is an error that names those they have."""
    with pytest.raises(UsageError, match=r"no red flag 'cauda'.*cauda-equina"):
        bot.ask("hello", confirm={"cauda": False})


def test_corpus_without_rules_has_no_triage(corpus_folder: Path) -> None:
    """Without rules nothing is urgent, and there is nothing to confirm."""
    bot = Bot.load(corpus_folder)
    reply = bot.ask(EMERGENCY)
    assert reply.outcome == "no_answer"
    assert reply.triage.urgency == "none"
    with pytest.raises(UsageError, match="no red flags to confirm"):
        bot.ask("hello", confirm={"cauda-equina": False})


def test_rules_can_be_given_to_any_corpus(corpus_folder: Path) -> None:
    """`builtin`, a corpus folder and a file of rules each bring triage to a corpus that has none."""
    rules = corpus_folder.parent / "our-rules.toml"
    rules.write_text(RULES, "utf-8")
    assert Bot.load(corpus_folder, red_flags="builtin").ask(OTHER).outcome == "urgent"
    ours = Bot.load(corpus_folder, red_flags=rules)
    assert ours.ask(OTHER).outcome == "no_answer"
    assert ours.ask("numb leg").triage.message == "Go soon. Have it looked at."
    write_files(corpus_folder, {"red-flags.toml": RULES})
    theirs = Bot.load("builtin", red_flags=corpus_folder)
    assert (theirs.ask("numb leg").outcome, theirs.ask(OTHER).triage.urgency) == ("urgent", "none")


def test_own_rules_need_no_option(corpus_folder: Path) -> None:
    """The rules in a corpus' folder hold for it, and an edit of them holds at the next load."""
    assert Bot.load(corpus_folder).ask("numb leg").outcome == "no_answer"
    write_files(corpus_folder, {"red-flags.toml": RULES})
    assert Bot.load(corpus_folder).ask("numb leg").outcome == "urgent"
    assert Bot.load(corpus_folder).ask("tingling leg").outcome == "confirm"
    write_files(corpus_folder, {"red-flags.toml": RULES.replace('ask = ["tingling near leg"]', "")})
    assert Bot.load(corpus_folder).ask("numb leg").outcome == "urgent"
    assert Bot.load(corpus_folder).ask("tingling leg").outcome == "no_answer"


def test_first_corpus_with_rules_gives_them(corpus_folder: Path, tmp_path: Path) -> None:
    """Of several corpora, the first that has rules gives them for all."""
    entry = "---\nquestion: Is coffee hot?\n---\nYes.\n"
    theirs = RULES.replace("Have it looked at.", "Show it to somebody.")
    coffee = write_files(tmp_path / "coffee", {"entries/hot.md": entry, "red-flags.toml": theirs})
    message = Bot.load(corpus_folder, coffee).ask("numb leg").triage.message
    assert message == "Go soon. Show it to somebody."
    write_files(corpus_folder, {"red-flags.toml": RULES})
    message = Bot.load(corpus_folder, coffee).ask("numb leg").triage.message
    assert message == "Go soon. Have it looked at."


def test_rules_that_are_not_there_are_an_error(corpus_folder: Path, tmp_path: Path) -> None:
    """Asked for triage, a bot without rules is refused rather than loaded without."""
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(json.dumps({"id": "a", "question": "A?", "answer": "B."}), "utf-8")
    for path in (corpus_folder, pairs):
        with pytest.raises(RedFlagsError, match="no triage rules"):
            Bot.load(corpus_folder, red_flags=path)


def test_region_names_the_numbers(bot: Bot) -> None:
    """The advice of an emergency names the number of the region, else the corpus' general words."""
    there = bot.ask(EMERGENCY, region="US")
    assert there.triage.message
    assert "Call 911 or go" in there.triage.message
    assert [contact.number for contact in there.triage.contacts] == ["911"]
    nowhere = bot.ask(EMERGENCY)
    assert nowhere.triage.message
    assert f"Call {bot.info.emergency_unknown} or go" in nowhere.triage.message
    assert nowhere.triage.contacts == ()


@given(st.text(max_size=200))
def test_red_flag_is_heard_whatever_follows_it(bot: Bot, text: str) -> None:
    """An emergency on a line of its own is not talked away by whatever stands on the next."""
    reply = bot.ask(f"{EMERGENCY}.\n\n{text}")
    assert reply.outcome in ("urgent", "confirm")
