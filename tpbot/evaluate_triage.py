"""Labelled messages -> how well triage does: recall, false alarms, urgency, misses. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from tpbot.corpus import read_text
from tpbot.errors import CorpusError, QuestionsError
from tpbot.records import Triage, Urgency


class LabelledMessage(msgspec.Struct, frozen=True):
    """A message and what it should raise; `none` for a harmless one. Further fields of a line are ignored."""

    text: str
    flag: str | list[str] | None
    urgency: Urgency

    @property
    def harmless(self) -> bool:
        """Whether it should raise nothing."""
        return self.urgency == "none"

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags any of which would be right."""
        flags = self.flag if isinstance(self.flag, list) else [self.flag] if self.flag else []
        return tuple(flag for flag in flags if flag != "none")


class Verdict(msgspec.Struct, frozen=True):
    """A labelled message with what triage said."""

    message: LabelledMessage
    triage: Triage

    @property
    def caught(self) -> bool:
        """Whether triage said anything at all."""
        return self.triage.urgency != "none"

    @property
    def named(self) -> bool:
        """Whether the labelled flag is among those raised."""
        return any(flag.id in self.message.flags for flag in self.triage.flags)


class Count(msgspec.Struct, frozen=True):
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1; null when there was nothing to count."""
        return self.hits / self.of if self.of else None


class TriageFigures(msgspec.Struct, frozen=True):
    """The figures of one file."""

    caught: Count
    """Red-flag messages that raised any warning or check question."""
    by_urgency: dict[str, Count]
    by_flag: dict[str, Count]
    named: Count
    """Caught messages whose own flag was raised."""
    right_urgency: Count
    """Caught messages, check questions apart, with the labelled urgency."""
    asked_emergencies: Count
    """Emergencies that only led to a check question."""
    false_alarms: Count
    misses: tuple[Verdict, ...]
    alarms: tuple[Verdict, ...]
    wrong_urgency: tuple[Verdict, ...]


def load_messages(path: Path) -> list[LabelledMessage]:
    """Read a file of `{"text", "flag", "urgency"}` lines.

    Raises:
        QuestionsError: If the file cannot be read or a line is not such an object.
    """
    try:
        lines = read_text(path).split("\n")
    except CorpusError as error:
        raise QuestionsError(error.what, path=path, cure=error.cure) from None
    messages = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                messages.append(msgspec.json.decode(line, type=LabelledMessage))
            except (msgspec.DecodeError, RecursionError) as error:
                cure = 'Write {"text": ..., "flag": ..., "urgency": ...}'
                raise QuestionsError(str(error), path=path, line=number, cure=cure) from None
    if not messages:
        cure = 'Write a line of {"text": ..., "flag": ..., "urgency": ...} for each'
        raise QuestionsError("there are no messages in this file", path=path, cure=cure)
    return messages


def judge(messages: Iterable[LabelledMessage], assess: Callable[[str], Triage]) -> list[Verdict]:
    """What triage says to each message."""
    return [Verdict(message, assess(message.text)) for message in messages]


def _count(hits: Iterable[bool]) -> Count:
    values = list(hits)
    return Count(sum(values), len(values))


def figures(verdicts: list[Verdict]) -> TriageFigures:
    """The figures of some verdicts."""
    true = [v for v in verdicts if not v.message.harmless]
    harmless = [v for v in verdicts if v.message.harmless]
    emergencies = [v for v in true if v.message.urgency == "emergency"]
    caught = [v for v in true if v.caught]
    told = [v for v in caught if v.triage.urgency != "unclear"]
    urgencies = [u for u in ("emergency", "same_day", "soon") if any(v.message.urgency == u for v in true)]
    ids = sorted({v.message.flags[0] for v in true if v.message.flags})
    return TriageFigures(
        caught=_count(v.caught for v in true),
        by_urgency={u: _count(v.caught for v in true if v.message.urgency == u) for u in urgencies},
        by_flag={i: _count(v.caught for v in true if v.message.flags[:1] == (i,)) for i in ids},
        named=_count(v.named for v in caught),
        right_urgency=_count(v.triage.urgency == v.message.urgency for v in told),
        asked_emergencies=_count(v.triage.urgency == "unclear" for v in emergencies),
        false_alarms=_count(v.caught for v in harmless),
        misses=tuple(v for v in true if not v.caught),
        alarms=tuple(v for v in harmless if v.caught),
        wrong_urgency=tuple(v for v in told if v.triage.urgency != v.message.urgency),
    )


def report(result: TriageFigures, *, list_messages: bool = True) -> str:
    """The figures as plain text, a line each; the messages that went wrong below."""
    lines = [_line("caught, all", result.caught)]
    lines += [_line(f"caught, {name}", count) for name, count in result.by_urgency.items()]
    lines.append(_line("false alarms", result.false_alarms))
    lines.append(_line("right urgency of those warned", result.right_urgency))
    lines.append(_line("emergencies that only got a check question", result.asked_emergencies))
    lines.append(_line("right flag of those caught", result.named))
    lines += [_line(f"  {name}", count) for name, count in result.by_flag.items()]
    if list_messages:
        lines += _listing("missed", result.misses)
        lines += _listing("false alarm", result.alarms)
        lines += _listing("wrong urgency", result.wrong_urgency)
    return "\n".join(lines)


def _line(name: str, count: Count) -> str:
    share = "-" if count.share is None else f"{count.share:.3f}"
    return f"{name:<44} {share:>6}  ({count.hits} of {count.of})"


def _listing(title: str, verdicts: tuple[Verdict, ...]) -> list[str]:
    lines = []
    for verdict in verdicts:
        raised = ", ".join(f"{flag.id}: {flag.urgency}" for flag in verdict.triage.flags) or "nothing"
        label = "/".join(verdict.message.flags) or "none"
        lines.append(f"{title} [{label}, {verdict.message.urgency}] raised {raised}: {verdict.message.text}")
    return lines
