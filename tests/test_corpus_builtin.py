"""Claims about the corpus that ships: each entry keeps the promises of docs/writing-an-entry.md."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tpbot.blocks import parse_markdown, plain_text
from tpbot.check import Report, check
from tpbot.corpus import BUILTIN, load_corpus, ways_of_asking
from tpbot.readability import reading_grade
from tpbot.records import Entry
from tpbot.text import normalise, tokenise

CORPUS = load_corpus(BUILTIN)
DOCUMENTS = Path(os.environ.get("TPBOT_SHARED", "../shared")) / "documents"
RUN = 8
"""Words in a row that no entry has in common with the documents that the topics come from."""
IDS = (
    "massage-lower-back where-low-back heal-time feel-like massage-worse why-hurt active-latent "
    "effective-lbp how-therapy-works buttock types-lbp chiro-nerve-pressure chiro-location chiro-causes "
    "chiro-muscle-signal chiro-misalignment chiro-drx9000 chiro-find chiro-feel-ball chiro-press-hold "
    "chiro-breaking-up chiro-relief what-is-trigger-point science-debate palpation-reliability "
    "referred-pain myofascial-pain-syndrome fibromyalgia-tender-points lump-not-knot causes "
    "perpetuating-factors ball-self-massage foam-roller how-hard-press how-long-press how-often "
    "massage-gun where-not-to-press soreness-after bruise-after professional-massage heat-vs-ice "
    "stretching quadratus-lumborum gluteus-medius gluteus-minimus piriformis iliocostalis multifidus "
    "psoas hamstrings sciatica-vs-referred herniated-disc si-joint kidney-vs-muscle "
    "inflammatory-back-pain imaging diagnosis dry-needling injections acupuncture tens-ultrasound "
    "spray-and-stretch chiropractic medicines opioids-relaxants exercise core-strength walking-yoga "
    "bed-rest back-belt stress gym-sport return-to-work posture-sitting desk-breaks sleep-position "
    "lifting diet-supplements pregnancy blood-thinners osteoporosis older-people children-teens "
    "cancer-massage when-see-doctor which-professional how-long-lbp prevention myths "
)

every_entry = pytest.mark.parametrize("entry", CORPUS.entries, ids=[entry.id for entry in CORPUS.entries])


def answer_of(entry: Entry) -> str:
    """Return the plain text of an answer."""
    return plain_text(parse_markdown(entry.answer))


def runs(text: str, length: int = RUN) -> set[str]:
    """Return every run of `length` words of a text, whatever its case, punctuation and line breaks."""
    words = tokenise(text)
    return {" ".join(words[start : start + length]) for start in range(len(words) - length + 1)}


def shared_runs(texts: Iterator[str], folder: Path) -> set[str]:
    """Return the runs of words that any of `texts` has in common with a text file in `folder`."""
    known: set[str] = set()
    for path in folder.rglob("*.txt"):
        known |= runs(path.read_text("utf-8", errors="replace"))
    return {run for text in texts for run in runs(text) & known}


def test_every_topic_has_its_entry() -> None:
    """The ninety topics have an entry each, and there is no other."""
    assert sorted(entry.id for entry in CORPUS.entries) == sorted(IDS.split())


@every_entry
def test_entry_says_what_it_rests_on(entry: Entry) -> None:
    """A question, a grade of evidence, sources, the day of the check, and two to four other entries."""
    assert entry.question
    assert entry.question.endswith("?")
    assert entry.evidence
    assert entry.sources
    assert entry.checked
    assert 2 <= len(entry.related) <= 4
    assert not entry.draft


@every_entry
def test_entry_claims_no_review(entry: Entry) -> None:
    """No clinician has reviewed the corpus, and no entry says otherwise."""
    assert entry.reviewed_by is None


@every_entry
def test_entry_is_found_in_many_ways(entry: Entry) -> None:
    """There are at least ten other ways of asking; one is a long message, one only a few words."""
    lengths = [len(tokenise(way)) for way in entry.also]
    assert len(set(entry.also)) >= 10
    assert max(lengths) >= 18
    assert min(lengths) <= 7


@every_entry
def test_answer_is_short_and_plain(entry: Entry) -> None:
    """An answer has 60 to 180 words and reads at US school grade 8 or easier."""
    assert 60 <= len(tokenise(answer_of(entry))) <= 180
    assert reading_grade(answer_of(entry)) <= 8


@every_entry
def test_answer_has_no_markup_that_is_not_shown(entry: Entry) -> None:
    """No headings, links, addresses, HTML or tables."""
    assert not re.search(r"(?m)^#|\]\(|https?:|<\w|^\|", entry.answer)


def test_most_answers_are_for_grade_7_or_easier() -> None:
    """At least four answers in five read at US school grade 7 or easier."""
    grades = [reading_grade(answer_of(entry)) for entry in CORPUS.entries]
    assert sum(grade <= 7 for grade in grades) >= 0.8 * len(grades)


def test_no_two_entries_share_a_way_of_asking() -> None:
    """Every way of asking belongs to one entry."""
    owners: dict[str, str] = {}
    for entry in CORPUS.entries:
        for way in ways_of_asking(entry):
            assert owners.setdefault(" ".join(normalise(way)), entry.id) == entry.id


@pytest.fixture(scope="module")
def report() -> Report:
    """Return what the whole lint finds in the corpus."""
    return check(BUILTIN, today=date(2026, 11, 21))


def test_check_finds_nothing_but_entries_that_are_hard_to_tell_apart(report: Report) -> None:
    """The corpus' own lint finds no error, and no warning other than a few collisions."""
    serious = [finding for finding in report.findings if finding.severity != "info"]
    assert [finding for finding in serious if finding.code != "collision"] == []
    assert len(serious) <= 6


