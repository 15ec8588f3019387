"""Claims about `tpbot import`, and about answering straight from a document."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pytest

from tests.documents import DOCUMENTS, SHARED, needs_shared
from tpbot.bot import Bot
from tpbot.commands import import_
from tpbot.corpus import digest, load_corpus
from tpbot.errors import CorpusError, DocumentError, TpbotError, UsageError
from tpbot.importing import Plan, Target
from tpbot.readers import read_document

READ_FROM_BASE = (
    "scraped-faq.txt",
    "faq.md",
    "faqpage.html",
    "page.html",
    "table.csv",
    "qnamaker.tsv",
    "list.json",
)
READ_WITH_EXTRAS = ("handbook.docx", "seats.xlsx", "leaflet.pdf")


def run(*documents: str | Path, to: Path, dry_run: bool = False) -> int:
    """Run `tpbot import` and return its exit status."""
    parser = argparse.ArgumentParser()
    import_.add_arguments(parser)
    options = ["--dry-run"] if dry_run else []
    return import_.run(parser.parse_args([*map(str, documents), "--to", str(to), *options]))


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(folder: Path, entry_id: str, question: str, answer: str) -> None:
    """Write an entry file by hand."""
    (folder / "entries").mkdir(parents=True, exist_ok=True)
    text = f"---\nquestion: {question}\n---\n{answer}\n"
    (folder / "entries" / f"{entry_id}.md").write_text(text, encoding="utf-8")


def document(tmp_path: Path, text: str, name: str = "doc.txt") -> Path:
    """Write a document and return its path."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", READ_FROM_BASE + READ_WITH_EXTRAS)
def test_the_drafts_of_every_kind_of_document_load_as_a_corpus(tmp_path: Path, name: str) -> None:
    """What is imported reads back as the same entries, marked as drafts, with their origin."""
    assert run(DOCUMENTS / name, to=tmp_path / "kb") == 0
    entries = {entry.id: entry for entry in load_corpus(tmp_path / "kb").entries}
    expected = {draft.entry.id: draft.entry for draft in read_document(DOCUMENTS / name).drafts}
    assert entries == expected
    assert all(entry.draft and entry.origin for entry in entries.values())


@needs_shared
def test_the_shared_documents_make_a_corpus_that_answers(tmp_path: Path) -> None:
    """Both scraped documents, imported, answer what they were scraped for."""
    assert run(*sorted(SHARED.iterdir()), to=tmp_path / "kb") == 0
    bot = Bot.load(tmp_path / "kb")
    reply = bot.ask("how long do trigger points take to heal")
    assert reply.answer is not None
    assert "2 to 10 days" in reply.answer.text


def test_importing_twice_adds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run writes nothing and says that everything is there already."""
    names = [DOCUMENTS / name for name in ("scraped-faq.txt", "page.html", "table.csv")]
    run(*names, to=tmp_path / "kb")
    before = snapshot(tmp_path / "kb")
    capsys.readouterr()
    assert run(*names, to=tmp_path / "kb") == 0
    assert snapshot(tmp_path / "kb") == before
    assert "scraped-faq.txt: 0 taken, 5 there already, 2 left out" in capsys.readouterr().out


def test_a_draft_that_was_edited_and_renamed_is_not_imported_again(tmp_path: Path) -> None:
    """The origin remembers the text that was imported, whatever a person made of it."""
    run(DOCUMENTS / "list.json", to=tmp_path / "kb")
    entries = tmp_path / "kb" / "entries"
    (draft,) = entries.glob("*ferry*")
    text = draft.read_text(encoding="utf-8").replace("Is the ferry running?", "When does the ferry go?")
    draft.unlink()
    (entries / "ferry.md").write_text(text.replace("unless it storms", "but not in storms"), encoding="utf-8")
    before = snapshot(tmp_path / "kb")
    run(DOCUMENTS / "list.json", to=tmp_path / "kb")
    assert snapshot(tmp_path / "kb") == before


def test_a_document_whose_lines_moved_is_not_imported_again(tmp_path: Path) -> None:
    """A line more at the top of a document does not make its entries new."""
    text = "Is it open?\n\nYes, from nine.\n"
    run(document(tmp_path, text), to=tmp_path / "kb")
    before = snapshot(tmp_path / "kb")
    run(document(tmp_path, f"Some headline of today\n\n{text}"), to=tmp_path / "kb")
    assert snapshot(tmp_path / "kb") == before


def test_an_entry_of_the_same_name_is_never_overwritten(tmp_path: Path) -> None:
    """A draft whose id is taken gets another id; the file that was there stays as it was."""
    put(tmp_path / "kb", "is-it-open", "Is it closed?", "By no means.")
    before = snapshot(tmp_path / "kb")
    run(document(tmp_path, "Is it open?\n\nYes, from nine.\n"), to=tmp_path / "kb")
    after = snapshot(tmp_path / "kb")
    assert {name: after[name] for name in before} == before
    assert "entries/is-it-open-2.md" in after


def test_an_existing_corpus_toml_is_kept(tmp_path: Path) -> None:
    """The corpus' own title stays."""
    put(tmp_path / "kb", "a", "A?", "B.")
    (tmp_path / "kb" / "corpus.toml").write_text('id = "kb"\ntitle = "Ours"\n', encoding="utf-8")
    run(DOCUMENTS / "list.json", to=tmp_path / "kb")
    assert load_corpus(tmp_path / "kb").info.title == "Ours"


