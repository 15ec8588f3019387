"""Claims about text for a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from tpbot.layout import STEERING, clean, columns, wrap
from tpbot.records import Span

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)
BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(ANY_TEXT)
def test_clean_leaves_nothing_that_steers(text: str) -> None:
    """No cleaned text holds a control character but the line feed, a bidi control or a surrogate."""
    for character in clean(text):
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cs")
        assert unicodedata.bidirectional(character) not in BIDI_CONTROLS
        assert ord(character) not in STEERING


@given(ANY_TEXT)
def test_clean_is_idempotent(text: str) -> None:
    """Cleaning a cleaned text changes nothing."""
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain text", "plain text"),
        ("\x1b[31mred\x1b]0;title\x07", "[31mred]0;title"),
        ("\x9b31mred", "31mred"),
        ("nul\0 del\x7f", "nul del"),
        ("a\tb\u2028c", "a b c"),
        ("left\u202eright\u2066\u200f", "leftright"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("कि\u200c 👩\u200d⚕️", "कि\u200c 👩\u200d⚕️"),
    ],
)
def test_clean_drops_what_steers_and_keeps_scripts(text: str, cleaned: str) -> None:
    """Escape sequences lose their escape; joiners of scripts and emoji stay."""
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("– “café”…", 9), ("日本", 4), ("👩\u200d⚕️", 2), ("e\u0301", 1), ("", 0)]
)
def test_columns_counts_cells(text: str, width: int) -> None:
    """Wide characters take two columns, combining ones none."""
    assert columns(text) == width


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF).filter(str.isprintable)))
def test_short_cut_of_columns_agrees_with_wcwidth(text: str) -> None:
    """Latin text, measured without wcwidth, is as wide as wcwidth says."""
    assert columns(text) == wcswidth(text)


@given(ANY_TEXT, st.integers(20, 88))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    """No line of wrapped text is wider than asked, whatever the script."""
    for line in wrap((Span(text),), width, first="- ", rest="  "):
        assert columns(line) <= width


@given(ANY_TEXT, st.integers(20, 88))
def test_wrapping_loses_no_character(text: str, width: int) -> None:
    """Wrapped lines hold every character of the text but spaces, in order."""
    lines = wrap((Span(text),), width)
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "").replace("\n", "")


def test_address_stays_whole() -> None:
    """An address longer than a line is not cut, so that it can still be used."""
    address = "https://example.org/" + "a" * 60
    assert wrap((Span(f"See {address} there"),), 30) == ["See", address, "there"]


def test_word_across_styles_stays_together() -> None:
    """A word whose styles change within it is not parted."""
    assert wrap((Span("very "), Span("un", "strong"), Span("likely")), 20) == ["very unlikely"]


def test_styles_become_codes_with_colour_only() -> None:
    """Bold is an escape code where colour is on, and nothing where it is off."""
    spans = (Span("be "), Span("very careful", "strong"))
    assert wrap(spans, 40, colour=True) == ["be \x1b[1mvery\x1b[0m \x1b[1mcareful\x1b[0m"]
    assert wrap(spans, 40) == ["be very careful"]


def test_empty_text_is_one_empty_line() -> None:
    """Nothing to wrap gives one line that holds the first indent."""
    assert wrap((), 40, first="- ") == ["- "]
