"""Claims about asking: every text gets a reply, the same in every process."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.samples import CORPUS_FILES, write_files
from tpbot.bot import NEAREST_TOPICS, Bot
from tpbot.build import build_index
from tpbot.corpus import DEFAULT_SAFETY_NOTE, Corpus, load_corpus
from tpbot.errors import CorpusError, UsageError
from tpbot.records import MAX_QUESTION_LENGTH, CorpusInfo, Entry, Reply, Topic
from tpbot.text import replace_surrogates

PAIRS = [("When are you open?", "From **9** to 5."), ("Where do I park?", "Behind the house.")]
SCHEMA: dict[str, object] = {
    "schema": int,
    "question": str,
    "outcome": str,
    "message": str,
    "answer": {
        "id": str,
        "question": str,
        "text": str,
        "blocks": [{"kind": str, "items": list}],
        "evidence": str,
        "technique": bool,
        "checked": str,
        "reviewed_by": str,
        "related": [{"id": str, "question": str}],
        "sources": [{"key": str, "title": str, "url": str}],
    },
    "choices": [{"id": str, "question": str}],
    "confidence": float,
    "band": str,
    "candidates": [{"id": str, "question": str, "score": float}],
    "triage": {
        "urgency": str,
        "flags": [{"id": str, "urgency": str}],
        "message": str,
        "question": str,
        "contacts": [{"label": str, "number": str}],
    },
    "safety_note": str,
}
"""The fields of a reply's JSON, in their order, with their types where they are not null."""


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """Return the bot for the small corpus."""
    return Bot.load(write_files(tmp_path_factory.mktemp("tea"), CORPUS_FILES))


def conform(value: object, wanted: object, where: str = "reply") -> None:
    """Assert that JSON has exactly the fields and types that are wanted."""
    if isinstance(wanted, dict):
        assert isinstance(value, dict), where
        assert list(value) == list(wanted), where
        for name, inner in wanted.items():
            if value[name] is not None:
                conform(value[name], inner, f"{where}.{name}")
    elif isinstance(wanted, list):
        assert isinstance(value, list), where
        for item in value:
            conform(item, wanted[0], where)
    else:
        assert type(value) is wanted, where


def check(reply: Reply, text: str, safety_note: str, top: int = 5) -> None:
    """Assert what holds for every reply."""
    conform(json.loads(msgspec.json.encode(reply)), SCHEMA)
    assert msgspec.json.decode(msgspec.json.encode(reply), type=Reply) == reply
    assert reply.question == replace_surrogates(text)
    assert reply.safety_note == safety_note
    assert len(reply.candidates) <= top
    assert (reply.answer is not None) or reply.message
    assert (reply.outcome == "clarify") == bool(reply.choices)
    assert (reply.confidence is None) == (reply.band is None)
    if reply.outcome == "answer":
        assert reply.answer is not None
        assert reply.candidates[:1] == () or reply.candidates[0].id == reply.answer.id
    if reply.outcome in ("no_answer", "clarify", "confirm"):
        assert reply.answer is None


ANY_TEXT = st.one_of(
    st.text(st.characters(categories=None), max_size=200),
    st.text("aeiou \x00\x1b\u202e\u200b\ud800\U0001f600?'’", max_size=100),
    st.lists(st.sampled_from(["what", "is", "a", "piont", "?", "😀", "\n", "בטן", "痛"])).map(" ".join),
)


