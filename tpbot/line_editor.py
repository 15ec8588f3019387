"""Lines with editing keys, completion, suggestions and history: what the prompt takes from prompt_toolkit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from tpbot import config
from tpbot.completion import Questions
from tpbot.errors import UsageError
from tpbot.layout import clean
from tpbot.records import MAX_QUESTION_LENGTH
from tpbot.repl import ReadLine
from tpbot.slash import COMMANDS

MAX_COMPLETIONS = 8
MAX_PASTE = 2 * MAX_QUESTION_LENGTH
"""Characters kept of a paste. Still too many to be asked, so nothing that was cut is answered."""


def editing_reader(
    questions: Sequence[str],
    *,
    mode: config.EditingMode = "emacs",
    suggest: bool = True,
    history: str | None = None,
) -> ReadLine:
    """Return a reader of lines for `repl.converse`.

    Args:
        questions: What to complete from and to suggest.
        mode: Whose keys.
        suggest: Whether to show suggestions, which look like typed text where there is no colour.
        history: A file to keep lines in, readable by its owner alone; None keeps them for this run.

    Raises:
        UsageError: The history file cannot be used.
    """
    known = Questions(questions)
    session: PromptSession[str] = PromptSession(
        editing_mode=EditingMode.VI if mode == "vi" else EditingMode.EMACS,
        cursor=ModalCursorShapeConfig() if mode == "vi" else None,
        completer=QuestionCompleter(known),
        complete_while_typing=False,
        auto_suggest=QuestionSuggester(known) if suggest else None,
        enable_history_search=True,
        history=open_history(history) if history else None,
        key_bindings=_paste_on_one_line(),
    )
    return session.prompt


class QuestionCompleter(Completer):
    """Completes the whole line: commands after a slash, else questions that contain the typed words."""

    def __init__(self, known: Questions) -> None:
        self._known = known

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
        """Yield the completions of a line, the best first."""
        typed = document.text_before_cursor.lstrip()
        if typed.startswith("/"):
            found = [f"/{name}" for name in COMMANDS if f"/{name}".startswith(typed)]
        else:
            found = self._known.find(typed, MAX_COMPLETIONS) if typed else []
        for text in found:
            yield Completion(clean(text), start_position=-len(document.text_before_cursor))


class QuestionSuggester(AutoSuggest):
    """Suggests the rest of a question that begins with what is typed."""

    def __init__(self, known: Questions) -> None:
        self._known = known

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:  # noqa: ARG002
        """Return the rest of a question, if one begins so."""
        rest = self._known.suggest(document.text)
        return Suggestion(clean(rest)) if rest else None


def open_history(path: str) -> FileHistory:
    """Return the history in the file `path`, which is made, and closed to everyone but its owner.

    Raises:
        UsageError: The file cannot be made or written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.chmod(path, 0o600)  # noqa: PTH101  # next to the os.open that it belongs to
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UsageError(
            f"the history file {path} cannot be used: {error.strerror}. "
            "Give --history a file that you may write."
        ) from None
    return FileHistory(path)


def _paste_on_one_line() -> KeyBindings:
    """Keep a paste of several lines as one question, instead of asking at each line feed."""
    bindings = KeyBindings()

    @bindings.add(Keys.BracketedPaste)
    def _(event: KeyPressEvent) -> None:
        lines = (clean(line).strip() for line in event.data.splitlines())
        event.current_buffer.insert_text(" ".join(line for line in lines if line)[:MAX_PASTE])

    return bindings
