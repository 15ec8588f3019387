"""Claims about Markdown and HTML."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import answers, questions, read, reasons
from tpbot.errors import DocumentError
from tpbot.readers import Document, read_document


def page(tmp_path: Path, body: str) -> Document:
    """Return the document that a page of this content makes."""
    path = tmp_path / "page.html"
    path.write_text(body, encoding="utf-8")
    return read_document(path)


def test_markdown_headings_that_ask_become_questions() -> None:
    """Headings with a question mark, of any level, and bold questions open answers; others do not."""
    assert questions(read("faq.md")) == [
        None,
        "Who can book the hall?",
        "Is there a kitchen?",
        None,
        "Can I bring my dog?",
    ]


def test_a_markdown_answer_keeps_its_markup() -> None:
    """Emphasis and lists stay; a question inside of a code block is no question."""
    found = answers(read("faq.md"))
    assert "*Clubs*" in found["Who can book the hall?"]
    assert "- a cooker\n- a fridge" in found["Is there a kitchen?"]
    assert "# Is this a heading?" in found["Is there a kitchen?"]


def test_front_matter_of_another_program_is_skipped() -> None:
    """A page's title in front matter is neither taken nor reported as text."""
    found = read("faq.md")
    assert not any("layout" in draft.entry.answer for draft in found.drafts)
    assert reasons(found) == {
        "Community hall": "a headline",
        "Opening hours": "a headline",
        "Is there parking?": "it has no answer",
    }


def test_an_entry_file_reads_as_the_entry_it_is(tmp_path: Path) -> None:
    """A Markdown file with an entry's front matter gives that entry, as a draft."""
    path = tmp_path / "hours.md"
    path.write_text(
        "---\nquestion: When?\nalso: [what time]\nevidence: good\n---\nAt nine.\n", encoding="utf-8"
    )
    entry = read_document(path).drafts[0].entry
    assert (entry.id, entry.question, entry.also, entry.evidence) == (
        "hours",
        "When?",
        ("what time",),
        "good",
    )


def test_faqpage_json_ld_comes_before_everything_else() -> None:
    """Where a page has FAQPage JSON-LD, its questions are taken and nothing of what the page shows."""
    found = read("faqpage.html")
    assert questions(found) == ["How warm is the water?", "Do you hire out towels?"]
    assert found.drafts[0].entry.also == ("pool temperature",)
    assert reasons(found) == {"Is there a café?": "it has no answer"}


def test_html_in_json_ld_becomes_text_without_its_scripts() -> None:
    """Paragraphs, lists and character references are kept, tags and scripts are not."""
    assert answers(read("faqpage.html"))["How warm is the water?"] == (
        "The big pool is kept at 28 °C.\n\n- small pool: 31 °C\n- plunge pool: cold!"
    )


def test_microdata_gives_its_questions() -> None:
    """Questions marked by schema.org attributes are taken; one without an answer is reported."""
    found = read("microdata.html")
    assert answers(found) == {"Can I pay by card?": "Yes, from five pounds."}
    assert reasons(found) == {"Can I pay by cheque?": "it has no answer"}


def test_a_page_without_structured_data_gives_what_it_shows() -> None:
    """Question headings, `details`, `dl` and paragraphs are taken, in order."""
    assert questions(read("page.html")) == [
        None,
        "What can I bring?",
        None,
        "Does it cost anything?",
        None,
        "When are you open?",
        "Do you mend clothes?",
    ]


def test_an_answer_on_a_page_is_its_text_and_nothing_else() -> None:
    """Links give their words, entities their characters; unclosed paragraphs stay apart."""
    found = answers(read("page.html"))
    assert found["What can I bring?"] == (
        "Anything that you can carry in yourself. A toaster & a lamp are fine; a fridge is not.\n\n"
        "Bring the manual if you have it."
    )
    assert found["Do you mend clothes?"] == "- zips\n- buttons"


