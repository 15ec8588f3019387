"""Claims about docs/index-format.md: a reader written from that page alone answers as the bot does.

The reader is plain Python without numpy and without any of tpbot's own modules. Where it and the bot differ,
the page is wrong or incomplete.
"""

from __future__ import annotations

import json
import math
import random
import struct
import unicodedata
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate, islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.benchmarks.typos import with_typo
from tests.samples import CORPUS_FILES, write_files
from tpbot import build, retriever
from tpbot.bot import Bot
from tpbot.build import build_index
from tpbot.corpus import load_corpus
from tpbot.index import Index
from tpbot.policy import decide

QUESTIONS = 300
TOP = 5
APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ＇"))
LETTERS = {"<u1": "B", "<u2": "H", "<u4": "I", "<i1": "b", "<f8": "d"}


class Found(NamedTuple):
    """An entry on the short list."""

    id: str
    score: float
    confidence: float


class Family(NamedTuple):
    """The stems, the trigrams or the bigrams: their numbers, and the postings and idf of each."""

    numbers: dict[str, int]
    postings: list[list[int]]
    idf: list[float]
    norms: list[float]


class Reader:
    """Answers questions from an index file as docs/index-format.md says."""

    def __init__(self, path: Path) -> None:
        self.numbers: dict[str, list[Any]] = {}
        self.texts: dict[str, bytes] = {}
        self._read(path.read_bytes())
        self.meta = self._json("meta")
        self.scoring = self.meta["scoring"]
        self.ids, self.ways = self._json("ids"), self._json("ways")
        self.counts: dict[str, int] = dict(zip(self._json("words"), self.numbers["word_counts"], strict=True))
        self.word_stems = {stem(word) for word in self.counts}
        self.known = set(self.meta["known_words"])
        self.filler = [phrase.split(" ") for phrase in self.meta["filler"]]
        self.stems = self._family("stem", "stems")
        self.grams = self._family("gram", "grams")
        self.bigrams = self._family("bigram", "bigrams")
        self.text_postings = self._postings("text")
        self.text_starts = [0, *accumulate(self.numbers["text_lengths"])]
        self.bounds = self.numbers["way_starts"]

    def _read(self, data: bytes) -> None:
        assert data[:8] == bytes.fromhex("93 54 50 42 4F 54 0D 0A")
        length, checksum = struct.unpack("<II", data[8:16])
        raw = data[16 : 16 + length]
        assert zlib.crc32(raw) == checksum
        header = json.loads(raw)
        body = data[-(-(16 + length) // 64) * 64 :]
        assert header["format"] == 3
        assert header["size"] == len(body)
        assert header["crc32"] == zlib.crc32(body)
        if header["deflated"]:
            body = zlib.decompress(body)
        for name, section in header["sections"].items():
            start, count = section["offset"], section["length"]
            assert start % 64 == 0
            if section["dtype"] == "json":
                self.texts[name] = zlib.decompress(body[start : start + count])
            else:
                kind = section["dtype"]
                values = list(struct.unpack_from(f"<{count}{LETTERS[kind]}", body, start))
                if header["deflated"] and name.endswith("_rows"):
                    values = [total % 256 ** int(kind[-1]) for total in accumulate(values)]
                self.numbers[name] = values

    def _json(self, name: str) -> Any:  # noqa: ANN401
        return json.loads(self.texts[name])

    def _postings(self, name: str) -> list[list[int]]:
        lengths, rows = self.numbers[f"{name}_lengths"], self.numbers[f"{name}_rows"]
        return [rows[start:end] for start, end in pairwise([0, *accumulate(lengths)])]

    def _family(self, name: str, terms: str) -> Family:
        postings = self._postings(name)
        idf = [self.numbers["idf"][count] for count in self.numbers[f"{name}_entries"]]
        squares = [0.0] * len(self.ways)
        for term, rows in enumerate(postings):
            for row in rows:
                squares[row] += idf[term] * idf[term]
        norms = [math.sqrt(square) if square > 0 else 1.0 for square in squares]
        return Family({term: n for n, term in enumerate(self._json(terms))}, postings, idf, norms)

    def entry(self, number: int) -> Any:  # noqa: ANN401
        """Return what the index holds of an entry."""
        starts = self.numbers["entry_starts"]
        return json.loads(self.texts["entries"][starts[number] : starts[number + 1]])

    def written(self, question: str) -> list[str]:
        """Return the tokens of a question, without filler."""
        text = unicodedata.normalize("NFKC", question.translate(APOSTROPHES)).lower()
        tokens = "".join(
            letter if letter == "_" or unicodedata.category(letter)[0] in "LN" else " " for letter in text
        ).split(" ")
        tokens = [token for token in tokens if token]
        while phrase := self._longest(tokens, last=False):
            tokens = tokens[phrase:]
        while phrase := self._longest(tokens, last=True):
            tokens = tokens[:-phrase]
        return tokens

    def _longest(self, tokens: list[str], *, last: bool) -> int:
        sizes = [
            len(phrase)
            for phrase in self.filler
            if len(tokens) - len(phrase) >= 2
            and (tokens[-len(phrase) :] if last else tokens[: len(phrase)]) == phrase
        ]
        return max(sizes, default=0)

    def repair(self, token: str) -> str:
        """Return what a token was meant to be."""
        if len(token) < 4 or any(unicodedata.category(letter)[0] != "L" for letter in token):
            return token
        if token in self.counts or token in self.known or stem(token) in self.word_stems:
            return token
        for edits in (1, 2) if len(token) >= 6 else (1,):
            near = [
                word
                for word in self.counts
                if abs(len(word) - len(token)) <= edits
                and (edits == 1 or word[0] == token[0] or word[-1] == token[-1])
                and 0 < distance(token, word, edits) <= edits
            ]
            if near:
                return min(near, key=lambda word: (word[0] != token[0], -self.counts[word], word))
        return token

    def ask(self, question: str, shown: int = TOP) -> list[Found]:
        """Return the short list for a question."""
        written = self.written(question)
        words = [self.repair(token) for token in written]
        if not words:
            return []
        stems = sorted({stem(word) for word in words})
        grams = sorted({f" {word} "[i : i + 3] for word in words for i in range(len(word))})
        shares = dict.fromkeys(self._synonyms(stems), self.scoring["synonym_weight"])
        shares |= dict.fromkeys(stems, 1.0)
        known = {n: shares[term] for term, n in self.stems.numbers.items() if term in shares}
        known_grams = {self.grams.numbers[term]: 1.0 for term in grams if term in self.grams.numbers}
        unknown = len(stems) - sum(term in self.stems.numbers for term in stems)
        touched = sum(len(self.stems.postings[t]) for t in known)
        touched += sum(len(self.grams.postings[t]) for t in known_grams)
        if touched > self.scoring["exact_scan"] and not self.numbers["link_entries"]:
            return self._pruned(known, known_grams, unknown, (written, words), shown)
        ways = self._ways(known, known_grams, list(known), list(known_grams))
        return self._ranked(range(len(self.ids)), ways, known, unknown, (written, words), shown)

    def _synonyms(self, stems: list[str]) -> set[str]:
        """Return the stems that stand in a group with one of `stems`."""
        groups = [group.split(" ") for group in self.meta["synonyms"]]
        return {other for group in groups if set(group) & set(stems) for other in group}

    def _pruned(
        self,
        known: dict[int, float],
        grams: dict[int, float],
        unknown: int,
        tokens: tuple[list[str], list[str]],
        shown: int,
    ) -> list[Found]:
        """Return the short list of a question with too many postings to scan."""
        limit = self.scoring["rare_scan"]
        finalists = int(self.scoring["finalists"])
        partial = self._ways(
            known,
            grams,
            rarest(list(known), self.stems.postings, limit),
            rarest(list(grams), self.grams.postings, limit),
        )
        considered = sorted(partial, key=lambda way: -partial[way])[:finalists]
        rare = rarest(list(known), self.text_postings, limit)
        texts, _ = self._texts({term: known[term] for term in rare}, 0)
        entries = {bisect_right(self.bounds, way) - 1 for way in considered}
        entries |= set(sorted(texts, key=lambda entry: -texts[entry])[: finalists // 2])
        ways = self._ways(known, grams, list(known), list(grams))
        ways = {way: ways[way] for way in considered}
        return self._ranked(sorted(entries), ways, known, unknown, tokens, shown)

    def _ways(
        self,
        stems: dict[int, float],
        grams: dict[int, float],
        scanned_stems: list[int],
        scanned_grams: list[int],
    ) -> dict[int, float]:
        """Return the similarity of the ways of asking that have any; terms not scanned only weigh."""
        share = self.scoring["stem_weight"]
        by_stems = cosines(self.stems, stems, scanned_stems)
        by_grams = cosines(self.grams, grams, scanned_grams)
        return {
            way: share * by_stems.get(way, 0.0) + (1 - share) * by_grams.get(way, 0.0)
            for way in sorted({*by_stems, *by_grams})
        }

    def _links(self, ways: dict[int, float], words: list[str]) -> list[float]:
        """Return the link of every entry."""
        owners, weights = self.numbers["link_entries"], self.numbers["link_weights"]
        if not owners:
            return [0.0] * len(self.ids)
        asked = {f"{stem(one)} {stem(other)}" for one, other in pairwise(words)}
        known = {number: 1.0 for term, number in self.bigrams.numbers.items() if term in asked}
        share = self.scoring["bigram_weight"]
        ways = dict(ways)
        for way, cosine in cosines(self.bigrams, known, list(known)).items():
            ways[way] = ways.get(way, 0.0) + share * cosine
        logits = [0.0] * len(self.ids)
        for k, owner in enumerate(owners):
            root = weights[k] / 127
            logits[owner] += ways.get(k // 5, 0.0) * (
                math.copysign(1, root) * root * root * self.meta["link_scale"]
            )
        logits = [logit + bias for logit, bias in zip(logits, self.numbers["link_bias"], strict=True)]
        powers = [math.exp(logit - max(logits)) for logit in logits]
        return [power / sum(powers) for power in powers]

    def _texts(self, known: dict[int, float], unknown: int) -> tuple[dict[int, float], dict[int, float]]:
        """Return the text and the cover of the entries that have any."""
        k1, saturation = self.scoring["bm25_k1"], self.numbers["text_saturation"]
        texts: dict[int, float] = {}
        covers: dict[int, float] = {}
        for term, share in known.items():
            start = self.text_starts[term]
            postings = self.text_postings[term]
            idf = self.numbers["text_idf"][len(postings)]
            for place, entry in enumerate(postings, start):
                count = self.numbers["text_counts"][place]
                frequency = count * (k1 + 1) / (count + saturation[entry])
                texts[entry] = texts.get(entry, 0.0) + share * idf * frequency
                if share == 1:
                    covers[entry] = covers.get(entry, 0.0) + self.stems.idf[term]
        own = sum(self.stems.idf[term] for term, share in known.items() if share == 1)
        total = own + unknown * self.numbers["idf"][0]
        return texts, {entry: cover / total for entry, cover in covers.items()}

    def _ranked(
        self,
        entries: Iterable[int],
        ways: dict[int, float],
        known: dict[int, float],
        unknown: int,
        tokens: tuple[list[str], list[str]],
        shown: int,
    ) -> list[Found]:
        """Return the short list of `entries`, the other ways of asking than `ways` being 0 or unseen."""
        texts, covers = self._texts(known, unknown)
        entries = list(entries)
        links, linked = self._links(ways, tokens[1]), bool(self.numbers["link_entries"])
        highest = max((texts.get(entry, 0.0) for entry in entries), default=0.0)
        scored: list[tuple[float, str, dict[str, float], int]] = []
        for entry in entries:
            similarity, nearest = 0.0, -1
            for way in range(self.bounds[entry], self.bounds[entry + 1]):
                if ways.get(way, 0.0) > similarity:
                    similarity, nearest = ways[way], way
            features = {
                "similarity": similarity,
                "link": math.log(max(links[entry], self.scoring["lowest_link"])),
                "text": texts.get(entry, 0.0) / (highest + self.scoring["text_half"]),
                "cover": covers.get(entry, 0.0),
            }
            scored.append((self._score(features, linked), self.ids[entry], features, nearest))
        scored.sort(key=lambda item: (-item[0], item[1]))
        listed = scored[: int(max(self.scoring["short_list"], shown))]
        found = [
            Found(id_, score, self._confidence(features, nearest, tokens))
            for score, id_, features, nearest in listed
        ]
        return sorted(found, key=lambda item: (item.confidence != 1.0, -item.score, item.id))

    def _score(self, features: dict[str, float], linked: bool) -> float:
        if linked:
            return float(
                self.scoring["similarity"] * features["similarity"]
                + self.scoring["link"] * features["link"]
                + self.scoring["text"] * features["text"]
            )
        return float(
            self.scoring["similarity_alone"] * features["similarity"]
            + self.scoring["text"] * features["text"]
        )

    def _confidence(
        self, features: dict[str, float], nearest: int, tokens: tuple[list[str], list[str]]
    ) -> float:
        if features["similarity"] > self.scoring["exact_similarity"]:  # noqa: SIM102  # two rules
            if self.written(self.ways[nearest]) in tokens:
                return 1.0
        total = 0.0
        for name, coefficient in sorted(self.meta["coefficients"].items()):
            if name != "intercept":
                total += coefficient * features[name]
        logit = self.meta["coefficients"]["intercept"] + total
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))

    def decide(self, found: list[Found]) -> tuple[str, int]:
        """Return the outcome, and how many candidates are offered."""
        least = self.scoring["min_confidence"]
        if not found or found[0].confidence < self.scoring["clarify_share"] * least:
            return "no_answer", 0
        first = found[0].confidence
        others = [item.confidence for item in islice(found, 1, int(self.scoring["max_choices"]))]
        close = any(first - other < self.scoring["margin"] for other in others)
        if first >= least and (first == 1 or not close):
            return "answer", 0
        if len(found) > 1:
            return "clarify", 1 + max(1, sum(other >= first / 2 for other in others))
        return ("answer" if first >= least else "no_answer"), 0


def stem(word: str) -> str:
    """Return the stem of a word, step by step as on the page."""
    if all(unicodedata.category(letter) == "Nd" for letter in word):
        return "#"
    if len(word) < 4:
        return word
    if word[-3:] == "ies" and len(word) > 4:
        word = word[:-3] + "y"
    elif word[-1] == "s" and word[-2:] not in ("ss", "us", "is"):
        word = word[:-1]
    for suffix in ("ing", "ed", "ly"):
        root = word[: -len(suffix)]
        if word[-len(suffix) :] == suffix and len(root) >= 3 and set(root) & set("aeiouy"):
            word = root
            break
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    if len(word) > 3 and word[-1] == "y":
        word = word[:-1] + "i"
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word


def distance(one: str, other: str, limit: int) -> int:
    """Return the optimal-string-alignment distance, or more than `limit` once it is sure to be more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return limit + 1
    return row[-1]


def rarest(terms: list[int], postings: list[list[int]], limit: float) -> list[int]:
    """Return the terms with the fewest postings that together have no more than `limit`, one at least."""
    kept: list[int] = []
    total = 0
    for term in sorted(terms, key=lambda term: (len(postings[term]), term)):
        total += len(postings[term])
        if kept and total > limit:
            break
        kept.append(term)
    return sorted(kept)


def cosines(family: Family, shares: dict[int, float], scanned: list[int]) -> dict[int, float]:
    """Return by_stems or by_grams of the ways of asking that hold a scanned term."""
    weighing = [term for term, share in shares.items() if share == 1 or family.postings[term]]
    length = math.sqrt(sum((shares[term] * family.idf[term]) ** 2 for term in weighing))
    sums: dict[int, float] = {}
    for term in scanned:
        for way in family.postings[term]:
            sums[way] = sums.get(way, 0.0) + shares[term] * family.idf[term] ** 2 / length
    return {way: value / family.norms[way] for way, value in sums.items()}


PAIRS = (
    ("How do I brew a pot of tea?", "Pour boiling water on the leaves."),
    ("How long does tea keep?", "For a year in a tin."),
    ("Does milk go in first?", "As you like it."),
)
PREFIXES = ("", "", "Hello! ", "hi there, can you tell me ", "so ", "Hey bot ", "erm right then ")
SUFFIXES = ("", "", "?", "?? Thanks a lot!", " please", " thank you very much", " cheers mate", " 24/7 ²")


def questions_of(ways: list[str], seed: str) -> list[str]:
    """Return ways of asking with typing errors, filler, other words and odd characters."""
    chance = random.Random(seed)  # noqa: S311
    asked = [
        "",
        "???",
        "zzz qqqq",
        "ＷＨＡＴ’S a Trigger Pointꟹ",
        "İstanbul ΣΑΣ",
        "dont don't don´t don＇t",
        "१२ 12 ፩",
    ]
    while len(asked) < QUESTIONS:
        question = chance.choice(ways)
        for _ in range(chance.choice((0, 0, 1, 2, 3))):
            question = with_typo(question, chance)
        if chance.random() < 0.3:
            other = chance.choice(ways).split()
            question += " " + " ".join(other[: chance.randint(1, 4)])
        if chance.random() < 0.2:
            question = question.upper()
        asked.append(chance.choice(PREFIXES) + question + chance.choice(SUFFIXES))
    return asked


def check(index: Index, path: Path, asked: Iterable[str]) -> None:
    """Assert that a reader of the saved index agrees with the bot on each question."""
    index.save(path, "of-the-content")
    reader, bot = Reader(path), Bot(index)
    for question in asked:
        found = reader.ask(question)
        wanted = bot._match(bot._retriever.analyse(question), TOP)
        assert [item.id for item in found] == [match.id for match in wanted], question
        assert [item.score for item in found] == pytest.approx([m.score for m in wanted], abs=1e-9), question
        sure = [match.confidence for match in wanted]
        assert [item.confidence for item in found] == pytest.approx(sure, abs=1e-9), question
        decision = decide(wanted, bot._min_confidence)
        assert reader.decide(found) == (decision.outcome, decision.choices), question


def test_the_page_gives_the_answers_of_the_corpus_that_ships(bot: Bot, tmp_path: Path) -> None:
    """On the corpus that ships, the reader gives the bot's ranking, scores, confidence and decision."""
    check(bot._index, tmp_path / "builtin.index", questions_of(list(bot.questions()), "builtin"))


def test_the_page_gives_the_answers_of_a_small_corpus(tmp_path: Path) -> None:
    """On a small corpus, too, the reader gives the bot's ranking, scores, confidence and decision."""
    index = build_index(load_corpus(write_files(tmp_path / "tea", CORPUS_FILES)))
    check(index, tmp_path / "tea.index", questions_of(index.ways, "tea"))


def test_the_page_gives_the_answers_of_a_corpus_without_links(tmp_path: Path) -> None:
    """With one way of asking an entry, some none, some equal, the reader agrees with the bot."""
    pairs = [*PAIRS, *PAIRS, ("", "A passage on pots."), *((f"Tea {n}?", "It is tea.") for n in range(12))]
    index = Bot.from_pairs(pairs)._index
    assert not len(index.arrays.link_entries)
    check(index, tmp_path / "pairs.index", [*questions_of(index.ways, "pairs"), "pots", "tea", "it is"])


def test_the_page_gives_the_answers_of_a_large_index(
    bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only the rarer terms are scanned first, the reader that does so agrees with the bot."""
    for name, value in (("EXACT_SCAN", 900), ("RARE_SCAN", 300)):
        monkeypatch.setattr(retriever, name, value)
        monkeypatch.setitem(build.SCORING, name.lower(), value)
    monkeypatch.setattr(build, "MAX_LINKED_ENTRIES", 1)
    index = build_index(load_corpus("builtin"))
    check(index, tmp_path / "large.index", questions_of(list(bot.questions()), "large")[:100])


def test_every_section_and_field_is_on_the_page(bot: Bot) -> None:
    """The page names every section of the file, every field of `meta` and every constant of scoring."""
    page = (Path(__file__).parent.parent / "docs" / "index-format.md").read_text("utf-8")
    index = bot._index
    names = [*index.arrays.__struct_fields__, *index._texts.__struct_fields__, *index.meta.__struct_fields__]
    for name in names:
        assert f"`{name}`" in page, name
    for name in index.meta.scoring:
        assert name in page, name


def test_what_an_entry_holds_is_readable(bot: Bot, tmp_path: Path) -> None:
    """The reader finds every entry under its id, with its question and its blocks."""
    bot._index.save(tmp_path / "builtin.index", "of-the-content")
    reader = Reader(tmp_path / "builtin.index")
    for number, id_ in enumerate(reader.ids):
        entry = reader.entry(number)
        answer = bot.entry(id_)
        assert (entry["id"], entry["question"]) == (id_, answer.question)
        assert 0 < len(entry["blocks"]) <= len(answer.blocks)
        assert bisect_left(reader.bounds, reader.bounds[number]) == number
