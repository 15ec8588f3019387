"""Claims about what a line typed at the prompt does."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.bot import Bot
from tpbot.corpus import BUILTIN, Corpus, load_corpus
from tpbot.dialog import respond, welcome
from tpbot.records import Block, Contact, CorpusInfo, Entry, Flag, Region, Source, Topic
from tpbot.slash import COMMANDS, KEYS
from tpbot.turn import State, Turn

PAIRS = [
    ("What is a trigger point?", "A **tender** knot in a muscle."),
    ("Can I use a tennis ball on my back?", "Yes, gently."),
    ("How should I sleep with back pain?", "On your side."),
]


UNCLEAR = "How should I sleep with tingling in my buttock?"
EMERGENCY = "I feel numb between my legs"


@pytest.fixture(scope="module")
def bot() -> Bot:
    """Return a bot of three questions, with the triage rules that ship and the numbers of one region."""
    contact = Contact("NZ", "emergency", "Emergency services", "111", "https://example.org")
    info = CorpusInfo("x", "Backs", safety_note="Take care.", contacts=(contact,))
    entries = tuple(Entry(str(number), *pair) for number, pair in enumerate(PAIRS, 1))
    return Bot.from_corpus(Corpus(info, entries, red_flags=load_corpus(BUILTIN).red_flags))


def talk(bot: Bot, *lines: str) -> Turn:
    """Return the turn of the last of `lines`, typed one after the other."""
    turn = Turn(State())
    for line in lines:
        turn = respond(bot, turn.state, line)
    return turn


def words(turn: Turn) -> str:
    """Return the text of a turn's blocks."""
    return "\n".join(span.text for block in turn.blocks for item in block.items for span in item)


def test_question_gets_a_reply(bot: Bot) -> None:
    """A line that is nothing else is asked, and remembered for /why."""
    turn = talk(bot, "what is a trigger point")
    assert turn.reply
    assert turn.reply.answer
    assert turn.reply.answer.question == "What is a trigger point?"
    assert turn.state.reply is turn.reply
    assert not turn.leave


@pytest.mark.parametrize("line", ["", "   ", "\t\n"])
def test_blank_line_shows_nothing(bot: Bot, line: str) -> None:
    """A blank line changes nothing and shows nothing."""
    assert talk(bot, line) == Turn(State())


@pytest.mark.parametrize("line", ["/quit", "/QUIT", " /quit now", "quit", "exit", "Exit"])
def test_leaving(bot: Bot, line: str) -> None:
    """/quit leaves, and so do the bare words quit and exit."""
    assert talk(bot, line).leave


@pytest.mark.parametrize(
    ("lines", "question"),
    [
        (["/topics", "2"], "Can I use a tennis ball on my back?"),
        (["/topics", " 3. "], "How should I sleep with back pain?"),
        (["/topics", "#1"], "What is a trigger point?"),
        (["/topics tennis", "1"], "Can I use a tennis ball on my back?"),
        (["/topics", "/help", "/region", "2"], "Can I use a tennis ball on my back?"),
    ],
)
def test_number_answers_what_it_stands_for(bot: Bot, lines: list[str], question: str) -> None:
    """A number answers the option that it stands for, also after commands in between."""
    turn = talk(bot, *lines)
    assert turn.reply
    assert turn.reply.answer
    assert turn.reply.answer.question == question
    assert turn.reply.safety_note == bot.info.safety_note


@pytest.mark.parametrize("line", ["0", "4", "99"])
def test_number_that_stands_for_nothing(bot: Bot, line: str) -> None:
    """A number beyond the options is answered with the numbers there are."""
    turn = talk(bot, "/topics", line)
    assert "Type 1 to 3, or a question." in words(turn)
    assert "Nothing is numbered just now." in words(talk(bot, line))


@pytest.mark.parametrize("lines", [["999"], ["/topics", "999"], ["911"]])
def test_number_that_is_no_choice_is_a_question(bot: Bot, lines: list[str]) -> None:
    """An emergency number is asked like any text, numbered options or not."""
    turn = talk(bot, *lines)
    assert turn.reply
    assert turn.reply.question == lines[-1]


@pytest.mark.parametrize("line", ["yes", "Y", " yeah ", "Yes, since Monday", "yes!"])
def test_yes_confirms(bot: Bot, line: str) -> None:
    """A yes to a check question, with more words or without, makes it urgent."""
    turn = talk(bot, UNCLEAR, line)
    assert turn.reply
    assert turn.reply.question == UNCLEAR
    assert turn.reply.outcome == "urgent"
    assert turn.reply.triage.flags == (Flag("cauda-equina", "emergency"),)
    assert not turn.state.waits


