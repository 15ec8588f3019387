"""Claims about plain text, and about what is kept and left out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documents import SHARED, answers, needs_shared, questions, read, reasons
from tpbot.readers import Document, read_document
from tpbot.readers.outline import draft_question


def document(tmp_path: Path, content: str | bytes, name: str = "a.txt") -> Document:
    """Return the document that this content makes."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_document(path)


@needs_shared
def test_ten_questions_of_the_shared_faq_are_taken_and_the_broken_one_is_reported() -> None:
    """Of eleven scraped questions the ten with an answer are taken; the video caption is reported."""
    found = read_document(SHARED / "000_87cbdeaa30510c43.txt")
    assert questions(found) == [
        "Where are the trigger points for lower back pain?",
        "How long do trigger points take to heal?",
        "What do trigger points feel like?",
        "Can trigger point massage make pain worse?",
        "Why do trigger points hurt so much?",
        "What is an active trigger point?",
        "Is trigger point therapy effective for low back pain?",
        "How does trigger point therapy work?",
        "What are the trigger points for buttock pain?",
        "What are the different types of low back pain complaints?",
    ]
    assert [(piece.text, piece.place, piece.reason) for piece in found.left_out] == [
        (
            "How do you massage the trigger points in your lower back?",
            "line 1",
            "its answer is a broken video caption",
        )
    ]


@needs_shared
def test_only_the_shared_answer_that_sells_a_course_carries_a_warning() -> None:
    """The answer that praises a treatment protocol is taken with a warning, the other nine without."""
    found = read_document(SHARED / "000_87cbdeaa30510c43.txt")
    warned = {draft.entry.question: draft.warning for draft in found.drafts if draft.warning}
    assert warned == {
        "Is trigger point therapy effective for low back pain?": "the answer reads like advertising"
    }


@needs_shared
@pytest.mark.parametrize(
    "words",
    [
        "Trigger points are knots in the muscle",
        "in the lower back on each side of the spine just above the pelvis",
        "lower back strain, past injury, or disc herniation",
        "chiropractic care can help relieve the pressure",
        "the best option is Drx9000 spinal decompression",
        "reach around to your low back and feel the trigger points",
        "a hard ball of muscle",
        "press on them and hold for 5-10 seconds",
    ],
)
def test_the_shared_article_gives_a_passage_on_each_of_its_matters(words: str) -> None:
    """What knots are, where, why, how to find and press them, and what is claimed for care: all are there."""
    found = read_document(SHARED / "002_f6797da1f7d961d9.txt")
    assert sum(words in draft.entry.answer for draft in found.drafts) == 1


@needs_shared
def test_headline_and_comment_of_the_shared_article_are_left_out() -> None:
    """The headline and the reader's thanks are no passages; the report says what they are."""
    found = read_document(SHARED / "002_f6797da1f7d961d9.txt")
    assert [piece.reason for piece in found.left_out] == ["a headline", "thanks or a reader's comment"]


@needs_shared
def test_the_shared_article_gets_a_question_only_where_it_plainly_answers_one() -> None:
    """Three of its passages say in so many words what something is, its reason, or the best way."""
    found = read_document(SHARED / "002_f6797da1f7d961d9.txt")
    assert [question for question in questions(found) if question] == [
        "What are trigger points?",
        "Why do we get these trigger points in the back?",
        "What is the best way to help loosen the muscular trigger points?",
    ]


def test_a_scraped_faq_gives_its_answered_questions() -> None:
    """Questions with an answer are taken, with numbers and `Q:` and `A:` taken off."""
    found = read("scraped-faq.txt")
    assert questions(found) == [
        "What is a stiff neck?",
        "How long does a stiff neck last?",
        "Which pillow is right for a stiff neck?",
        "Does warmth help a stiff neck?",
        "Should I keep moving?",
    ]
    assert answers(found)["Should I keep moving?"].startswith("Yes. Gentle")


def test_an_answer_of_several_paragraphs_and_a_list_stays_whole() -> None:
    """Paragraphs and list items up to the next question belong to the answer, as Markdown."""
    found = answers(read("scraped-faq.txt"))
    assert found["How long does a stiff neck last?"].count("\n\n") == 1
    assert found["Does warmth help a stiff neck?"].endswith(
        "too:\n\n- wrap it in a towel\n- keep it on for a short while"
    )


def test_a_caption_and_a_missing_answer_are_told_apart() -> None:
    """The report says whether an answer is a video caption or not there at all."""
    assert reasons(read("scraped-faq.txt")) == {
        "How do you loosen a stiff neck at your d": "its answer is a broken video caption",
        "Can I drive with a stiff neck?": "it has no answer",
    }


def test_everything_in_an_article_that_is_no_content_is_left_out_with_its_reason() -> None:
    """Headline, menu, offer and all that follows the line above the comments are left out."""
    assert reasons(read("scraped-article.txt")) == {
        "Five Things Every Gardener Should Know A": "a headline",
        "Home | Blog | Contact | Shop": "navigation or page furniture",
        "Book now and get 20% off our spring cour": "advertising",
        "3 Comments": "navigation or page furniture",
        "Great tips, I shall try the long fork.": "thanks or a reader's comment",
        "My father always said the same about car": "thanks or a reader's comment",
    }


def test_a_paragraph_that_only_continues_joins_the_passage_before() -> None:
    """`It gets worse ...` says nothing by itself and belongs to the passage before it."""
    found = read("scraped-article.txt")
    passage = next(draft.entry.answer for draft in found.drafts if draft.entry.question is None)
    assert passage.startswith("Long spells")
    assert passage.endswith("It gets worse when the soil is dry and hard.")


