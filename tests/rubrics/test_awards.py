"""What earns the award, and the exact list of what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.awards import (
    Attempt,
    Award,
    LessonResult,
    RenewalStanding,
    assess,
    kept,
    renew,
    renewal_window,
    valid_until,
)
from rubrics.errors import AwardError, DefinitionError, HoursError
from rubrics.hours import Entry
from rubrics.model import AwardRules, Hours, Reason, Tier, TierPolicy

POLICY = library.load("tier_policy", "tier-policy-default")
RULES = library.load("award_rules", "award-rules-default")
KEYS = ("basic-operation", "standard-lesson", "ai-homework-lesson")


def lesson(key: str, total: str) -> LessonResult:
    number = Decimal(total)
    return LessonResult(key, number, "excellent" if number >= 85 else "pass" if number >= 60 else "fail")


def tier_of(name: str) -> Tier:
    tier = POLICY.tier(name)
    assert tier is not None
    return tier


def judged(
    tier: str,
    *lessons: LessonResult,
    without: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    hours: Hours | None = None,
) -> Award:
    asked = tier_of(tier)
    passed = {task for task in asked.required if task not in without} | set(also)
    enough = hours if hours is not None else POLICY.hours_of(asked.required)
    return assess(POLICY, RULES, tier=tier, passed=passed, lessons=lessons, hours=enough)


def missing(award: Award) -> list[tuple[object, ...]]:
    return [(reason.code, *reason.values.values()) for reason in award.missing]


@pytest.mark.parametrize("key", ["basic-operation", "standard-lesson"])
def test_basic_asks_for_one_lesson_by_either_rubric(key: str) -> None:
    award = judged("basic", lesson(key, "60"))
    assert (award.met, award.level, award.missing) == (True, "pass", ())


def test_a_lesson_by_another_rubric_does_not_fill_the_slot() -> None:
    award = judged("basic", lesson("ai-homework-lesson", "95"))
    assert missing(award) == [("award.lesson_missing", 1, 1, "basic-operation, standard-lesson")]
    assert [reason.code for reason in award.reasons] == ["award.lesson_not_of_tier"]


def test_innovation_asks_for_one_lesson_by_each_rubric() -> None:
    two_alike = judged("innovation", lesson("standard-lesson", "90"), lesson("standard-lesson", "88"))
    assert missing(two_alike) == [("award.lesson_missing", 2, 2, "ai-homework-lesson")]
    assert [reason.code for reason in two_alike.reasons] == [
        "award.lesson_counted",
        "award.lesson_not_needed",
    ]
    assert judged("innovation", lesson("ai-homework-lesson", "70"), lesson("standard-lesson", "70")).met


def test_one_lesson_fills_one_slot_only() -> None:
    assert missing(judged("integrated", lesson("standard-lesson", "90"))) == [
        ("award.lesson_missing", 2, 2, "standard-lesson, ai-homework-lesson")
    ]


def test_a_better_lesson_makes_room_for_one_that_fits_nowhere_else() -> None:
    award = judged("integrated", lesson("ai-homework-lesson", "70"), lesson("standard-lesson", "90"))
    assert award.met


def test_a_lesson_that_did_not_pass_counts_for_nothing() -> None:
    award = judged("basic", lesson("basic-operation", "59.9"))
    assert missing(award) == [("award.lesson_missing", 1, 1, "basic-operation, standard-lesson")]
    assert [(reason.code, *reason.values.values()) for reason in award.reasons] == [
        ("award.lesson_not_passed", "basic-operation", Decimal("59.9"))
    ]


def test_a_missed_gate_fails_the_lesson_whatever_its_total() -> None:
    assert not judged("basic", LessonResult("basic-operation", Decimal("97.9"), "fail")).met


def test_missing_tasks_are_named_in_the_tiers_order() -> None:
    award = judged("basic", lesson("basic-operation", "80"), without=("task-B6", "task-C1"))
    assert missing(award) == [("award.task_missing", "task-C1"), ("award.task_missing", "task-B6")]
    assert award.level is None


def test_missing_hours_are_counted() -> None:
    award = judged("basic", lesson("basic-operation", "80"), hours=Hours(Decimal("5.5"), Decimal("18.0")))
    assert missing(award) == [("award.hours_missing", Decimal(26), Decimal("23.5"), Decimal("2.5"))]
    assert [str(value) for value in award.missing[0].values.values()] == ["26", "23.5", "2.5"]


def test_hours_count_in_total_so_offline_sessions_and_optional_tasks_make_up() -> None:
    offline = Hours(Decimal("5.5"), Decimal(10), Decimal("10.5"))
    assert judged("basic", lesson("basic-operation", "80"), hours=offline).met


def test_everything_missing_is_listed_once_tasks_then_lessons_then_hours() -> None:
    award = assess(POLICY, RULES, tier="innovation", passed=(), lessons=(), hours=Hours())
    listed = [reason.code for reason in award.missing]
    assert listed == ["award.task_missing"] * 8 + ["award.lesson_missing"] * 2 + ["award.hours_missing"]
    assert not award.met


def test_tasks_nobody_asked_for_change_nothing() -> None:
    done = lesson("basic-operation", "80")
    assert judged("basic", done, also=("task-M1", "task-of-another-policy")) == judged("basic", done)


@pytest.mark.parametrize(
    ("totals", "level", "code"),
    [
        (("85", "85"), "excellent", "award.excellent"),
        (("95", "75"), "excellent", "award.excellent"),
        (("95", "74.9"), "pass", "award.pass_mean_too_low"),
        (("100", "74.9"), "pass", "award.pass_lowest_too_low"),
        (("84.99", "85"), "pass", "award.pass_mean_too_low"),
    ],
)
def test_excellent_needs_a_high_mean_and_no_weak_lesson(
    totals: tuple[str, str], level: str, code: str
) -> None:
    award = judged(
        "innovation", lesson("standard-lesson", totals[0]), lesson("ai-homework-lesson", totals[1])
    )
    assert award.level == level
    assert award.reasons[0].code == code


def test_a_mean_just_short_is_never_shown_as_reached() -> None:
    award = judged("innovation", lesson("standard-lesson", "85"), lesson("ai-homework-lesson", "84.99"))
    assert award.reasons[0].values["mean"] == Decimal("84.99")


def test_an_excellent_lesson_does_not_make_up_for_a_missing_task() -> None:
    assert judged("basic", lesson("basic-operation", "100"), without=("task-B1",)).level is None


def test_the_award_year_does_not_count_toward_its_validity(rules: AwardRules) -> None:
    assert valid_until(rules, awarded=date(2026, 1, 1)) == date(2029, 12, 31)
    assert valid_until(rules, awarded=date(2026, 12, 31)) == date(2029, 12, 31)


LESSONS = st.lists(st.builds(lesson, st.sampled_from(KEYS), st.integers(50, 100).map(str)), max_size=5)


def best_by_trying_all(tier: Tier, lessons: list[LessonResult]) -> tuple[int, Decimal]:
    """The oracle: every way to put passed lessons into slots; the most filled, then the highest sum."""
    passed: list[LessonResult | None] = [one for one in lessons if one.band != "fail"]
    slots = tier.lesson_rubrics
    ways = permutations([*passed, *[None] * len(slots)], len(slots))
    worth = [
        (sum(one is not None for one in way), sum((one.total for one in way if one is not None), Decimal(0)))
        for way in ways
        if all(one is None or one.rubric_key in slot for one, slot in zip(way, slots, strict=True))
    ]
    return max(worth)


@given(st.sampled_from([tier.id for tier in POLICY.tiers]), LESSONS)
def test_slots_are_filled_as_well_as_any_way_of_filling_them(tier: str, lessons: list[LessonResult]) -> None:
    award = judged(tier, *lessons)
    counted = [reason.values["total"] for reason in award.reasons if reason.code == "award.lesson_counted"]
    filled, worth = best_by_trying_all(tier_of(tier), lessons)
    assert (len(counted), sum(map(Decimal, counted), Decimal(0))) == (filled, worth)  # type: ignore[arg-type]
    assert len(award.missing) == tier_of(tier).lessons_min - filled


@given(st.sampled_from([tier.id for tier in POLICY.tiers]), LESSONS, st.sampled_from(KEYS))
def test_another_good_lesson_never_takes_an_award_away(
    tier: str, lessons: list[LessonResult], key: str
) -> None:
    levels = [None, "pass", "excellent"]
    before, after = judged(tier, *lessons), judged(tier, *lessons, lesson(key, "100"))
    assert levels.index(after.level) >= levels.index(before.level)


@given(LESSONS)
def test_the_order_of_lessons_never_matters(lessons: list[LessonResult]) -> None:
    one, other = judged("innovation", *lessons), judged("innovation", *reversed(lessons))
    assert (one.met, one.level, one.missing) == (other.met, other.level, other.missing)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tier": "golden"}, "award.unknown_tier"),
        ({"lessons": [LessonResult("basic-operation", Decimal(80), "good")]}, "award.unknown_outcome"),
        ({"hours": Hours(Decimal(30), Decimal(-1))}, "award.negative_hours"),
        ({"hours": Hours(Decimal(-1), Decimal(30))}, "award.negative_hours"),
        ({"hours": Hours(offline=Decimal("-0.5"))}, "award.negative_hours"),
        ({"lessons": [LessonResult("basic-operation", Decimal(-1), "fail")]}, "award.impossible_total"),
        ({"lessons": [LessonResult("basic-operation", Decimal("NaN"), "pass")]}, "award.impossible_total"),
    ],
)
def test_what_cannot_be_judged_is_refused(
    policy: TierPolicy, rules: AwardRules, change: dict[str, object], code: str
) -> None:
    given_values = {"tier": "basic", "passed": (), "lessons": (), "hours": Hours()} | change
    with pytest.raises(AwardError) as refusal:
        assess(policy, rules, **given_values)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_a_refusal_names_what_it_refuses(policy: TierPolicy, rules: AwardRules) -> None:
    with pytest.raises(AwardError, match=r"award\.unknown_tier: tier=golden"):
        assess(policy, rules, tier="golden", passed=(), lessons=(), hours=Hours())
    with pytest.raises(AwardError, match=r"award\.unknown_outcome: outcome=good"):
        assess(
            policy,
            rules,
            tier="basic",
            passed=(),
            lessons=[LessonResult("k", Decimal(1), "good")],
            hours=Hours(),
        )
    with pytest.raises(AwardError, match=r"award\.negative_hours: hours=-1"):
        assess(policy, rules, tier="basic", passed=(), lessons=(), hours=Hours(Decimal(-1)))
    with pytest.raises(AwardError, match=r"award\.impossible_total: rubric=k, total=-1"):
        assess(
            policy,
            rules,
            tier="basic",
            passed=(),
            lessons=[LessonResult("k", Decimal(-1), "fail")],
            hours=Hours(),
        )


def test_a_lesson_of_nought_points_is_a_lesson() -> None:
    assert not judged("basic", lesson("basic-operation", "0")).met


def test_the_level_says_mean_and_lowest_beside_their_limits() -> None:
    award = judged("innovation", lesson("standard-lesson", "90.50"), lesson("ai-homework-lesson", "80"))
    assert dict(award.reasons[0].values) == {
        "mean": Decimal("85.25"),
        "mean_min": 85,
        "lowest": 80,
        "lowest_min": 75,
    }
    assert [str(value) for value in award.reasons[0].values.values()] == ["85.25", "85", "80", "75"]


def test_each_slot_is_named_by_its_number_from_one() -> None:
    assert missing(judged("innovation")) == [
        ("award.lesson_missing", 1, 2, "standard-lesson"),
        ("award.lesson_missing", 2, 2, "ai-homework-lesson"),
    ]


def test_of_two_equal_lessons_one_counts_and_one_is_not_needed() -> None:
    award = judged("basic", lesson("basic-operation", "70"), lesson("basic-operation", "70"))
    assert [reason.code for reason in award.reasons[1:]] == [
        "award.lesson_counted",
        "award.lesson_not_needed",
    ]


# Renewal


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


def codes(reasons: tuple[Reason, ...]) -> list[tuple[object, ...]]:
    return [(reason.code, *reason.values.values()) for reason in reasons]


def test_a_renewal_with_nothing_done_says_all_that_it_needs() -> None:
    standing = renewal()
    assert codes(standing.missing) == [
        ("award.renewal_lessons_missing", 1, 1, "basic-operation, standard-lesson"),
        ("award.renewal_task_missing", "task-C1"),
        ("award.renewal_hours_missing", Decimal(8), Decimal(0), Decimal(8)),
    ]
    assert (standing.met, standing.valid_to) == (False, None)
    assert codes(standing.reasons) == [("award.renewal_window", "2029-07-01", "2029-12-31")]


def test_a_renewal_that_needs_nothing_more_runs_on_for_three_years() -> None:
    standing = renewal(taught(), tasks={"task-C1": IN_TIME}, hours=(learnt("8"),))
    assert (standing.met, standing.missing, standing.valid_to) == (True, (), date(2032, 12, 31))
    assert (standing.opens, standing.closes) == (date(2029, 7, 1), EXPIRY)
    assert codes(standing.reasons[1:]) == [("award.lesson_counted", "standard-lesson", 70)]


@pytest.mark.parametrize("day", [date(2029, 7, 1), EXPIRY])
def test_the_first_and_the_last_day_of_the_window_lie_in_it(day: date) -> None:
    done = renewal(taught(on=day), tasks={"task-C1": day}, hours=(learnt("8", on=day),), on=day)
    assert done.met


@pytest.mark.parametrize("day", [date(2029, 6, 30), date(2030, 1, 1)])
def test_what_was_done_outside_the_window_does_not_count(day: date) -> None:
    standing = renewal(taught(on=day), tasks={"task-C1": day}, hours=(learnt("8", on=day),))
    assert len(standing.missing) == 3
    assert codes(standing.reasons[1:]) == [("award.lesson_outside_window", "standard-lesson", 70)]


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
    assert codes(standing.missing) == [
        ("award.renewal_lessons_missing", 3, 2, "basic-operation, standard-lesson")
    ]
    enough = [taught(), taught(), taught("basic-operation")]
    assert renew(POLICY, rules, tier="basic", valid_to=EXPIRY, on=IN_TIME, lessons=enough).met


def test_hours_for_a_renewal_add_up_and_the_same_activity_counts_once() -> None:
    standing = renewal(hours=(learnt("5"), learnt("5"), learnt("2.5", activity="other")))
    assert codes(standing.missing[-1:]) == [
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


# Attempts


def attempt(number: int, total: str = "0", band: str | None = None, *raters: str) -> Attempt:
    return Attempt(number, Decimal(total), band, frozenset(raters))


def last_counts(rules: AwardRules) -> AwardRules:
    assert rules.retake is not None
    return replace(rules, retake=replace(rules.retake, keep="last"))


def test_before_the_first_attempt_nothing_counts_and_all_are_left() -> None:
    found = kept(RULES, [])
    assert (found.counts, found.left, found.may_try, found.barred) == (None, 3, True, frozenset())
    assert codes(found.reasons) == [("award.attempts_left", 3, 3)]


def test_the_best_attempt_counts_whenever_it_was() -> None:
    tried = [attempt(1, "82", "pass", "ma", "li"), attempt(2, "71", "pass", "wu", "li")]
    found = kept(RULES, tried)
    assert found.counts == tried[0]
    assert (found.left, found.may_try) == (1, True)
    assert codes(found.reasons) == [
        ("award.attempt_counts", 1, Decimal(82), "best"),
        ("award.attempts_left", 1, 3),
    ]


def test_an_attempt_that_passed_is_better_than_more_points_that_missed_a_gate() -> None:
    assert kept(RULES, [attempt(1, "61", "pass"), attempt(2, "90", "fail")]).counts == attempt(
        1, "61", "pass"
    )


def test_of_two_equal_attempts_the_earlier_counts() -> None:
    tried = [attempt(2, "70", "pass"), attempt(1, "70", "pass")]
    assert kept(RULES, tried).counts == tried[1]


def test_where_the_last_counts_it_counts_though_it_is_worse(rules: AwardRules) -> None:
    tried = [attempt(2, "10", "fail"), attempt(1, "82", "pass")]
    found = kept(last_counts(rules), tried)
    assert found.counts == tried[0]
    assert found.reasons[0].values["keep"] == "last"


def test_the_last_that_is_decided_counts_until_the_next_one_is(rules: AwardRules) -> None:
    tried = [attempt(1, "70", "pass"), attempt(2)]
    assert kept(last_counts(rules), tried).counts == tried[0]


def test_while_the_raters_decide_there_is_no_further_attempt() -> None:
    found = kept(RULES, [attempt(1)])
    assert (found.counts, found.left, found.may_try) == (None, 2, False)
    assert codes(found.reasons) == [("award.attempt_undecided", 2, 3)]


def test_after_the_third_there_is_none() -> None:
    tried = [attempt(number, "50", "fail") for number in (1, 2, 3)]
    found = kept(RULES, tried)
    assert (found.left, found.may_try) == (0, False)
    assert codes(found.reasons[1:]) == [("award.attempts_used_up", 0, 3)]
    assert kept(RULES, [*tried, attempt(4, "90", "pass")]).counts == attempt(4, "90", "pass")
    assert kept(RULES, [*tried, attempt(4, "90", "pass")]).left == 0


def test_what_is_left_at_the_end_of_a_round_goes_into_the_next() -> None:
    found = kept(RULES, [attempt(1, "50", "fail")], round_over=True)
    assert (found.left, found.may_try) == (2, True)
    assert codes(found.reasons[1:]) == [("award.attempts_next_round", 2, 3)]


def test_where_nothing_carries_over_the_round_ends_it(rules: AwardRules) -> None:
    assert rules.retake is not None
    strict = replace(rules, retake=replace(rules.retake, carries_over=False))
    tried = [attempt(1, "50", "fail")]
    found = kept(strict, tried, round_over=True)
    assert (found.left, found.may_try) == (2, False)
    assert codes(found.reasons[1:]) == [("award.attempts_lapsed", 2, 3)]
    assert kept(strict, tried).may_try


def test_nobody_rates_two_attempts_of_the_same_lesson(rules: AwardRules) -> None:
    tried = [attempt(1, "50", "fail", "ma", "li"), attempt(2, "71", "pass", "wu")]
    assert kept(RULES, tried).barred == {"ma", "li", "wu"}
    assert rules.retake is not None
    same = replace(rules, retake=replace(rules.retake, new_raters=False))
    assert kept(same, tried).barred == frozenset()


def test_attempts_that_cannot_be_judged_are_refused() -> None:
    first = library.load("award_rules", "award-rules-default", 1)
    for call, code in [
        (lambda: kept(first, []), "award.no_retake_rule: rules=award-rules-default v1"),
        (lambda: kept(RULES, [attempt(1), attempt(1)]), "award.attempt_twice: attempt=1"),
        (lambda: kept(RULES, [attempt(1, "1", "good")]), "award.unknown_outcome: outcome=good"),
    ]:
        with pytest.raises(AwardError) as refusal:
            call()
        assert str(refusal.value) == code


ATTEMPTS = st.lists(
    st.tuples(st.integers(0, 100), st.sampled_from([None, "excellent", "pass", "fail"])), max_size=5
).map(lambda some: [Attempt(at, Decimal(total), band) for at, (total, band) in enumerate(some, start=1)])


@given(ATTEMPTS)
def test_the_order_of_attempts_never_matters(attempts: list[Attempt]) -> None:
    for rules in (RULES, last_counts(RULES)):
        assert kept(rules, attempts[::-1]) == kept(rules, attempts)


@given(ATTEMPTS, st.integers(0, 100), st.sampled_from(["pass", "fail"]))
def test_one_more_attempt_never_makes_the_best_worse(attempts: list[Attempt], total: int, band: str) -> None:
    before = kept(RULES, attempts).counts
    after = kept(RULES, [*attempts, Attempt(len(attempts) + 1, Decimal(total), band)]).counts
    assert after is not None
    if before is not None:
        assert (after.band != "fail", after.total) >= (before.band != "fail", before.total)


# The definition


def test_the_first_version_still_stands_as_it_was_published() -> None:
    first = library.load("award_rules", "award-rules-default", 1)
    assert first.hours is not None
    assert (first.hours.annual_cap, first.hours.carries_over, first.retake) == (40, True, None)


def test_the_second_version_says_how_often_a_lesson_may_be_tried_and_leaves_hours_alone() -> None:
    assert RULES.version == 2
    assert RULES.hours is None
    assert RULES.retake is not None
    retake = RULES.retake
    assert (retake.attempts, retake.keep, retake.new_raters, retake.carries_over) == (3, "best", True, True)
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
