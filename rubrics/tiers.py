"""From age and diagnosed skill to tier, tasks, lessons and hours, with the reason for each step.

Age is whole years on the programme's reference date. Only year and month of birth are known, so the policy
says when a birthday counts: ``month-begun`` on the first day of its month, ``month-ended`` on the first day
of the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from rubrics.decimals import plain
from rubrics.errors import PlacementError
from rubrics.model import Choice, Delivery, Hours, Label, Override, Reason, Task, Tier, TierPolicy, Waiver
from rubrics.parsing.placement_rules import NEEDS


@dataclass(frozen=True, slots=True)
class Placement:
    """What a teacher owes in a programme. ``hours`` are those of the required tasks, which are all it takes.

    ``age_band`` is for planning and statistics only: it never appears on appraisal or title papers.
    ``delivery`` is what a remote school is entitled to; empty for every other school.
    """

    tier: str
    tier_label: Label
    age_band: str
    skill: str
    reasons: tuple[Reason, ...]
    required: tuple[Task, ...]
    optional: tuple[Task, ...]
    lessons_min: int
    lesson_rubrics: tuple[tuple[str, ...], ...]
    delivery: tuple[Delivery, ...]
    hours: Hours


@dataclass(frozen=True, slots=True)
class Skipped:
    """Tasks that a passed check stands for, and the hours they then did not earn: to be made up by optional tasks."""

    tasks: tuple[str, ...]
    hours_to_make_up: Hours
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Whether a placement may be changed on this ground: allowed exactly when nothing is ``missing``."""

    missing: tuple[Reason, ...]
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        return not self.missing


def place(
    policy: TierPolicy,
    *,
    birth: tuple[int, int],
    on: date,
    skill: str,
    remote: bool = False,
    chosen: str | None = None,
) -> Placement:
    """The placement by matrix, or in the tier ``chosen`` where the policy allows that choice.

    ``birth`` is (year, month). A choice still needs what its ``tier.choice_needs`` reasons name (an
    application, an approver, ...); obtaining and recording that is the caller's. Refuses births after
    ``on``, skills the policy does not know and choices it does not allow.
    """
    age = age_on(policy, birth=birth, on=on)
    if skill not in [level.id for level in policy.skills]:
        raise PlacementError("tier.unknown_skill", skill=skill)
    band = next(one.id for one in policy.age_bands if one.min <= age and (one.max is None or age <= one.max))
    placed = policy.matrix[band][skill]
    reasons = [
        Reason("tier.by_matrix", {"age": age, "age_band": band, "skill": skill, "tier": placed}),
        *_chosen(policy, placed=placed, chosen=chosen, skill=skill),
    ]
    tier = _tier(policy, chosen or placed)
    return _placement(policy, tier, age_band=band, skill=skill, remote=remote, reasons=reasons)


def age_on(policy: TierPolicy, *, birth: tuple[int, int], on: date) -> int:
    """Whole years on that day, from year and month of birth, by the policy's ``age_reached``."""
    year, month = birth
    if not 1 <= month <= 12:
        raise PlacementError("tier.birth_month_impossible", month=month)
    if (year, month) > (on.year, on.month):
        raise PlacementError("tier.birth_after_reference_date", year=year, month=month, on=on.isoformat())
    reached = on.month >= month if policy.age_reached == "month-begun" else on.month > month
    return max(on.year - year - (0 if reached else 1), 0)


def allowed_choices(policy: TierPolicy, *, placed: str, skill: str) -> dict[str, Choice]:
    """The tiers somebody placed in ``placed`` may take by choice, each with the rule that allows it.

    A tier one rule names is reached by that rule only, never by moving a step.
    """
    named = {choice.tier for choice in policy.choices if choice.tier}
    rank = _tier(policy, placed).rank
    allowed: dict[str, Choice] = {}
    for choice in policy.choices:
        for tier in policy.tiers:
            by_name = choice.tier == tier.id and (not choice.skills or skill in choice.skills)
            by_step = bool(choice.steps) and abs(tier.rank - rank) <= (choice.steps or 0)
            if tier.id != placed and (by_name or (by_step and tier.id not in named)):
                allowed.setdefault(tier.id, choice)
    return allowed


def waivable(policy: TierPolicy, *, tier: str, skill: str) -> tuple[Waiver, ...]:
    """The required tasks of this tier that somebody of this skill may skip after a passed hands-on check."""
    asked = _tier(policy, tier)
    return tuple(
        waiver for waiver in policy.waivers if waiver.task in asked.required and skill in waiver.skills
    )


