"""Claims about Markdown as a tree of blocks."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tpbot.blocks import parse_markdown, plain_text
from tpbot.records import Block, Span


def test_paragraphs_and_lists_are_kept() -> None:
    """Paragraphs, lists and numbered lists keep their order and their styles."""
    assert parse_markdown("One **two** *three* `four`.\n\n- a\n- b\n\n1. c\n2. d\n") == (
        Block(
            "paragraph",
            (
                (
                    Span("One "),
                    Span("two", "strong"),
                    Span(" "),
                    Span("three", "emphasis"),
                    Span(" "),
                    Span("four", "code"),
                    Span("."),
                ),
            ),
        ),
        Block("list", ((Span("a"),), (Span("b"),))),
        Block("numbered_list", ((Span("c"),), (Span("d"),))),
    )


def test_plain_text_shows_the_structure() -> None:
    """Without markup a list has a line for each item, and a blank line parts the blocks."""
    assert (
        plain_text(parse_markdown("A **b**.\n\n- c\n- d\n\n1. e\n2. f")) == "A b.\n\n- c\n- d\n\n1. e\n2. f"
    )


def test_a_line_end_within_a_paragraph_is_a_space() -> None:
    """A paragraph that was wrapped in its file is one line."""
    assert plain_text(parse_markdown("one\ntwo")) == "one two"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("# Heading", "Heading"),
        ("[words](https://example.org)", "words"),
        ("[words](javascript:alert(1))", "[words](javascript:alert(1))"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a <b onclick=x>b</b>", "a <b onclick=x>b</b>"),
        ("![a picture](http://example.org/x.png)", "a picture"),
        ("> quoted", "quoted"),
        ("    code()", "code()"),
        ("```\nfenced\n```", "fenced"),
        ("- a\n  - b", "- a\n- b"),
        ("---", ""),
        ("", ""),
    ],
)
def test_everything_else_is_the_text_it_shows(markdown: str, shown: str) -> None:
    """Headings, links, quotes, code and HTML become the text that they show, never markup."""
    assert plain_text(parse_markdown(markdown)) == shown


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
@example("- " * 200)
@example(">" * 400)
@example("[" * 300)
@example("*" * 400)
def test_any_text_has_blocks(markdown: str) -> None:
    """No text makes parsing raise, and no block or item is empty."""
    for block in parse_markdown(markdown):
        assert block.items
        assert all(item for item in block.items)


@given(st.lists(st.text("abc ,.", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=5))
def test_plain_sentences_stay_as_they_are(paragraphs: list[str]) -> None:
    """Paragraphs without markup come out as they went in."""
    words = [" ".join(paragraph.split()) for paragraph in paragraphs]
    assert plain_text(parse_markdown("\n\n".join(words))) == "\n\n".join(words)
