"""Which of several attempts at a lesson counts, and whether there may be another; the rules that say so."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from explained import said
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.awards import Attempt, LessonResult, allowed, counting, kept, retake_of
from rubrics.errors import AwardError, DefinitionError
from rubrics.model import Retake

RULES = library.load("award_rules", "award-rules-default")
FIRST = library.load("award_rules", "award-rules-default", 1)
RUBRIC = library.load("rubric", "basic-operation", 1)
RETAKE = Retake(3, "best", new_raters=True, carries_over=True)


def attempt(number: int, total: str = "0", band: str | None = None, *raters: str) -> Attempt:
    return Attempt(number, Decimal(total), band, frozenset(raters))


LAST = replace(RETAKE, keep="last")


def test_before_the_first_attempt_nothing_counts_and_all_are_left() -> None:
    found = kept(RETAKE, [])
    assert (found.counts, found.left, found.may_try, found.barred) == (None, 3, True, frozenset())
    assert said(found.reasons) == [("award.attempts_left", 3, 3)]


def test_the_best_attempt_counts_whenever_it_was() -> None:
    tried = [attempt(1, "82", "pass", "ma", "li"), attempt(2, "71", "pass", "wu", "li")]
    found = kept(RETAKE, tried)
    assert found.counts == tried[0]
    assert (found.left, found.may_try) == (1, True)
    assert said(found.reasons) == [
        ("award.attempt_counts", 1, Decimal(82), "best"),
        ("award.attempts_left", 1, 3),
    ]


def test_an_attempt_that_passed_is_better_than_more_points_that_missed_a_gate() -> None:
    assert kept(RETAKE, [attempt(1, "61", "pass"), attempt(2, "90", "fail")]).counts == attempt(
        1, "61", "pass"
    )


def test_of_two_equal_attempts_the_earlier_counts() -> None:
    tried = [attempt(2, "70", "pass"), attempt(1, "70", "pass")]
    assert kept(RETAKE, tried).counts == tried[1]


def test_where_the_last_counts_it_counts_though_it_is_worse() -> None:
    tried = [attempt(2, "10", "fail"), attempt(1, "82", "pass")]
    found = kept(LAST, tried)
    assert found.counts == tried[0]
    assert found.reasons[0].values["keep"] == "last"


def test_the_last_that_is_decided_counts_until_the_next_one_is() -> None:
    tried = [attempt(1, "70", "pass"), attempt(2)]
    assert kept(LAST, tried).counts == tried[0]


def test_while_the_raters_decide_there_is_no_further_attempt() -> None:
    found = kept(RETAKE, [attempt(1)])
    assert (found.counts, found.left, found.may_try) == (None, 2, False)
    assert said(found.reasons) == [("award.attempt_undecided", 2, 3)]


def test_after_the_third_there_is_none() -> None:
    tried = [attempt(number, "50", "fail") for number in (1, 2, 3)]
    found = kept(RETAKE, tried)
    assert (found.left, found.may_try) == (0, False)
    assert said(found.reasons[1:]) == [("award.attempts_used_up", 0, 3)]
    assert kept(RETAKE, [*tried, attempt(4, "90", "pass")]).counts == attempt(4, "90", "pass")
    assert kept(RETAKE, [*tried, attempt(4, "90", "pass")]).left == 0


def test_what_is_left_at_the_end_of_a_round_goes_into_the_next() -> None:
    found = kept(RETAKE, [attempt(1, "50", "fail")], round_over=True)
    assert (found.left, found.may_try) == (2, True)
    assert said(found.reasons[1:]) == [("award.attempts_next_round", 2, 3)]


def test_where_nothing_carries_over_the_round_ends_it() -> None:
    strict = replace(RETAKE, carries_over=False)
    tried = [attempt(1, "50", "fail")]
    found = kept(strict, tried, round_over=True)
    assert (found.left, found.may_try) == (2, False)
    assert said(found.reasons[1:]) == [("award.attempts_lapsed", 2, 3)]
    assert kept(strict, tried).may_try


def test_nobody_rates_two_attempts_of_the_same_lesson() -> None:
    tried = [attempt(1, "50", "fail", "ma", "li"), attempt(2, "71", "pass", "wu")]
    assert kept(RETAKE, tried).barred == {"ma", "li", "wu"}
    same = replace(RETAKE, new_raters=False)
    assert kept(same, tried).barred == frozenset()


def test_attempts_that_cannot_be_judged_are_refused() -> None:
    for call, code in [
        (lambda: kept(RETAKE, [attempt(1), attempt(1)]), "award.attempt_twice: attempt=1"),
        (lambda: kept(RETAKE, [attempt(1, "1", "good")]), "award.unknown_outcome: outcome=good"),
    ]:
        with pytest.raises(AwardError) as refusal:
            call()
        assert str(refusal.value) == code


ATTEMPTS = st.lists(
    st.tuples(st.integers(0, 100), st.sampled_from([None, "excellent", "pass", "fail"])), max_size=5
).map(lambda some: [Attempt(at, Decimal(total), band) for at, (total, band) in enumerate(some, start=1)])


@given(ATTEMPTS)
def test_the_order_of_attempts_never_matters(attempts: list[Attempt]) -> None:
    for retake in (RETAKE, LAST):
        assert kept(retake, attempts[::-1]) == kept(retake, attempts)


@given(ATTEMPTS, st.integers(0, 100), st.sampled_from(["pass", "fail"]))
def test_one_more_attempt_never_makes_the_best_worse(attempts: list[Attempt], total: int, band: str) -> None:
    before = kept(RETAKE, attempts).counts
    after = kept(RETAKE, [*attempts, Attempt(len(attempts) + 1, Decimal(total), band)]).counts
    assert after is not None
    if before is not None:
        assert (after.band != "fail", after.total) >= (before.band != "fail", before.total)


# Whose rule it is


def test_the_award_rules_say_how_often_and_where_they_do_not_the_rubric_does() -> None:
    rubric = replace(RUBRIC, attempts=replace(RUBRIC.attempts, max=5, keep="last", new_raters=False))
    assert retake_of(RULES, rubric) == RETAKE
    assert retake_of(FIRST, rubric) == Retake(5, "last", new_raters=False, carries_over=True)


# The definition


POLICY = library.load("tier_policy", "tier-policy-default")
STANDARD = library.load("rubric", "standard-lesson", 1)


def test_each_lesson_the_tier_asks_for_may_be_tried_as_often_as_the_rule_says() -> None:
    two_slots = POLICY.tier("integrated")
    assert two_slots is not None
    assert [STANDARD.key in slot for slot in two_slots.lesson_rubrics] == [True, True]
    assert allowed(RETAKE, two_slots, rubric=STANDARD.key) == 6
    assert allowed(RETAKE, two_slots, rubric="ai-homework-lesson") == 3
    assert allowed(RETAKE, two_slots, rubric=RUBRIC.key) == 3
    assert allowed(RETAKE, None, rubric=STANDARD.key) == 3


def test_where_the_last_counts_a_better_one_before_it_does_not() -> None:
    tried = [
        (RUBRIC, LessonResult(RUBRIC.key, Decimal(90), "excellent")),
        (STANDARD, LessonResult(STANDARD.key, Decimal(50), "fail")),
        (STANDARD, LessonResult(STANDARD.key, Decimal(70), "pass")),
        (RUBRIC, LessonResult(RUBRIC.key, Decimal(61), "pass")),
        (STANDARD, LessonResult(STANDARD.key, Decimal(80), "pass")),
    ]
    everything = tuple(lesson for _, lesson in tried)
    last = replace(RULES, retake=LAST)
    assert counting(RULES, POLICY.tier("integrated"), tried) == everything
    assert counting(last, POLICY.tier("integrated"), tried) == everything[2:]
    assert counting(last, POLICY.tier("basic"), tried) == everything[3:]
    assert counting(last, None, tried) == everything[3:]
    assert counting(last, None, []) == ()


def test_the_first_version_still_stands_as_it_was_published() -> None:
    assert FIRST.hours is not None
    assert (FIRST.hours.annual_cap, FIRST.hours.carries_over, FIRST.retake) == (40, True, None)


def test_the_second_version_says_how_often_a_lesson_may_be_tried_and_leaves_hours_alone() -> None:
    assert RULES.version == 2
    assert RULES.hours is None
    assert RULES.retake == RETAKE
    assert (RULES.excellence.mean_min, RULES.excellence.lowest_min, RULES.validity.years) == (85, 75, 3)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("attempts = 3", "attempts = 0", "retake.attempts"),
        ('keep = "best"', 'keep = "mean"', "retake.keep"),
        ("new_raters = true", "new_raters = 1", "retake.new_raters"),
        ("carries_over = true", "", "retake.carries_over"),
        ("window_months = 6", "window_months = 0", "validity.renewal.window_months"),
    ],
)
def test_broken_award_rules_are_refused_by_key(old: str, new: str, key: str) -> None:
    text = next(
        one.text for one in library.packaged() if (one.key, one.version) == ("award-rules-default", 2)
    )
    assert old in text
    with pytest.raises(DefinitionError) as refusal:
        library.parse(text.replace(old, new, 1))
    assert refusal.value.values["key"] == key
