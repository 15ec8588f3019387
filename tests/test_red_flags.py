"""The triage rules of the built-in corpus and the loader's errors."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.samples import RULES
from tpbot.errors import RedFlagsError
from tpbot.phrases import Wording, parse_combination, parse_phrase
from tpbot.red_flags import RedFlags, load_red_flags

BUILT_IN = Path(__file__).parents[1] / "corpus" / "red-flags.toml"


def load(tmp_path: Path, text: str) -> RedFlags:
    """Load rules from a real file."""
    path = tmp_path / "red-flags.toml"
    path.write_text(text, encoding="utf-8")
    return load_red_flags(path)


def test_the_rules_of_the_corpus_survive_json() -> None:
    """Rules written as JSON and read again are the same rules."""
    rules = load_red_flags(BUILT_IN)
    assert msgspec.json.decode(msgspec.json.encode(rules), type=RedFlags) == rules


def test_the_corpus_has_every_flag() -> None:
    """The built-in rules hold twenty-five flags, each with its own id."""
    ids = [flag.id for flag in load_red_flags(BUILT_IN).flags]
    assert len(ids) == len(set(ids)) == 25


def test_every_concept_of_the_corpus_is_used() -> None:
    """No concept of the built-in rules is left that nothing refers to, apart from those that scopes know."""
    rules = load_red_flags(BUILT_IN)
    used = {
        name
        for flag in rules.flags
        for text in (*flag.when, *flag.ask)
        for combination in [parse_combination(text)]
        for name in (*combination.first, *(n for _, operand in combination.steps for n in operand))
    }
    wording = Wording(rules.fillers, rules.spellings)
    for concept in rules.concepts.values():
        for phrase in concept.phrases:
            used.update(name for item in parse_phrase(phrase, wording) for name in item.concepts)
    scopes = {
        "idiom",
        "animal",
        "fiction",
        "negator",
        "verb-negator",
        "not-negation",
        "contrast",
        "turn",
        "joint",
        "or",
        "and",
        "history",
        "old-event",
        "cleared",
        "again",
        "actual",
        "hypothesis",
    }
    assert set(rules.concepts) - used - scopes == set()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("numb near leg", "numb near leeg", "Did you mean `leg`"),
        ("numb near leg", "numb beside leg", "'beside'"),
        ("numb near leg", "numb near", "concept, then an operator"),
        ('words = "leg, foot"', 'words = "leg, f%ot"', "'f%ot'"),
        ('words = "leg, foot"', 'words = "leg, my the"', "no word of it must occur"),
        ('words = "leg, foot"', 'words = "leg, <arm> foot"', "`arm`, which does not stand above it"),
        ('words = "leg, foot"', 'words = "leg, <leg> foot"', "uses itself"),
        ('  "numb foot",\n', "", "there are 4 examples"),
        ('urgency = "soon"', 'urgency = "later"', "later"),
        ('title = "a numb leg"\n', "", "title"),
        ("[advice]", "[advice", "is not TOML"),
        ('when = ["numb near leg"]', "when = []", "no combination"),
        ('title = "a numb leg"', 'title = "x"\ninstead_of = ["child"]', "no flag 'child'"),
    ],
)
def test_a_wrong_rule_is_refused_with_the_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The loader refuses a wrong rule and names the file and what is wrong."""
    assert old in RULES
    with pytest.raises(RedFlagsError) as caught:
        load(tmp_path, RULES.replace(old, new))
    assert message in str(caught.value)
    assert "red-flags.toml" in str(caught.value)


def test_a_flag_may_not_occur_twice(tmp_path: Path) -> None:
    """Two flags of one id are refused."""
    flag = RULES[RULES.index("[[flag]]") :]
    with pytest.raises(RedFlagsError, match="occurs twice"):
        load(tmp_path, RULES + flag)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is an error with its path, not a traceback of the system."""
    with pytest.raises(RedFlagsError, match=r"nowhere\.toml"):
        load_red_flags(tmp_path / "nowhere.toml")


def test_phrases_are_read_in_standard_words() -> None:
    """A phrase may use a variant spelling: it is compared by the standard word, as messages are."""
    (item,) = parse_phrase("my tummy", Wording(frozenset({"my"}), {"tummy": "stomach"}))
    assert item.words == ("stomach",)
