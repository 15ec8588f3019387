"""Claims about cards and JSON."""

from __future__ import annotations

import json
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tpbot.layout import STEERING, columns
from tpbot.records import (
    Answer,
    Band,
    Block,
    CitedSource,
    ContactLine,
    Flag,
    Outcome,
    Reply,
    Span,
    Topic,
    Triage,
    Urgency,
)
from tpbot.render import Page, to_json, to_text

NOTE = "General information only. In an emergency, call your local emergency number."
ANSWER = Answer(
    id="feel-like",
    question="What does a trigger point feel like?",
    text="Often like a small, tender knot.",
    blocks=(
        Block(
            "paragraph",
            ((Span("Often like a "), Span("small, tender", "strong"), Span(" knot in a muscle.")),),
        ),
        Block(
            "list", ((Span("It may ache."),), (Span("It may send pain elsewhere, further than you expect."),))
        ),
        Block("numbered_list", ((Span("Press gently."),), (Span("Let go."),))),
    ),
    evidence="limited",
    technique=False,
    checked="2026-11-20",
    reviewed_by=None,
    related=(Topic("lump", "Is my lump a knot?"), Topic("active", "What is an active trigger point?")),
    sources=(
        CitedSource("a", "A paper on muscles", "https://example.org/paper"),
        CitedSource("b", "A book", None),
    ),
)
REPLY = Reply(
    schema=1,
    question="wat does it feel like",
    outcome="answer",
    message=None,
    answer=ANSWER,
    choices=(),
    confidence=0.93,
    band="high",
    candidates=(),
    triage=Triage(),
    safety_note=NOTE,
)
EMERGENCY = replace(
    REPLY,
    outcome="urgent",
    answer=None,
    triage=Triage(
        "emergency",
        (Flag("cauda-equina", "emergency"),),
        "This can be an emergency. Call 999 now.",
        None,
        (ContactLine("Emergency services", "999"),),
    ),
)
CONFIRM = replace(
    REPLY,
    outcome="confirm",
    answer=None,
    triage=Triage(
        "unclear",
        (Flag("cauda-equina", "unclear"),),
        None,
        "Is there numbness where you would sit on a saddle?",
    ),
)
CLARIFY = replace(REPLY, outcome="clarify", answer=None, choices=ANSWER.related)
NO_ANSWER = replace(
    REPLY, outcome="no_answer", answer=None, message="I do not know.\nNear: sleep.", band="low"
)
ALL = (REPLY, EMERGENCY, CONFIRM, CLARIFY, NO_ANSWER)


def test_card_in_full() -> None:
    """A card shows question, answer, evidence, sources, dates, related questions, safety note, in order."""
    assert to_text(REPLY, Page(60), not_reviewed="Not yet reviewed by a clinician") == (
        """\
What does a trigger point feel like?

Often like a small, tender knot in a muscle.

- It may ache.
- It may send pain elsewhere, further than you expect.

1. Press gently.
2. Let go.

Evidence: limited
Sources:
- A paper on muscles
  https://example.org/paper
- A book
Checked 2026-11-20 · Not yet reviewed by a clinician

Related questions:
- Is my lump a knot?
- What is an active trigger point?

Safety note: General information only. In an emergency, call
your local emergency number.
"""
    )


@pytest.mark.parametrize("reply", ALL, ids=lambda reply: reply.outcome)
@pytest.mark.parametrize("at_prompt", [True, False])
def test_every_card_ends_with_the_safety_note(reply: Reply, at_prompt: bool) -> None:
    """A reply of any outcome carries the safety note, last."""
    card = to_text(reply, Page(88), at_prompt=at_prompt)
    assert " ".join(card.split()).endswith(f"Safety note: {NOTE}")


def test_all_outcomes_are_tried() -> None:
    """The replies of these tests cover every outcome there is."""
    assert {reply.outcome for reply in ALL} == set(get_args(Outcome))


@pytest.mark.parametrize("urgency", [urgency for urgency in get_args(Urgency) if urgency != "none"])
def test_urgent_card_is_framed_in_plain_text(urgency: Urgency) -> None:
    """Without colour, an urgent card still begins with a rule and a heading in capitals between stars."""
    outcome: Outcome = "confirm" if urgency == "unclear" else "urgent"
    card = to_text(replace(EMERGENCY, outcome=outcome, triage=replace(EMERGENCY.triage, urgency=urgency)))
    rule, heading, *rest = card.splitlines()
    assert set(rule) == {"-"}
    assert heading == heading.upper()
    assert heading.startswith("*** ")
    assert heading.endswith(" ***")
    assert rule in rest
    assert "- Emergency services: 999" in rest
    assert "\x1b" not in card


@pytest.mark.parametrize("reply", [REPLY, CLARIFY, NO_ANSWER], ids=lambda reply: reply.outcome)
def test_calm_card_has_no_frame(reply: Reply) -> None:
    """A card that is not urgent has neither rule nor stars."""
    assert "***" not in to_text(reply)
    assert "---" not in to_text(reply)


def test_soon_shows_advice_before_the_answer() -> None:
    """Where a red flag only asks to be seen soon, its advice stands above the answer."""
    card = to_text(replace(EMERGENCY, answer=ANSWER, triage=replace(EMERGENCY.triage, urgency="soon")))
    assert card.index("Call 999 now.") < card.index("small, tender") < card.index("Safety note")


