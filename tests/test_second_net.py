"""The second net: what it adds to the rules, and what it may not take away."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpbot.cache import cached_red_flags
from tpbot.errors import RedFlagsError
from tpbot.message import words_of
from tpbot.records import CorpusInfo
from tpbot.red_flags import NET_FILE, RedFlags, load_red_flags
from tpbot.second_net import SecondNet
from tpbot.text import stems
from tpbot.triage import Triager

RULES = Path(__file__).parents[1] / "corpus" / "red-flags.toml"
INFO = CorpusInfo(id="test", title="Test")
AMID = "i like the wall ball and {} also which foam roller should a beginner buy and is heat any good"
ROUNDABOUT = (
    "since my back went my husband says I smell of it before I ever know that I have been, "
    "and I sit there like nothing happened"
)


@cache
def rules() -> RedFlags:
    """The built-in rules with their net."""
    return load_red_flags(RULES)


def net() -> SecondNet:
    """The built-in net."""
    found = rules().net
    assert found is not None
    return found


def test_the_net_raises_what_no_rule_puts_into_words() -> None:
    """A roundabout message that the rules alone let through is caught."""
    alone = Triager(msgspec.structs.replace(rules(), net=None), INFO)
    assert alone.assess(ROUNDABOUT).urgency == "none"
    assert Triager(rules(), INFO).assess(ROUNDABOUT).urgency == "emergency"


def test_the_net_names_the_flag_it_takes_a_message_for() -> None:
    """The flag of a message that only the net catches is the likeliest by its words."""
    assert net().flag(net().features(stems(words_of(ROUNDABOUT)))) == "cauda-equina"


def test_a_plain_sign_amid_a_long_question_is_heard() -> None:
    """No emergency of the examples drowns in a harmless message around it, even without a full stop."""
    triager = Triager(rules(), INFO)
    emergencies = [text for flag in rules().flags if flag.urgency == "emergency" for text in flag.fires]
    drowned = [text for text in emergencies if triager.assess(AMID.format(text)).urgency == "none"]
    assert drowned == []


def test_the_net_is_silent_where_the_rules_hear_a_denial() -> None:
    """Words that a rule knows, and knows to be denied, do not come back through the net."""
    denied = "I have no numbness between my legs and no trouble with my bladder"
    assert Triager(rules(), INFO).assess(denied).urgency == "none"


def test_rules_without_weights_beside_them_have_no_net(tmp_path: Path) -> None:
    """Rules of one's own work without a second net."""
    shutil.copy(RULES, tmp_path)
    assert load_red_flags(tmp_path / RULES.name).net is None


@pytest.mark.parametrize("damage", [b"{", b"[]", b""])
def test_damaged_weights_are_an_error_that_names_the_file(tmp_path: Path, damage: bytes) -> None:
    """Weights that cannot be read are reported with their file."""
    shutil.copy(RULES, tmp_path)
    (tmp_path / NET_FILE).write_bytes(damage)
    with pytest.raises(RedFlagsError, match=NET_FILE):
        load_red_flags(tmp_path / RULES.name)


def test_weights_for_an_unknown_flag_are_an_error(tmp_path: Path) -> None:
    """Weights that were fitted for other rules are refused."""
    shutil.copy(RULES, tmp_path)
    other = msgspec.structs.replace(net(), flags={"nosuch": {"": 0.0}})
    (tmp_path / NET_FILE).write_bytes(msgspec.json.encode(other))
    with pytest.raises(RedFlagsError, match="nosuch"):
        load_red_flags(tmp_path / RULES.name)


@given(st.text(max_size=200))
def test_any_text_has_a_score(text: str) -> None:
    """Scoring never raises, whatever is typed."""
    features = net().features(stems(words_of(text)))
    assert isinstance(net().score(features), float)
    assert net().flag(features) in net().flags


def test_new_weights_are_not_served_from_the_cache(tmp_path: Path) -> None:
    """Rules kept in the cache are those of today's weights."""
    shutil.copy(RULES, tmp_path)
    rules_file, cache_folder = tmp_path / RULES.name, tmp_path / "cache"
    assert cached_red_flags(rules_file, cache_folder).net is None
    (tmp_path / NET_FILE).write_bytes(msgspec.json.encode(net()))
    assert cached_red_flags(rules_file, cache_folder).net == net()
    assert cached_red_flags(rules_file, cache_folder).net == net()


PLAIN = (
    "What size of ball should I buy and how long should I press, also I have chest pain down my left arm",
    "hello how often should I use the roller. my husband has slurred speech since this morning. is heat ok",
    "I can't feel my legs and what ball should I buy for my knots? Is heat ok too? how often do i do it",
    "I want to kill myself because of this pain, which mattress is good for a bad back, which pillow",
    "I took 30 paracetamol because my back hurt so much, can I also use heat on it and how often the roller",
)


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_sign_among_questions_is_not_taken_back(text: str) -> None:
    """Harmless questions before and after a plain sign do not make the net take its flag back."""
    assert Triager(rules(), INFO).assess(text).urgency == "emergency"


def test_the_net_takes_back_what_the_words_around_a_sign_deny() -> None:
    """A flag that the rules raise falls where everything around the sign speaks against it."""
    text = (
        "At work they showed us a video about a stroke, face and arms and so on, quite good. "
        "Afterwards the trainer told us to stroke our own arms to relax. Does that help a stiff neck?"
    )
    alone = Triager(msgspec.structs.replace(rules(), net=None), INFO)
    assert alone.assess(text).urgency == "emergency"
    assert Triager(rules(), INFO).assess(text).urgency == "none"


def test_the_net_never_takes_back_who_somebody_is() -> None:
    """A flag that rests on a circumstance stands, however harmless the message sounds."""
    text = "I am pregnant and would love to know which chair, ball and roller suit a stiff neck after work"
    assert [flag.id for flag in Triager(rules(), INFO).assess(text).flags] == ["pregnancy"]
