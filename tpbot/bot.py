"""The bot: joins the stages from a question to a reply. It holds no algorithm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from tpbot.blocks import plain_text
from tpbot.corpus import BUILTIN, DEFAULT_SAFETY_NOTE, Corpus, find_red_flags
from tpbot.errors import RedFlagsError, UsageError
from tpbot.index import Index, StoredEntry
from tpbot.policy import MIN_CONFIDENCE, band, decide
from tpbot.records import (
    MAX_QUESTION_LENGTH,
    REPLY_SCHEMA,
    Answer,
    Block,
    Candidate,
    CitedSource,
    CorpusInfo,
    Entry,
    Outcome,
    Region,
    Reply,
    Source,
    Span,
    Topic,
    Triage,
)
from tpbot.red_flags import RedFlags
from tpbot.reranker import Match, rerank
from tpbot.retriever import Query, Retriever
from tpbot.text import replace_surrogates, stem
from tpbot.triage import Triager

NEAREST_TOPICS = 3
"""Topics that are named when there is no answer."""


class Runner(msgspec.Struct, frozen=True):
    """A candidate with what speaks for it."""

    topic: Topic
    confidence: float
    score: float
    way: str | None
    """The nearest way of asking."""
    matched: tuple[str, ...]
    """Words of the question that occur in that way of asking, as understood."""


class Explanation(msgspec.Struct, frozen=True):
    """Why a question got the reply it got."""

    words: tuple[str, ...]
    """The words as understood."""
    repaired: tuple[tuple[str, str], ...]
    """Words as written and as understood, where they differ."""
    min_confidence: float
    runners: tuple[Runner, ...]
    """The first candidates, best first."""


class Bot:
    """Answers questions from an index.

    Args:
        index: What to answer from.
        min_confidence: The probability of being right from which an answer is given, 0 to 1; by default what
            the corpus says, or 0.5.
        red_flags: Triage rules; without any, there is no triage.

    Raises:
        UsageError: `min_confidence` is not between 0 and 1.
    """

    def __init__(
        self, index: Index, *, min_confidence: float | None = None, red_flags: RedFlags | None = None
    ) -> None:
        chosen = index.meta.info.min_confidence if min_confidence is None else min_confidence
        self._min_confidence = MIN_CONFIDENCE if chosen is None else chosen
        if not 0 <= self._min_confidence <= 1:
            raise UsageError(f"min_confidence is {min_confidence}. Give a probability from 0 to 1.")
        self._index = index
        self._retriever = Retriever(index)
        self._triager = Triager(red_flags, index.meta.info) if red_flags else None
        self._sources = {source.key: source for source in index.meta.sources}

    @classmethod
    def load(
        cls,
        *paths: str | Path,
        min_confidence: float | None = None,
        red_flags: str | Path | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Bot:
        """Return a bot for the corpora at `paths`, by default the one that ships.

        Their index is kept in the user's cache folder, so that only the first load of a version takes time.

        Args:
            paths: Corpus folders, `.jsonl` files, other documents or `builtin`.
            min_confidence: The probability of being right from which an answer is given, 0 to 1.
            red_flags: A file of triage rules, or `builtin`; by default the corpus' own, if it has any.
            progress: Called with a sentence before something that takes a while.

        Raises:
            CorpusError: A corpus cannot be used.
            RedFlagsError: The triage rules cannot be used.
        """
        from tpbot.cache import cached_index, cached_red_flags

        corpora = paths or (BUILTIN,)
        rules = find_red_flags(corpora if red_flags is None else (red_flags,))
        if red_flags is not None and rules is None:
            raise RedFlagsError(
                "there are no triage rules", path=red_flags, cure="Give a .toml file of rules, or `builtin`"
            )
        return cls(
            cached_index(corpora, progress),
            min_confidence=min_confidence,
            red_flags=None if rules is None else cached_red_flags(rules),
        )

    @classmethod
    def from_corpus(cls, corpus: Corpus, *, min_confidence: float | None = None) -> Bot:
        """Return a bot for `corpus`, its index built now and kept in memory."""
        from tpbot.build import build_index

        return cls(build_index(corpus), min_confidence=min_confidence, red_flags=corpus.red_flags)

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]], *, min_confidence: float | None = None) -> Bot:
        """Return a bot for pairs of a question and an answer, kept in memory; their ids are 1, 2, 3 ...

        Raises:
            UsageError: There is no pair, or one has an empty answer.
        """
        entries = tuple(
            Entry(str(number), question or None, answer) for number, (question, answer) in enumerate(pairs, 1)
        )
        if not entries or not all(entry.answer.strip() for entry in entries):
            raise UsageError("Give at least one pair of a question and an answer that is not empty.")
        info = CorpusInfo("pairs", "Questions and answers", safety_note=DEFAULT_SAFETY_NOTE)
        return cls.from_corpus(Corpus(info, entries), min_confidence=min_confidence)

    @property
    def info(self) -> CorpusInfo:
        """What the corpus says about itself."""
        return self._index.meta.info

    def topics(self) -> tuple[Topic, ...]:
        """Return the entries that have a question, in the corpus' order."""
        stored = (self._index.entry(number) for number in range(self._index.entry_count))
        return tuple(Topic(entry.id, entry.question) for entry in stored if entry.question is not None)

    def questions(self) -> tuple[str, ...]:
        """Return all ways of asking, entry by entry."""
        return tuple(self._index.ways)

    def entry(self, id: str) -> Answer:
        """Return the entry with this id, as a reply would show it.

        Raises:
            UsageError: There is none.
        """
        if id not in self._index.entry_numbers:
            raise UsageError(f"there is no entry `{id}`. `tpbot topics` lists them.")
        return self._answer(self._index.entry(self._index.entry_numbers[id]))

    def sources(self) -> tuple[Source, ...]:
        """Return all sources of the corpus."""
        return self._index.meta.sources

    def source(self, key: str) -> Source:
        """Return the source with this key.

        Raises:
            UsageError: There is none.
        """
        if key not in self._sources:
            raise UsageError(f"there is no source `{key}`.")
        return self._sources[key]

    def ask(
        self,
        text: str,
        *,
        top: int = 5,
        region: Region | None = None,
        confirm: Mapping[str, bool] | None = None,
    ) -> Reply:
        """Return the reply to one question.

        Args:
            text: The question, as typed. One of over `MAX_QUESTION_LENGTH` code points is refused.
            top: How many candidates the reply lists at most.
            region: Whose emergency numbers an urgent reply shows.
            confirm: Answers to the questions of earlier `confirm` replies, by id of the red flag.
        """
        question = replace_surrogates(text)
        if len(question) > MAX_QUESTION_LENGTH:
            return self._reply(question, Triage(), message=self._too_long(len(question), region))
        triage = self._triage(question, region, confirm or {})
        if triage.urgency in ("emergency", "same_day"):
            return self._reply(question, triage, outcome="urgent")
        if triage.urgency == "unclear":
            return self._reply(question, triage, outcome="confirm")
        matches = self._match(self._retriever.analyse(question), top)
        decision = decide(matches, self._min_confidence)
        entry = self._index.entry(matches[0].number) if decision.outcome == "answer" else None
        answer = self._answer(entry) if entry else None
        if triage.urgency == "soon":
            safe = self._without_techniques(answer) if answer else None
            return self._reply(question, triage, matches, top, outcome="urgent", answer=safe)
        if entry:
            message = "This answer is a draft; nobody has edited it yet." if entry.draft else None
            return self._reply(
                question, triage, matches, top, outcome="answer", answer=answer, message=message
            )
        choices = self._topics(matches[: decision.choices])
        if choices:
            message = "I am not sure which of these you mean."
            return self._reply(
                question, triage, matches, top, outcome="clarify", message=message, choices=choices
            )
        return self._reply(question, triage, matches, top, message=self._do_not_know(matches))

    def explain(self, text: str) -> Explanation:
        """Return how the reply to `text` comes about."""
        query = self._retriever.analyse(replace_surrogates(text)[:MAX_QUESTION_LENGTH])
        matches = self._match(query, NEAREST_TOPICS)[:NEAREST_TOPICS]
        return Explanation(
            words=query.words,
            repaired=tuple(
                pair for pair in zip(query.written, query.words, strict=True) if pair[0] != pair[1]
            ),
            min_confidence=self._min_confidence,
            runners=tuple(self._runner(match, query.words) for match in matches),
        )

    def _runner(self, match: Match, words: tuple[str, ...]) -> Runner:
        entry = self._index.entry(match.number)
        way = self._index.ways[match.way] if match.way >= 0 else None
        known = {stem(word) for word in self._retriever.analyse(way or "").words}
        matched = tuple(dict.fromkeys(word for word in words if stem(word) in known))
        topic = Topic(entry.id, entry.question or entry.id)
        return Runner(topic, match.confidence, match.score, way, matched)

    def _match(self, query: Query, top: int) -> list[Match]:
        if not query.words:
            return []
        return list(rerank(self._retriever.retrieve(query), query, self._index, at_least=top))

    def _topics(self, matches: Iterable[Match]) -> tuple[Topic, ...]:
        stored = (self._index.entry(match.number) for match in matches)
        return tuple(Topic(entry.id, entry.question) for entry in stored if entry.question is not None)

    def _do_not_know(self, matches: list[Match]) -> str:
        sentences = ["I don't know that."] if matches else ["Please ask a question in your own words."]
        nearest = self._topics(match for match in matches[:NEAREST_TOPICS] if match.features["text"] > 0)
        if nearest:
            named = "; ".join(f"“{topic.question}”" for topic in nearest)
            sentences.append(f"The nearest topics that I have: {named}.")
        sentences.append(f"What I cover: {self.info.description or self.info.title}")
        if self.info.contact:
            sentences.append(self.info.contact)
        return " ".join(sentences)

    def _answer(self, entry: StoredEntry) -> Answer:
        blocks = entry.blocks
        if entry.technique and self.info.stop_rule:
            blocks = (*blocks, Block("paragraph", ((Span(self.info.stop_rule, "strong"),),)))
        return Answer(
            id=entry.id,
            question=entry.question,
            text=plain_text(blocks),
            blocks=blocks,
            evidence=entry.evidence,
            technique=entry.technique,
            checked=entry.checked,
            reviewed_by=entry.reviewed_by,
            related=entry.related,
            sources=self._cited(entry),
        )

    def _without_techniques(self, answer: Answer) -> Answer | None:
        """Return what of an answer may be said to somebody who should first be examined."""
        if answer.technique:
            return None
        numbers = self._index.entry_numbers
        related = tuple(
            topic for topic in answer.related if not self._index.entry(numbers[topic.id]).technique
        )
        return msgspec.structs.replace(answer, related=related)

    def _cited(self, entry: StoredEntry) -> tuple[CitedSource, ...]:
        """Return the sources of `entry`; a title says so where the source was not read for the corpus."""
        cited = []
        for source in (self._sources[key] for key in entry.sources if key in self._sources):
            year = f", {source.year}" if source.year else ""
            unread = "" if source.retrieved else " (named, not read for this answer)"
            cited.append(CitedSource(source.key, f"{source.title}{year}{unread}", source.url))
        return tuple(cited)

    def _triage(self, question: str, region: Region | None, confirm: Mapping[str, bool]) -> Triage:
        if self._triager:
            return self._triager.assess(question, region=region, confirm=confirm)
        if confirm:
            raise UsageError("this corpus has no red flags to confirm. Give none, or load rules.")
        return Triage()

    def _too_long(self, length: int, region: Region | None) -> str:
        number = self.info.emergency_number(region)
        return (
            f"That is {length:,} characters; I read at most {MAX_QUESTION_LENGTH:,}. "
            f"Please ask in fewer words. If this is an emergency, call {number} now."
        )

    def _reply(
        self,
        question: str,
        triage: Triage,
        matches: Sequence[Match] = (),
        top: int = 0,
        *,
        outcome: Outcome = "no_answer",
        message: str | None = None,
        answer: Answer | None = None,
        choices: tuple[Topic, ...] = (),
    ) -> Reply:
        first = matches[0].confidence if matches else None
        return Reply(
            schema=REPLY_SCHEMA,
            question=question,
            outcome=outcome,
            message=message,
            answer=answer,
            choices=choices,
            confidence=None if first is None else round(first, 4),
            band=None if first is None else band(first),
            candidates=tuple(
                Candidate(match.id, self._index.entry(match.number).question, round(match.score, 6))
                for match in matches[: max(top, 0)]
            ),
            triage=triage,
            safety_note=self.info.safety_note,
        )
