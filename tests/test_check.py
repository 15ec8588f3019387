"""Claims about the lint of a corpus, and about `tpbot check` and `tpbot new`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import RULES
from tpbot.check import Report, check
from tpbot.cli import main
from tpbot.collisions import ask_left_out, similar_ways
from tpbot.corpus import load_corpus, load_entry
from tpbot.errors import CorpusError, TpbotError
from tpbot.findings import SEVERITIES
from tpbot.survey import survey
from tpbot.wording import find_wording, rules

TODAY = date(2026, 11, 21)
PLAIN = (
    "Yes, most people can. A sore back is no reason to stop. Start with a few minutes and see how it "
    "goes. Add a little each week. It may ache for a day or so, and that is fine. Nobody knows which "
    "kind is best, so pick one that you like. See a doctor if the pain gets worse, if it keeps you up "
    "at night, or if your leg feels weak or numb."
)
WALK_WAYS = """
walking bad back
is it okay to go for a stroll with a sore spine
should i take a walk
hike hurts
my mum walks daily with her bad back is that wise
daily steps and backache
can i go hiking
does wandering about help
walkin and back pane
how far may i walk
strolling after a stiff night
""".strip().split("\n")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes an entry file of a corpus that has nothing wrong, changed as told."""
    (tmp_path / "entries").mkdir()
    (tmp_path / "corpus.toml").write_text('id = "test"\ntitle = "Test"\nstop_rule = "Stop if it hurts."\n')
    (tmp_path / "sources.toml").write_text('[good2020]\ntitle = "A review"\nurl = "https://example.org/"\n')

    def write_entry(name: str = "walking", answer: str = PLAIN, **fields: object) -> Path:
        values = {
            "question": "Can I walk with a sore back?",
            "also": WALK_WAYS,
            "sources": ["good2020"],
            "evidence": "good",
            "checked": "2026-11-20",
            **fields,
        }
        lines = [f"{key}: {json.dumps(value)}" for key, value in values.items()]
        path = tmp_path / "entries" / f"{name}.md"
        path.write_text("\n".join(["---", *lines, "---", answer, ""]), "utf-8")
        return tmp_path

    return write_entry


def run(path: Path, today: date = TODAY) -> Report:
    """Check without the slow part."""
    return check(path, today=today, collisions=False)


def codes(path: Path, today: date = TODAY) -> list[str]:
    """Return the codes of what a check finds."""
    return [finding.code for finding in run(path, today).findings]


def test_good_corpus_has_no_findings(write: Callable[..., Path]) -> None:
    """An entry that keeps all the rules is left in peace."""
    assert codes(write()) == []


def test_every_file_is_reported_with_all_its_errors(write: Callable[..., Path]) -> None:
    """Two wrong fields of one entry, a wrong one of another and a broken source are all found at once."""
    write("first", evidnce="good", evidence="great")
    root = write("second", also=None, question=None, checked="yesterday")
    (root / "sources.toml").write_text('[good2020]\ntitel = "A review"\n')
    (root / "entries" / "third.md").write_text("no front matter")
    found = [(f.path.name, f.line, f.field, f.cure) for f in run(root).findings if f.severity == "error"]
    assert found == [
        ("first.md", 5, "evidence", "Use one of good, limited, disputed, none"),
        ("first.md", 7, "evidnce", "Did you mean `evidence`?"),
        ("second.md", 6, "checked", "Write it as 2026-01-31"),
        ("third.md", 1, None, "Begin the file with a line `---`, then the fields, then another line `---`"),
        ("sources.toml", 2, "titel", "Did you mean `title`?"),
    ]


def test_loading_refuses_what_check_calls_unreadable(write: Callable[..., Path]) -> None:
    """The first error of a check is the one that loading stops at."""
    root = write("first", evidnce="good")
    with pytest.raises(CorpusError, match="evidnce") as caught:
        load_corpus(root)
    assert run(root).findings[0].message == caught.value.what


