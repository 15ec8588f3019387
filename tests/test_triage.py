"""Triage: what fires, what stays quiet, and what a verdict carries."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.corpus import load_corpus
from tpbot.errors import UsageError
from tpbot.evaluate_triage import figures, judge, load_messages, report
from tpbot.records import Contact, CorpusInfo, Region
from tpbot.red_flags import load_red_flags
from tpbot.triage import Triager, run_examples

ROOT = Path(__file__).parents[1]
ROUNDS = ROOT / "tests" / "data" / "triage"

CONTACTS = (
    Contact("GB", "emergency", "Emergency", "999", "https://example.org/gb"),
    Contact("GB", "advice", "Advice line", "111", "https://example.org/gb"),
    Contact("GB", "crisis", "Listeners", "116 123", "https://example.org/gb"),
    Contact("US", "emergency", "Emergency", "911", "https://example.org/us"),
    Contact("US", "crisis", "Crisis line", "988", "https://example.org/us"),
    Contact("US", "poison", "Poison line", "1-800-222-1222", "https://example.org/us"),
)
INFO = CorpusInfo(id="test", title="Test", contacts=CONTACTS)

SYMPTOMS = """
numbness between my legs; loss of bladder control; bowel accidents; weakness in both legs; chest pain
shortness of breath; blood in my urine; black tarry stools; a drooping face; slurred speech
a swollen hot calf; thoughts of killing myself; a cold blue foot; a foot drop
swelling of my lips and tongue; vomiting of blood; pain down both legs; a lump on my spine that is growing
night sweats with my back pain; a fever with my back pain; tearing pain in my belly
a throbbing lump in my tummy; coughing of blood; unexplained weight loss with back pain
double vision and slurred speech
"""
PRESENT = (
    "I have {}",
    "my husband has {} since yesterday",
    "I don't have a rash but I have {}",
    "Not only {}, also a stiff neck",
    "probably nothing, but {} since this morning",
    "I had a stiff neck years ago and now {}",
)
ABSENT = (
    "I have no {}",
    "no cough, no rash and no {}",
    "I don't have {}, just a stiff neck",
    "can trigger points cause {}?",
    "my dog has {}",
    "I had {} ten years ago, checked and all clear",
    "in the novel the hero has {}",
)


@cache
def triager() -> Triager:
    """The built-in rules with the test's telephone numbers."""
    return Triager(load_red_flags(ROOT / "corpus" / "red-flags.toml"), INFO)


def symptoms() -> list[str]:
    """Symptoms as noun phrases."""
    return [part.strip() for part in re.split(r"[;\n]", SYMPTOMS) if part.strip()]


def urgency(text: str) -> str:
    """The urgency of a message."""
    return triager().assess(text).urgency


def test_every_example_of_the_rules_is_right() -> None:
    """Each example that must fire raises its flag, and each that must not raises nothing."""
    assert run_examples(load_red_flags(ROOT / "corpus" / "red-flags.toml"), INFO) == []


@pytest.mark.parametrize("frame", PRESENT)
@pytest.mark.parametrize("symptom", symptoms())
def test_a_symptom_that_is_there_fires(symptom: str, frame: str) -> None:
    """A symptom of the writer or a relative fires, whatever else the sentence denies or recalls."""
    assert urgency(frame.format(symptom)) != "none"


@pytest.mark.parametrize("frame", ABSENT)
@pytest.mark.parametrize("symptom", symptoms())
def test_a_symptom_that_is_not_there_stays_quiet(symptom: str, frame: str) -> None:
    """A symptom that is denied, asked about, an animal's, old and checked or in a story does not fire."""
    bare = re.sub(r"^an? ", "", symptom) if frame.startswith(("I have no", "no cough")) else symptom
    if "my dog" in frame or "novel" in frame or "cause" in frame:
        bare = re.sub(r"\bmy\b", "the", bare).replace("killing myself", "suicide")
    assert urgency(frame.format(bare)) == "none"


