"""From age and skill to a tier, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from explained import said
from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.errors import DefinitionError, PlacementError
from rubrics.model import Hours, TierPolicy
from rubrics.parsing.placement_rules import NEEDS
from rubrics.tiers import Placement, age_on, allowed_choices, change, needs_of, place, skip, waivable

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
    assert said(result.reasons[1:]) == [
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


# Skipping a task after a check


def test_casting_may_be_skipped_from_the_first_level_on() -> None:
    for skill, tasks in (("S0", []), ("S1", ["task-B1"]), ("S2", ["task-B1"]), ("S3", ["task-B1"])):
        assert [waiver.task for waiver in waivable(POLICY, tier="basic", skill=skill)] == tasks


def test_a_tier_that_does_not_ask_for_the_task_has_nothing_to_skip() -> None:
    assert waivable(POLICY, tier="innovation", skill="S3") == ()
    assert [one.task for one in waivable(POLICY, tier="innovation-bridge", skill="S1")] == ["task-B1"]


def test_a_passed_check_stands_for_the_task_and_not_for_its_hours() -> None:
    skipped = skip(POLICY, tier="basic", skill="S1", checks=["task-B1"])
    assert skipped.tasks == ("task-B1",)
    assert skipped.hours_to_make_up == Hours(practice=Decimal(2))
    assert said(skipped.reasons) == [("tier.task_skipped", "task-B1", Decimal(2))]


def test_where_a_policy_credits_the_hours_none_are_to_be_made_up() -> None:
    generous = replace(POLICY, waivers=tuple(replace(one, hours_credited=True) for one in POLICY.waivers))
    skipped = skip(generous, tier="basic", skill="S1", checks={"task-B1"})
    assert (skipped.tasks, skipped.hours_to_make_up) == (("task-B1",), Hours())
    assert said(skipped.reasons) == [("tier.task_skipped", "task-B1", Decimal(0))]


def test_without_a_check_nothing_is_skipped() -> None:
    skipped = skip(POLICY, tier="basic", skill="S1", checks=())
    assert (skipped.tasks, skipped.hours_to_make_up, skipped.reasons) == ((), Hours(), ())


@pytest.mark.parametrize(
    ("tier", "skill", "task"),
    [
        ("basic", "S0", "task-B1"),
        ("basic", "S1", "task-L1"),
        ("basic", "S1", "task-X"),
        ("lead", "S3", "task-B1"),
    ],
)
def test_a_check_for_what_may_not_be_skipped_is_refused(tier: str, skill: str, task: str) -> None:
    with pytest.raises(PlacementError) as refusal:
        skip(POLICY, tier=tier, skill=skill, checks=[task])
    assert refusal.value.code == "tier.not_waivable"
    assert refusal.value.values == {"task": task, "tier": tier, "skill": skill}


def test_skipping_in_a_tier_nobody_knows_is_refused() -> None:
    with pytest.raises(PlacementError, match=r"tier\.unknown_tier: tier=golden"):
        waivable(POLICY, tier="golden", skill="S1")


# Changing a placement


@pytest.mark.parametrize(
    ("override", "needs"),
    [
        ("O1", ("diagnosis", "consent", "reason", "approver", "time")),
        ("O2", ("diagnosis", "trainer", "reason", "approver", "time")),
        ("O4", ("school", "bureau", "reason", "approver", "time")),
        ("O5", ("reason", "approver", "time")),
    ],
)
def test_every_change_needs_a_reason_an_approver_and_the_time(override: str, needs: tuple[str, ...]) -> None:
    assert needs_of(POLICY, override) == needs


def test_a_change_with_everything_on_record_is_allowed() -> None:
    changed = change(POLICY, override="O1", lessons=1, given=needs_of(POLICY, "O1"))
    assert (changed.allowed, changed.missing) == (True, ())
    assert said(changed.reasons) == [("tier.change_on_ground", "O1")]


def test_what_is_not_on_record_is_named_in_the_rules_order() -> None:
    changed = change(POLICY, override="O1", lessons=2, given={"approver", "diagnosis"})
    assert not changed.allowed
    assert said(changed.missing) == [
        ("tier.change_needs", "consent"),
        ("tier.change_needs", "reason"),
        ("tier.change_needs", "time"),
    ]


@pytest.mark.parametrize("override", ["O1", "O2", "O5"])
def test_no_change_leaves_anybody_without_a_lesson(override: str) -> None:
    changed = change(POLICY, override=override, lessons=0, given=needs_of(POLICY, override))
    assert said(changed.missing) == [("tier.too_few_lessons", "O3", 1, 0)]
    assert not changed.allowed


def test_only_a_leave_or_an_exemption_sets_the_lesson_aside() -> None:
    changed = change(POLICY, override="O4", lessons=0, given=needs_of(POLICY, "O4"))
    assert changed.allowed
    assert said(changed.reasons) == [
        ("tier.change_on_ground", "O4"),
        ("tier.rule_set_aside", "O3", "O4"),
    ]


def test_the_rule_about_lessons_binds_itself_too() -> None:
    assert said(change(POLICY, override="O3", lessons=0, given=needs_of(POLICY, "O3")).missing) == [
        ("tier.too_few_lessons", "O3", 1, 0)
    ]


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"override": "O9"}, "tier.unknown_override: override=O9"),
        ({"lessons": -1}, "tier.lessons_negative: lessons=-1"),
        ({"given": {"reason", "chocolate"}}, "tier.unknown_need: need=chocolate"),
    ],
)
def test_a_change_that_cannot_be_judged_is_refused(asked: dict[str, object], refusal: str) -> None:
    given_values = {"override": "O1", "lessons": 1, "given": ()} | asked
    with pytest.raises(PlacementError) as refused:
        change(POLICY, **given_values)  # type: ignore[arg-type]
    assert str(refused.value) == refusal


@given(
    st.sampled_from([rule.id for rule in POLICY.overrides]),
    st.integers(0, 3),
    st.sets(st.sampled_from(NEEDS)),
)
def test_more_on_record_and_more_lessons_never_forbid_a_change(
    override: str, lessons: int, given: set[str]
) -> None:
    before = change(POLICY, override=override, lessons=lessons, given=given)
    after = change(POLICY, override=override, lessons=lessons + 1, given=set(NEEDS))
    assert after.allowed
    assert {one.values["need"] for one in before.missing if "need" in one.values} == (
        set(needs_of(POLICY, override)) - given
    )


def test_a_floor_under_lessons_that_binds_nobody_is_refused() -> None:
    text = next(one.text for one in library.packaged() if one.path == "policies/tier-policy-default/v2.toml")
    assert "hard = true\nlessons_least = 1" in text
    for new in ("hard = false\nlessons_least = 1", "hard = true\nlessons_least = 0"):
        with pytest.raises(DefinitionError) as refusal:
            library.parse(text.replace("hard = true\nlessons_least = 1", new))
        assert refusal.value.values["key"] == "overrides[O3].lessons_least"
        assert refusal.value.code == "definition.wrong_value"


# The policy, line by line

MATRIX = {
    "young": ("innovation-bridge", "innovation-bridge", "innovation", "innovation"),
    "middle": ("basic", "basic", "integrated", "innovation"),
    "senior": ("basic", "basic", "integrated", "innovation"),
}


def test_the_matrix_is_the_one_that_was_decided() -> None:
    skills = ("S0", "S1", "S2", "S3")
    assert {band: dict(row) for band, row in POLICY.matrix.items()} == {
        band: dict(zip(skills, tiers, strict=True)) for band, tiers in MATRIX.items()
    }
    assert [(band.id, band.min, band.max) for band in POLICY.age_bands] == [
        ("young", 0, 35),
        ("middle", 36, 50),
        ("senior", 51, None),
    ]


def test_the_second_version_differs_from_the_first_in_two_rules_only() -> None:
    first = library.load("tier_policy", "tier-policy-default", 1)
    changed = [new.id for old, new in zip(first.overrides, POLICY.overrides, strict=True) if old != new]
    assert changed == ["O3", "O5"]
    assert replace(POLICY, version=1, hash=first.hash, overrides=first.overrides) == first
    assert needs_of(first, "O1") == ("diagnosis", "consent")


def test_hard_rules_and_what_they_yield_to() -> None:
    assert {rule.id: (rule.hard, rule.overrides) for rule in POLICY.overrides} == {
        "O1": (False, ()),
        "O2": (False, ()),
        "O3": (True, ()),
        "O4": (False, ("O3",)),
        "O5": (True, ()),
    }
