"""Claims about the figures of labelled questions."""

from __future__ import annotations

import pytest

from tpbot.bot import Bot
from tpbot.compare import Shown
from tpbot.evaluate import Asked, confusions, evaluate, kind, misses, threshold
from tpbot.figures import Fate
from tpbot.questions import Question
from tpbot.records import Outcome

PAIRS = [
    ("What is a trigger point?", "A tender knot in a muscle."),
    ("Can I use a tennis ball on my back?", "Yes, gently."),
    ("How should I sleep with back pain?", "On your side."),
]


def asked(
    outcome: Outcome, shown: str = "", *, expect: str = "", candidates: str = "", confidence: float = 0.5
) -> Asked:
    """Return a question with its reply; spaces separate ids. By default the candidates are those shown."""
    ids = tuple(shown.split())
    question = Question(f"{outcome} {shown} {expect}", tuple(expect.split()))
    return Asked(question, Shown(outcome, ids, None), tuple(candidates.split()) or ids, confidence)


@pytest.mark.parametrize(
    ("one", "fate"),
    [
        (asked("answer", "a", expect="b a"), "answered_right"),
        (asked("answer", "a", expect="b"), "answered_wrong"),
        (asked("clarify", "a b", expect="b"), "clarified_right"),
        (asked("clarify", "a b", expect="c"), "clarified_wrong"),
        (asked("no_answer", expect="a"), "no_answer"),
        (asked("urgent", "a", expect="a"), "urgent"),
        (asked("confirm", expect="a"), "confirm"),
        (asked("answer", "a"), "answered"),
        (asked("clarify", "a b"), "clarified"),
        (asked("no_answer"), "no_answer"),
        (asked("urgent"), "urgent"),
        (asked("confirm"), "confirm"),
    ],
)
def test_fate_is_what_a_person_experiences(one: Asked, fate: Fate) -> None:
    """An answer or a choice is right when it shows an expected entry; warnings are counted apart."""
    assert one.fate == fate
    found = kind([one])
    counted = found.outcomes if one.question.expect else found.idle_outcomes
    assert [name for name, count in counted.items() if count] == [fate]
    assert sum(found.outcomes.values()) + sum(found.idle_outcomes.values()) == 1


def test_first_candidate_counts_whatever_the_outcome() -> None:
    """P@1 looks at the first candidate also where nothing was answered; without candidates it is a miss."""
    right = asked("no_answer", expect="a", candidates="a b")
    wrong = asked("clarify", "b a", expect="a")
    ended = asked("urgent", expect="a")
    assert [one.rank for one in (right, wrong, ended)] == [1, 2, None]
    precision = kind([right, wrong, ended, asked("no_answer")]).precision_at_1
    assert precision is not None
    assert precision.value == pytest.approx(1 / 3)


def test_threshold_counts_first_candidates_from_a_confidence_on() -> None:
    """From it on a question is answered; coverage is of the answerable, precision of all."""
    questions = [
        asked("answer", "a", expect="a", confidence=0.9),
        asked("answer", "a", expect="b", confidence=0.5),
        asked("answer", "a", confidence=0.5),
        asked("no_answer", expect="a", candidates="a", confidence=0.2),
        asked("urgent", expect="a", confidence=0.0),
    ]
    found = threshold(questions, 0.5)
    assert (found.right, found.wrong, found.idle) == (1, 1, 1)
    assert found.coverage == pytest.approx(2 / 4)
    assert found.precision == pytest.approx(1 / 3)
    assert threshold(questions, 1.0).precision is None
    assert threshold(questions, 0.0).coverage == pytest.approx(3 / 4)


