"""The command line: finds the command, runs it, and turns every error into one line and an exit status."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tpbot import __version__, config
from tpbot.errors import TpbotError, UsageError, did_you_mean
from tpbot.layout import clean

COMMANDS = {
    "chat": ("tpbot.commands.chat", "ask questions at a prompt (the default)"),
    "ask": ("tpbot.commands.ask", "answer one question, or one on each line of standard input"),
    "topics": ("tpbot.commands.topics", "list what it can answer"),
    "serve": ("tpbot.commands.serve", "answer over HTTP, with a help widget for web pages"),
    "check": ("tpbot.commands.check", "find what is wrong or unwise in a corpus"),
    "eval": ("tpbot.commands.eval", "measure how well labelled questions are answered"),
    "new": ("tpbot.commands.new", "begin an entry of a corpus"),
    "import": ("tpbot.commands.import_", "turn documents into drafts of entries"),
    "export": ("tpbot.commands.export", "write the entries as JSON lines, a table, a web page or Markdown"),
}
"""Name, module and one-line help. Only the module of the command that runs is imported."""

ERROR = 2
INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""
BROKEN_PIPE = 141
"""128 + SIGPIPE, as shells report it."""

EXAMPLES = """\
examples:
  tpbot                                               a prompt; Ctrl-D leaves it
  tpbot ask "what does a trigger point feel like?"    one question
  tpbot ask --json < questions.txt                    a line of JSON for each line
  tpbot topics sleep                                  what it can answer about sleep

`tpbot COMMAND --help` explains a command.
"""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are `UsageError`s of one line."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(
            prog=prog,
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    def error(self, message: str) -> NoReturn:
        """Raise the error instead of printing the usage."""
        raise UsageError(f"{message}. `{self.prog} --help` lists what it takes.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run tpbot with `argv`, by default the arguments of the process, and return its exit status."""
    try:
        _prepare_streams()
        status = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence_stdout()
        return BROKEN_PIPE
    except TpbotError as error:
        return _fail(str(error))
    except OSError as error:
        _silence_stdout()
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}.")
    except Exception as error:  # the last resort: a person never sees a traceback
        if config.debugging():
            raise
        return _fail(
            f"something went wrong inside tpbot ({type(error).__name__}: {error}). "
            "Set TPBOT_DEBUG=1 to see where, and please report it."
        )
    return status


def _run(argv: list[str]) -> int:
    if argv and argv[0] in ("--help", "-h", "--version", "-V"):
        return _about(argv[0])
    name, rest = (argv[0], argv[1:]) if argv and not argv[0].startswith("-") else ("chat", argv)
    if name not in COMMANDS:
        hint = did_you_mean(name, COMMANDS) or f'To ask a question, write: tpbot ask "{name} ..."'
        raise UsageError(f"there is no command `{name}`. {hint}")
    module_name, help_line = COMMANDS[name]
    module = import_module(module_name)
    parser = Parser(f"tpbot {name}", help_line)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(rest)))


def _about(option: str) -> int:
    if option in ("--version", "-V"):
        sys.stdout.write(f"tpbot {__version__}\n")
    else:
        sys.stdout.write(help_text())
    return 0


def help_text() -> str:
    """Return what `tpbot --help` prints."""
    commands = "\n".join(f"  {name:<10} {help_line}" for name, (_, help_line) in COMMANDS.items())
    return (
        "usage: tpbot [COMMAND] [OPTIONS]\n\n"
        "Answers questions from a small, cited corpus, says when it does not know,\n"
        "and puts warning signs first.\n\n"
        f"commands:\n{commands}\n\n"
        "options:\n  -h, --help     show this\n  -V, --version  show the version\n\n"
        f"{EXAMPLES}"
    )


def _prepare_streams() -> None:
    """Let no character that the terminal's encoding lacks stop a question or a reply."""
    if sys.stderr is None:  # closed: what is meant for it must not land elsewhere
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  # until the process ends
    if sys.stdout is None:
        raise UsageError("standard output is closed, so there is nowhere to answer. Leave it open.")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _fail(message: str) -> int:
    with suppress(OSError):
        sys.stderr.write(f"tpbot: {' '.join(clean(message).split())}\n")
    return ERROR


def _silence_stdout() -> None:
    """Point standard output elsewhere, so that the interpreter's last flush cannot complain."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
