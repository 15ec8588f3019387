"""Triage rules as records, and the strict loader of `red-flags.toml`.

A rule file holds concepts (lists of lay phrases) and flags (readable combinations of concepts). The records
are plain data that survive a round trip through JSON, so that a built index can carry them and question time
need not parse TOML. The two small languages are described in `docs/triage.md` and parsed here alone:

* a phrase: `lost|no feeling .. <saddle>`
* a combination: `numb near saddle unless after-sitting`
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from collections.abc import Mapping
from typing import Literal, NamedTuple, NoReturn

import msgspec

from tpbot.errors import RedFlagsError
from tpbot.records import Urgency

Kind = Literal["symptom", "event", "fact", "anchor"]
FlagUrgency = Literal["soon", "same_day", "emergency"]
Operator = Literal["near", "then", "with", "and", "unless"]

MIN_EXAMPLES = 5
OPERATORS: tuple[Operator, ...] = ("near", "then", "with", "and", "unless")
MAX_PHRASE_ITEMS = 10


class Concept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A meaning and the lay phrases for it. `kind` says which scopes silence it (see `tpbot.scope`)."""

    means: str
    phrases: tuple[str, ...]
    kind: Kind = "anchor"


class FlagRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One red flag. `when` raises it, `ask` only leads to its check question."""

    id: str
    title: str
    urgency: FlagUrgency
    reason: str
    source: str
    message: str
    question: str
    when: tuple[str, ...]
    fires: tuple[str, ...]
    quiet: tuple[str, ...]
    ask: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()
    crisis: bool = False
    poison: bool = False


class Lexicon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the matcher looks up: made from the concepts by `compile_lexicon`.

    `heads` maps a word to the numbers of the phrases it may begin; phrases are numbered through all concepts.
    """

    words: tuple[str, ...]
    """Every literal word, sorted."""
    prefixes: tuple[str, ...]
    heads: dict[str, tuple[int, ...]]
    composite: tuple[int, ...]
    """Phrases without any literal word that must occur."""