def test_confusions_are_what_was_put_first() -> None:
    """Wrong first entries of answers and choices are counted by what was expected, most frequent first."""
    found = confusions(
        [
            asked("answer", "a", expect="b"),
            asked("answer", "a", expect="b"),
            asked("clarify", "a b", expect="b"),
            asked("clarify", "c a"),
            asked("answer", "b", expect="b"),
            asked("no_answer", expect="b", candidates="a"),
            asked("urgent", "a", expect="b"),
        ]
    )
    assert [(one.expected, one.shown, one.count) for one in found] == [(("b",), "a", 3), ((), "c", 1)]
    assert len(found[0].examples) == 3


def test_misses_are_sorted_by_what_they_do_to_a_person() -> None:
    """Wrong answers come before warnings, wrong choices and silence; among each the surest first."""
    expected = [
        asked("answer", "a", expect="b", confidence=0.9),
        asked("answer", "a", confidence=0.8),
        asked("urgent", expect="b", confidence=0.0),
        asked("clarify", "a c", expect="b", confidence=0.7),
        asked("no_answer", expect="b", confidence=0.3),
        asked("no_answer", expect="b c", confidence=0.1),
    ]
    fine = [asked("answer", "a", expect="a"), asked("clarify", "a b", expect="b"), asked("no_answer")]
    assert misses([*reversed(expected), *fine]) == expected


def test_bot_is_measured_as_it_answers() -> None:
    """The figures of a real bot are those of its replies, and each miss says what was understood."""
    questions = [
        Question("What is a trigger point?", ("1",), "exact"),
        Question("can i use a tenis ball on my back", ("2",), "typo"),
        Question("What is a trigger point", ("3",), "wrong label"),
        Question("purchase cheap airline tickets", (), "other"),
        Question("???", ("3",), "noise"),
    ]
    bot = Bot.from_pairs(PAIRS)
    found = evaluate(bot, iter(questions))
    assert found.all.outcomes["answered_right"] == 2
    assert found.all.outcomes["no_answer"] == 1
    assert found.all.idle_outcomes["no_answer"] == 1
    assert found.mrr == pytest.approx((1 + 1 + found_rank(bot, questions[2]) + 0) / 4)
    assert found.recall_at_5 == pytest.approx(3 / 4)
    assert found.min_confidence == bot.explain("").min_confidence
    assert list(found.kinds) == ["exact", "noise", "other", "typo", "wrong label"]
    assert [miss.question.kind for miss in found.misses] == ["wrong label", "noise"]
    worst = found.misses[0]
    assert (worst.shown, worst.confidence, worst.candidates[0].id) == (("1",), 1.0, "1")
    assert worst.candidates[0].way == "What is a trigger point?"
    assert found.auroc is not None
    assert (found.thresholds[-1].right, found.thresholds[-1].wrong) == (2, 1)


def found_rank(bot: Bot, question: Question) -> float:
    """Return 1 / the rank of the expected entry."""
    ids = [candidate.id for candidate in bot.ask(question.text).candidates]
    return 1 / (1 + ids.index(question.expect[0]))


def test_higher_min_confidence_answers_less() -> None:
    """At a minimum above every confidence only an exact question is answered; P@1 stays."""
    questions = [Question("What is a trigger point?", ("1",)), Question("sleep with back pain", ("3",))]
    low, high = (evaluate(Bot.from_pairs(PAIRS, min_confidence=p), questions) for p in (0.0, 1.0))
    assert low.all.outcomes["answered_right"] == 2
    assert high.all.outcomes["answered_right"] == 1
    assert low.all.precision_at_1 == high.all.precision_at_1


def test_questions_of_one_sort_leave_the_others_figures_out() -> None:
    """Without answerable questions P@1, MRR and recall are null; without the others the AUROC is."""
    bot = Bot.from_pairs(PAIRS)
    idle = evaluate(bot, [Question("purchase cheap airline tickets", ())])
    assert (idle.all.precision_at_1, idle.mrr, idle.recall_at_5, idle.auroc) == (None, None, None, None)
    assert idle.thresholds[0].coverage is None
    assert evaluate(bot, [Question("tennis ball", ("2",))]).auroc is None
