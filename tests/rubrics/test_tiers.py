"""From age and skill to a tier, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.errors import PlacementError
from rubrics.model import Hours, TierPolicy
from rubrics.tiers import Placement, age_on, allowed_choices, place

POLICY = library.load("tier_policy", "tier-policy-default")
DAY = date(2026, 9, 1)


def placed(
    year: int, skill: str, *, month: int = 3, remote: bool = False, chosen: str | None = None
) -> Placement:
    return place(POLICY, birth=(year, month), on=DAY, skill=skill, remote=remote, chosen=chosen)


@pytest.mark.parametrize(
    ("born", "skill", "band", "tier"),
    [
        (1968, "S1", "senior", "basic"),
        (1984, "S2", "middle", "integrated"),
        (1998, "S2", "young", "innovation"),
        (1998, "S0", "young", "innovation-bridge"),
        (1968, "S3", "senior", "innovation"),
    ],
)
def test_age_and_skill_give_the_tier(born: int, skill: str, band: str, tier: str) -> None:
    result = placed(born, skill)
    assert (result.age_band, result.tier, result.skill) == (band, tier, skill)
    reason = result.reasons[0]
    assert reason.code == "tier.by_matrix"
    assert dict(reason.values) == {"age": 2026 - born, "age_band": band, "skill": skill, "tier": tier}


def test_a_teacher_of_58_sees_tasks_hours_and_lesson() -> None:
    result = placed(1968, "S1")
    assert [task.id for task in result.required][:4] == ["task-D0", "task-C1", "task-C2", "task-L1"]
    assert result.required[3].label.zh == "在线公开课录播（一）：备课2、试讲磨课2、录制1、反思1"
    assert result.hours == Hours(Decimal("5.5"), Decimal("20.5"), Decimal(0))
    assert result.hours.total == 26
    assert (result.lessons_min, result.lesson_rubrics) == (1, (("basic-operation", "standard-lesson"),))
    assert result.delivery == ()


@pytest.mark.parametrize(
    ("rule", "month", "age"),
    [
        ("month-begun", 8, 36),
        ("month-begun", 9, 36),
        ("month-begun", 10, 35),
        ("month-ended", 8, 36),
        ("month-ended", 9, 35),
        ("month-ended", 10, 35),
    ],
)
def test_a_birthday_counts_as_the_policy_says(rule: str, month: int, age: int) -> None:
    assert age_on(replace(POLICY, age_reached=rule), birth=(1990, month), on=DAY) == age


@given(st.integers(1940, 2025), st.integers(1, 12), st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_month_begun_and_month_ended_differ_only_in_the_month_of_birth(
    year: int, month: int, on: date
) -> None:
    begun = age_on(POLICY, birth=(year, month), on=on)
    ended = age_on(replace(POLICY, age_reached="month-ended"), birth=(year, month), on=on)
    assert begun - ended == (1 if on.month == month else 0)


@given(st.integers(1930, 2026), st.integers(1, 9), st.sampled_from(["S0", "S1", "S2", "S3"]), st.booleans())
def test_everyone_is_placed_and_owes_at_least_one_lesson(
    year: int, month: int, skill: str, remote: bool
) -> None:
    result = placed(year, skill, month=month, remote=remote)
    assert result.lessons_min == len(result.lesson_rubrics) >= 1
    assert result.hours == sum((task.hours for task in result.required), Hours())
    assert not {task.id for task in result.required} & {task.id for task in result.optional}
    assert result.tier != "lead"


def test_a_remote_school_gets_ways_of_delivery_and_no_extra_hours() -> None:
    town, village = placed(1968, "S1"), placed(1968, "S1", remote=True)
    assert village.hours == town.hours
    assert village.required == town.required
    assert {task.id for task in village.optional} - {task.id for task in town.optional} == {"task-R2"}
    assert "one-to-one" in [way.id for way in village.delivery]
    assert village.reasons[-1].code == "tier.rural_delivery"


def test_one_to_one_sessions_are_for_beginners() -> None:
    ways = [way.id for way in placed(1968, "S2", remote=True).delivery]
    assert "one-to-one" not in ways
    assert "offline-pack" in ways


def test_a_neighbouring_tier_may_be_chosen_and_says_what_it_needs() -> None:
    result = placed(1968, "S1", chosen="integrated")
    assert (result.tier, result.hours.total) == ("integrated", 29)
    assert [(reason.code, *reason.values.values()) for reason in result.reasons[1:]] == [
        ("tier.by_choice", "integrated", "basic", "neighbour"),
        ("tier.choice_needs", "request"),
        ("tier.choice_needs", "reason"),
        ("tier.choice_needs", "approver"),
    ]


def test_choosing_the_tier_one_is_placed_in_changes_nothing() -> None:
    assert placed(1968, "S1", chosen="basic") == placed(1968, "S1")


@pytest.mark.parametrize("born", [1968, 1984, 1998])
def test_anyone_at_s3_may_apply_to_lead_at_any_age(born: int) -> None:
    result = placed(born, "S3", chosen="lead")
    assert result.tier == "lead"
    assert [reason.values["need"] for reason in result.reasons[2:]] == ["application", "consent", "chair"]


def test_the_choices_open_to_each() -> None:
    assert set(allowed_choices(POLICY, placed="basic", skill="S1")) == {"integrated"}
    assert set(allowed_choices(POLICY, placed="innovation", skill="S2")) == {
        "integrated",
        "innovation-bridge",
    }
    assert set(allowed_choices(POLICY, placed="innovation", skill="S3")) == {
        "integrated",
        "innovation-bridge",
        "lead",
    }


@pytest.mark.parametrize(
    ("skill", "chosen"), [("S1", "innovation"), ("S1", "lead"), ("S2", "lead"), ("S2", "nowhere")]
)
def test_a_choice_the_policy_does_not_allow_is_refused(skill: str, chosen: str) -> None:
    with pytest.raises(PlacementError) as refusal:
        placed(1968, skill, chosen=chosen)
    assert refusal.value.code == "tier.choice_not_allowed"
    assert refusal.value.values["chosen"] == chosen


@pytest.mark.parametrize(
    ("birth", "skill", "code"),
    [
        ((1968, 13), "S1", "tier.birth_month_impossible"),
        ((1968, 0), "S1", "tier.birth_month_impossible"),
        ((2026, 10), "S1", "tier.birth_after_reference_date"),
        ((1968, 3), "S4", "tier.unknown_skill"),
    ],
)
def test_what_cannot_be_placed_is_refused(
    policy: TierPolicy, birth: tuple[int, int], skill: str, code: str
) -> None:
    with pytest.raises(PlacementError) as refusal:
        place(policy, birth=birth, on=DAY, skill=skill)
    assert refusal.value.code == code


def test_someone_born_in_the_reference_month_is_of_age_zero(policy: TierPolicy) -> None:
    for rule in ("month-begun", "month-ended"):
        assert age_on(replace(policy, age_reached=rule), birth=(2026, 9), on=DAY) == 0
