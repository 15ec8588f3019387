"""What silences a concept in a message: negation, history, information, hypothesis, animals, fiction.

The cue words are concepts of the rules themselves, under the reserved names below; this module only knows how
far each cue reaches. What a scope silences depends on the kind of a concept:

| kind    | silenced by                                                                  |
|---------|------------------------------------------------------------------------------|
| symptom | negation, history (unless back again), information, hypothesis, animal, fiction |
| event   | the same, and history always                                                  |
| fact    | negation, information, hypothesis, animal, fiction                            |
| anchor  | animal, fiction                                                               |
"""

from __future__ import annotations

from itertools import pairwise

from tpbot.concepts import Matches, covered
from tpbot.message import Message
from tpbot.red_flags import Concept

MASKED = ("idiom",)
STOPS = ("negator", "contrast")
LIST_REACH = 5
"""Tokens that a negator reaches ("no fever or bladder trouble"); each "or" and comma renews it."""
VERB_REACH = 4
HYPOTHESIS_REACH = 12
ANIMAL_REACH = 20


class Scopes:
    """The silenced places of a message, by kind of concept."""

    def __init__(self, message: Message, found: dict[str, Matches], concepts: dict[str, Concept]) -> None:
        self._message = message
        self._found = found
        self._concepts = concepts
        animals, fiction = self._animals(), self._sentences_with("fiction")
        imagined = animals | fiction
        asked = self._information() | self._hypotheses()
        general = imagined | asked
        # An event that begins with the animal happened to a person: "the horse threw me".
        happened = fiction | asked | animals & ~self._cover("animal")
        negated = self._negated()
        history, old_events = self._history()
        self.negated = negated
        self.silenced = {
            "symptom": general | negated | history,
            "event": happened | negated | history | old_events,
            "fact": general | negated,
            "anchor": imagined,
        }

    def _cover(self, name: str) -> int:
        matches = self._found.get(name)
        return covered(matches) if matches else 0

    def _starts(self, name: str) -> int:
        result = 0
        for places in self._found.get(name, {}).values():
            result |= places
        return result

    def _ends(self, name: str) -> int:
        result = 0
        for length, places in self._found.get(name, {}).items():
            result |= places << (length - 1)
        return result

    def _sentences_with(self, name: str) -> int:
        cues = self._cover(name)
        return sum(sentence for sentence in self._message.sentences if sentence & cues) if cues else 0

    def _reach(self, ends: int, reach: int, stop: int, renew: int = 0) -> int:
        """The tokens after each end, at most `reach` of them, up to a stop; `renew` places start afresh."""
        result = 0
        size = len(self._message.tokens)
        while ends:
            low = ends & -ends
            ends ^= low
            place, left = low.bit_length(), reach
            while place < size and left > 0:
                bit = 1 << place
                if stop & bit or (result & bit and not renew):
                    break
                result |= bit
                left = reach if renew & bit else left - 1
                place += 1
        return result

    def _negated(self) -> int:
        """Places inside the reach of a negator; what a cue such as "not only" covers does not count."""
        cancelled = self._cover("not-negation")
        message = self._message
        # "no fever, and my leg is numb": a new subject after a comma or "and" ends the list.
        joints = self._starts("joint") | message.commas
        new_subject = ((joints << 1) | message.commas) & message.subjects
        hard_stop = message.breaks | self._starts("contrast") | self._starts("turn") | new_subject
        cancelled |= self._owned()
        lists = self._ends("negator") & ~cancelled
        verbs = self._ends("verb-negator") & ~cancelled
        result = 0
        if lists:
            result |= self._reach(lists, LIST_REACH, hard_stop, self._starts("or") | message.commas)
        if verbs:
            result |= self._reach(verbs, VERB_REACH, hard_stop | self._starts("and") | message.commas)
        return result | self._answered_no()

    def _owned(self) -> int:
        """Negators that begin a symptom ("no feeling", "no appetite"): they deny nothing else."""
        owned = 0
        for name, matches in self._found.items():
            if self._concepts[name].kind == "symptom":
                for length, places in matches.items():
                    owned |= places if length > 1 else 0
        return owned

    def _answered_no(self) -> int:
        """The sentence before a bare no: "Any fever? No"."""
        bare = self._cover("negator")
        if not bare:
            return 0
        result = 0
        sentences = self._message.sentences
        for before, sentence in pairwise(sentences):
            if sentence.bit_count() == 1 and sentence & bare and before & self._message.asked:
                result |= before
        return result

    def _history(self) -> tuple[int, int]:
        """Sentences about the past: those whose trouble is over, and those whose events are merely old."""
        over = old = 0
        past, cleared = self._cover("history"), self._cover("cleared")
        if not past and not cleared and "old-event" not in self._found:
            return 0, 0
        renewed = self._cover("again")
        lately = self._cover("old-event")
        before = 0
        for sentence in self._message.sentences:
            clauses = self._clauses(sentence)
            for clause in clauses:
                if clause & (past | cleared) and not clause & renewed:
                    over |= clause
                if clause & (past | lately):
                    old |= clause
            if sentence & cleared and not sentence & renewed and (before | sentence) & past:
                over |= before | sentence
            before = sentence
        return over, old

    def _clauses(self, sentence: int) -> list[int]:
        """A sentence cut before "but", "now" and the like."""
        cuts = (self._starts("contrast") | self._starts("turn")) & sentence
        clauses = []
        rest = sentence
        while cuts:
            high = 1 << (cuts.bit_length() - 1)
            clauses.append(rest & ~(high - 1))
            rest &= high - 1
            cuts ^= high
        clauses.append(rest)
        return [clause for clause in clauses if clause]

    def _information(self) -> int:
        """Sentences that ask in general: they open with a question word and name no person and no time."""
        openers = self._message.opened
        if not openers:
            return 0
        actual = self._cover("actual")
        result = 0
        for sentence in self._message.sentences:
            first = sentence & -sentence
            if openers & first and not first & self._message.personal and not sentence & actual:
                result |= sentence
        return result

    def _hypotheses(self) -> int:
        """What follows "what if", "symptoms of", "can cause" and the like, up to a contrast."""
        ends = self._ends("hypothesis")
        if not ends:
            return 0
        stop = self._message.breaks | self._starts("contrast") | self._starts("actual")
        return self._reach(ends, HYPOTHESIS_REACH, stop)

    def _animals(self) -> int:
        """From an animal to the writer: "my dog can't pee" but "my dog pulled me over, I can't walk"."""
        ends = self._ends("animal")
        if not ends:
            return 0
        message = self._message
        cues = self._cover("animal")
        stop = (message.selves | message.breaks) & ~cues
        return self._reach(ends, ANIMAL_REACH, stop) | cues