def skip(policy: TierPolicy, *, tier: str, skill: str, checks: Collection[str]) -> Skipped:
    """What passed checks for these tasks let somebody skip, in the policy's order. Refuses tasks that cannot be."""
    possible = {waiver.task: waiver for waiver in waivable(policy, tier=tier, skill=skill)}
    for task in checks:
        if task not in possible:
            raise PlacementError("tier.not_waivable", task=task, tier=tier, skill=skill)
    waivers = [waiver for waiver in possible.values() if waiver.task in checks]
    unearned = tuple(waiver.task for waiver in waivers if not waiver.hours_credited)
    return Skipped(
        tasks=tuple(waiver.task for waiver in waivers),
        hours_to_make_up=policy.hours_of(unearned),
        reasons=tuple(_skipped(policy, waiver) for waiver in waivers),
    )


def needs_of(policy: TierPolicy, override: str) -> tuple[str, ...]:
    """What must be on record for a change on this ground: its own needs, and those of every hard rule beside it."""
    return tuple(dict.fromkeys(need for rule in _binding(policy, override) for need in rule.needs))


def change(policy: TierPolicy, *, override: str, lessons: int, given: Collection[str]) -> Change:
    """Whether a placement may be changed on the ground of ``override`` so that ``lessons`` recorded lessons remain.

    ``given`` names what is on record already. Hard rules bind unless the ground names them as overridden. Refuses
    grounds the policy does not know, numbers below zero, and needs that no policy has.
    """
    if lessons < 0:
        raise PlacementError("tier.lessons_negative", lessons=lessons)
    for need in given:
        if need not in NEEDS:
            raise PlacementError("tier.unknown_need", need=need)
    missing = (
        *(Reason("tier.change_needs", {"need": n}) for n in needs_of(policy, override) if n not in given),
        *_too_few(policy, override, lessons=lessons),
    )
    ground = _override(policy, override)
    aside = tuple(
        Reason("tier.rule_set_aside", {"rule": rule, "override": override}) for rule in ground.overrides
    )
    return Change(missing, (Reason("tier.change_on_ground", {"override": override}), *aside))


def _override(policy: TierPolicy, override_id: str) -> Override:
    rule = policy.override(override_id)
    if rule is None:
        raise PlacementError("tier.unknown_override", override=override_id)
    return rule


def _binding(policy: TierPolicy, override_id: str) -> tuple[Override, ...]:
    """The ground itself, then every hard rule it does not set aside."""
    ground = _override(policy, override_id)
    hard = [rule for rule in policy.overrides if rule.hard and rule.id not in (ground.id, *ground.overrides)]
    return (ground, *hard)


def _too_few(policy: TierPolicy, override_id: str, *, lessons: int) -> Iterator[Reason]:
    for rule in _binding(policy, override_id):
        if rule.lessons_least is not None and lessons < rule.lessons_least:
            yield Reason(
                "tier.too_few_lessons", {"rule": rule.id, "least": rule.lessons_least, "lessons": lessons}
            )


def _skipped(policy: TierPolicy, waiver: Waiver) -> Reason:
    unearned = Hours() if waiver.hours_credited else policy.hours_of((waiver.task,))
    return Reason("tier.task_skipped", {"task": waiver.task, "hours_to_make_up": plain(unearned.total)})


def _chosen(policy: TierPolicy, *, placed: str, chosen: str | None, skill: str) -> Iterator[Reason]:
    if chosen is None or chosen == placed:
        return
    choice = allowed_choices(policy, placed=placed, skill=skill).get(chosen)
    if choice is None:
        raise PlacementError("tier.choice_not_allowed", chosen=chosen, placed=placed, skill=skill)
    yield Reason("tier.by_choice", {"tier": chosen, "placed": placed, "choice": choice.id})
    for need in choice.needs:
        yield Reason("tier.choice_needs", {"need": need})


def _tier(policy: TierPolicy, tier_id: str) -> Tier:
    tier = policy.tier(tier_id)
    if tier is None:
        raise PlacementError("tier.unknown_tier", tier=tier_id)
    return tier


def _placement(
    policy: TierPolicy, tier: Tier, *, age_band: str, skill: str, remote: bool, reasons: list[Reason]
) -> Placement:
    delivery = tuple(
        way for way in policy.rural_delivery if remote and (not way.skills or skill in way.skills)
    )
    rural = tuple(task for task in policy.rural_optional if remote and task not in tier.required)
    if remote:
        reasons.append(Reason("tier.rural_delivery"))
    return Placement(
        tier=tier.id,
        tier_label=tier.label,
        age_band=age_band,
        skill=skill,
        reasons=tuple(reasons),
        required=policy.tasks_of(tier.required),
        optional=policy.tasks_of(tuple(dict.fromkeys((*tier.optional, *rural)))),
        lessons_min=tier.lessons_min,
        lesson_rubrics=tier.lesson_rubrics,
        delivery=delivery,
        hours=policy.hours_of(tier.required),
    )
