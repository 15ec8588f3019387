"""Claims about normalising, stems, trigrams and spelling repair."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from tpbot.text import (
    FILLER,
    MIN_REPAIRED_LENGTH,
    MIN_TWICE_REPAIRED_LENGTH,
    RARE_BESIDE,
    Speller,
    bigrams,
    common_words,
    normalise,
    replace_surrogates,
    stem,
    stems,
    strip_filler,
    tokenise,
    trigrams,
    typing_errors,
)

ANY_TEXT = st.text(st.characters(categories=None))
"""Any code points at all: controls, unpaired surrogates, unassigned ones."""
WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=12)


@given(ANY_TEXT)
@example("\ud800")
@example("\x00\x1b[31m")
@example("İIıi ﬁ ½ ǆ")
def test_no_text_makes_normalising_raise(text: str) -> None:
    """Every text has words, stems and trigrams, if only none."""
    tokens = normalise(text)
    assert len(stems(tokens)) == len(tokens)
    assert all(len(gram) == 3 for gram in trigrams(tokens))


@given(ANY_TEXT)
def test_replaced_surrogates_can_be_encoded(text: str) -> None:
    """Without its unpaired surrogates every text is UTF-8, and one without them is left alone."""
    replaced = replace_surrogates(text)
    replaced.encode("utf-8")
    assert replace_surrogates(replaced) == replaced
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert replaced == text


def test_a_pair_of_surrogates_is_one_character() -> None:
    """A character that arrived as two surrogates is that character; a lone one is U+FFFD."""
    assert replace_surrogates("a\ud83d\ude00b") == "a😀b"
    assert replace_surrogates("a\ude00\ud83db") == "a\ufffd\ufffdb"


@given(st.lists(WORDS, max_size=8))
def test_normalised_words_are_normal(words: list[str]) -> None:
    """To normalise what was normalised changes nothing."""
    once = normalise(" ".join(words))
    assert normalise(" ".join(once)) == once


@given(st.text(st.characters(max_codepoint=0x24F)))
def test_case_does_not_matter(text: str) -> None:
    """A question in capitals has the words of the same question in small letters."""
    assume(text.upper().lower() == text.lower())
    assert tokenise(text.upper()) == tokenise(text.lower())


@given(ANY_TEXT)
def test_composed_and_decomposed_text_is_one_text(text: str) -> None:
    """An accent typed as a character of its own gives the same words."""
    assert tokenise(unicodedata.normalize("NFD", text)) == tokenise(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "`", "´", "ʼ"])
def test_apostrophes_are_dropped(apostrophe: str) -> None:
    """A word with any apostrophe is the word without it."""
    assert tokenise(f"It doesn{apostrophe}t hurt") == ["it", "doesnt", "hurt"]


def test_politeness_is_stripped() -> None:
    """Greetings and thanks at the ends do not count; within the question they do."""
    assert normalise("Hello, could you please tell me what a knot is? Thanks!") == [
        "what",
        "a",
        "knot",
        "is",
    ]
    assert normalise("is it ok to press a knot") == ["is", "it", "ok", "to", "press", "a", "knot"]


@given(st.lists(st.one_of(st.sampled_from(FILLER), WORDS)))
def test_two_words_remain(words: list[str]) -> None:
    """However polite a question is, stripping leaves a run of it, of at least two words if it has them."""
    words = " ".join(words).split()
    kept = strip_filler(words)
    assert len(kept) >= min(2, len(words))
    assert any(words[start : start + len(kept)] == kept for start in range(len(words) + 1))


@pytest.mark.parametrize(
    "words",
    [
        "pain pains",
        "press pressed pressing",
        "massage massages massaged massaging",
        "stop stopped stopping stops",
        "muscle muscles",
        "injury injuries",
        "10 25 2026",
    ],
)
def test_forms_of_a_word_share_a_stem(words: str) -> None:
    """Plurals and verb forms have the stem of their word, and all numbers have one."""
    assert len({stem(word) for word in words.split()}) == 1


def test_different_words_have_different_stems() -> None:
    """Words that only begin alike keep apart."""
    words = "back bad pain paint press pretty stop store muscle must bus but".split()  # noqa: SIM905
    assert len({stem(word) for word in words}) == len(words)


@given(WORDS)
def test_a_stem_is_short(word: str) -> None:
    """A stem is no longer than its word, never empty, and begins as it does."""
    root = stem(word)
    assert 0 < len(root) <= len(word)
    assert root[0] == word[0]


@given(st.lists(WORDS, max_size=5))
def test_bigrams_are_neighbouring_stems_in_order(words: list[str]) -> None:
    """Words have a bigram less than they are, of the stems of each and the next."""
    pairs = bigrams(words)
    assert len(pairs) == max(0, len(words) - 1)
    assert pairs == [" ".join(stems(words[place : place + 2])) for place in range(len(pairs))]
    assert bigrams(["sore", "knots", "hurt"]) == ["sor knot", "knot hurt"]


@given(st.lists(WORDS, max_size=5))
def test_trigrams_stay_within_words(words: list[str]) -> None:
    """A word of n letters has n trigrams, the spaces around it included, and none spans two words."""
    assert len(trigrams(words)) == sum(len(word) for word in words)
    assert all(" " not in gram[1] for gram in trigrams(words) if len(gram) == 3)
    assert trigrams(["knot"]) == [" kn", "kno", "not", "ot "]


@given(st.dictionaries(WORDS, st.integers(1, 99), max_size=20), WORDS)
def test_repair_is_two_edits_at_most(counts: dict[str, int], word: str) -> None:
    """A repaired word is a word of the corpus, an edit or two away; repairing again changes nothing."""
    speller = Speller(counts)
    repaired = speller.repair(word)
    if repaired != word:
        assert repaired in counts
        assert OSA.distance(word, repaired) in (1, 2)
    assert speller.repair(repaired) == repaired


@given(st.dictionaries(WORDS, st.integers(1, 99), max_size=20), WORDS)
def test_what_lies_one_edit_away_is_found(counts: dict[str, int], word: str) -> None:
    """A word is left unrepaired only if it is known or no word of the corpus lies near."""
    speller = Speller(counts)
    known = word in counts or stem(word) in stems(list(counts)) or len(word) < MIN_REPAIRED_LENGTH
    edges = [other for other in counts if other[0] == word[0] or other[-1] == word[-1]]
    near = [other for other in counts if OSA.distance(word, other) == 1]
    if len(word) >= MIN_TWICE_REPAIRED_LENGTH:
        near += [other for other in edges if OSA.distance(word, other) == 2]
    assert (speller.repair(word) == word) == (known or not near)


@given(st.dictionaries(WORDS, st.integers(1, 9), max_size=20), WORDS)
def test_repair_does_not_depend_on_order(counts: dict[str, int], word: str) -> None:
    """The order in which a corpus lists its words has no say in what is repaired to what."""
    items = sorted(counts.items())
    assert Speller(dict(items)).repair(word) == Speller(dict(reversed(items))).repair(word)


def test_short_words_are_left_alone() -> None:
    """Words too short to repair safely are kept, also beside a frequent neighbour."""
    speller = Speller({"knot": 50, "hip": 50})
    assert speller.repair("hop") == "hop"
    assert speller.repair("x" * (MIN_REPAIRED_LENGTH - 1)) == "x" * (MIN_REPAIRED_LENGTH - 1)


def test_long_words_are_repaired_by_two_edits() -> None:
    """Two edits are taken back in a long word alone, and only where no word is one edit away."""
    assert Speller({"massage": 1}).repair("masagge") == "massage"
    assert Speller({"massage": 1, "masagger": 1}).repair("masagge") == "masagger"
    assert Speller({"cramp": 9}).repair("crmpa") == "crmpa"


def test_real_words_are_left_alone() -> None:
    """A common English word is not repaired to a word of the corpus, nor is a form of a corpus word."""
    speller = Speller({"knot": 50, "massage": 3}, common_words())
    assert speller.repair("know") == "know"
    assert speller.repair("massages") == "massages"


def test_the_first_letter_then_frequency_then_the_alphabet_decide() -> None:
    """Of several words one edit away, one with the typed first letter wins, then the most frequent."""
    assert Speller({"battle": 1, "cattle": 99}).repair("battlr") == "battle"
    assert Speller({"muscle": 2, "muscly": 9}).repair("musclx") == "muscly"
    assert Speller({"mattes": 1, "matter": 1}).repair("mattez") == "matter"


def test_a_transposition_is_one_edit() -> None:
    """Two letters that changed places are repaired."""
    assert Speller({"trigger": 1}).repair("tirgger") == "trigger"


def test_a_rare_word_beside_a_frequent_one_is_a_typing_error() -> None:
    """A corpus' own typing errors are found; real words, frequent words and other forms are none."""
    counts = {"trigger": 50, "triger": 2, "triggers": 1, "knot": 60, "know": 1, "muscle": 3, "mucsle": 1}
    assert typing_errors(counts, frozenset({"know"})) == {"triger": "trigger"}


@given(st.dictionaries(WORDS, st.integers(1, 99), max_size=20))
def test_a_typing_error_is_one_edit_from_a_more_frequent_word(counts: dict[str, int]) -> None:
    """What a typing error was meant to be is a word of the corpus, far more frequent."""
    errors = typing_errors(counts)
    for error, word in errors.items():
        assert OSA.distance(error, word) == 1
        assert counts[error] * RARE_BESIDE < counts[word]


def test_common_words_are_words() -> None:
    """The list of common words holds plain lower-case words and nothing else."""
    words = common_words()
    assert {"know", "house", "because"} <= words
    assert all(tokenise(word) == [word] for word in words)
