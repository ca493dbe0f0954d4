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
    """An override may only name rules that exist."""
    rows = table.tables("overrides")
    ids = [row.text("id") for row in rows]
    return tuple(
        Override(
            id=row.text("id"),
            label=row.label(),
            hard=row.boolean("hard"),
            needs=row.texts("needs", among=NEEDS),
            overrides=row.texts("overrides", among=ids),
        )
        for row in rows
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