@pytest.mark.parametrize(
    "text",
    [
        "no feeling down there",
        "I can't feel the toilet paper",
        "not able to pee since this morning",
        "no control of my bladder",
        "without any sensation between my legs",
    ],
)
def test_a_symptom_that_owns_its_negator_fires(text: str) -> None:
    """What is missing can be the symptom."""
    assert urgency(text) == "emergency"


SCORES = {
    "round-1": (80, 0),
    "round-2": (80, 0),
    "round-3": (80, 0),
    "round-4": (80, 0),
    "round-5": (80, 0),
    "round-6": (80, 0),
    "round-7": (80, 1),
    "round-8": (80, 0),
    "round-9": (78, 2),
    "round-10": (79, 4),
    "learn-A": (200, 1),
    "learn-AA": (0, 10),
    "learn-B": (218, 6),
    "learn-C": (180, 3),
    "learn-D": (90, 7),
    "learn-E": (210, 17),
    "learn-F": (80, 6),
    "learn-G": (260, 16),
    "learn-H": (240, 5),
    "learn-I": (240, 39),
    "learn-J": (140, 17),
    "learn-K": (220, 3),
    "learn-L": (360, 8),
    "learn-M": (0, 9),
    "learn-N": (0, 3),
    "learn-O": (0, 1),
    "learn-P": (199, 2),
    "learn-Q": (140, 3),
    "learn-R": (70, 2),
    "learn-S": (100, 5),
    "learn-T": (50, 5),
    "learn-U": (230, 2),
    "learn-V": (200, 1),
    "learn-W": (200, 7),
    "learn-X": (200, 4),
    "learn-Y": (200, 2),
    "learn-Z": (150, 18),
}
"""True messages caught and false alarms raised today, by file."""


@pytest.mark.parametrize("name", SCORES)
def test_rounds_of_messages_keep_their_score(name: str) -> None:
    """No stored round of messages by independent writers scores worse than today."""
    caught, alarms = SCORES[name]
    messages = load_messages(ROUNDS / f"{name}.jsonl")
    result = figures(judge(messages, triager().assess))
    assert result.caught.hits >= caught, report(result)
    assert result.false_alarms.hits <= alarms, report(result)


def test_ordinary_questions_stay_quiet() -> None:
    """At most two in a hundred of the corpus' own questions raise anything."""
    entries = load_corpus(ROOT / "corpus").entries
    questions = [text for entry in entries for text in (entry.question, *entry.also) if text]
    raised = [question for question in questions if urgency(question) != "none"]
    assert len(questions) > 500
    assert len(raised) <= 0.02 * len(questions), raised


def misspell(text: str) -> str:
    """Two long words with two letters swapped."""
    chooser = random.Random(len(text))  # noqa: S311 - repeatable, not secret
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 7 and word.isalpha()]
    for i in chooser.sample(long, min(2, len(long))):
        words[i] = words[i][:3] + words[i][4] + words[i][3] + words[i][5:]
    return " ".join(words)


