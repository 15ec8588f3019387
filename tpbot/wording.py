"""Finding wording that a health answer should not have. The phrases are data, in wording.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

TECHNIQUE = "unmarked-technique"
"""The rule that holds only for an entry without `technique: true`."""

_NUMBER = r"\d+(?:[.,/]\d+)*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|half"
_WORD = r"[\w'’]+"
_BETWEEN = r"[^\w'’]+['’]?"
"""Between two words. No character may belong to words and to gaps, or a long run of it takes forever."""
_WRAPPED = re.compile(r"\n(?=[^\s*+\d-])")
"""The end of a line that goes on in the next: no blank line and no item of a list follows."""
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*")


class Rule(msgspec.Struct, frozen=True):
    """Phrases to avoid, written as the head of wording.toml says."""

    what: str
    cure: str
    phrases: tuple[str, ...]
    unless: str = ""
    only_with: str = ""


class Match(msgspec.Struct, frozen=True):
    """A phrase found at `start` of a text."""

    code: str
    rule: Rule
    start: int
    text: str


@cache
def rules() -> dict[str, Rule]:
    """Return the rules by code."""
    data = Path(__file__).with_name("wording.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(data), dict[str, Rule])


def find_wording(text: str) -> Iterator[Match]:
    """Yield the first match of each rule in each sentence of an English Markdown text."""
    for sentence in _SENTENCE.finditer(_WRAPPED.sub(" ", text)):
        for code, rule in rules().items():
            match = _find(rule, sentence[0])
            if match:
                yield Match(code, rule, sentence.start() + match.start(), match[0].strip())


def _find(rule: Rule, sentence: str) -> re.Match[str] | None:
    if rule.only_with and not _has_word(sentence, rule.only_with):
        return None
    for phrase in rule.phrases:
        match = _pattern(phrase).search(sentence)
        if match and not _has_word(sentence[: match.end()], rule.unless):
            return match
    return None


def _has_word(text: str, words: str) -> bool:
    wanted = words.split()
    return any(word.lower().replace("’", "'") in wanted for word in re.findall(_WORD, text))


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    pattern, before = "", r"\b"
    for part in phrase.split():
        if part == "^":
            pattern, before = "^", r"\W*"
        elif part == "...":
            pattern += rf"(?:{_BETWEEN}{_WORD}){{0,3}}?"
        else:
            words = _NUMBER if part == "NUMBER" else re.escape(part).replace(r"\|", "|").replace("'", "['’]")
            pattern += f"{before}(?:{words})"
            before = _BETWEEN
    return re.compile(pattern + r"\b", re.IGNORECASE)
