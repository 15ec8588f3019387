"""The reading grade of an English text: the Flesch-Kincaid formula, syllables counted from the spelling."""

from __future__ import annotations

import re

_LIST_MARK = re.compile(r"^(?:- |\d{1,3}\. )")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|Dr|Mr|Mrs|Ms|St|vs)\.", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*(?=\s)")
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")
_PART = re.compile(r"[a-z]+|\d+")

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"""
      (?: [^aeiouyl] | [aeiouy]l | rl ) e $                   # pale, more; not muscle
    | (?: [^aeiouylcgsxz](?<![cs]h) | [aeiouy]l | (?<=a)ch ) es $   # times, holes, aches; not muscles, dishes
    | (?: [^aeiouyltdr] | [lrwaeiouy]l | [aeiouyr]r ) ed $    # pressed, called; not settled, hundred
    | (?<=[a-z][^aeiouyl]) e (?= (?:ment|ful|less|ly|ness)s? $ )  # movement, careful, safely; not rely
    | (?<=som) e (?= [^aeiouy] )                              # sometimes
    | (?<=[qg]u) es? $                                        # technique, fatigue
    """,
    re.VERBOSE,
)
_SPLIT = re.compile(
    r"""
      (?<! [ctsg] ) i (?= a (?!ge) )              # trial, diagnosis; not special, marriage
    | (?<! [ctsgxn] ) (?<! ll ) i (?= o )         # period, serious; not motion, million
    | i (?= u ) | (?<=[aeouy]) (?= ing )          # medium, doing, trying
    | (?<=^sc) i (?= [ae] ) | (?<=phys) i (?= o ) # sciatica, science, physio
    | i (?= et | ers? $ | est $ ) | (?<! [ct] ) i (?= en[ct] )  # diet, easier, experience; not patient
    | (?<! [pm] ) e (?= o (?! [nu] ) )            # video; not people, someone, surgeon
    | e (?= us $ | um $ ) | (?<=[rd]) e (?= a $ ) | (?<=cr) e (?= a )        # gluteus, area, idea, create
    | (?<! [qg] ) u (?= a | e[lnt] ) | u (?= id $ | ids $ | ity )            # manual, fluent, fluid
    | (?<= [aeou] ) y (?= [aeou] ) (?<! ey(?=e) ) # player, beyond; not eyes
    | (?<= [^aeiou] ) y (?= [ao] )                # myofascial
    | (?<= s ) m $ | (?<= th ) m $ | (?<= [sd] ) n (?= t $ )    # spasm, rhythm, doesn't
    """,
    re.VERBOSE,
)


def reading_grade(text: str) -> float:
    """Return the US school grade needed to read a plain text; 0 for a text without words.

    The Flesch-Kincaid grade level: 0.39 words per sentence + 11.8 syllables per word - 15.59. From J. P.
    Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom, "Derivation of new readability formulas for Navy
    enlisted personnel", Research Branch Report 8-75, 1975. The end of a line ends a sentence too, because the
    items of a list seldom have a full stop.
    """
    sentences = syllables = words = 0
    for line in _ABBREVIATION.sub(lambda match: match[0][:-1], text).split("\n"):
        for sentence in _SENTENCE_END.split(_LIST_MARK.sub("", line)):
            found = _WORD.findall(sentence.lower())
            sentences += bool(found)
            words += len(found)
            syllables += sum(map(count_syllables, found))
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59 if words else 0.0


def count_syllables(word: str) -> int:
    """Return about how many syllables an English word is spoken with; a number counts as one.

    Groups of vowels, less the silent ones, plus those that are spoken apart. A compound is the sum of its
    parts.
    """
    parts = _PART.findall(re.sub(r"['’.,]", "", word.lower()))
    return max(1, sum(map(_part_syllables, parts)))


def _part_syllables(part: str) -> int:
    groups = len(_VOWELS.findall(part))
    return max(1, groups - len(_SILENT.findall(part)) + len(_SPLIT.findall(part)))
