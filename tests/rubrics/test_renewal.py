"""What renewing a certificate still needs, and the days within which it may be done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from explained import said
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.awards import LessonResult, RenewalStanding, renew, renewal_window
from rubrics.errors import AwardError, HoursError
from rubrics.hours import Entry

POLICY = library.load("tier_policy", "tier-policy-default")
RULES = library.load("award_rules", "award-rules-default")
EXPIRY = date(2029, 12, 31)
IN_TIME = date(2029, 9, 1)


def taught(key: str = "standard-lesson", *, on: date = IN_TIME, band: str = "pass") -> LessonResult:
    return LessonResult(key, Decimal(70), band, on)


def learnt(hours: str, *, on: date = IN_TIME, activity: str = "course") -> Entry:
    return Entry(activity, on, Decimal(hours), "professional")


def renewal(
    *lessons: LessonResult,
    tier: str = "basic",
    tasks: dict[str, date] | None = None,
    hours: tuple[Entry, ...] = (),
    on: date = IN_TIME,
) -> RenewalStanding:
    return renew(
        POLICY, RULES, tier=tier, valid_to=EXPIRY, on=on, lessons=lessons, refreshed=tasks, hours=hours
    )


def test_a_renewal_with_nothing_done_says_all_that_it_needs() -> None:
    standing = renewal()
    assert said(standing.missing) == [
        ("award.renewal_lessons_missing", 1, 1, "basic-operation, standard-lesson"),
        ("award.renewal_task_missing", "task-C1"),
        ("award.renewal_hours_missing", Decimal(8), Decimal(0), Decimal(8)),
    ]
    assert (standing.met, standing.valid_to) == (False, None)
    assert said(standing.reasons) == [("award.renewal_window", "2029-07-01", "2029-12-31")]


def test_a_renewal_that_needs_nothing_more_runs_on_for_three_years() -> None:
    standing = renewal(taught(), tasks={"task-C1": IN_TIME}, hours=(learnt("8"),))
    assert (standing.met, standing.missing, standing.valid_to) == (True, (), date(2032, 12, 31))
    assert (standing.opens, standing.closes) == (date(2029, 7, 1), EXPIRY)
    assert said(standing.reasons[1:]) == [("award.lesson_counted", "standard-lesson", 70)]


def test_what_bears_a_day_still_to_come_does_not_count() -> None:
    late = date(2029, 12, 1)
    early = renew(
        POLICY,
        RULES,
        tier="basic",
        valid_to=EXPIRY,
        on=date(2029, 11, 30),
        lessons=[taught(on=late)],
        refreshed={"task-C1": late},
        hours=[learnt("8", on=late)],
    )
    assert [reason.code for reason in early.missing] == [
        "award.renewal_lessons_missing",
        "award.renewal_task_missing",
        "award.renewal_hours_missing",
    ]


def test_a_renewal_in_the_year_before_the_last_loses_no_time() -> None:
    renewal = replace(RULES.validity.renewal, window_months=18, lessons=0, tasks=(), hours=Decimal(0))
    rules = replace(RULES, validity=replace(RULES.validity, renewal=renewal))
    standing = renew(POLICY, rules, tier="basic", valid_to=EXPIRY, on=date(2028, 8, 1))
    assert standing.valid_to == date(2032, 12, 31)


@pytest.mark.parametrize("day", [date(2029, 7, 1), EXPIRY])
def test_the_first_and_the_last_day_of_the_window_lie_in_it(day: date) -> None:
    done = renewal(taught(on=day), tasks={"task-C1": day}, hours=(learnt("8", on=day),), on=day)
    assert done.met


@pytest.mark.parametrize("day", [date(2029, 6, 30), date(2030, 1, 1)])
def test_what_was_done_outside_the_window_does_not_count(day: date) -> None:
    standing = renewal(taught(on=day), tasks={"task-C1": day}, hours=(learnt("8", on=day),))
    assert len(standing.missing) == 3
    assert said(standing.reasons[1:]) == [("award.lesson_outside_window", "standard-lesson", 70)]


@pytest.mark.parametrize(
    ("day", "code", "values"),
    [
        (date(2029, 6, 30), "award.renewal_too_early", {"on": "2029-06-30", "opens": "2029-07-01"}),
        (date(2030, 1, 1), "award.renewal_too_late", {"on": "2030-01-01", "closes": "2029-12-31"}),
    ],
)
def test_a_day_outside_the_window_is_refused(day: date, code: str, values: dict[str, str]) -> None:
    with pytest.raises(AwardError) as refusal:
        renewal(on=day)
    assert refusal.value.code == code
    assert refusal.value.values == values


def test_a_renewal_takes_a_lesson_by_any_rubric_of_the_tier() -> None:
    for key, tier, fits in [
        ("ai-homework-lesson", "basic", False),
        ("ai-homework-lesson", "innovation", True),
        ("standard-lesson", "innovation", True),
        ("basic-operation", "innovation", False),
    ]:
        standing = renewal(taught(key), tier=tier)
        assert ("award.renewal_lessons_missing" in [one.code for one in standing.missing]) is not fits
        if not fits:
            assert standing.reasons[-1].code == "award.lesson_not_of_tier"


def test_a_renewal_names_each_rubric_once() -> None:
    lacking = renewal(tier="integrated").missing[0]
    assert lacking.values["rubrics"] == "standard-lesson, ai-homework-lesson"


def test_a_lesson_that_did_not_pass_renews_nothing() -> None:
    standing = renewal(taught(band="fail"))
    assert standing.missing[0].code == "award.renewal_lessons_missing"
    assert standing.reasons[-1].code == "award.lesson_not_passed"


def test_a_renewal_may_ask_for_more_lessons_than_one() -> None:
    needs = replace(RULES.validity.renewal, lessons=3, tasks=(), hours=Decimal(0))
    rules = replace(RULES, validity=replace(RULES.validity, renewal=needs))
    standing = renew(POLICY, rules, tier="basic", valid_to=EXPIRY, on=IN_TIME, lessons=[taught()])
    assert said(standing.missing) == [
        ("award.renewal_lessons_missing", 3, 2, "basic-operation, standard-lesson")
    ]
    enough = [taught(), taught(), taught("basic-operation")]
    assert renew(POLICY, rules, tier="basic", valid_to=EXPIRY, on=IN_TIME, lessons=enough).met


def test_hours_for_a_renewal_add_up_and_the_same_activity_counts_once() -> None:
    standing = renewal(hours=(learnt("5"), learnt("5"), learnt("2.5", activity="other")))
    assert said(standing.missing[-1:]) == [
        ("award.renewal_hours_missing", Decimal(8), Decimal("7.5"), Decimal("0.5"))
    ]
    assert [reason.code for reason in standing.reasons] == ["award.renewal_window", "hours.same_activity"]


def test_another_task_refreshed_is_not_the_one_that_was_asked_for() -> None:
    assert [one.code for one in renewal(tasks={"task-C2": IN_TIME}).missing][
        1
    ] == "award.renewal_task_missing"


def test_a_renewal_that_cannot_be_judged_is_refused() -> None:
    for call, code in [
        (lambda: renewal(LessonResult("standard-lesson", Decimal(70), "pass")), "award.lesson_undated"),
        (lambda: renewal(taught(band="good")), "award.unknown_outcome"),
        (lambda: renewal(tier="golden"), "award.unknown_tier"),
    ]:
        with pytest.raises(AwardError) as refusal:
            call()
        assert refusal.value.code == code
    with pytest.raises(HoursError, match=r"hours\.impossible"):
        renewal(hours=(learnt("-1"),))


def test_a_lesson_without_a_day_is_named() -> None:
    with pytest.raises(AwardError, match="rubric=standard-lesson"):
        renewal(LessonResult("standard-lesson", Decimal(70), "pass"))


@pytest.mark.parametrize(
    ("months", "valid_to", "opens"),
    [
        (6, date(2029, 12, 31), date(2029, 7, 1)),
        (1, date(2029, 12, 31), date(2029, 12, 1)),
        (12, date(2029, 12, 31), date(2029, 1, 1)),
        (13, date(2029, 12, 31), date(2028, 12, 1)),
        (11, date(2029, 12, 31), date(2029, 2, 1)),
        (6, date(2028, 8, 30), date(2028, 2, 29)),
        (6, date(2029, 8, 30), date(2029, 2, 28)),
        (1, date(2029, 3, 30), date(2029, 2, 28)),
        (1, date(2029, 1, 30), date(2028, 12, 31)),
        (2, date(2029, 2, 28), date(2029, 1, 1)),
    ],
)
def test_the_window_is_the_last_whole_months(months: int, valid_to: date, opens: date) -> None:
    needs = replace(RULES.validity.renewal, window_months=months)
    rules = replace(RULES, validity=replace(RULES.validity, renewal=needs))
    assert renewal_window(rules, valid_to=valid_to) == (opens, valid_to)


@given(st.integers(1, 48), st.integers(2020, 2100))
def test_a_window_before_the_end_of_a_year_begins_on_the_first_of_a_month(months: int, year: int) -> None:
    needs = replace(RULES.validity.renewal, window_months=months)
    rules = replace(RULES, validity=replace(RULES.validity, renewal=needs))
    opens, closes = renewal_window(rules, valid_to=date(year, 12, 31))
    after = closes + timedelta(days=1)
    assert opens.day == 1
    assert (after.year - opens.year) * 12 + after.month - opens.month == months
