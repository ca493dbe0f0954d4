"""The rules around a placement: choices, overrides, waivers, rural delivery and school quotas."""

from __future__ import annotations

from collections.abc import Collection

from rubrics.nouns.tier_policy import Choice, Delivery, Override, Quota, Waiver
from rubrics.parsing.table import Table

NEEDS = (
    "application",
    "approver",
    "bureau",
    "chair",
    "consent",
    "diagnosis",
    "reason",
    "request",
    "school",
    "time",
    "trainer",
)


def read_choices(table: Table, *, tiers: Collection[str], skills: Collection[str]) -> tuple[Choice, ...]:
    """Each choice names either one tier or a number of steps from the tier placed in."""
    return tuple(_choice(inner, tiers=tiers, skills=skills) for inner in table.tables("by_choice"))


def _choice(table: Table, *, tiers: Collection[str], skills: Collection[str]) -> Choice:
    if table.has("tier") == table.has("steps"):
        raise table.refusal(
            "definition.wrong_value", expected="either tier or steps", found=", ".join(table.names())
        )
    return Choice(
        id=table.text("id"),
        label=table.label(),
        tier=table.choice("tier", tiers) if table.has("tier") else None,
        skills=table.texts("skills", among=skills) if table.has("skills") else (),
        steps=table.integer("steps", least=1) if table.has("steps") else None,
        needs=table.texts("needs", among=NEEDS),
    )


def read_overrides(table: Table) -> tuple[Override, ...]:
    """An override may only name rules that exist; a floor under lessons that is not hard would bind nobody."""
    rows = table.tables("overrides")
    ids = [row.text("id") for row in rows]
    return tuple(_override(row, ids=ids) for row in rows)


def _override(table: Table, *, ids: Collection[str]) -> Override:
    hard, floor = table.boolean("hard"), "lessons_least"
    if table.has(floor) and not hard:
        raise table.refusal(
            "definition.wrong_value", key=floor, expected="hard = true beside it", found="hard = false"
        )
    return Override(
        id=table.text("id"),
        label=table.label(),
        hard=hard,
        needs=table.texts("needs", among=NEEDS),
        overrides=table.texts("overrides", among=ids),
        lessons_least=table.integer(floor, least=1) if table.has(floor) else None,
    )


def read_waivers(table: Table, *, tasks: Collection[str], skills: Collection[str]) -> tuple[Waiver, ...]:
    """Tasks that a passed hands-on check may replace, and whether their hours are credited."""
    return tuple(
        Waiver(
            task=inner.choice("task", tasks),
            skills=inner.texts("skills", among=skills, least=1),
            hours_credited=inner.boolean("hours_credited"),
        )
        for inner in table.tables("waivers", by="task")
    )


def read_delivery(table: Table, *, skills: Collection[str]) -> tuple[Delivery, ...]:
    """What a remote school or a teaching point is entitled to."""
    return tuple(
        Delivery(
            id=inner.text("id"),
            label=inner.label(),
            skills=inner.texts("skills", among=skills) if inner.has("skills") else (),
        )
        for inner in table.tables("delivery")
    )


def read_quotas(table: Table) -> tuple[Quota, ...]:
    """What schools owe; every count is a whole number of at least one."""
    return tuple(_quota(inner) for inner in table.tables("quotas"))


def _quota(table: Table) -> Quota:
    counts = table.table("counts")
    return Quota(
        id=table.text("id"),
        label=table.label(),
        who=table.text("who"),
        per=table.choice("per", ("month", "always")),
        counts={name: counts.integer(name, least=1) for name in counts.names()},
    )