def test_check_question_says_how_to_answer() -> None:
    """A check question names the option that answers it, or at the prompt the words to type."""
    assert "--confirm cauda-equina=yes or --confirm cauda-equina=no" in to_text(CONFIRM)
    assert "Type yes or no." in to_text(CONFIRM, at_prompt=True)


def test_choices_are_numbered_at_the_prompt_only() -> None:
    """Numbers appear where they can be typed."""
    assert " 1. Is my lump a knot?\n 2. What is an" in to_text(CLARIFY, at_prompt=True)
    assert "- Is my lump a knot?\n- What is an" in to_text(CLARIFY)


@pytest.mark.parametrize(("band", "shown"), [("high", False), ("medium", True), ("low", True), (None, False)])
def test_doubt_is_said(band: Band | None, shown: bool) -> None:
    """An answer that is probably but not surely the right one says so."""
    card = to_text(replace(REPLY, confidence=0.57, band=band))
    assert ("Closest match, about 57% sure:" in card) is shown


def test_review_is_named() -> None:
    """A reviewed answer names who reviewed it, instead of saying that nobody did."""
    card = to_text(replace(REPLY, answer=replace(ANSWER, reviewed_by="Dr A")), not_reviewed="Not reviewed")
    assert "Checked 2026-11-20 · Reviewed by Dr A" in card
    assert "Not reviewed" not in card


def test_bare_answer_shows_no_empty_labels() -> None:
    """An answer without evidence, sources, dates or related questions shows no label for them."""
    bare = replace(ANSWER, evidence=None, sources=(), checked=None, related=(), question=None)
    card = to_text(replace(REPLY, answer=bare))
    assert [word for word in ("Evidence", "Source", "Checked", "Related", "None") if word in card] == []


def test_message_keeps_its_lines() -> None:
    """Line breaks of a message stay."""
    assert to_text(NO_ANSWER).startswith("I do not know.\nNear: sleep.\n")


@pytest.mark.parametrize("reply", ALL, ids=lambda reply: reply.outcome)
@pytest.mark.parametrize("width", [1, 20, 33, 80, 500])
def test_lines_fit_the_terminal(reply: Reply, width: int) -> None:
    """Lines are at most as wide as the terminal, between 20 and 88 columns; addresses alone may be longer."""
    for line in to_text(reply, Page(width), not_reviewed="Not yet reviewed", at_prompt=True).splitlines():
        assert columns(line) <= max(20, min(88, width)) or line.strip().startswith("https://")


def test_colour_adds_only_codes() -> None:
    """With colour, the same words are shown, some of them in bold or red."""
    for reply in ALL:
        coloured = to_text(reply, Page(60, colour=True))
        for code in ("\x1b[1;31m", "\x1b[1;33m", "\x1b[1m", "\x1b[0m"):
            coloured = coloured.replace(code, "")
        assert coloured == to_text(reply, Page(60))
    assert "\x1b[1msmall,\x1b[0m" in to_text(REPLY, Page(60, colour=True))
    assert "- Emergency services: \x1b[1m999\x1b[0m\n" in to_text(EMERGENCY, Page(60, colour=True))
    assert "\x1b[1;31m*** EMERGENCY: GET HELP NOW ***\x1b[0m" in to_text(EMERGENCY, Page(60, colour=True))


HOSTILE = st.text(
    st.characters(codec="utf-8") | st.sampled_from([chr(code) for code in STEERING]), max_size=40
)


@given(HOSTILE)
def test_no_text_steers_the_terminal(text: str) -> None:
    """Whatever a corpus or a question holds, card and JSON hold no character that steers a terminal."""
    topic = Topic("x", text)
    answer = replace(
        ANSWER,
        question=text,
        blocks=(Block("list", ((Span(text, "strong"),),)),),
        checked=text,
        reviewed_by=text,
        related=(topic,),
        sources=(CitedSource(text, text, text),),
    )
    triage = Triage("unclear", (Flag(text, "unclear"),), text, text, (ContactLine(text, text),))
    reply = Reply(1, text, "confirm", text, answer, (topic,), 0.5, "medium", (), triage, text)
    for shown in (to_text(reply), to_text(reply, at_prompt=True), to_json(reply).decode()):
        assert not {ord(character) for character in shown} & set(STEERING)


@given(HOSTILE)
def test_json_is_one_lossless_line(text: str) -> None:
    """The JSON of a reply is one line, and reads back as the same reply."""
    reply = replace(REPLY, question=text, safety_note=text)
    line = to_json(reply).decode()
    assert line.splitlines(keepends=True) == [line]
    assert msgspec.json.decode(line, type=Reply) == reply


def test_json_has_the_fields_of_the_contract() -> None:
    """Fields stand in the contract's order, missing values are null, missing lists empty."""
    fields = json.loads(to_json(NO_ANSWER))
    assert list(fields) == [
        "schema",
        "question",
        "outcome",
        "message",
        "answer",
        "choices",
        "confidence",
        "band",
        "candidates",
        "triage",
        "safety_note",
    ]
    assert fields["answer"] is None
    assert fields["choices"] == []
    assert list(fields["triage"]) == ["urgency", "flags", "message", "question", "contacts"]
