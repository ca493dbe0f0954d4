"""From a TOML table to :class:`rubrics.model.HoursRules`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from rubrics.nouns.hours_rules import MODES, SUBJECT_CLASSES, Fact, HoursDuty, HoursRules
from rubrics.parsing.header import read_header, read_notes
from rubrics.parsing.table import Table

SOURCES = ("verified", "memory")

#: The longest time a duty may run over, in calendar years; more is a slip of the pen.
MOST_YEARS = 10


def read_hours_rules(table: Table, *, digest: str) -> HoursRules:
    """Refuses rules by which hours would count twice or be lost, ratios above one and unknown modes."""
    header = read_header(table, kind="hours_rules", digest=digest)
    _only(table, "double_count", False, why="one activity never counts twice")
    return HoursRules(
        **header,
        hour_minutes=table.integer("hour_minutes", least=1),
        duties=tuple(_duty(inner) for inner in table.tables("duties")),
        annual_cap=_cap(table.table("cap")) if table.has("cap") else None,
        subject_class=table.choice("subject_class", SUBJECT_CLASSES),
        absence_limit=_absence(table),
        credits=_credits(table.table("credits")),
        facts=tuple(_fact(inner) for inner in table.tables("facts")) if table.has("facts") else (),
        notes=read_notes(table),
    )


def _only(table: Table, key: str, value: bool, *, why: str) -> None:
    """A key that is there to be read, and allows one value: the other would break what papers promise."""
    if table.boolean(key) is not value:
        expected = f"{str(value).lower()}: {why}"
        raise table.refusal("definition.wrong_value", key=key, expected=expected, found=not value)


def _cap(table: Table) -> Decimal:
    _only(table, "carries_over", True, why="hours earned are never lost")
    return table.decimal("hours", least=1)


def _absence(table: Table) -> Decimal:
    """Zero would let no session count, even one fully attended."""
    limit = table.decimal("absence_limit", most=1)
    if not limit:
        raise table.refusal(
            "definition.wrong_value", key="absence_limit", expected="more than 0, at most 1", found=limit
        )
    return limit


def _duty(table: Table) -> HoursDuty:
    return HoursDuty(
        id=table.text("id"),
        label=table.label(),
        years=table.integer("years", least=1, most=MOST_YEARS),
        hours=table.decimal("hours", least=1),
        professional=_ratio(table.table("professional")) if table.has("professional") else None,
        src=table.choice("src", SOURCES),
        basis=table.label("basis"),
    )


def _ratio(table: Table) -> tuple[int, int]:
    of = table.integer("of", least=1)
    return table.integer("parts", least=1, most=of), of


def _credits(table: Table) -> Mapping[str, Decimal]:
    table.known("", table.names(), MODES)
    return {mode: table.decimal(mode, least=1) for mode in table.names()}


def _fact(table: Table) -> Fact:
    return Fact(table.text("id"), table.label(), table.choice("src", SOURCES))
