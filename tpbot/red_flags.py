"""Triage rules as records, and the strict loader of `red-flags.toml`.

A rule file holds concepts (lists of lay phrases) and flags (readable combinations of concepts). The records
are plain data that survive a round trip through JSON, so that a built index can carry them and question time
need not parse TOML. `docs/triage.md` says how the file is read and edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Literal

import msgspec

from tpbot.errors import RedFlagsError, did_you_mean
from tpbot.phrases import Item, Wording, first_words, parse_combination, parse_phrase
from tpbot.records import Urgency
from tpbot.second_net import SecondNet

Kind = Literal["symptom", "event", "fact", "anchor"]
FlagUrgency = Literal["soon", "same_day", "emergency"]

MIN_EXAMPLES = 5

NET_FILE = "red-flags-words.json"
"""The second net's weights, in the folder of the rules that they belong to."""


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
    circumstance: bool = False
    """Rests on who somebody is, not on what is felt: the second net cannot judge it."""
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
    net: SecondNet | None = None


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
    return tuple(
        phrase for line in words.splitlines() for part in line.split(",") if (phrase := part.strip())
    )


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
        line = _place(text, str(error))
        raise RedFlagsError(str(error), path=path, line=line, cure="Correct the phrase") from error
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
        net=_load_net(path.with_name(NET_FILE), raw.flag),
    )


def _load_net(path: Path, flags: list[FlagRule]) -> SecondNet | None:
    """Read the second net beside the rules, if there is one.

    Raises:
        RedFlagsError: If it cannot be read or names a flag that the rules do not have.
    """
    if not path.is_file():
        return None
    cure = "Fit it anew (tests/benchmarks/fit_second_net.py) or delete it"
    try:
        net = msgspec.json.decode(path.read_bytes(), type=SecondNet)
    except (OSError, msgspec.DecodeError) as error:
        raise RedFlagsError(f"cannot be read ({error})", path=path, cure=cure) from error
    unknown = sorted(net.flags.keys() - {flag.id for flag in flags})
    if unknown:
        raise RedFlagsError(f"there is no flag {unknown[0]!r} in the rules", path=path, cure=cure)
    return net


def _place(text: str, message: str) -> int | None:
    """The line on which the first quoted part of a message stands, to point an editor at it."""
    quoted = re.search(r"'([^']+)'", message)
    if quoted is None:
        return None
    return next((n for n, line in enumerate(text.splitlines(), start=1) if quoted[1] in line), None)


def _check_flags(path: Path, text: str, flags: list[FlagRule], concepts: dict[str, Concept]) -> None:
    ids = [flag.id for flag in flags]
    for flag in flags:
        for field, what, cure in _faults(flag, ids, concepts):
            line = _place(text, f"'id = \"{flag.id}\"'")
            raise RedFlagsError(what, path=path, line=line, field=f"flag.{flag.id}.{field}", cure=cure)


def _faults(flag: FlagRule, ids: list[str], concepts: dict[str, Concept]) -> Iterator[tuple[str, str, str]]:
    """The field, what is wrong with it, and the cure, for each fault of a flag."""
    if ids.count(flag.id) > 1:
        yield "id", f"the flag {flag.id!r} occurs twice", "Give each flag its own id"
    if not flag.when:
        yield "when", "there is no combination", "Add at least one"
    for field, examples in (("fires", flag.fires), ("quiet", flag.quiet)):
        if len(examples) < MIN_EXAMPLES:
            yield field, f"there are {len(examples)} examples", f"Give at least {MIN_EXAMPLES}"
    for other in flag.instead_of:
        if other not in ids:
            yield "instead_of", f"there is no flag {other!r}", f"Use one of {', '.join(ids)}"
    for field, combinations in (("when", flag.when), ("ask", flag.ask)):
        for combination in combinations:
            yield from ((field, *fault) for fault in _combination_faults(combination, concepts))


def _combination_faults(combination: str, concepts: dict[str, Concept]) -> Iterator[tuple[str, str]]:
    try:
        parsed = parse_combination(combination)
    except ValueError as error:
        yield str(error), "See docs/triage.md for how combinations are written"
        return
    for name in (*parsed.first, *chain.from_iterable(operand for _, operand in parsed.steps)):
        if name not in concepts:
            yield f"there is no concept {name!r}", did_you_mean(name, concepts) or "Add it under [concept]"


def without_examples(rules: RedFlags) -> RedFlags:
    """Return `rules` as question time needs them."""
    flags = tuple(msgspec.structs.replace(flag, fires=(), quiet=(), reason="") for flag in rules.flags)
    return msgspec.structs.replace(rules, flags=flags)


def highest(urgencies: list[FlagUrgency]) -> Urgency:
    """The most urgent of some urgencies; `none` of none."""
    order: tuple[Urgency, ...] = ("none", "soon", "same_day", "emergency")
    return max(urgencies, key=order.index) if urgencies else "none"
