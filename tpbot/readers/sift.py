"""Telling what is worth keeping from what scraping brings along: captions, menus, thanks, advertising."""

from __future__ import annotations

import re

MAX_QUESTION_WORDS = 60
_CAPTION = re.compile(
    r"(start|end) of suggested clip|\d second clip|^webvtt|\d:\d\d[.,]\d{3}\s*-->"
    r"|\[(music|applause|laughter)\]|\d:\d\d.{0,150}youtube",
    re.IGNORECASE | re.DOTALL,
)
_THANKS = re.compile(
    r"\W*(many thanks|thanks|thank you|thx|(great|nice|good|helpful|useful|awesome|excellent|"
    r"wonderful|amazing|fantastic|lovely|love this|loved this) (article|post|blog|tips?|read|info|"
    r"information|video|advice|page))\b",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"\W*((\d+\s+)?(comments?|replies|responses)(\s*\(\d+\)|\s*:)?\W*$|leave a (reply|comment)|"
    r"post a comment|(\d+\s+|one\s+)?(thoughts?|responses?|comments?|replies|reply) (on|to)\b|join "
    r"the discussion)",
    re.IGNORECASE,
)
_MENU = re.compile(
    r"\W*(skip to (the )?(main )?content|share (this|on)|(read|learn|see|show) more\W*$|continue reading|"
    r"back to (the )?top|table of contents|privacy (policy|notice)|terms (of|and)|all rights reserved|©|"
    r"copyright|(previous|next|older|newer) (post|page|article|question)|(related|recent|popular) (posts?|"
    r"articles?|questions|searches)|people also (ask|search)|follow us|sign in|log ?in\b|page \d+|tags:|"
    r"categories:|category:|filed under|posted (on|in|by)|published (on|by|in)|last updated|"
    r"advertisement|sponsored|(home|menu|search|share|print|contact|contact us|about|about us|login|"
    r"navigation|close|toggle menu)\W*$)",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\b(we|this site|this website) uses? cookies\b|accept (all )?cookies", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s[|›»•·>/]\s")
_OFFER = re.compile(
    r"\b(book (now|online|today|your|an appointment)|call (us|now|today)|(buy|order|shop|sign up|enrol|"
    r"enroll|register|subscribe|download) (now|today|here|online|for|to our)|add to (cart|basket)|special "
    r"offer|limited[ -]time|free (trial|consultation|shipping|delivery)|discount|coupon|promo code|"
    r"\d+ ?% off|money[ -]back|click here|visit our (website|shop|store)|our newsletter|gift card|"
    r"sponsored by)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"\b((the )?most (effective|advanced|comprehensive|trusted)|(decades?|years) of [a-z ]{0,30}experience|"
    r"mastering this|master this|comprehensive (routine|course|program|programme|training|guide)|this course|"
    r"our (course|program|programme|training|clinic|products?|team)|world[ -]class|award[ -]winning|"
    r"leading (provider|clinic|expert|experts)|proven (method|system|results)|guaranteed?|revolutionary|"
    r"(treatment|therapy) protocol|successful [a-z ]{0,30}practice|certified (course|"
    r"training)|best[ -]selling)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"""[.!?:;…。！？][)"'”’\]]*\s*$""")
_CASED = re.compile(r"[^\W\d_][\w'’-]*")

VIDEO_CAPTION = "a broken video caption"
NAVIGATION = "navigation or page furniture"
THANKS = "thanks or a reader's comment"
HEADLINE = "a headline"
ADVERTISING = "advertising"
FRAGMENT = "too short to stand alone"


def not_content(text: str) -> str | None:
    """Return what `text` is if it is no content of its document, else None."""
    words = len(text.split())
    if _CAPTION.search(text[:5000]):
        return VIDEO_CAPTION
    if words <= 60 and _THANKS.match(text):
        return THANKS
    if words <= 60 and _COOKIES.search(text):
        return NAVIGATION
    menu = words <= 15 and bool(_MENU.match(text))
    bar = words <= 25 and len(_SEPARATOR.findall(text)) >= 2 and not _SENTENCE_END.search(text)
    return NAVIGATION if menu or bar else None


def begins_comments(text: str) -> bool:
    """Return whether `text` is the line above readers' comments."""
    return len(text.split()) <= 12 and bool(_COMMENTS.match(text))


def is_advertising(text: str) -> bool:
    """Return whether `text` asks people to buy, book or sign up."""
    return bool(_OFFER.search(text[:5000]))


def praises(text: str) -> bool:
    """Return whether `text` praises what its author sells: two such phrases, since one is everyday speech."""
    return len(_PRAISE.findall(text[:5000])) >= 2


def is_headline(text: str) -> bool:
    """Return whether a line of its own is a headline: in Title Case, or short and without a full stop."""
    words = _CASED.findall(text[:1000])
    if "\n" in text or not words or len(text) > 300:
        return False
    titled = sum(word[0].isupper() for word in words)
    if len(words) >= 4 and len(words) <= 25 and titled / len(words) >= 0.75:
        return True
    return len(text.split()) <= 12 and not _SENTENCE_END.search(text) and words[0][0].isupper()
