"""Claims about the prompt: its loop, and its keys by a pipe in place of a keyboard."""

from __future__ import annotations

import io
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from prompt_toolkit.application.current import AppSession, create_app_session
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tpbot.bot import Bot
from tpbot.config import EditingMode
from tpbot.errors import UsageError
from tpbot.line_editor import MAX_PASTE, editing_reader
from tpbot.records import MAX_QUESTION_LENGTH, Reply
from tpbot.render import Page
from tpbot.repl import converse, plain_reader

QUESTIONS = ("What is a trigger point?", "What does a trigger point feel like?", "Can I use a tennis ball?")
UP, LEFT, RIGHT, TAB, ENTER = "\x1b[A", "\x1b[D", "\x1b[C", "\t", "\r"
CTRL_A, CTRL_C, CTRL_D, CTRL_K, CTRL_R = "\x01", "\x03", "\x04", "\x0b", "\x12"


Moment = Callable[[Buffer], bool]
"""When to type on: completion, suggestion and history come a moment after the key that asks for them."""


def shows(text: str) -> Moment:
    """Return the moment when the line reads `text`."""
    return lambda line: line.text == text


def menu(line: Buffer) -> bool:
    """Say whether completions are offered."""
    return line.complete_state is not None


def suggestion(line: Buffer) -> bool:
    """Say whether a suggestion is shown."""
    return line.suggestion is not None


def history_of(number: int) -> Moment:
    """Return the moment when `number` earlier lines can be gone back to."""
    return lambda line: len(line._working_lines) == number + 1


@contextmanager
def typing(*steps: str | Moment) -> Iterator[None]:
    """Type `steps` into prompts within the block, waiting at each moment among them."""
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()) as session:
        typist = Thread(target=_type, args=(keyboard, session, steps))
        typist.start()
        try:
            yield
        finally:
            typist.join()


def _type(keyboard: PipeInput, session: AppSession, steps: tuple[str | Moment, ...]) -> None:
    for step in steps:
        if isinstance(step, str):
            keyboard.send_text(step)
            continue
        patience = time.monotonic() + 10
        while not (session.app and step(session.app.current_buffer)):
            if time.monotonic() > patience:
                keyboard.close()  # the prompt raises EOFError, and the test fails
                return
            time.sleep(0.005)


@pytest.fixture(scope="module")
def bot() -> Bot:
    """Return a bot of three questions."""
    return Bot.from_pairs([(question, f"Answer {number}.") for number, question in enumerate(QUESTIONS)])


def typed(*steps: str | Moment, lines: int = 1, mode: EditingMode = "emacs") -> str:
    """Return the last of the `lines` that typing `steps` gives."""
    with typing(*steps):
        read_line = editing_reader(QUESTIONS, mode=mode)
        return [read_line("> ") for _ in range(lines)][-1]


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (["hello" + ENTER], "hello"),
        (["hello" + CTRL_A + "oh " + ENTER], "oh hello"),
        (["hello" + LEFT + LEFT + CTRL_K + ENTER], "hel"),
        (["tennis" + TAB, shows(QUESTIONS[2]), ENTER], QUESTIONS[2]),
        (["tenis bal" + TAB, shows(QUESTIONS[2]), ENTER], QUESTIONS[2]),
        (["trigger" + TAB, menu, TAB, shows(QUESTIONS[0]), ENTER], QUESTIONS[0]),
        (["trigger" + TAB, menu, TAB + TAB, shows(QUESTIONS[1]), ENTER], QUESTIONS[1]),
        (["what d", suggestion, RIGHT + ENTER], "what does a trigger point feel like?"),
        (["/so" + TAB, shows("/sources"), ENTER], "/sources"),
        (["zzzz" + TAB + RIGHT + ENTER], "zzzz"),
    ],
)
def test_keys_edit_complete_and_suggest(steps: list[str | Moment], line: str) -> None:
    """Editing keys edit, Tab completes with typos, and the right arrow takes the suggestion."""
    assert typed(*steps) == line