def test_text_after_details_does_not_belong_to_their_answer() -> None:
    """The answer in `details` ends with them; the paragraph below is a passage."""
    assert "kettle" not in answers(read("page.html"))["Does it cost anything?"]


def test_scripts_and_hidden_text_are_never_taken() -> None:
    """Nothing of scripts, styles, menus, comments or hidden elements is in a draft."""
    taken = " ".join(f"{draft.entry.question} {draft.entry.answer}" for draft in read("page.html").drafts)
    for absent in (
        "document.write",
        "color",
        "cookies",
        "cake",
        "Nobody sees",
        "javascript",
        "Is this shown",
    ):
        assert absent not in taken


def test_what_lies_around_the_main_part_of_a_page_is_reported() -> None:
    """Where a page marks its main part, the report says that the rest was left out."""
    assert reasons(read("page.html")) == {
        "How it began": "a headline",
        "all around the main part": "navigation or page furniture",
    }


def test_menus_and_comments_of_a_page_without_a_main_part_are_reported(tmp_path: Path) -> None:
    """Menus, footers and comments are left out one by one, with the element they stood in."""
    found = page(tmp_path, "<nav>Home</nav><h2>Is it?</h2><p>It is.</p><div class='comments'>Nice!</div>")
    assert answers(found) == {"Is it?": "It is."}
    assert [(piece.text, piece.place) for piece in found.left_out] == [("Home", "<nav>"), ("Nice!", "<div>")]


def test_the_charset_that_a_page_declares_is_used(tmp_path: Path) -> None:
    """A page in the charset of its meta element reads right."""
    path = tmp_path / "page.html"
    path.write_bytes('<meta charset="koi8-r"><h2>Где?</h2><p>Здесь, за углом.'.encode("koi8-r"))
    assert answers(read_document(path)) == {"Где?": "Здесь, за углом."}


@pytest.mark.parametrize("charset", ["nonsense", "base64", "rot13", "undefined", "punycode", "cp-nonsense"])
def test_a_false_charset_in_a_page_does_no_harm(tmp_path: Path, charset: str) -> None:
    """A page that declares a charset that does not exist, or is none of text, reads by a guess."""
    path = tmp_path / "page.html"
    path.write_bytes(
        b'<meta charset="' + charset.encode() + b'"><h2>O\xf9?</h2><p>Pr\xe8s du caf\xe9, \xe0 gauche.'
    )
    assert answers(read_document(path)) == {"Où?": "Près du café, à gauche."}


def test_deep_nesting_is_read_without_recursion(tmp_path: Path) -> None:
    """Ten thousand nested elements are no trouble."""
    found = page(tmp_path, "<div>" * 10_000 + "<h2>How deep?</h2><p>Very deep indeed.</p>")
    assert answers(found) == {"How deep?": "Very deep indeed."}


def test_a_page_of_too_many_tags_is_refused(tmp_path: Path) -> None:
    """Beyond a number of tags that would take long, a page is refused by name."""
    with pytest.raises(DocumentError, match=r"page\.html: the page has over 30,000 tags"):
        page(tmp_path, "<b>" * 30_001)


def test_a_numbered_list_stays_numbered(tmp_path: Path) -> None:
    """Steps keep their numbers, and a list after them starts anew."""
    found = page(tmp_path, "<h2>How?</h2><ol><li>Sit</li><li>Stand</li></ol><ul><li>Walk</li></ul>")
    assert answers(found) == {"How?": "1. Sit\n2. Stand\n\n- Walk"}


def test_broken_json_ld_falls_back_to_the_page(tmp_path: Path) -> None:
    """A page whose JSON-LD is broken or bottomless is read by what it shows."""
    script = '<script type="application/ld+json">%s</script><h2>Is it read?</h2><p>Yes, it is.</p>'
    for broken in ("{", "[" * 100_000, '{"@type": "Question"}, 1'):
        assert answers(page(tmp_path, script % broken)) == {"Is it read?": "Yes, it is."}
