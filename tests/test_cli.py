"""Claims about the command line, as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tpbot.cli import COMMANDS
from tpbot.commands.common import MAX_LINE_SIZE

PAIRS = [
    {"id": "what", "question": "What is a trigger point?", "answer": "A **tender** knot in a muscle."},
    {"id": "ball", "question": "Can I use a tennis ball on my back?", "answer": "Yes, \x1b[31mgently\u202e."},
    {"id": "sleep", "question": "How should I sleep with back pain?", "answer": "On your side."},
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the path of a corpus of three entries, one of them hostile to terminals."""
    path = tmp_path_factory.mktemp("corpus") / "pairs.jsonl"
    path.write_text("".join(json.dumps(pair) + "\n" for pair in PAIRS), encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment without settings of the person who runs the tests."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "SYSTEMROOT", "HOME")}
    cache = str(tmp_path_factory.mktemp("cache"))
    return {**kept, "TPBOT_CACHE_DIR": cache, "LC_ALL": "C.UTF-8", "TERM": "xterm", "COLUMNS": "72"}


class Tpbot:
    """Runs tpbot as a process, in an environment and by default on one corpus."""

    def __init__(self, environment: dict[str, str], corpus: str) -> None:
        self.environment = environment
        self.corpus = corpus

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[bytes]:
        """Start it with pipes all around."""
        return subprocess.Popen(
            [sys.executable, "-m", "tpbot", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.environment, **settings},
        )

    def run(self, *arguments: str, stdin: bytes = b"", **settings: str) -> tuple[int, str, str]:
        """Run it to its end; return exit status, output, errors."""
        with self.start(*arguments, **settings) as process:
            out, errors = process.communicate(stdin, timeout=60)
        return process.returncode, out.decode(), errors.decode()

    def ask(self, *arguments: str, stdin: bytes = b"", **settings: str) -> tuple[int, str, str]:
        """Run `tpbot ask` on the corpus."""
        return self.run("ask", "--corpus", self.corpus, *arguments, stdin=stdin, **settings)

    @contextmanager
    def answering(self) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]]:
        """Start `tpbot ask --json` and have one question answered; afterwards it must not have complained."""
        with self.start("ask", "--json", "--corpus", self.corpus) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdin.write(b"what is a trigger point\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["outcome"] == "answer"
            yield process, process.stdin, process.stdout
            assert process.stderr.read() == b""


@pytest.fixture(scope="module")
def tpbot(environment: dict[str, str], corpus: str) -> Tpbot:
    """Return tpbot with its index built, so that standard error is quiet."""
    program = Tpbot(environment, corpus)
    program.ask("What is a trigger point?")
    return program


def test_ask_answers_a_question(tpbot: Tpbot) -> None:
    """A question in everyday words with a typo gets its answer and the safety note, and nothing on stderr."""
    status, out, errors = tpbot.ask("what is a triger point")
    assert (status, errors) == (0, "")
    assert out.startswith("What is a trigger point?\n\nA tender knot in a muscle.\n")
    assert "\n\nSafety note: " in out


def test_words_without_quotes_are_one_question(tpbot: Tpbot) -> None:
    """Several words are joined to one question."""
    status, out, _ = tpbot.ask("--json", "what", "is", "a", "trigger", "point")
    assert status == 0
    assert json.loads(out)["question"] == "what is a trigger point"


def test_each_line_gets_one_reply_in_order(tpbot: Tpbot) -> None:
    """Blank lines, bytes that are not UTF-8, NUL, a last line without its end: all get a reply, in order."""
    lines = "\ufeffwhat is a trigger point\r\n\n".encode() + b"\xff\xfe?\n\0\n" + b"tennis ball on my back"
    status, out, errors = tpbot.ask("--json", stdin=lines)
    assert (status, errors) == (0, "")
    questions = [json.loads(line)["question"] for line in out.splitlines()]
    assert questions == ["what is a trigger point", "", "\ufffd\ufffd?", "\0", "tennis ball on my back"]


def test_cards_of_many_lines_name_their_questions(tpbot: Tpbot) -> None:
    """Without --json, each card of a line of input is headed by its question; `tpbot` alone does the same."""
    lines = b"what is a trigger point\n\nsleep with back pain\n"
    status, out, _ = tpbot.ask(stdin=lines)
    assert status == 0
    headings = [line for line in out.splitlines() if line.startswith("Question:")]
    assert headings == ["Question: what is a trigger point", "Question:", "Question: sleep with back pain"]
    assert out.count("Safety note:") == 3
    assert tpbot.run("--corpus", tpbot.corpus, stdin=lines) == (status, out, "")
    assert tpbot.run("chat", "--corpus", tpbot.corpus, stdin=lines) == (status, out, "")


def test_replies_are_streamed(tpbot: Tpbot) -> None:
    """A reply comes before the next question is sent."""
    with tpbot.answering() as (process, stdin, stdout):
        stdin.write(b"zxqv\n")
        stdin.flush()
        assert json.loads(stdout.readline())["question"] == "zxqv"
        stdin.close()
        assert process.wait(60) == 0


@pytest.mark.parametrize(
    ("stdin", "status"),
    [(b"what is a trigger point\nzxqv\n", 0), (b"zxqv\n", 1), (b"\n", 1), (b"", 1)],
)
def test_exit_status_says_whether_anything_was_answered(tpbot: Tpbot, stdin: bytes, status: int) -> None:
    """The exit status is 0 if any line was answered, 1 if none was."""
    assert tpbot.ask("--json", stdin=stdin)[0] == status


def test_top_limits_the_candidates(tpbot: Tpbot) -> None:
    """--top bounds how many candidates the JSON names."""
    _, out, _ = tpbot.ask("--json", "--top", "1", "back pain or tennis ball on my back")
    assert len(json.loads(out)["candidates"]) == 1


def test_min_confidence_refuses_what_is_not_sure(tpbot: Tpbot) -> None:
    """With the highest threshold, a vague question is not answered."""
    assert tpbot.ask("--min-confidence", "1", "ball thing for the back maybe")[0] == 1


def test_line_beyond_all_bounds_is_refused(tpbot: Tpbot) -> None:
    """A line of several megabytes is refused with a message, and the next line is answered."""
    line = b"pain " * (3 * MAX_LINE_SIZE // 5)
    status, out, _ = tpbot.ask("--json", stdin=line + b"\nwhat is a trigger point\n")
    first, second = (json.loads(text) for text in out.splitlines())
    assert status == 0
    assert first["outcome"] == "no_answer"
    assert first["message"]
    assert second["outcome"] == "answer"


@pytest.mark.parametrize("arguments", [["--json"], []])
def test_nothing_steers_the_terminal(tpbot: Tpbot, arguments: list[str]) -> None:
    """Neither a question nor a corpus can put an escape, NUL or bidi control into the output."""
    hostile = "tennis ball \x1b]0;x\x07 \x9b31m \u202e on my back\0\n"
    status, out, _ = tpbot.ask(*arguments, stdin=hostile.encode())
    assert status == 0
    assert "gently" in out
    assert not set(out) & set("\x1b\x07\x9b\u202e\0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["aks"], "there is no command `aks`. Did you mean `ask`?"),
        (
            ["pneumonoultra"],
            'there is no command `pneumonoultra`. To ask a question, write: tpbot ask "pneumono',
        ),
        (["ask", "--jsno", "x"], "unrecognized arguments: --jsno. `tpbot ask --help` lists"),
        (["--jsno"], "unrecognized arguments: --jsno. `tpbot chat --help` lists"),
        (["ask", "--top", "0", "x"], "--top: `0` is not a whole number from 1 to 1000"),
        (["ask", "--top", "many", "x"], "--top: `many` is not a whole number"),
        (["ask", "--min-confidence", "nan", "x"], "`nan` is not a number from 0 to 1"),
        (["ask", "--min-confidence", "60%", "x"], "`60%` is not a number from 0 to 1"),
        (["ask", "--region", "XX", "x"], "no emergency numbers for the region `XX`. Use one of GB"),
        (["ask", "--confirm", "flag", "x"], "`flag` is not of the form FLAG=yes or FLAG=no"),
        (["ask", "--confirm", "=yes", "x"], "`=yes` is not of the form"),
        (["ask", "--corpus", "missing/folder", "x"], "missing/folder"),
        (["ask", "--corpus", "\x1b[31m\nred", "x"], "[31m red"),
    ],
)
def test_errors_are_one_line_with_the_cure(tpbot: Tpbot, arguments: list[str], message: str) -> None:
    """A wrong argument gives exit status 2 and one line on standard error, and nothing on standard output."""
    status, out, errors = tpbot.run(*arguments)
    assert (status, out) == (2, "")
    assert errors.startswith("tpbot: ")
    assert errors.count("\n") == 1
    assert message in errors
    assert "\x1b" not in errors


def test_wrong_setting_is_an_error(tpbot: Tpbot) -> None:
    """A setting of the environment that cannot be used is named."""
    status, _, errors = tpbot.ask("x", TPBOT_REGION="nonsense")
    assert status == 2
    assert errors.startswith("tpbot: TPBOT_REGION: there are no emergency numbers")
    assert errors.count("\n") == 1


def test_help_names_every_command(tpbot: Tpbot) -> None:
    """--help lists the commands with examples; each command has its own help with examples."""
    for option in ("--help", "-h"):
        status, out, errors = tpbot.run(option)
        assert (status, errors) == (0, "")
        assert "examples:\n" in out
        assert [name for name in COMMANDS if f"\n  {name} " not in out] == []
    for name in COMMANDS:
        status, out, errors = tpbot.run(name, "--help")
        assert (status, errors) == (0, "")
        assert "examples:\n" in out


def test_version(tpbot: Tpbot) -> None:
    """--version prints the version of the installed package."""
    status, out, _ = tpbot.run("--version")
    assert status == 0
    assert out.startswith("tpbot 0.")


def test_topics(tpbot: Tpbot) -> None:
    """`tpbot topics` lists the questions, with words those that hold them, and fails when none does."""
    arguments = ("topics", "--corpus", tpbot.corpus)
    assert tpbot.run(*arguments) == (0, "".join(f"{pair['question']}\n" for pair in PAIRS), "")
    assert tpbot.run(*arguments, "tenis", "ball") == (0, "Can I use a tennis ball on my back?\n", "")
    assert tpbot.run(*arguments, "zebra") == (
        1,
        "",
        "tpbot: no topic has the words `zebra`. `tpbot topics` lists all 3.\n",
    )


@pytest.mark.parametrize("command", [["ask", "what is a trigger point"], ["topics"]])
def test_heavy_packages_stay_unloaded(tpbot: Tpbot, command: list[str]) -> None:
    """With the index built, ask and topics load neither scikit-learn, scipy nor prompt_toolkit."""
    program = (
        "import sys; from tpbot.cli import main; status = main(sys.argv[1:]); "
        "print(sorted({'sklearn', 'scipy', 'prompt_toolkit', 'joblib'} & set(sys.modules)), status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *command, "--corpus", tpbot.corpus],
        env=tpbot.environment,
        capture_output=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout.decode().splitlines()[-1] == "[] 0"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and signals of POSIX")
class TestEndings:
    """Claims about ends that come from outside."""

    def test_broken_pipe_is_quiet(self, tpbot: Tpbot) -> None:
        """When the reader of its output goes, tpbot ends without a word, as other tools do."""
        with tpbot.answering() as (process, stdin, stdout):
            stdout.close()
            stdin.write(b"what is a trigger point\n" * 3)
            stdin.close()
            assert process.wait(60) == 141

    def test_interrupt_is_quiet(self, tpbot: Tpbot) -> None:
        """Ctrl-C ends `tpbot ask` without a word and with exit status 130."""
        with tpbot.answering() as (process, _, _):
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_full_disk_is_an_error(self, tpbot: Tpbot) -> None:
        """Output that cannot be written is an error of one line."""
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-m", "tpbot", "--help"],
                env=tpbot.environment,
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )
        assert (done.returncode, done.stderr) == (2, b"tpbot: No space left on device.\n")

    @pytest.mark.parametrize(
        ("closed", "said"), [("<&-", "standard input is closed"), (">&-", "standard output is closed")]
    )
    def test_closed_streams_are_errors(self, tpbot: Tpbot, closed: str, said: str) -> None:
        """A closed standard stream is an error of one line."""
        done = subprocess.run(
            ["sh", "-c", f'"$0" -m tpbot ask --corpus "$1" {closed}', sys.executable, tpbot.corpus],
            env=tpbot.environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.decode().startswith(f"tpbot: {said}")
        assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell of POSIX")
def test_closed_standard_error_costs_nothing(tpbot: Tpbot, tmp_path: Path) -> None:
    """With standard error closed, what is meant for it lands nowhere, least of all among the replies."""
    done = subprocess.run(
        ["sh", "-c", '"$0" -m tpbot ask --json --corpus "$1" x 2>&-', sys.executable, tpbot.corpus],
        env={**tpbot.environment, "TPBOT_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert json.loads(done.stdout)["question"] == "x"


def test_terminal_that_lacks_characters_gets_replacements(tpbot: Tpbot) -> None:
    """In a terminal that knows only ASCII, an answer is shown all the same."""
    status, out, errors = tpbot.ask(
        "what is a trigger point — ça va?", PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    assert (status, errors) == (0, "")
    assert "A tender knot" in out


def test_unexpected_error_is_one_line(tpbot: Tpbot) -> None:
    """A mistake in the code gives one line and exit status 2; with TPBOT_DEBUG it shows its traceback."""
    program = (
        "import sys, tpbot.commands.topics as topics; topics.run = lambda arguments: 1 / 0; "
        "from tpbot.cli import main; sys.exit(main(['topics']))"
    )
    for settings, lines in (({}, 1), ({"TPBOT_DEBUG": "1"}, 5)):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**tpbot.environment, **settings},
            capture_output=True,
            check=False,
        )
        assert (done.returncode == 2) is (lines == 1)
        assert b"ZeroDivisionError" in done.stderr
        assert (len(done.stderr.splitlines()) >= lines) is True
        assert (b"Traceback" in done.stderr) is (lines > 1)