@pytest.mark.parametrize("line", ["no", "N", "nope.", "Not at all", "no, I don't", "no thanks"])
def test_no_dismisses(bot: Bot, line: str) -> None:
    """A plain no to a check question leads on to the answer of the question it was about."""
    turn = talk(bot, UNCLEAR, line)
    assert turn.reply
    assert turn.reply.question == UNCLEAR
    assert turn.reply.answer
    assert turn.reply.answer.question == "How should I sleep with back pain?"
    assert not turn.state.waits


@pytest.mark.parametrize(
    "line", ["no idea", "not all of them", "maybe", "what?", "2", "not sure", "no but a bit", "!"]
)
def test_neither_yes_nor_no_asks_again(bot: Bot, line: str) -> None:
    """Whatever is not clearly a no dismisses nothing: the check question is asked again."""
    turn = talk(bot, UNCLEAR, line)
    assert turn.state.waits
    assert "Type yes or no" in words(turn)
    assert "Do you have new trouble passing or holding urine" in words(turn)
    answered = respond(bot, turn.state, "no")
    assert answered.reply
    assert answered.reply.answer


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("i can't feel the toilet paper", "cauda-equina"),
        ("no but both legs went weak this morning", "cauda-equina"),
        ("no, my chest hurts and i am short of breath", "chest-heart-pe"),
        ("my foot feels weak", "leg-weakness"),
    ],
)
def test_red_flag_instead_of_yes_or_no_is_heard(bot: Bot, line: str, flag: str) -> None:
    """A text with a red flag of its own is urgent, though yes or no was asked."""
    turn = talk(bot, UNCLEAR, line)
    assert turn.reply
    assert turn.reply.outcome == "urgent"
    assert turn.reply.question == line
    assert [raised.id for raised in turn.reply.triage.flags] == [flag]
    assert not turn.state.waits


@pytest.mark.parametrize("line", ["I am pregnant", "my bum tingles too"])
def test_lesser_sign_does_not_take_the_place_of_a_check_question(bot: Bot, line: str) -> None:
    """A text that is urgent only soon, or unclear itself, does not end the waiting for a yes."""
    assert bot.ask(line).outcome in ("urgent", "confirm")
    turn = talk(bot, UNCLEAR, line)
    assert turn.state.waits
    assert "Do you have new trouble passing or holding urine" in words(turn)


def test_commands_work_while_a_check_question_waits(bot: Bot) -> None:
    """Help can be asked for before yes or no, and the check question still waits."""
    turn = talk(bot, UNCLEAR, "/help")
    assert "/topics" in words(turn)
    assert turn.state.waits


def test_confirmation_ends_with_its_question(bot: Bot) -> None:
    """A no given to one question says nothing about the next."""
    assert talk(bot, UNCLEAR, "no", "my bum tingles").state.waits


def test_region_is_kept(bot: Bot) -> None:
    """/region sets whose numbers later replies show."""
    turn = talk(bot, "/region nz", "hello", EMERGENCY)
    assert turn.reply
    assert turn.reply.triage.message
    assert "Call 111 or go" in turn.reply.triage.message
    assert [contact.number for contact in turn.reply.triage.contacts] == ["111"]


@pytest.mark.parametrize("line", [EMERGENCY, "my foot feels weak"])
def test_pressing_reply_without_a_region_says_how_to_see_numbers(bot: Bot, line: str) -> None:
    """Where help is needed now or today, the person is told how to see numbers, unless they are shown."""
    turn = talk(bot, line)
    assert turn.reply
    assert words(turn) == "To see telephone numbers for your country, type /region and one of NZ."
    assert words(talk(bot, "/region NZ", line)) == ""


@pytest.mark.parametrize("line", [UNCLEAR, "I am pregnant, what is a trigger point", "hello"])
def test_other_replies_do_not_speak_of_numbers(bot: Bot, line: str) -> None:
    """After a check question, a sign to see to soon and a calm reply, nothing is said of numbers."""
    assert talk(bot, line).reply
    assert talk(bot, line).blocks == ()


def test_corpus_without_numbers_promises_none(sourced_bot: Bot) -> None:
    """Of a corpus without telephone numbers, /region says that none are known."""
    assert (
        words(talk(sourced_bot, "/region NZ"))
        == "Emergency numbers are now those of NZ. None are known here."
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/region NZ", "Emergency numbers are now those of NZ.\nEmergency services: 111"),
        ("/region", "No region is set. /region R sets one of GB,"),
        ("/region GB", "Emergency numbers are now those of GB."),
        ("/region atlantis", "Use one of GB,"),
        ("/topics tennis", "Can I use a tennis ball on my back?"),
        ("/topics zebra", "No topic has the words “zebra”. /topics lists all 3."),
        ("/toipcs", "There is no command /toipcs. Did you mean `/topics`?"),
        ("/xyzzy", "There is no command /xyzzy. Type /help to see them."),
        ("/why", "Ask a question first"),
        ("/sources", "There is no answer yet. /sources all lists all sources."),
        ("/sources all", "None are named."),
    ],
)
def test_commands_say(bot: Bot, line: str, said: str) -> None:
    """Each command says what it did, and a wrong one what was meant."""
    assert said in words(talk(bot, line))


