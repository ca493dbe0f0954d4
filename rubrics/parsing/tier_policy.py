"""From a TOML table to a :class:`rubrics.model.TierPolicy`, proving that it places everyone and that hours
add up."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rubrics.nouns.base import Hours
from rubrics.nouns.framework import Framework
from rubrics.nouns.tier_policy import AgeBand, SkillLevel, Task, Tier, TierPolicy
from rubrics.parsing.header import read_header, read_notes
from rubrics.parsing.placement_rules import (
    read_choices,
    read_delivery,
    read_overrides,
    read_quotas,
    read_waivers,
)
from rubrics.parsing.table import Table

AGE_REACHED = ("month-begun", "month-ended")


def read_tier_policy(table: Table, *, digest: str, frameworks: Mapping[str, Framework]) -> TierPolicy:
    """Refuses gaps between age bands, holes in the matrix, unknown tasks and hours that differ from their
    proof."""
    header = read_header(table, kind="tier_policy", digest=digest)
    known = {item.id for item in frameworks["jyt0646"].items if item.level == 3}
    bands, skills = _age_bands(table), _skills(table)
    tasks = tuple(_task(inner, indicators=known) for inner in table.tables("tasks", least=1))
    task_ids = [task.id for task in tasks]
    tiers = tuple(_tier(inner, tasks=tasks) for inner in table.tables("tiers", least=1))
    tier_ids, skill_ids = [tier.id for tier in tiers], [skill.id for skill in skills]
    rural = table.table("rural")
    return TierPolicy(
        **header,
        basis=table.label("basis"),
        hour_minutes=table.integer("hour_minutes", least=1),
        programme_years=table.integer("programme_years", least=1, most=50),
        age_reached=table.choice("age_reached", AGE_REACHED),
        age_bands=bands,
        skills=skills,
        matrix=_matrix(
            table.table("matrix"), bands=[band.id for band in bands], skills=skill_ids, tiers=tier_ids
        ),
        tiers=tiers,
        tasks=tasks,
        choices=read_choices(table, tiers=tier_ids, skills=skill_ids),
        overrides=read_overrides(table),
        waivers=read_waivers(table, tasks=task_ids, skills=skill_ids),
        rural_delivery=read_delivery(rural, skills=skill_ids),
        rural_optional=rural.texts("optional", among=task_ids),
        quotas=read_quotas(table),
        participation=read_notes(table, "participation"),
        notes=read_notes(table),
    )


def _age_bands(table: Table) -> tuple[AgeBand, ...]:
    rows = table.tables("age_bands", least=1)
    bands = tuple(
        AgeBand(
            id=row.text("id"),
            label=row.label(),
            min=row.integer("min"),
            max=row.integer("max", least=row.integer("min")) if row.has("max") else None,
        )
        for row in rows
    )
    starts = [band.min for band in bands]
    due = [0, *(band.max + 1 if band.max is not None else 0 for band in bands[:-1])]
    if starts != due or bands[-1].max is not None:
        raise table.refusal(
            "definition.wrong_order",
            key="age_bands",
            expected="bands from 0 upwards that follow one another, the last without max",
            found=[(band.min, band.max) for band in bands],
        )
    return bands


def _skills(table: Table) -> tuple[SkillLevel, ...]:
    return tuple(
        SkillLevel(inner.text("id"), inner.label(), inner.label("rule"), inner.text("digcompedu"))
        for inner in table.tables("skills", least=1)
    )


def _matrix(
    table: Table, *, bands: list[str], skills: list[str], tiers: Collection[str]
) -> Mapping[str, Mapping[str, str]]:
    table.known("", table.names(), bands)
    rows = {band: table.table(band) for band in bands}
    for row in rows.values():
        row.known("", row.names(), skills)
    return {band: {skill: row.choice(skill, tiers) for skill in skills} for band, row in rows.items()}


def _task(table: Table, *, indicators: Collection[str]) -> Task:
    return Task(
        id=table.text("id"),
        label=table.label(),
        category=table.text("category"),
        hours=_hours(table.table("hours")),
        indicators=table.texts("jyt0646", among=indicators) if table.has("jyt0646") else (),
        criterion=table.text("criterion") if table.has("criterion") else "",
    )


def _hours(table: Table) -> Hours:
    return Hours(table.decimal("online"), table.decimal("practice"), table.decimal("offline"))


def _tier(table: Table, *, tasks: tuple[Task, ...]) -> Tier:
    ids = [task.id for task in tasks]
    slots = table.tables("lesson_slots", least=1)
    tier = Tier(
        id=table.text("id"),
        label=table.label(),
        rank=table.integer("rank", least=1),
        required=table.texts("required", among=ids, least=1),
        optional=table.texts("optional", among=ids),
        lessons_min=table.integer("lessons_min", least=1),
        lesson_rubrics=tuple(slot.texts("any_of", least=1) for slot in slots),
    )
    _check_tier(table, tier)
    _check_hours(table, tier, tasks=tasks)
    return tier


def _check_tier(table: Table, tier: Tier) -> None:
    if tier.lessons_min != len(tier.lesson_rubrics):
        raise table.refusal(
            "definition.wrong_sum",
            key="lesson_slots",
            expected=f"one slot for each of the {tier.lessons_min} lessons",
            found=len(tier.lesson_rubrics),
        )
    if both := set(tier.required) & set(tier.optional):
        raise table.refusal(
            "definition.duplicate",
            key="optional",
            expected="no task that is required too",
            found=sorted(both),
        )


def _check_hours(table: Table, tier: Tier, *, tasks: tuple[Task, ...]) -> None:
    stated = table.table("hours_check")
    hours = sum((task.hours for task in tasks if task.id in tier.required), Hours())
    for kind in ("online", "practice", "offline", "total"):
        due = getattr(hours, kind)
        if stated.decimal(kind) != due:
            raise stated.refusal(
                "definition.wrong_sum",
                key=kind,
                expected=f"{due}, the sum over the required tasks",
                found=stated.decimal(kind),
            )