def test_a_near_duplicate_of_an_entry_is_taken_and_pointed_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question that an entry asks in nearly the same words is named in a warning."""
    put(tmp_path / "kb", "hours", "When are you open on Sundays?", "Never.")
    run(document(tmp_path, "When are you open on Sunday?\n\nFrom ten to noon.\n"), to=tmp_path / "kb")
    assert "warning: it resembles `hours`: When are you open on Sundays?" in capsys.readouterr().out
    assert len(load_corpus(tmp_path / "kb").entries) == 2


def test_a_dry_run_says_the_same_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--dry-run` reports what would be taken and leaves no folder behind."""
    assert run(DOCUMENTS / "list.json", to=tmp_path / "kb", dry_run=True) == 0
    assert "list.json: 2 to take, 0 left out" in capsys.readouterr().out
    assert not (tmp_path / "kb").exists()


def test_the_summary_names_everything_with_place_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was taken, warned about and left out is listed, each with its place."""
    run(DOCUMENTS / "scraped-faq.txt", to=tmp_path / "kb")
    out = capsys.readouterr().out
    assert "scraped-faq.txt: 5 taken, 2 left out" in out
    assert "+ what-is-a-stiff-neck (line 5): What is a stiff neck?" in out
    assert "warning: the answer reads like advertising" in out
    assert (
        "- line 1: How do you loosen a stiff neck at your desk? (its answer is a broken video caption)" in out
    )


def test_a_document_with_nothing_to_take_gives_status_1(tmp_path: Path) -> None:
    """The exit status says that there was nothing usable, and no folder is made."""
    assert run(document(tmp_path, "Home | About | Contact\n"), to=tmp_path / "kb") == 1
    assert not (tmp_path / "kb").exists()


def test_one_unreadable_document_stops_all_before_anything_is_written(tmp_path: Path) -> None:
    """Every document is read first, so that an error leaves the folder as it was."""
    with pytest.raises(DocumentError):
        run(DOCUMENTS / "list.json", DOCUMENTS / "blank.pdf", to=tmp_path / "kb")
    assert not (tmp_path / "kb").exists()


def plan_of(tmp_path: Path, target: Target) -> Plan:
    """Return the plan for a document of two questions."""
    return target.plan(
        read_document(document(tmp_path, "Is it one?\n\nYes, one.\n\nIs it two?\n\nYes, two.\n"))
    )


def test_a_name_taken_meanwhile_undoes_the_whole_document(tmp_path: Path) -> None:
    """If the second file cannot be named, the first goes too, and nobody's file is touched."""
    put(tmp_path / "kb", "other", "Other?", "Yes.")
    target = Target(tmp_path / "kb")
    plan = plan_of(tmp_path, target)
    put(tmp_path / "kb", "is-it-two", "Mine?", "Yes, mine.")
    with pytest.raises(CorpusError, match=r"nothing of doc\.txt was imported"):
        target.write(plan)
    assert sorted(path.name for path in (tmp_path / "kb" / "entries").iterdir()) == [
        "is-it-two.md",
        "other.md",
    ]
    assert "Yes, mine." in (tmp_path / "kb" / "entries" / "is-it-two.md").read_text(encoding="utf-8")


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files cannot be linked they are written, still without overwriting."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    run(DOCUMENTS / "list.json", to=tmp_path / "kb")
    assert len(load_corpus(tmp_path / "kb").entries) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """Missing permission is an error that names the folder."""
    (tmp_path / "kb").mkdir(mode=0o500)
    with pytest.raises(CorpusError, match="kb"):
        run(DOCUMENTS / "list.json", to=tmp_path / "kb")