class RedFlags(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All triage rules of a corpus."""

    concepts: dict[str, Concept]
    flags: tuple[FlagRule, ...]
    advice: dict[FlagUrgency, str]
    """What to do at each urgency; `{emergency}` stands for the emergency number."""
    also: str
    """Introduces the other flags; `{titles}` stands for their titles."""
    fillers: frozenset[str]
    people: frozenset[str]
    """Words that show that a sentence is about somebody."""
    openers: frozenset[str]
    """Words with which a question in general begins."""
    spellings: dict[str, str]
    """Variant -> standard word."""
    plain_words: frozenset[str]
    """Everyday words that are never taken for a misspelling."""
    lexicon: Lexicon


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


def phrase_table(concepts: dict[str, Concept]) -> list[tuple[str, str]]:
    """All (concept, phrase) pairs in file order; their places are the phrase numbers of `Lexicon`."""
    return [(name, phrase) for name, concept in concepts.items() for phrase in concept.phrases]


def compile_lexicon(concepts: dict[str, Concept], wording: Wording) -> Lexicon:
    """Make the look-up tables. Each phrase hangs on its item with the rarest words.

    Raises:
        ValueError: If a phrase cannot be read or uses a concept that does not stand above it.
    """
    parsed: list[tuple[Item, ...]] = []
    seen: set[str] = set()
    for name, concept in concepts.items():
        for phrase in concept.phrases:
            try:
                items = parse_phrase(phrase, wording)
            except ValueError as error:
                raise ValueError(f"phrase {phrase!r} of concept `{name}`: {error}") from error
            for used in (used for item in items for used in item.concepts if used not in seen):
                where = "itself" if used == name else f"`{used}`, which does not stand above it"
                raise ValueError(f"phrase {phrase!r} of concept `{name}` uses {where}")
            parsed.append(items)
        seen.add(name)
    uses: dict[str, int] = {}
    for items in parsed:
        for word in {word for item in items for word in (*item.words, *chain(*item.runs))}:
            uses[word] = uses.get(word, 0) + 1
    heads: dict[str, list[int]] = {}
    composite: list[int] = []
    for number, items in enumerate(parsed):
        literal = [first_words(i) for i in items if not (i.optional or i.gap or i.concepts or i.ranges)]
        if not literal:
            composite.append(number)
            continue
        for word in min(literal, key=lambda words: sum(uses[word] for word in words)):
            heads.setdefault(word, []).append(number)
    return Lexicon(
        words=tuple(sorted(word for word in uses if not word.endswith("*"))),
        prefixes=tuple(sorted(word[:-1] for word in uses if word.endswith("*"))),
        heads={word: tuple(numbers) for word, numbers in heads.items()},
        composite=tuple(composite),
    )


class _ConceptTable(msgspec.Struct, forbid_unknown_fields=True):
    means: str
    words: str
    kind: Kind = "anchor"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    advice: dict[FlagUrgency, str]
    also: str
    concept: dict[str, _ConceptTable]
    flag: list[FlagRule]
    fillers: str = ""
    people: str = ""
    openers: str = ""
    plain_words: str = ""
    spelling: dict[str, str] = {}


def split_phrases(words: str) -> tuple[str, ...]:
    """The phrases of a concept's `words`: one a line, or several with commas between."""
    return tuple(phrase for line in words.splitlines() for part in line.split(",") if (phrase := part.strip()))


def load_red_flags(path: Path) -> RedFlags:
    """Read and check triage rules.

    Args:
        path: A `red-flags.toml`.

    Raises:
        RedFlagsError: If the file cannot be read, or a concept, phrase, flag or combination is not right.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RedFlagsError(
            f"cannot be read ({error})", path=path, cure="Check the path and that it is UTF-8 text"
        ) from error
    try:
        raw = msgspec.toml.decode(text, type=_File)
    except msgspec.ValidationError as error:
        what, _, field = str(error).partition(" - at ")
        raise RedFlagsError(
            what, path=path, field=field.strip("`$. ") or None, cure="See docs/triage.md for the fields"
        ) from error
    except msgspec.DecodeError as error:
        raise RedFlagsError(f"is not TOML: {error}", path=path, cure="Correct the line it names") from error
    concepts = {name: Concept(c.means, split_phrases(c.words), c.kind) for name, c in raw.concept.items()}
    fillers = frozenset(raw.fillers.split())
    spellings = {variant: word for word, variants in raw.spelling.items() for variant in variants.split()}
    try:
        lexicon = compile_lexicon(concepts, Wording(fillers, spellings))
    except ValueError as error:
        line, field = _place(text, str(error))
        raise RedFlagsError(str(error), path=path, line=line, field=field, cure="Correct the phrase") from error
    _check_flags(path, text, raw.flag, concepts)
    return RedFlags(
        concepts=concepts,
        flags=tuple(raw.flag),
        advice=raw.advice,
        also=raw.also,
        fillers=fillers,
        openers=frozenset(raw.openers.split()),
        people=frozenset(raw.people.split()),
        spellings=spellings,
        plain_words=frozenset(raw.plain_words.split()),
        lexicon=lexicon,
    )


def _place(text: str, message: str) -> tuple[int | None, str | None]:
    """The line on which the first quoted part of a message stands, to point an editor at it."""
    quoted = re.search(r"'([^']+)'", message)
    if quoted is None:
        return None, None
    for number, line in enumerate(text.splitlines(), start=1):
        if quoted[1] in line:
            return number, None
    return None, None


def _check_flags(path: Path, text: str, flags: list[FlagRule], concepts: dict[str, Concept]) -> None:
    def fail(flag: FlagRule, field: str, what: str, cure: str) -> NoReturn:
        line, _ = _place(text, f"'id = \"{flag.id}\"'")
        raise RedFlagsError(what, path=path, line=line, field=f"flag.{flag.id}.{field}", cure=cure)

    ids = [flag.id for flag in flags]
    for flag in flags:
        if ids.count(flag.id) > 1:
            fail(flag, "id", f"the flag {flag.id!r} occurs twice", "Give each flag its own id")
        if not flag.when:
            fail(flag, "when", "there is no combination", "Add at least one")
        for field, examples in (("fires", flag.fires), ("quiet", flag.quiet)):
            if len(examples) < MIN_EXAMPLES:
                fail(flag, field, f"there are {len(examples)} examples", f"Give at least {MIN_EXAMPLES}")
        for other in flag.instead_of:
            if other not in ids:
                fail(flag, "instead_of", f"there is no flag {other!r}", f"Use one of {', '.join(ids)}")
        for field, combinations in (("when", flag.when), ("ask", flag.ask)):
            for combination in combinations:
                try:
                    parsed = parse_combination(combination)
                except ValueError as error:
                    fail(flag, field, str(error), "See docs/triage.md for how combinations are written")
                for name in (*parsed.first, *(name for _, operand in parsed.steps for name in operand)):
                    if name not in concepts:
                        fail(flag, field, f"there is no concept {name!r}", _did_you_mean(name, concepts))


def _did_you_mean(name: str, concepts: dict[str, Concept]) -> str:
    import difflib

    near = difflib.get_close_matches(name, concepts, n=1)
    return f"Did you mean `{near[0]}`" if near else "Add it under [concept]"


def highest(urgencies: list[FlagUrgency]) -> Urgency:
    """The most urgent of some urgencies; `none` of none."""
    order: tuple[Urgency, ...] = ("none", "soon", "same_day", "emergency")
    return max(urgencies, key=order.index) if urgencies else "none"