def test_help_lists_every_command_and_key(bot: Bot) -> None:
    """/help names all commands and all keys."""
    said = words(talk(bot, "/help"))
    for command in COMMANDS.values():
        assert command.usage in said
    for key in KEYS:
        assert key in said


def test_welcome(bot: Bot) -> None:
    """The welcome says what is covered, that tpbot is no clinician, and how to leave."""
    said = words(Turn(State(), blocks=welcome(bot)))
    assert bot.info.title in said
    assert "3 topics" in said
    assert "not a clinician" in said
    assert "/quit or Ctrl-D" in said
    assert f"call {bot.info.emergency_unknown}." in said


def test_welcome_names_the_emergency_number_of_the_region() -> None:
    """Where a region is set, the welcome names its emergency number."""
    contact = Contact("NZ", "emergency", "Emergency services", "111", "https://example.org")
    corpus = Corpus(
        CorpusInfo("x", "Knots", contacts=(contact,)), (Entry("knot", "What is a knot?", "Sore."),)
    )
    bot = Bot.from_corpus(corpus)
    assert "In an emergency, call 111." in words(Turn(State(), blocks=welcome(bot, "NZ")))
    assert "111" not in words(Turn(State(), blocks=welcome(bot, "GB")))


@pytest.fixture(scope="module")
def sourced_bot() -> Bot:
    """Return a bot whose one answer has sources."""
    entry = Entry("knot", "What is a muscle knot?", "A sore spot.", ("what are knots",), ("read", "named"))
    sources = (
        Source("read", "A paper", 2015, "https://example.org/paper"),
        Source("named", "A book", retrieved=False),
        Source("other", "A leaflet", retrieved=False, note="Seen in part."),
    )
    return Bot.from_corpus(Corpus(CorpusInfo("x", "Knots", safety_note="Take care."), (entry,), sources))


def test_sources_of_the_last_answer(sourced_bot: Bot) -> None:
    """/sources lists what the last answer rests on, with year, address, and whether it was read."""
    assert words(talk(sourced_bot, "what is a muscle knot", "/sources")).splitlines() == [
        "Sources of “What is a muscle knot?”:",
        "A paper (2015). https://example.org/paper",
        "A book. Named, but not read for this corpus.",
    ]


def test_all_sources(sourced_bot: Bot) -> None:
    """/sources all lists every source of the corpus."""
    said = words(talk(sourced_bot, "/sources all")).splitlines()
    assert said[0] == "All sources:"
    assert said[-1] == "A leaflet. Seen in part."
    assert len(said) == 4


def test_why_an_answer(bot: Bot) -> None:
    """/why names the words that counted, the threshold, and the candidates with their confidence."""
    said = words(talk(bot, "how do i slepe with back pain", "/why")).splitlines()
    assert said[:2] == [
        "Words that counted: how, do, i, sleep, with, back, pain.",
        "Read “slepe” as “sleep”.",
    ]
    assert re.fullmatch(r"An answer is given from \d+% on. The nearest topics, by number:", said[2])
    assert re.match(
        r"\d+% sure: How should I sleep with back pain\? Matched how, i, sleep, with, back, pain,", said[3]
    )


def test_why_of_a_red_flag(bot: Bot) -> None:
    """/why names the red flag that a question raised."""
    assert "point to a warning sign: cauda-equina." in words(talk(bot, EMERGENCY, "/why"))


def test_why_of_words_that_say_nothing(bot: Bot) -> None:
    """/why says so when a question has no words, or none that is near a topic."""
    assert words(talk(bot, "???", "/why")) == "There are no words in it to search for."
    assert "No topic is near." in words(talk(bot, "qqqqq", "/why"))


@given(
    st.lists(
        st.text() | st.sampled_from(["/topics", "1", UNCLEAR, EMERGENCY, "no", "yes", "/why", "/sources"]),
        max_size=4,
    )
)
def test_no_line_makes_it_fail(bot: Bot, lines: list[str]) -> None:
    """No sequence of lines raises; each shows something, or leaves, or is blank."""
    turn = talk(bot, *lines)
    if lines and lines[-1].strip():
        assert turn.reply or turn.blocks or turn.leave


def test_state_names_regions_of_the_contract() -> None:
    """All regions that numbers exist for can be chosen."""
    for region in get_args(Region):
        assert respond(Bot.from_pairs(PAIRS[:1]), State(), f"/region {region}").state.region == region


def test_blocks_are_the_blocks_of_answers(bot: Bot) -> None:
    """What commands say has the shape of an answer, so that faces lay it out alike."""
    turn = talk(bot, "/topics")
    assert all(isinstance(block, Block) for block in turn.blocks)
    assert turn.state.options == tuple(Topic(topic.id, topic.question) for topic in bot.topics())