def test_references_that_lead_nowhere_are_errors(write: Callable[..., Path]) -> None:
    """An unknown source and unknown related entries are errors, with the nearest name as the cure."""
    write("running", question="Can I run?", also=["jogging"])
    root = write(sources=["god2020"], related=["runing", "walking", "yoga"])
    errors = [finding for finding in run(root).findings if finding.severity == "error"]
    assert [(finding.code, finding.field) for finding in errors] == [
        ("unknown-source", "sources"),
        ("unknown-related", "related"),
        ("unknown-related", "related"),
        ("unknown-related", "related"),
    ]
    assert [finding.cure for finding in errors[:2]] == ["Did you mean `good2020`?", "Did you mean `running`?"]


def test_broken_entry_is_still_an_entry_to_relate_to(write: Callable[..., Path]) -> None:
    """An entry with an error is not also reported as missing where another names it."""
    (write(related=["broken"]) / "entries" / "broken.md").write_text("---\n]\n---\n")
    assert codes(write(related=["broken"])) == ["unreadable"]


def test_shared_way_of_asking_is_an_error_at_its_line(write: Callable[..., Path]) -> None:
    """The same words in two entries are an error, whatever their order, case and politeness."""
    write("a", question="Is it safe to run with a sore back?", also=["Running?"])
    root = write("b", question="Please, is it safe to run with sore a back", also=["Jogging"])
    errors = [finding for finding in run(root).findings if finding.severity == "error"]
    assert [(finding.code, finding.path.name, finding.line) for finding in errors] == [
        ("duplicate-question", "a.md", 2)
    ]
    assert "`b`" in errors[0].message


def test_near_duplicates_between_entries_are_warned_of(write: Callable[..., Path]) -> None:
    """Questions of two entries that differ in a letter are near duplicates; within an entry they are not."""
    write("a", also=["is foam rolling bad for the lower back", "is foam roling bad for the lower back"])
    root = write("b", question="Roll?", also=["is foam rolling bad for the lower backs"])
    pairs = [pair for pair in similar_ways(load_corpus(root)) if pair.similarity < 100]
    assert {(pair.entry, pair.other) for pair in pairs} == {("a", "a"), ("a", "b")}
    assert codes(root).count("near-duplicate") == len([pair for pair in pairs if pair.other == "b"])


def test_way_that_repeats_another_of_its_entry_is_warned_of(write: Callable[..., Path]) -> None:
    """The same words twice in one entry add nothing, and the second one is pointed at."""
    root = write(also=[*WALK_WAYS, "bad back walking"])
    assert [finding.message for finding in run(root).findings] == [
        "“bad back walking” has the words of “walking bad back”"
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"also": ["a b", "c d"]}, "few-ways"),
        ({"draft": True}, "draft"),
        ({"answer": "Yes. Most people can do so."}, "answer-length"),
        ({"answer": PLAIN * 4}, "answer-length"),
        ({"checked": "2026-11-22"}, "future-check"),
        ({"checked": "2023-11-21"}, "old-check"),
        ({"checked": None}, "no-checked"),
        ({"evidence": None}, "no-evidence"),
        ({"question": None}, "no-question"),
        ({"answer": f"{PLAIN} This will cure you."}, "promise"),
        ({"answer": f"{PLAIN} Take 400 mg of it."}, "dose"),
        ({"answer": f"{PLAIN} Take ibuprofen three times a day."}, "medicine-times"),
        ({"answer": f"{PLAIN} You have a slipped disc."}, "diagnosis"),
        ({"answer": f"{PLAIN} Press the sore spot for a while."}, "unmarked-technique"),
    ],
)
def test_each_fault_has_its_code(write: Callable[..., Path], fields: dict[str, object], code: str) -> None:
    """One fault in a good entry is one finding, of the code for that fault."""
    assert codes(write(**fields)) == [code]