@settings(max_examples=200)
@given(ANY_TEXT)
@example("")
@example(" \t\n")
@example("???")
@example("\x00")
@example("\ud800")
@example("\udfff\ud800 pain")
@example("\u202epain kcab")
@example("😀" * 500)
@example("¿Qué es un punto gatillo?")
@example("трíггер 点 نقطة")
@example("a" * MAX_QUESTION_LENGTH)
@example("a " * (MAX_QUESTION_LENGTH // 2))
@example("'" * 2000)
@example("ﷺ" * 2000)
def test_no_text_makes_asking_raise(bot: Bot, text: str) -> None:
    """Every text gets a reply with the fields of the contract and the safety note, and an explanation."""
    check(bot.ask(text), text, bot.info.safety_note)
    bot.explain(text)


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "???", "\x00", "\u200b", "😀", "…!"])
def test_a_blank_question_is_asked_for(tea: Bot, text: str) -> None:
    """Without a word there is no answer and nothing to be sure of, but a request to ask."""
    reply = tea.ask(text)
    assert (reply.outcome, reply.confidence, reply.candidates) == ("no_answer", None, ())
    assert reply.message is not None
    assert reply.message.startswith("Please ask a question")


@pytest.mark.parametrize("length", [MAX_QUESTION_LENGTH + 1, 100_000])
@pytest.mark.parametrize("unit", ["a", "pain ", "😀", "\ud800", "\x00"])
def test_a_long_question_is_refused(bot: Bot, unit: str, length: int) -> None:
    """A question over the limit is refused, not cut: no candidates, the emergency line, the safety note."""
    text = (unit * length)[:length]
    reply = bot.ask(text)
    check(reply, text, bot.info.safety_note)
    assert (reply.outcome, reply.answer, reply.candidates) == ("no_answer", None, ())
    assert reply.message is not None
    assert f"{MAX_QUESTION_LENGTH:,}" in reply.message
    assert bot.info.emergency_unknown in reply.message


def test_the_longest_question_is_answered(tea: Bot) -> None:
    """A question of exactly the limit is read to its end."""
    question = "How do I brew a pot of tea?"
    reply = tea.ask(" " * (MAX_QUESTION_LENGTH - len(question)) + question)
    assert reply.answer is not None
    assert reply.answer.id == "brew"


def test_every_question_of_the_corpus_gets_its_entry(bot: Bot) -> None:
    """Each way of asking that the corpus lists, asked as it stands, gets its own entry, surely."""
    for number in range(bot._index.entry_count):
        for way in bot._index.ways_of(number):
            reply = bot.ask(way, top=1)
            if len(way) > MAX_QUESTION_LENGTH or reply.triage.urgency != "none":
                continue
            assert (reply.outcome, reply.confidence, reply.band) == ("answer", 1.0, "high"), way
            assert reply.candidates[0].id == bot._index.ids[number], way


def test_an_answer_has_all_that_the_entry_says(tea: Bot) -> None:
    """An answer shows text, blocks, evidence, source, date, reviewer, related questions and the stop rule."""
    answer = tea.ask("how do i brew a pot of tea").answer
    assert answer is not None
    assert (answer.id, answer.question) == ("brew", "How do I brew a pot of tea?")
    assert answer.text == "Pour boiling water on the leaves.\n\n- Wait.\n- Pour.\n\nStop when full."
    assert [block.kind for block in answer.blocks] == ["paragraph", "list", "paragraph"]
    assert (answer.evidence, answer.technique) == ("good", True)
    assert (answer.checked, answer.reviewed_by) == ("2026-01-31", "A. Taster")
    assert answer.related == (Topic("keep", "How long does tea keep?"),)
    assert [(source.key, source.url) for source in answer.sources] == [("book", "https://example.org/tea")]
    assert "1906" in answer.sources[0].title


def test_the_stop_rule_is_for_techniques(tea: Bot) -> None:
    """An entry that describes no technique does not carry the stop rule."""
    assert "Stop when full." not in tea.entry("milk").text


def test_a_source_that_was_not_read_says_so(corpus_folder: Path) -> None:
    """A source that is named from memory is marked in the answer."""
    (corpus_folder / "sources.toml").write_text('[book]\ntitle = "A book"\nretrieved = false\n', "utf-8")
    (source,) = Bot.from_corpus(load_corpus(corpus_folder)).entry("brew").sources
    assert "not read" in source.title


