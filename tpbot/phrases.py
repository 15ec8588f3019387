"""The two small languages of triage rules, described in `docs/triage.md` and read here alone.

* a phrase of a concept: `lost|no feeling .. <private>`
* a combination of a flag: `numb near private unless sitting`
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

import msgspec

Operator = Literal["near", "then", "with", "and", "unless"]

OPERATORS: tuple[Operator, ...] = ("near", "then", "with", "and", "unless")
MAX_PHRASE_ITEMS = 10


class Wording(NamedTuple):
    """How both messages and phrases are reduced before they are compared."""

    fillers: frozenset[str] = frozenset()
    spellings: Mapping[str, str] = {}


class Item(msgspec.Struct, frozen=True):
    """One step of a phrase: any of some words, word beginnings, concepts or number ranges, or a gap."""

    words: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()
    """Words in a row, written with hyphens: `lower-half`."""
    concepts: tuple[str, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()
    optional: bool = False
    gap: int = 0


def first_words(item: Item) -> tuple[str, ...]:
    """The words with which an item can begin."""
    return tuple(dict.fromkeys((*item.words, *(run[0] for run in item.runs))))


class Combination(msgspec.Struct, frozen=True):
    """A parsed combination: a first operand, then steps of an operator and an operand (concept names)."""

    first: tuple[str, ...]
    steps: tuple[tuple[Operator, tuple[str, ...]], ...]


GAPS = {"..": 3, "...": 6}
_WORD = re.compile(r"[^\W\d_]+\*?|\d+(?:\.\d+)?")
_RUN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_RANGE = re.compile(r"#(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


def parse_phrase(phrase: str, words: Wording) -> tuple[Item, ...]:
    """Read a phrase into its items, in standard words and without fillers, as a message is read.

    Raises:
        ValueError: If a part of it cannot be read, or nothing is left.
    """
    items: list[Item] = []
    for part in phrase.split():
        if part in GAPS:
            items.append(Item(gap=GAPS[part]))
            continue
        optional = part.startswith("(") and part.endswith(")")
        item = _parse_alternatives(part[1:-1] if optional else part, words, optional)
        if item is not None:
            items.append(item)
    while items and items[0].gap:
        items.pop(0)
    while items and items[-1].gap:
        items.pop()
    if not any(not item.optional and not item.gap for item in items):
        raise ValueError("no word of it must occur (filler words do not count)")
    if len(items) > MAX_PHRASE_ITEMS:
        raise ValueError(f"it is longer than {MAX_PHRASE_ITEMS} items")
    return tuple(items)


def _parse_alternatives(part: str, wording: Wording, optional: bool) -> Item | None:
    words: list[str] = []
    runs: list[tuple[str, ...]] = []
    concepts: list[str] = []
    ranges: list[tuple[float, float]] = []
    for alternative in part.split("|"):
        span = _RANGE.fullmatch(alternative)
        if span is not None:
            ranges.append((float(span[1]), float(span[2])))
        elif alternative.startswith("<") and alternative.endswith(">"):
            concepts.append(alternative[1:-1])
        elif _RUN.fullmatch(alternative):
            parts = [wording.spellings.get(w, w) for w in alternative.split("-") if w not in wording.fillers]
            if len(parts) == 1:
                words.append(parts[0])
            elif parts:
                runs.append(tuple(parts))
        elif _WORD.fullmatch(alternative):
            if alternative not in wording.fillers:  # a message loses its fillers too
                words.append(wording.spellings.get(alternative, alternative))
        else:
            raise ValueError(f"cannot read {alternative!r}")
    if not words and not runs and not concepts and not ranges:
        return None
    return Item(tuple(dict.fromkeys(words)), tuple(runs), tuple(concepts), tuple(ranges), optional)


def parse_combination(text: str) -> Combination:
    """Read a combination such as `numb near saddle unless after-sitting`.

    Raises:
        ValueError: If operators and operands do not alternate.
    """
    parts = text.split()
    if len(parts) % 2 == 0:
        raise ValueError(f"combination {text!r} must be: concept, then an operator and a concept each")
    steps: list[tuple[Operator, tuple[str, ...]]] = []
    for operator, operand in zip(parts[1::2], parts[2::2], strict=True):
        if operator not in OPERATORS:
            raise ValueError(f"{operator!r} in {text!r} is not one of {', '.join(OPERATORS)}")
        steps.append((operator, tuple(operand.split("|"))))
    return Combination(tuple(parts[0].split("|")), tuple(steps))