def test_vi_keys() -> None:
    """With vi keys, escape leaves inserting and `0`, `x` and `A` are commands."""
    assert typed("hello\x1b0xAy\r", mode="vi") == "elloy"


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        (["one\rtwo\r", history_of(2), UP + UP + ENTER], "one"),
        (["tennis\rtwo\r", history_of(2), "ten" + UP + ENTER], "tennis"),
        (["one\rtwo\r", history_of(2), CTRL_R + "on" + ENTER + ENTER], "one"),
    ],
)
def test_history_within_the_run(steps: list[str | Moment], line: str) -> None:
    """Earlier lines come back by the arrow, by their beginning, and by search."""
    assert typed(*steps, lines=3) == line


def test_paste_of_several_lines_is_one_question() -> None:
    """Line feeds in a paste become spaces, and it is not asked before Enter."""
    line = typed("\x1b[200~my back\r\n\nhurts at \x07night\n\x1b[201~ badly" + ENTER)
    assert line == "my back hurts at night badly"


def test_long_paste_stays_too_long_to_be_asked() -> None:
    """What is kept of a huge paste is still refused as too long, so that no cut question is answered."""
    line = typed("\x1b[200~" + "ab\n" * 20_000 + "\x1b[201~" + ENTER)
    assert MAX_QUESTION_LENGTH < len(line) <= MAX_PASTE


def test_history_file_is_private(tmp_path: Path) -> None:
    """A history file holds what was typed, for its owner alone, and is read again."""
    path = tmp_path / "history"
    path.touch(mode=0o644)
    for steps in (["first question" + ENTER], [history_of(1), UP + ENTER]):
        with typing(*steps):
            assert editing_reader((), history=str(path))("> ") == "first question"
    assert "+first question" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_history_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A history file that cannot be made is an error that names it."""
    with pytest.raises(UsageError, match=r"history file .*missing/history cannot be used: No such file"):
        editing_reader((), history=str(tmp_path / "missing" / "history"))


def test_talk_by_keys(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    """A talk goes on over a question, a cleared line, a command and a number until Ctrl-D."""
    with typing(QUESTIONS[1] + ENTER, "never mind" + CTRL_C, "/topics" + ENTER, "3" + ENTER, CTRL_D):
        converse(bot, editing_reader(bot.questions()), Page)
    shown = capsys.readouterr().out
    assert shown.index("not a clinician") < shown.index("Answer 1.") < shown.index("Answer 2.")
    assert "never mind" not in shown
    assert shown.count(f"Safety note: {bot.info.safety_note[:20]}") == 2


def test_talk_of_somebody_in_need(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a yes come heading, advice, safety note and how to see numbers, which are then shown."""
    lines = "tingling in my buttock\nyes\n/region GB\ncan't feel between my legs\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    converse(Bot.load(), plain_reader(), Page)
    captured = capsys.readouterr()
    assert captured.err == "> yes or no> > > > \n"
    place = 0
    for text in (
        "\nType yes or no.",
        "\n*** EMERGENCY: GET HELP NOW ***\n",
        "do not drive yourself",
        "\n\nSafety note: ",
        "care at once.\n\nTo see telephone numbers for your country, type /region",
        "\n- Samaritans: 116 123\n",
        "\n*** EMERGENCY: GET HELP NOW ***\n",
        "\n- Emergency services (ask for an ambulance): 999\n",
        "\n\nSafety note: ",
    ):
        place = captured.out.index(text, place)
    assert "/region" not in captured.out[place:]


class BrokenBot(Bot):
    """A bot with a mistake in its code."""

    def ask(self, text: str, **_: object) -> Reply:
        """Fail."""
        raise ZeroDivisionError(text)


def test_unexpected_error_does_not_end_the_talk(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a mistake in its code, tpbot says so with the safety note, without a traceback, and goes on."""
    monkeypatch.delenv("TPBOT_DEBUG", raising=False)
    broken = BrokenBot.from_pairs([("a", "b")])
    monkeypatch.setattr(sys, "stdin", io.StringIO("hurt\n/region gb\n"))
    converse(broken, plain_reader(), Page)
    shown = capsys.readouterr().out
    assert "this was not answered" in shown
    assert broken.info.safety_note[:20] in shown
    assert "ZeroDivisionError" not in shown
    assert "now those of GB" in shown


def test_plain_reader_prompts_where_a_person_sees_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the output is kept elsewhere, the prompt is shown on standard error."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("a line\n"))
    read_line = plain_reader()
    assert read_line("> ") == "a line\n"
    with pytest.raises(EOFError):
        read_line("> ")
    assert capsys.readouterr() == ("", "> > \n")
