"""What earns the award, and the exact list of what is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from explained import said
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.awards import Award, LessonResult, assess, valid_until
from rubrics.errors import AwardError
from rubrics.model import AwardRules, Hours, Tier, TierPolicy

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
    return said(award.missing)


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
    assert said(award.reasons) == [("award.lesson_not_passed", "basic-operation", Decimal("59.9"))]


def test_a_missed_gate_fails_the_lesson_whatever_its_total() -> None:
    assert not judged("basic", LessonResult("basic-operation", Decimal("97.9"), "fail")).met


def test_missing_tasks_are_named_in_the_tiers_order() -> None:
    award = judged("basic", lesson("basic-operation", "80"), without=("task-B6", "task-C1"))
    assert missing(award) == [("award.task_missing", "task-C1"), ("award.task_missing", "task-B6")]
    assert award.level is None
    assert award.met is False


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
