"""Claims about red flags in `tpbot ask`, as a process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tpbot.bot import Bot

Run = Callable[..., CompletedProcess[str]]

UNCLEAR = "tingling in my buttock, heat or ice?"
EMERGENCY = "i feel numb between my legs"
CALM = "what does a trigger point feel like"


@pytest.fixture(scope="module")
def ask(run_python: Run, bot: Bot) -> Run:
    """Return a function that runs `tpbot ask ARGUMENTS` on the corpus that ships, its index being built."""
    assert bot.topics()

    def run(
        *arguments: str, env: Mapping[str, str] | None = None, stdin: str | None = None, check: bool = True
    ) -> CompletedProcess[str]:
        return run_python("-m", "tpbot", "ask", *arguments, env=env, stdin=stdin, check=check)

    return run


def words(card: str) -> str:
    """Return a card without its line breaks."""
    return " ".join(card.split())


def test_confirm_yes_is_an_emergency(ask: Run) -> None:
    """A check question names the option that answers it; its yes gives an emergency without answer."""
    first = ask(UNCLEAR)
    assert first.stderr == ""
    assert "*** ONE QUESTION FIRST ***" in first.stdout
    assert "--confirm cauda-equina=yes" in words(first.stdout)
    yes = ask(UNCLEAR, "--confirm", "cauda-equina=yes").stdout
    assert "*** EMERGENCY: GET HELP NOW ***" in yes
    assert "Evidence:" not in yes


def test_confirm_no_is_answered(ask: Run) -> None:
    """With a no to its check question, a question is answered as if there had been none."""
    card = ask(UNCLEAR, "--confirm", "cauda-equina=no").stdout
    assert "***" not in card
    assert "Evidence:" in card


def test_confirm_of_an_unknown_flag_is_an_error(ask: Run) -> None:
    """A flag that the rules do not have is one line that names those they have."""
    done = ask(UNCLEAR, "--confirm", "cauda=no", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "cauda-equina" in done.stderr


def test_red_flags_for_a_file_of_pairs(ask: Run, tmp_path: Path) -> None:
    """`--red-flags builtin` brings triage to a `.jsonl` corpus, which has none of its own."""
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(json.dumps({"id": "open", "question": "When are you open?", "answer": "From nine."}))
    without = ask("--corpus", str(pairs), "--json", EMERGENCY, check=False)
    assert json.loads(without.stdout)["triage"]["urgency"] == "none"
    card = ask("--corpus", str(pairs), "--red-flags", "builtin", EMERGENCY).stdout
    assert "*** EMERGENCY: GET HELP NOW ***" in card
    assert "Safety note: " in card
    assert "From nine." in ask("--corpus", str(pairs), "--red-flags", "builtin", "when are you open").stdout


@pytest.mark.parametrize(("arguments", "settings"), [(["--region", "GB"], {}), ([], {"TPBOT_REGION": "GB"})])
def test_region_shows_its_number(ask: Run, arguments: list[str], settings: dict[str, str]) -> None:
    """With a region, named by option or environment, an emergency shows the number to call there."""
    card = ask(*arguments, EMERGENCY, env=settings).stdout
    assert "Call 999 or 112 or go" in words(card)
    assert "- Emergency services (ask for an ambulance): 999\n" in card
    assert "911" not in card


def test_no_region_shows_no_number(ask: Run, bot: Bot) -> None:
    """Without a region no number is listed; the advice has the corpus' words for the emergency number."""
    card = ask(EMERGENCY).stdout
    assert f"Call {bot.info.emergency_unknown} or go" in words(card)
    rest = words(card).replace(bot.info.emergency_unknown, "")
    assert not any(number in rest for number in ("999", "112", "911"))


def test_emergency_is_seen_without_colour(ask: Run, bot: Bot) -> None:
    """In plain text, an emergency begins with a rule and a heading, and still ends with the safety note."""
    urgent, calm = ask(EMERGENCY).stdout, ask(CALM).stdout
    rule, heading = urgent.splitlines()[:2]
    assert set(rule) == {"-"}
    assert heading == "*** EMERGENCY: GET HELP NOW ***"
    assert rule not in calm
    assert "***" not in calm
    assert words(urgent).endswith(f"Safety note: {bot.info.safety_note}")
    assert "\x1b" not in urgent


def test_json_of_what_triage_ended(ask: Run, bot: Bot) -> None:
    """An emergency, a sign to see to today and a check question have no candidates and a null confidence."""
    lines = {EMERGENCY: "emergency", "my calf is swollen and hot": "same_day", UNCLEAR: "unclear"}
    replies = [json.loads(line) for line in ask("--json", stdin="\n".join(lines)).stdout.splitlines()]
    assert {reply["question"]: reply["triage"]["urgency"] for reply in replies} == lines
    for reply in replies:
        assert [reply[key] for key in ("answer", "choices", "candidates")] == [None, [], []]
        assert [reply[key] for key in ("confidence", "band")] == [None, None]
        assert reply["safety_note"] == bot.info.safety_note


def test_urgent_reply_is_no_failure(ask: Run) -> None:
    """The exit status of an urgent reply and of a check question is 0: the bot knew what to say."""
    assert ask(EMERGENCY, check=False).returncode == 0
    assert ask(UNCLEAR, check=False).returncode == 0
