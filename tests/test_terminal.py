"""Claims about the prompt in a real pseudo-terminal, read off its screen."""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType

import pyte
import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

import fcntl
import pty
import termios

CTRL_C, CTRL_D, TAB, ENTER = "\x03", "\x04", "\t", "\r"


class _Screen(pyte.Screen):
    """A screen that answers the terminal's questions, such as where its cursor is."""

    answer: Callable[[str], None]

    def write_process_input(self, data: str) -> None:
        """Send what the terminal answers to the program."""
        self.answer(data)


class Terminal:
    """A pseudo-terminal that runs tpbot and shows its screen as text."""

    def __init__(self, settings: dict[str, str], *arguments: str, columns: int = 70) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 200, columns, 0, 0))
        self._screen = _Screen(columns, 200)
        self._screen.answer = self.type
        self._stream = pyte.ByteStream(self._screen)
        self.received = b""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tpbot", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # so that Ctrl-C is heard
            env={**kept, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **settings},
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        """Return the terminal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program and close the terminal."""
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def type(self, text: str) -> None:
        """Press the keys of `text`."""
        os.write(self._master, text.encode())

    def text(self) -> str:
        """Return the screen's lines without their trailing blanks."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    def wait_for(self, text: str, patience: float = 30) -> str:
        """Return the screen once it shows `text`, however long the program takes up to `patience` seconds."""
        end = time.monotonic() + patience
        while text not in self.text():
            assert time.monotonic() < end, f"no {text!r} on the screen:\n{self.text()}"
            self._read(0.05)
        return self.text()

    def ends_with(self) -> int:
        """Return the exit status of the program, which ends by itself."""
        while self._read(30):
            pass
        return self._process.wait(30)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux' way to say that the program closed the terminal
            return False
        self.received += data
        self._stream.feed(data)
        return bool(data)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return settings that keep the person's own cache out of it."""
    return {"TPBOT_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}


def test_a_talk_from_welcome_to_goodbye(settings: dict[str, str]) -> None:
    """A person types, completes, chooses by number, clears a line and leaves, and sees each answer."""
    with Terminal(settings) as terminal:
        terminal.wait_for("leave.\n\n>")
        terminal.type("what does a triger point feel like" + ENTER)
        screen = terminal.wait_for("Safety note:")
        assert "What does a trigger point feel like?" in screen
        terminal.type("/topics feel like" + ENTER)
        terminal.wait_for("Type a number")
        terminal.type("1" + ENTER)
        terminal.wait_for("\n> 1\n\nWhat does a trigger point feel like?")
        terminal.type("never mind")
        terminal.wait_for("> never mind")
        terminal.type(CTRL_C + "/xyzzy" + ENTER)
        terminal.wait_for("There is no command /xyzzy.")
        terminal.type(CTRL_D)
        assert terminal.ends_with() == 0
        assert "Traceback" not in terminal.text()


def test_nothing_is_painted_over(settings: dict[str, str]) -> None:
    """The prompt leaves the screen as it is: no other screen, no clearing of it, no toolbar."""
    with Terminal(settings) as terminal:
        terminal.wait_for("leave.\n\n>")
        terminal.type("what is a trigger point" + ENTER + "/help" + ENTER + "/quit" + ENTER)
        assert terminal.ends_with() == 0
        assert b"\x1b[?1049h" not in terminal.received
        assert b"\x1b[2J" not in terminal.received
        text = terminal.text()
        assert text.index("Ctrl-D") < text.index("> what is") < text.index("> /help") < text.index("> /quit")


@pytest.mark.parametrize(("term", "options"), [("dumb", []), ("xterm", ["--plain"])])
def test_plain_talk(settings: dict[str, str], term: str, options: list[str]) -> None:
    """With TERM=dumb or --plain, a talk has no single escape sequence, and Ctrl-C clears the line."""
    with Terminal({**settings, "TERM": term}, *options) as terminal:
        terminal.wait_for("leave.\n\n>")
        terminal.type("what is a trigger point" + ENTER)
        terminal.wait_for("Safety note:")
        terminal.type("never mind")
        terminal.wait_for("> never mind")
        terminal.type(CTRL_C)
        terminal.wait_for("never mind^C\n>")
        terminal.type("/region uk" + ENTER)
        terminal.wait_for("now those of GB.")
        terminal.type(CTRL_D)
        assert terminal.ends_with() == 0
        assert b"\x1b" not in terminal.received


def test_no_color_turns_colour_off(settings: dict[str, str]) -> None:
    """With NO_COLOR, no colour is set, neither in answers nor at the prompt."""
    with Terminal({**settings, "NO_COLOR": "1"}) as terminal:
        terminal.wait_for("leave.\n\n>")
        terminal.type("what is a trigger point" + ENTER)
        terminal.wait_for("Safety note:")
        terminal.type(CTRL_D)
        assert terminal.ends_with() == 0
        assert b"\x1b[3" not in terminal.received
        assert b"\x1b[1m" not in terminal.received


@pytest.mark.parametrize("columns", [20, 40, 200])
def test_cards_fit_the_window(settings: dict[str, str], columns: int) -> None:
    """Answers are wrapped at spaces to the width of the window, so that no word is cut at its edge."""
    with Terminal(settings, "ask", "what does a trigger point feel like", columns=columns) as terminal:
        assert terminal.ends_with() == 0
        words = terminal.text().split()
        assert "Safety note:" in " ".join(words)
        assert {"described", "definition.", "information."} <= set(words)


def test_ask_without_a_question_says_how(settings: dict[str, str]) -> None:
    """`tpbot ask` alone in a terminal does not wait for input in silence; it says how to ask."""
    with Terminal(settings, "ask", columns=200) as terminal:
        assert terminal.ends_with() == 2
        assert terminal.text().startswith("tpbot: there is no question. Write it in quotes")
        assert len(terminal.text().splitlines()) == 1