def test_check_is_old_after_three_years_to_the_day(write: Callable[..., Path]) -> None:
    """A check of three years less a day is recent, also when it was made on 29 February."""
    assert codes(write(checked="2023-11-22")) == []
    assert codes(write(checked="2024-02-29"), date(2027, 2, 28)) == []
    assert codes(write(checked="2024-02-29"), date(2027, 3, 1)) == ["old-check"]


def test_hard_answer_is_graded(write: Callable[..., Path]) -> None:
    """An answer of long words in long sentences is warned of with its grade."""
    hard = " ".join(
        ["Individuals experiencing musculoskeletal discomfort occasionally appreciate physiotherapy"] * 10
    )
    finding = run(write(answer=hard)).findings[0]
    assert finding.code == "reading-grade"
    assert "grade 4" not in finding.message


def test_other_languages_are_not_graded_as_english(write: Callable[..., Path]) -> None:
    """In a corpus that says that it is German, reading grade and English wording are not looked at."""
    root = write(answer=f"{PLAIN} This will cure you.")
    (root / "corpus.toml").write_text('id = "test"\ntitle = "Test"\nlanguage = "de"\n')
    assert codes(root) == []


def test_technique_without_a_stop_rule_is_an_error(write: Callable[..., Path]) -> None:
    """A corpus that tells people to do something to their body must say when to stop."""
    root = write(technique=True)
    assert codes(root) == []
    (root / "corpus.toml").write_text('id = "test"\ntitle = "Test"\n')
    assert codes(root) == ["no-stop-rule"]


def test_source_that_was_read_needs_an_address_or_a_note(write: Callable[..., Path]) -> None:
    """Without either it is a warning; with a note, or not read at all, it is only information."""
    root = write()
    for rest, code in (("", "no-address"), ('note = "A leaflet."', "explained-address")):
        (root / "sources.toml").write_text(f'[good2020]\ntitle = "A review"\n{rest}\n')
        assert codes(root) == [code]
    (root / "sources.toml").write_text(
        '[good2020]\ntitle = "A review"\nretrieved = false\n\n[b]\ntitle = "B"\nurl = "u"'
    )
    found = [(finding.code, finding.severity, finding.line) for finding in run(root).findings]
    assert found == [("explained-address", "info", 1), ("unused-source", "info", 5)]


def test_right_examples_of_triage_rules_are_left_in_peace(write: Callable[..., Path]) -> None:
    """A corpus whose rules do what their examples say has no finding."""
    root = write()
    (root / "red-flags.toml").write_text(RULES, "utf-8")
    assert codes(root) == []


@pytest.mark.parametrize(
    ("right", "wrong", "field", "message"),
    [
        ("hello", "no feeling in a foot", "quiet", "should raise nothing, but raises `numb-leg`"),
        ("hello", "tingling leg", "quiet", "should raise nothing, but raises `numb-leg`"),
        ("numb foot", "dead foot", "fires", "should raise `numb-leg`, but raises nothing"),
        (
            "numb foot",
            "tingling foot",
            "fires",
            "should raise `numb-leg`, but raises only its check question",
        ),
    ],
)
def test_example_that_its_triage_rule_gets_wrong_is_an_error(
    write: Callable[..., Path], right: str, wrong: str, field: str, message: str
) -> None:
    """An example that does not do what it is there to show is an error at its line, and the only one."""
    root = write()
    text = RULES.replace(f'"{right}"', f'"{wrong}"')
    (root / "red-flags.toml").write_text(text, "utf-8")
    line = text.split("\n").index(f'  "{wrong}",') + 1
    found = [(one.severity, one.code, one.line, one.field, one.message) for one in run(root).findings]
    assert found == [("error", "red-flags", line, f"flag.numb-leg.{field}", f"“{wrong}” {message}")]


def test_example_that_is_written_with_an_escape_is_found_at_its_flag(write: Callable[..., Path]) -> None:
    """Where an example does not stand in the file as it reads, the line is that of its flag."""
    root = write()
    text = RULES.replace("hello", "no feeling,\\ta leg")
    (root / "red-flags.toml").write_text(text, "utf-8")
    [finding] = run(root).findings
    assert finding.message.startswith("“no feeling,\ta leg” should")
    assert finding.line == text.split("\n").index('id = "numb-leg"') + 1