def test_left_out_questions_mostly_find_their_entry(report: Report) -> None:
    """Without the help of its own wording, a way of asking finds its entry first in three cases of five."""
    assert report.left_out
    assert report.left_out.asked == sum(len(set(ways_of_asking(entry))) for entry in CORPUS.entries)
    assert report.left_out.right >= 0.6 * report.left_out.asked


def test_techniques_end_with_the_stop_rule() -> None:
    """The corpus has techniques, and a rule for when to stop that names pain, tingling and numbness."""
    assert any(entry.technique for entry in CORPUS.entries)
    assert CORPUS.info.stop_rule
    assert all(sign in CORPUS.info.stop_rule for sign in ("sharp", "tingling", "numb"))


def test_no_run_of_words_is_taken_from_the_documents() -> None:
    """Nothing in the corpus has eight words in a row in common with the documents, questions included."""
    if not DOCUMENTS.is_dir():
        pytest.skip(f"there is no folder {DOCUMENTS}; set TPBOT_SHARED to the folder above it")
    texts = (text for entry in CORPUS.entries for text in (answer_of(entry), *ways_of_asking(entry)))
    assert shared_runs(texts, DOCUMENTS) == set()


def test_run_of_eight_words_is_noticed(tmp_path: Path) -> None:
    """Eight words in a row are found through case, punctuation and line breaks; seven are not."""
    (tmp_path / "page.txt").write_text("Press it gently,\nthen wait: one two three FOUR five.", "utf-8")
    seven = "press it gently then wait one two and stop"
    eight = "So: press it gently - then wait; one two (three)"
    assert shared_runs(iter([seven]), tmp_path) == set()
    assert shared_runs(iter([seven, eight]), tmp_path) == {"press it gently then wait one two three"}


@pytest.mark.parametrize(
    "promotion", ["most effective", "for good", "detox", "guarantee", "eliminate", "100 percent", "100%"]
)
def test_promotion_is_not_repeated(promotion: str) -> None:
    """No answer has the words in which treatments are advertised."""
    assert [entry.id for entry in CORPUS.entries if promotion in entry.answer.lower()] == []
