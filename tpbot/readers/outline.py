"""Parts of a text, in order, to questions with answers and passages without questions."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tpbot.errors import DocumentError
from tpbot.readers import sift
from tpbot.readers.document import Draft, LeftOut, Part, Reading
from tpbot.records import Entry

MIN_PASSAGE_WORDS = 5
MAX_CONTINUATION_WORDS = 30
MAX_CONTINUED_LENGTH = 2_000
"""Code points of a passage that is still continued."""
MAX_PARTS = 100_000

_NUMBERING = re.compile(r"\A\s*(?:q(?:uestion)?\s*\d{0,3}\s*[:.)]|\d{1,3}\s*[.)]|[-*•])\s+", re.IGNORECASE)
_ANSWER_MARK = re.compile(r"\A\s*a(?:nswer)?\s*\d{0,3}\s*:\s*", re.IGNORECASE)
_CONTINUES = re.compile(r"(it|they|this|these|that|those)\b", re.IGNORECASE)

_POSED = re.compile(r"([A-Z][^.!?\n]{8,150}\?)\s+\S")
_REASON = re.compile(
    r"The (?:main |most common )?reasons? (?:why |that )?((?:we|you|they|people|many people|some people) "
    r"(?!are\b|have\b|can\b|will\b|may\b|should\b|do\b)[a-z][^,.;:?!]{3,80}?)"
    r"(?:,| is\b| are\b| can be\b| may be\b)"
)
_BEST_WAY = re.compile(r"\b(the best way to [a-z][^,.;:?!]{3,80}?) is (?:to|by)\b", re.IGNORECASE)
_DEFINITION = re.compile(
    r"((?:An? )?[A-Z]?[\w'’-]+(?: [\w'’-]+){0,3}?) "
    r"(?:(is) an? |(are) (?!always|sometimes)[a-z]+s (?:in|of|that|which|under)\b)"
)
_NO_SUBJECT = re.compile(
    r"(it|he|she|we|you|they|i|this|that|these|those|there|here|what|when|where|why|how|who|if|most|many|some|"
    r"both|all|each|one|another|the|our|my|your|his|her|their|its|in|on|at|for|as|so|but|and|or)\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Return whether a heading or a line of its own asks something."""
    return text.rstrip(" \t\"'”’)]*_").endswith(("?", "？")) and len(text.split()) <= sift.MAX_QUESTION_WORDS


def bare_question(text: str) -> str:
    """Return a question on one line without its number or `Q:`."""
    return _NUMBERING.sub("", " ".join(text.split()), count=1)


def outline(parts: Iterable[Part]) -> Reading:
    """Return the pairs and passages that `parts` make.

    A question opens an answer, which runs to the next question, heading or end. Text outside of an answer
    becomes passages, one a paragraph; one that only continues the passage before it is joined to it.

    Raises:
        DocumentError: There are too many parts.
    """
    maker = _Maker()
    for number, part in enumerate(parts):
        if number == MAX_PARTS:
            raise DocumentError(f"it has over {MAX_PARTS:,} paragraphs", cure="Split it")
        maker.take(part)
    maker.close()
    return Reading(tuple(maker.drafts), tuple(maker.left_out))


class _Maker:
    """The state of `outline`: what was found, and the question whose answer is being read."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.left_out: list[LeftOut] = []
        self._question: Part | None = None
        self._answer: list[str] = []
        self._rejected: str | None = None
        self._adjacent = False
        """Whether the draft made last is a passage that ended just before."""
        self._in_comments = False

    def take(self, part: Part) -> None:
        if self._in_comments:
            self._leave_out(part, sift.THANKS)
        elif part.kind == "end":
            self.close()
        elif part.kind == "question" or (part.kind == "heading" and is_question(part.text)):
            self.close()
            self._question = part
        elif sift.begins_comments(part.text):
            self.close()
            self._in_comments = True
            self._leave_out(part, sift.NAVIGATION)
        elif reason := sift.not_content(part.text):
            self._rejected = reason
            if self._question is None or self._answer:
                self._leave_out(part, reason)
        elif part.kind == "heading":
            self.close()
            self._leave_out(part, sift.HEADLINE)
        elif self._question is not None:
            self._answer.append(
                part.markdown if self._answer else _ANSWER_MARK.sub("", part.markdown, count=1)
            )
        else:
            self._passage(part)

    def close(self) -> None:
        """End the answer that is being read, if any."""
        question, self._question = self._question, None
        answer = "\n\n".join(self._answer).strip()
        self._answer, self._adjacent = [], False
        if question is None:
            self._rejected = None
        elif answer:
            entry = Entry(id="", question=bare_question(question.text), answer=answer)
            self.drafts.append(Draft(entry, question.place))
        else:
            reason = f"its answer is {self._rejected}" if self._rejected else "it has no answer"
            self._leave_out(question, reason)
        self._rejected = None

    def _passage(self, part: Part) -> None:
        words = len(part.text.split())
        if sift.is_headline(part.text):
            self._adjacent = False
            self._leave_out(part, sift.HEADLINE)
        elif sift.is_advertising(part.text):
            self._leave_out(part, sift.ADVERTISING)
        elif self._continues(part.text, words):
            last = self.drafts.pop()
            answer = f"{last.entry.answer}\n\n{part.markdown}"
            entry = Entry(id="", question=last.entry.question, answer=answer)
            self.drafts.append(Draft(entry, last.place))
        elif words < MIN_PASSAGE_WORDS and len(part.text) < 25:  # scripts without spaces have few words
            self._leave_out(part, sift.FRAGMENT)
        else:
            entry = Entry(id="", question=draft_question(part.text), answer=part.markdown)
            self.drafts.append(Draft(entry, part.place))
            self._adjacent = True

    def _continues(self, text: str, words: int) -> bool:
        """Return whether a short paragraph only makes sense after the passage before it."""
        return (
            self._adjacent
            and words <= MAX_CONTINUATION_WORDS
            and bool(_CONTINUES.match(text))
            and len(self.drafts[-1].entry.answer) <= MAX_CONTINUED_LENGTH
        )

    def _leave_out(self, part: Part, reason: str) -> None:
        self.left_out.append(LeftOut(part.text, part.place, reason))


def draft_question(passage: str) -> str | None:
    """Return the question that a passage poses or plainly answers, else None.

    It answers one plainly when it says what something is, the reason why people do, get or feel something,
    or the best way to do something, in so many words.
    """
    passage = " ".join(passage[:2000].split())
    if posed := _POSED.match(passage):
        return posed[1]
    if reason := _REASON.match(passage):
        return f"Why do {reason[1]}?"
    if way := _BEST_WAY.search(passage):
        return f"What is {way[1][0].lower()}{way[1][1:]}?"
    definition = _DEFINITION.match(passage)
    if definition and not _NO_SUBJECT.match(definition[1]):
        subject = definition[1]
        if not subject[1:2].isupper():  # an acronym keeps its capitals
            subject = subject[0].lower() + subject[1:]
        return f"What {definition[2] or definition[3]} {subject}?"
    return None