@pytest.mark.parametrize(
    ("right", "wrong", "field", "line"),
    [
        ("numb near leg", "nub near leg", "flag.numb-leg.when", 'id = "numb-leg"'),
        ("numb, no feeling", "numb, <foot> gone", None, 'words = "numb, <foot> gone"'),
        ("[advice]", "[advice", None, None),
    ],
)
def test_triage_rules_that_cannot_be_used_are_an_error(
    write: Callable[..., Path], right: str, wrong: str, field: str | None, line: str | None
) -> None:
    """Rules that cannot be loaded are one error that says where, and entries are still checked."""
    root = write(also=["a b", "c d"])
    text = RULES.replace(right, wrong)
    (root / "red-flags.toml").write_text(text, "utf-8")
    few, broken = run(root).findings
    assert few.code == "few-ways"
    assert (broken.code, broken.path, broken.field) == ("red-flags", root / "red-flags.toml", field)
    assert broken.line == (text.split("\n").index(line) + 1 if line else None)
    assert broken.message
    assert broken.cure


def test_jsonl_is_checked_line_by_line(tmp_path: Path) -> None:
    """Errors and warnings of a `.jsonl` name its lines, and a bad line does not hide the next."""
    path = tmp_path / "faq.jsonl"
    good = {
        "id": "a",
        "question": "When are you open?",
        "answer": "From nine.",
        "technique": True,
        "sources": ["x"],
    }
    path.write_text(
        "\n".join([json.dumps(good), "", "{", json.dumps(good), json.dumps({"id": "b", "answer": ""})])
    )
    found = {(finding.code, finding.line) for finding in run(path).findings if finding.severity == "error"}
    assert found == {
        ("unreadable", 3),
        ("unreadable", 4),
        ("unreadable", 5),
        ("no-stop-rule", None),
        ("unknown-source", 1),
    }
    assert ("few-ways", 1) in {(finding.code, finding.line) for finding in run(path).findings}


@pytest.mark.parametrize("name", ["entries", "faq.exe", "faq.jsonl", "missing"])
def test_no_corpus_at_all_is_an_error_of_its_own(tmp_path: Path, name: str) -> None:
    """A folder without entries, another kind of file, an empty one and a missing one cannot be checked."""
    (tmp_path / "entries").mkdir()
    (tmp_path / "faq.exe").write_text("x")
    (tmp_path / "faq.jsonl").write_text("\n")
    with pytest.raises(TpbotError):
        run(tmp_path if name == "entries" else tmp_path / name)


def test_every_code_is_explained() -> None:
    """Each code that a finding can have stands in the page on writing entries, and no other does."""
    page = (Path(__file__).parent.parent / "docs" / "writing-an-entry.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.partition("| Code |")[2].split("\n") if line.startswith("| `")]
    assert {code.strip("|` "): severity for code, severity, _ in rows} == SEVERITIES
    assert set(rules()) <= set(SEVERITIES)


HARMLESS = """
Nothing will cure it. | One post claims that it will cure you. | If you have a slipped disc, ask first.
You may think that you have a knot. | Do not press on the spine. | Knots do not press on nerves.
Try it three times a day. | Stop for ten minutes every two hours. | The spot may ease or go away.
Ask a pharmacist about tablets. | No one can promise that it will go. | You have a choice here.
"""
HARMFUL = r"""
promise: The knot will soon be gone. | It is guaranteed to help. | It is the most effective way.
promise: It cures knots.
promise: It'll go away in just three days. | You can be rid of it for good. | This **will** relieve it.
dose: Take two tablets. | Take 1,000 mg with food. | Take half a tablet, or two\ntablets.
medicine-times: Take paracetamol every four hours. | The dose is once a day.
diagnosis: You have sciatica. | You’ve got a trapped nerve. | You probably have it.
diagnosis: Your pain is caused by a knot.
unmarked-technique: Roll it out. | - **Lean** on a wall. | Then press it. | Place a ball there.
unmarked-technique: 1. Stretch the leg.
"""


@pytest.mark.parametrize(
    "text", [text.strip() for text in HARMLESS.replace("\n", "|").split("|") if text.strip()]
)
def test_careful_wording_passes(text: str) -> None:
    """Negated, attributed, conditional and everyday phrases are not warned of."""
    assert not list(find_wording(text))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (line.split(": ")[0], text.strip().replace("\\n", "\n"))
        for line in HARMFUL.strip().split("\n")
        for text in line.split(": ", 1)[1].split("|")
    ],
)
def test_careless_wording_is_found(code: str, text: str) -> None:
    """Each of these phrases is found under its code, in plain text, Markdown and over a line's end."""
    assert code in [match.code for match in find_wording(text)]