def test_a_draft_says_so(corpus_folder: Path) -> None:
    """An answer from a draft is marked as one in the reply's message."""
    (corpus_folder / "entries/milk.md").write_text("---\nquestion: Milk?\ndraft: true\n---\nYes.\n", "utf-8")
    reply = Bot.from_corpus(load_corpus(corpus_folder)).ask("Milk?")
    assert reply.outcome == "answer"
    assert "draft" in (reply.message or "")


def test_a_typo_in_every_word_still_finds_it(tea: Bot) -> None:
    """A question in a hurry finds the entry that was meant."""
    assert tea.ask("hwo do i brwe a pto of teaa").candidates[0].id == "brew"


def test_no_answer_names_what_is_near(tea: Bot) -> None:
    """When it does not know, it says so and names topics that it has, never more than a few."""
    reply = tea.ask("who won the tea cup final in nineteen sixty six")
    assert reply.outcome != "answer"
    reply = tea.ask("quantum chromodynamics lattice")
    assert reply.outcome == "no_answer"
    assert (reply.message or "").startswith("I don't know that.")
    assert (reply.message or "").count("“") <= NEAREST_TOPICS


def test_the_contact_line_is_given_when_there_is_no_answer(corpus_folder: Path) -> None:
    """A corpus' own contact line is part of the message when there is no answer."""
    path = corpus_folder / "corpus.toml"
    path.write_text(path.read_text("utf-8") + 'contact = "Ask the tea room on 12345."\n', "utf-8")
    message = Bot.from_corpus(load_corpus(corpus_folder)).ask("quantum chromodynamics").message
    assert "Ask the tea room on 12345." in (message or "")


@pytest.mark.parametrize("top", [-1, 0, 1, 2, 3, 10**9])
def test_top_is_how_many_candidates(tea: Bot, top: int) -> None:
    """A reply lists as many candidates as asked for, best first; the answer does not depend on it."""
    reply = tea.ask("how long does tea keep", top=top)
    assert len(reply.candidates) == min(max(top, 0), 3)
    scores = [candidate.score for candidate in reply.candidates]
    assert scores == sorted(scores, reverse=True)
    assert reply.answer == tea.ask("how long does tea keep").answer


@given(st.floats(0, 1), st.sampled_from(["brew tea", "tea", "milk leaves", "zzz", "does milk go in"]))
def test_answers_come_from_the_threshold_on(tea: Bot, threshold: float, question: str) -> None:
    """Whatever the threshold, an answer's confidence is not below it."""
    reply = Bot(tea._index, min_confidence=threshold).ask(question)
    if reply.outcome == "answer":
        assert reply.confidence is not None
        assert reply.confidence >= threshold - 5e-5  # confidences are rounded to four digits


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_threshold_is_a_probability(threshold: float) -> None:
    """A threshold that is no probability is refused."""
    with pytest.raises(UsageError, match="0 to 1"):
        Bot.from_pairs(PAIRS, min_confidence=threshold)


def test_pairs_in_a_hurry() -> None:
    """Questions and answers in a list can be asked; their ids are 1, 2, 3 and their note is the default."""
    bot = Bot.from_pairs(iter(PAIRS))
    reply = bot.ask("when are you open")
    assert reply.answer is not None
    assert (reply.answer.id, reply.answer.text, reply.confidence) == ("1", "From 9 to 5.", 1.0)
    assert reply.safety_note == DEFAULT_SAFETY_NOTE
    assert bot.topics() == (Topic("1", PAIRS[0][0]), Topic("2", PAIRS[1][0]))


@pytest.mark.parametrize("pairs", [[], [("Open?", "")], [("Open?", " \n")], [*PAIRS, ("Open?", "")]])
def test_pairs_need_answers(pairs: list[tuple[str, str]]) -> None:
    """No pairs, or a pair without an answer, are refused."""
    with pytest.raises(UsageError, match="pair"):
        Bot.from_pairs(pairs)