def test_a_file_as_target_is_refused(tmp_path: Path) -> None:
    """`--to` takes a folder."""
    with pytest.raises(UsageError, match="is not a folder"):
        run(DOCUMENTS / "list.json", to=document(tmp_path, "x"))


def test_entries_that_lead_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    """A link from `entries` to elsewhere does not get drafts written there."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "entries").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of"):
        run(DOCUMENTS / "list.json", to=tmp_path / "kb")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_id_of_a_document_never_leaves_the_folder(tmp_path: Path) -> None:
    """Ids with slashes are refused, and the rest of odd ids become plain names of files."""
    hostile = document(tmp_path, '{"id": "../../x", "question": "a", "answer": "b"}\n', "a.jsonl")
    with pytest.raises(DocumentError, match="cannot be an id"):
        run(hostile, to=tmp_path / "kb")
    odd = document(tmp_path, '{"id": "a b*?", "question": "a", "answer": "b"}\n', "b.jsonl")
    run(odd, to=tmp_path / "kb")
    assert [path.name for path in (tmp_path / "kb" / "entries").iterdir()] == ["a-b.md"]


def test_a_source_that_the_corpus_lacks_is_left_out_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key without its source would keep the corpus from loading; the summary names it."""
    line = '{"question": "Is it so?", "answer": "Yes.", "sources": ["nobody2020"]}\n'
    run(document(tmp_path, line, "a.jsonl"), to=tmp_path / "kb")
    assert load_corpus(tmp_path / "kb").entries[0].sources == ()
    assert "sources that are not in sources.toml were not taken: nobody2020" in capsys.readouterr().out


@pytest.mark.parametrize("name", READ_FROM_BASE)
def test_a_document_answers_without_import(name: str) -> None:
    """`Bot.load` of a document gives a bot that answers one of its questions from it."""
    entry = next(draft.entry for draft in read_document(DOCUMENTS / name).drafts if draft.entry.question)
    reply = Bot.load(DOCUMENTS / name).ask(entry.question or "")
    assert reply.answer is not None
    assert reply.answer.id == entry.id


def test_a_passage_without_a_question_is_found_by_its_text() -> None:
    """A question in the words of a passage is answered with it, one about something else is not."""
    bot = Bot.load(DOCUMENTS / "scraped-article.txt")
    reply = bot.ask("does weeding strain the lower back more than digging")
    assert reply.answer is not None
    assert reply.answer.question is None
    assert reply.answer.text.startswith("Long spells of weeding")
    assert bot.ask("who won the chess match in Paris").answer is None


def test_a_document_without_anything_usable_is_an_error_with_a_cure(tmp_path: Path) -> None:
    """Answering from a page of menus is refused, and the message says how to find out why."""
    with pytest.raises(DocumentError, match=r"menu\.txt: no question with an answer.*--dry-run"):
        load_corpus(document(tmp_path, "Home | About | Contact\n", "menu.txt"))


def test_the_digest_of_a_document_follows_its_content(tmp_path: Path) -> None:
    """A changed document has another digest, so that no stale index answers for it."""
    first = digest(document(tmp_path, "Is it open?\n\nYes.\n"))
    assert digest(document(tmp_path, "Is it open?\n\nNo.\n")) != first


def test_a_pipe_as_a_corpus_is_refused_without_waiting(tmp_path: Path) -> None:
    """Neither the digest nor the loading of a corpus waits for a pipe that nobody writes to."""
    os.mkfifo(tmp_path / "pipe.txt")
    for read in (digest, load_corpus):
        with pytest.raises(TpbotError, match="pipe"):
            read(tmp_path / "pipe.txt")