CHANGES: dict[str, Callable[[str], str]] = {
    "typos": misspell,
    "capitals": str.upper,
    "no punctuation": lambda text: re.sub(r"[.,!?;:]", "", text),
    "filler": lambda text: f"um so basically {text} lol thanks",
    "a question before": lambda text: f"What size of ball should I buy? {text}",
    "a question after": lambda text: f"{text}. Also is a heat pack any good for a stiff neck?",
    "a hedge": lambda text: f"it is probably nothing but {text}",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_verdict_outlives_how_it_is_written(change: str) -> None:
    """Typos, capitals, filler, hedges and a harmless question beside it leave a verdict standing."""
    rules = load_red_flags(ROOT / "corpus" / "red-flags.toml")
    examples = [example for flag in rules.flags for example in flag.fires]
    lost = [example for example in examples if urgency(CHANGES[change](example)) == "none"]
    assert len(lost) <= 0.03 * len(examples), lost


def test_harmless_messages_joined_stay_harmless() -> None:
    """Two harmless messages one after the other rarely add up to a red flag."""
    entries = load_corpus(ROOT / "corpus").entries
    questions = [e.question for e in entries if e.question and urgency(e.question) == "none"]
    raised = [(a, b) for a, b in pairwise(questions) if urgency(f"{a} {b}") != "none"]
    assert len(raised) <= 0.02 * len(questions), raised


def test_the_most_urgent_flag_speaks_and_all_are_named() -> None:
    """Of several flags the most urgent gives the urgency; all are listed."""
    verdict = triager().assess(
        "I'm pregnant and my back hurts, and my face is drooping and my speech is slurred"
    )
    assert verdict.urgency == "emergency"
    assert {flag.id for flag in verdict.flags} >= {"stroke", "pregnancy"}
    assert verdict.message is not None
    assert "pregnant" in verdict.message


def test_no_number_without_a_region() -> None:
    """Without a region the message names no number of any region as the one to call."""
    verdict = triager().assess("I have chest pain")
    assert verdict.contacts == ()
    assert INFO.emergency_unknown in (verdict.message or "")


@pytest.mark.parametrize(
    ("text", "region", "numbers"),
    [
        ("I have chest pain", "GB", ["999"]),
        ("I have chest pain", "US", ["911"]),
        ("flank pain and burning when I pee", "GB", ["111"]),
        ("I want to die", "GB", ["999", "116 123"]),
        ("I want to die", "US", ["911", "988"]),
        ("I took 20 paracetamol last night", "US", ["911", "1-800-222-1222"]),
        ("I took 20 paracetamol last night", "GB", ["999", "111"]),
        ("I have chest pain", "NZ", []),
    ],
)
def test_contacts_are_those_of_the_region(text: str, region: Region, numbers: list[str]) -> None:
    """A verdict shows the numbers that its flag calls for, of the named region alone."""
    assert [contact.number for contact in triager().assess(text, region=region).contacts] == numbers


def test_a_crisis_gets_no_advice_about_massage() -> None:
    """A message about dying is answered warmly, without a word on technique."""
    message = triager().assess("I want to die", region="GB").message
    assert message is not None
    assert "massage" not in message
    assert "999" in message


def test_between_nothing_and_a_flag_it_asks() -> None:
    """An ambiguous message leads to one check question; a no dismisses it, a yes raises the flag."""
    text = "I just can't go on, make it end"
    asked = triager().assess(text)
    assert asked.urgency == "unclear"
    assert [flag.id for flag in asked.flags] == ["suicide"]
    assert asked.question
    assert triager().assess(text, confirm={"suicide": False}).urgency == "none"
    assert triager().assess(text, confirm={"suicide": True}).urgency == "emergency"


def test_a_no_dismisses_only_its_own_flag() -> None:
    """A no to one flag leaves the others standing."""
    verdict = triager().assess("I have chest pain and my speech is slurred", confirm={"stroke": False})
    assert [flag.id for flag in verdict.flags] == ["chest-heart-pe"]


def test_an_unknown_flag_to_confirm_is_an_error() -> None:
    """The error of an unknown flag names those that exist."""
    with pytest.raises(UsageError, match="cauda-equina"):
        triager().assess("hello", confirm={"strok": True})


@given(st.text(max_size=300))
def test_any_text_has_a_verdict(text: str) -> None:
    """Triage never raises, whatever is typed."""
    assert triager().assess(text).urgency in {"none", "unclear", "soon", "same_day", "emergency"}


WORDS = (
    "no",
    "not",
    "my",
    "leg",
    "numb",
    "pee",
    "can't",
    ",",
    ".",
    "?",
    "and",
    "but",
    "40",
    "weeks",
    "back",
    "pain",
)


@given(st.lists(st.sampled_from(WORDS), max_size=80))
def test_any_row_of_its_own_words_has_a_verdict(words: list[str]) -> None:
    """Triage never raises on its own vocabulary in any order, and says the same twice."""
    text = " ".join(words)
    assert triager().assess(text) == triager().assess(text)