@pytest.mark.parametrize("run_of", ["'", "’ ", "will ", "a'", " ", "*", "will'", "e", "."])
def test_long_runs_of_one_character_are_looked_at_in_no_time(run_of: str) -> None:
    """A hostile answer of 100,000 characters after a first matching word does not stop the check."""
    assert not list(find_wording("Will you have " + run_of * (100_000 // len(run_of))))


def test_wording_is_found_in_its_line(write: Callable[..., Path]) -> None:
    """The line of a finding about wording is the line of the phrase, not of the answer."""
    finding = run(write(answer=f"{PLAIN}\n\nMore.\nIt will cure you.")).findings[0]
    assert (finding.code, finding.line) == ("promise", 11)


@given(st.text(alphabet=st.sampled_from("will cure...!?\n-*'’ 10mg"), max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    """Each match stands in the text where it says, wrapped lines aside."""
    for match in find_wording(text):
        assert "".join(match.text.split()) in "".join(text[match.start :].split())


def test_question_that_another_entry_takes_is_found(write: Callable[..., Path]) -> None:
    """Questions whose words stand in another entry too are answered by that one once they are left out."""
    walk = ["can i go walking", "is walking ok", "walking with back pain", "how far can i walk", "walking?"]
    swim = ["can i go swimming", "swimming with back pain", "how far can i swim", "swimming?"]
    cook = ["how do i cook rice", "rice in a pot", "boiling rice", "rice and water", "is brown rice slow"]
    taken = ["back pain with swimming", "far how can i swim", "go swimming can i"]
    write("walk", question="Is it fine to walk?", also=[*walk, *taken])
    write("cook", question="How is rice cooked?", also=cook)
    for thing in ("violin", "garden", "kettle", "bicycle", "window"):
        ways = [
            f"where do people buy a {thing}",
            f"{thing} shop",
            f"cheap {thing} nearby",
            f"price of one {thing}",
        ]
        write(thing, question=f"Which {thing} should a beginner get?", also=ways)
    root = write("swim", question="Is it fine to swim?", also=swim)
    steps: list[str] = []
    left_out = ask_left_out(load_corpus(root), steps.append)
    assert left_out.asked == 9 + 5 + 6 + 5 * 5
    assert set(taken) <= {one.way for one in left_out.stolen}
    assert frozenset(("walk", "swim")) in {frozenset((one.entry, one.other)) for one in left_out.stolen}
    assert len(steps) == 5
    report = check(root, today=TODAY)
    collisions = [finding for finding in report.findings if finding.code == "collision"]
    assert len(collisions) == 1
    assert all(way in collisions[0].message for way in taken)


def test_entries_with_one_way_are_not_asked(write: Callable[..., Path]) -> None:
    """Without its only way of asking an entry could not be found, so it is not asked and nothing is built."""
    root = write(also=[])
    assert ask_left_out(load_corpus(root), pytest.fail).asked == 0


def test_command_prints_findings_by_file_and_a_summary(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Findings stand under their file with line, severity and cure; the last line counts them."""
    write("walking", checked=None)
    root = write("b", question="B?", also=["b2"], related=["walkin"])
    assert main(["check", str(root), "--no-collisions"]) == 1
    out = capsys.readouterr().out
    assert out.startswith(f"{root / 'entries' / 'b.md'}\n")
    words = " ".join(out.split())
    assert (
        " 7 error [unknown-related], field `related`: there is no entry `walkin`. Did you mean `walking`? "
        in words
    )
    assert "no-checked" not in out
    assert out.endswith(
        "2 entries, 0 reviewed by a clinician: 1 error, 1 warning, 1 note (--info shows them).\n"
    )
    assert main(["check", str(root), "--no-collisions", "--info"]) == 1
    assert "no-checked" in capsys.readouterr().out


def test_command_prints_one_json_object(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` is one object with the counts and every finding; warnings alone exit with 0."""
    root = write(also=["one", "two"])
    assert main(["check", str(root), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [report[key] for key in ("schema", "errors", "warnings", "infos", "entries")] == [1, 0, 1, 0, 1]
    assert report["findings"] == [
        {
            "severity": "warning",
            "code": "few-ways",
            "path": str(root / "entries" / "walking.md"),
            "line": 3,
            "field": "also",
            "message": "2 other ways of asking; 10 make it much easier to find",
            "cure": "Add ways that differ in kind: keywords, a long worried message, slang, a misspelling",
        }
    ]
    assert report["left_out"]["asked"] == 3


def test_command_that_cannot_check_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to check is one line on standard error and the exit status 2."""
    assert main(["check", str(tmp_path / "nowhere")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


def test_terminal_is_not_steered_by_a_corpus(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Escape codes in an entry do not reach the terminal."""
    root = write(also=["one \x1b[31m two", "two one 31m\x07"])
    main(["check", str(root), "--no-collisions"])
    out = capsys.readouterr().out
    assert "repeated-way" in out
    assert not {"\x1b", "\x07"} & set(out)


@given(question=st.text(min_size=1).filter(str.split))
def test_new_entry_loads_with_its_question(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    """Whatever the question, the new file either loads with just that question or is not written."""
    root = tmp_path_factory.mktemp("corpus")
    if main(["new", "an-id", "--corpus", str(root), "--", question]) == 0:
        entry = load_entry(root / "entries" / "an-id.md")
        assert entry.question == " ".join(question.split())
        assert entry.draft
        assert run(root).count("error") == 0
    else:
        assert not (root / "entries").exists()


def test_new_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second entry of the same id is refused, and the first stays as it was."""
    for question, status in (("First?", 0), ("Second?", 2)):
        assert main(["new", "id", question, "--corpus", str(tmp_path)]) == status
    assert load_entry(tmp_path / "entries" / "id.md").question == "First?"
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a:b", "x" * 121])
def test_new_refuses_a_bad_id(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An id that could not be a file's name in the corpus is refused, and nothing is written."""
    assert main(["new", name, "Why?", "--corpus", str(tmp_path / "corpus")]) == 2
    assert not list(tmp_path.iterdir())
    assert "id" in capsys.readouterr().err


def test_new_finds_the_corpus_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --corpus the entry goes into the folder `corpus` here, or here; nowhere else."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "id", "Why?"]) == 2
    (tmp_path / "corpus" / "entries").mkdir(parents=True)
    assert main(["new", "id", "Why?"]) == 0
    monkeypatch.chdir(tmp_path / "corpus")
    assert main(["new", "id2", "Why not?"]) == 0
    assert sorted(path.name for path in Path("entries").iterdir()) == ["id.md", "id2.md"]
    assert main(["new", "id3", "Why not?", "--corpus", "builtin"]) == 2
    capsys.readouterr()


def test_survey_reads_what_loading_reads(write: Callable[..., Path]) -> None:
    """Of a corpus without errors, the survey makes the same corpus as loading."""
    root = write(related=["walking2"])
    assert survey(root).corpus() == load_corpus(root)