def test_a_passage_answers_without_a_question() -> None:
    """An entry without a question can be the answer, and is no topic."""
    bot = Bot.from_pairs([("", "A dog may come along on a lead."), *PAIRS], min_confidence=0)
    reply = bot.ask("dog on a lead")
    assert reply.answer is not None
    assert (reply.answer.id, reply.answer.question) == ("1", None)
    assert [topic.id for topic in bot.topics()] == ["2", "3"]


def test_two_corpora(corpus_folder: Path, tmp_path: Path) -> None:
    """A bot of two corpora answers from both, with the first one's note."""
    shop = tmp_path / "shop.jsonl"
    shop.write_text('{"id": "open", "question": "When are you open?", "answer": "9 to 5"}\n', "utf-8")
    bot = Bot.load(corpus_folder, shop)
    assert [bot.ask(question, top=1).candidates[0].id for question in ("milk first", "are you open")] == [
        "milk",
        "open",
    ]
    assert bot.info.safety_note == "Tea is hot."
    with pytest.raises(CorpusError, match="the id `open` occurs in both"):
        Bot.load(shop, shop)


def test_the_corpus_can_be_read_through_the_bot(tea: Bot) -> None:
    """Topics, ways of asking, entries and sources are at hand; what is not there is refused."""
    assert [topic.id for topic in tea.topics()] == ["brew", "keep", "milk"]
    assert "shelf life of leaves" in tea.questions()
    assert tea.source("book") in tea.sources()
    with pytest.raises(UsageError, match="no entry `gone`"):
        tea.entry("gone")
    with pytest.raises(UsageError, match="no source `gone`"):
        tea.source("gone")


def test_an_explanation_tells_what_was_understood(tea: Bot) -> None:
    """An explanation has the repaired words, the reply's candidates, and the words that matched."""
    question = "how do i brwe tea"
    explanation = tea.explain(question)
    assert ("brwe", "brew") in explanation.repaired
    assert [runner.topic.id for runner in explanation.runners] == [
        candidate.id for candidate in tea.ask(question, top=NEAREST_TOPICS).candidates
    ]
    assert {"brew", "tea"} <= set(explanation.runners[0].matched)
    assert explanation.runners[0].way == "How do I brew a pot of tea?"


QUESTIONS = ["what does a trigger pont feel like", "knot", "", "\u202e😀 pain", "the the the", "zzz"]
ASK = """
import sys
from tpbot.commands.common import show_json
from tpbot.bot import Bot
bot = Bot.load()
for question in sys.stdin.read().split("|"):
    show_json(bot.ask(question, top=20))
"""


def test_every_process_replies_the_same(
    bot: Bot, tmp_path: Path, run_python: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Whatever its hash seed, its threads and whether it had a cache, a process replies the same."""

    def replies() -> Iterator[str]:
        for environment in (
            {"PYTHONHASHSEED": "1"},
            {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "1"},
            {"PYTHONHASHSEED": "3", "OMP_NUM_THREADS": "2", "TPBOT_CACHE_DIR": str(tmp_path)},
        ):
            yield run_python("-c", ASK, env=environment, stdin="|".join(QUESTIONS)).stdout

    first, *others = replies()
    assert [first] * len(others) == others
    assert [json.loads(line)["question"] for line in first.splitlines()] == QUESTIONS
    here = [json.loads(msgspec.json.encode(bot.ask(question, top=20))) for question in QUESTIONS]
    assert [json.loads(line) for line in first.splitlines()] == here


def test_a_corpus_says_how_sure_an_answer_must_be() -> None:
    """The confidence that a corpus names holds unless the caller names another."""
    entries = tuple(Entry(str(number), *pair) for number, pair in enumerate(PAIRS))
    careful = build_index(Corpus(CorpusInfo("careful", "Careful", min_confidence=0.9), entries))
    assert Bot(careful).explain("dog").min_confidence == 0.9
    assert careful.meta.scoring["min_confidence"] == 0.9
    assert Bot(careful, min_confidence=0.2).explain("dog").min_confidence == 0.2
    assert Bot.from_pairs(PAIRS).explain("dog").min_confidence == 0.5