@pytest.mark.parametrize(
    ("passage", "question"),
    [
        ("Knots are lumps in a muscle that ache.", "What are knots?"),
        ("An MRI is a scan that uses magnets.", "What is an MRI?"),
        ("How long is a term? It lasts ten weeks.", "How long is a term?"),
        ("The reason people slip is that it rains.", "Why do people slip?"),
        ("For most of us the best way to learn is to do.", "What is the best way to learn?"),
        ("There are knots in the muscle.", None),
        ("It is a knot.", None),
        ("The reason we are late is the rain.", None),
        ("Muscles are always in use.", None),
        ("", None),
    ],
)
def test_a_passage_gets_a_question_only_if_it_poses_or_plainly_answers_one(
    passage: str, question: str | None
) -> None:
    """A definition, a reason, a best way or a question at the start make a draft question; nothing else."""
    assert draft_question(passage) == question


def test_questions_on_lines_without_blank_lines_between_are_found(tmp_path: Path) -> None:
    """A question line that follows a whole sentence opens a new answer, a wrapped sentence does not."""
    found = document(
        tmp_path,
        "Is it open?\nYes, it is.\nHow far is\nit from here? Not far.\nWhy is it red?\nNobody knows.\n",
    )
    assert answers(found) == {
        "Is it open?": "Yes, it is.\nHow far is\nit from here? Not far.",
        "Why is it red?": "Nobody knows.",
    }


def test_a_question_wrapped_over_two_lines_is_one_question(tmp_path: Path) -> None:
    """A paragraph that is one question is a question, on however many lines it stands."""
    found = document(tmp_path, "What do I do when\nthe bus does not come?\n\nWalk along the river.\n")
    assert answers(found) == {"What do I do when the bus does not come?": "Walk along the river."}


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_common_charset_reads_the_same(tmp_path: Path, charset: str) -> None:
    """UTF-8 with and without a mark, UTF-16 and Western European text give the same entry."""
    text = "Où est le café ?\n\nÀ côté de l’école, près de la forêt.\n"
    assert answers(document(tmp_path, text.encode(charset))) == {
        "Où est le café ?": "À côté de l’école, près de la forêt."
    }


def test_line_ends_of_any_kind_read_the_same(tmp_path: Path) -> None:
    """Windows, old Mac and Unix line ends give the same entry."""
    text = "Is it open?\n\nYes, from nine.\n"
    assert (
        len({str(answers(document(tmp_path, text.replace("\n", end)))) for end in ("\n", "\r\n", "\r")}) == 1
    )


def test_text_of_a_plain_document_never_becomes_markup(tmp_path: Path) -> None:
    """Stars, brackets and tags in a plain text are shown as they were written."""
    from tpbot.blocks import parse_markdown, plain_text

    answer = "# 2 * 3 * 4 is <b>24</b>, [so](http://x.example) &amp; not __25__"
    found = document(tmp_path, f"How much is it?\n\n{answer}\n")
    assert plain_text(parse_markdown(answers(found)["How much is it?"])) == answer


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1))
def test_escaped_text_shows_as_written(text: str) -> None:
    """Whatever a line holds, as Markdown it shows the same characters."""
    from tpbot.blocks import parse_markdown, plain_text
    from tpbot.readers.markdown import escape

    line = " ".join(text.split())
    assert plain_text(parse_markdown(escape(line))) == line


def test_the_same_pair_twice_in_a_document_is_taken_once(tmp_path: Path) -> None:
    """A repetition is left out, and the report says where the first one stands."""
    found = document(
        tmp_path, "Is it open?\n\nYes.\n\nIs it open?\n\nYes!\n\nIs it open?\n\nOn Sundays, no.\n"
    )
    assert [draft.entry.id for draft in found.drafts] == ["is-it-open", "is-it-open-2"]
    assert [piece.reason for piece in found.left_out] == ["the same as at line 1"]


def test_every_draft_says_that_it_is_one_and_where_it_comes_from() -> None:
    """Drafts are marked; the origin names document and line."""
    for draft in read("scraped-faq.txt").drafts:
        assert draft.entry.draft
        assert draft.entry.origin is not None
        assert draft.entry.origin.startswith(f"scraped-faq.txt, {draft.place} (text ")


@pytest.mark.parametrize(
    ("question", "entry_id"),
    [
        ("How 👍?", "how"),
        ("¿Dónde está?", "donde-esta"),
        ("CON?", "entry-con"),
        ("../../etc/passwd?", "etc-passwd"),
    ],
)
def test_ids_are_safe_names_of_files(tmp_path: Path, question: str, entry_id: str) -> None:
    """An id is small ASCII letters and hyphens, no path and no device of Windows'."""
    found = document(tmp_path, f"{question}\n\nThere, of course.\n")
    assert [draft.entry.id for draft in found.drafts] == [entry_id]


def test_a_question_without_latin_letters_gets_an_id_too(tmp_path: Path) -> None:
    """Questions in other scripts have distinct ids that stay the same from run to run."""
    text = "可以刷卡吗?\n\n可以。\n\n几点开门?\n\n九点。\n".replace("?", "?")
    first, second = (document(tmp_path, text) for _ in range(2))
    ids = [draft.entry.id for draft in first.drafts]
    assert len(set(ids)) == 2
    assert ids == [draft.entry.id for draft in second.drafts]
