"""From a TOML table to a :class:`rubrics.model.DiagnosisBank`, proving that every skill level can be
reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from rubrics.nouns.diagnosis_bank import Ability, DiagnosisBank, Item, Option, Pace, SkillRule
from rubrics.nouns.framework import Framework
from rubrics.parsing.header import read_header
from rubrics.parsing.table import Table

ITEM_KINDS = ("situation", "knowledge", "self_report", "hands_on")


def read_diagnosis_bank(table: Table, *, digest: str, frameworks: Mapping[str, Framework]) -> DiagnosisBank:
    """Refuses a short form that leaves an ability or an axis unasked, and abilities no answer can show."""
    header = read_header(table, kind="diagnosis_bank", digest=digest)
    framework = frameworks[table.choice("framework", ("jyt0646",))]
    indicators = [item.id for item in framework.at_level(3)]
    abilities = tuple(
        Ability(inner.text("id"), inner.label(), inner.texts("advice"))
        for inner in table.tables("abilities", least=1)
    )
    ability_ids = [ability.id for ability in abilities]
    items = tuple(
        _item(inner, abilities=ability_ids, indicators=indicators) for inner in table.tables("items", least=1)
    )
    short_form = table.texts("short_form", among=[item.id for item in items], least=1)
    short = [item for item in items if item.id in short_form]
    _check_coverage(table, short, abilities=ability_ids, axes=[axis.id for axis in framework.at_level(1)])
    return DiagnosisBank(
        **header,
        framework=framework.key,
        abilities=abilities,
        skills=_skills(table, abilities=ability_ids),
        short_form=short_form,
        short_minutes=table.integer("short_minutes", least=1),
        pace=_pace(table.table("pace")),
        items=items,
    )


def _item(table: Table, *, abilities: Collection[str], indicators: Collection[str]) -> Item:
    return Item(
        id=table.text("id"),
        kind=table.choice("kind", ITEM_KINDS),
        label=table.label(),
        multiple=table.boolean("multiple") if table.has("multiple") else False,
        options=tuple(
            _option(inner, abilities=abilities, indicators=indicators)
            for inner in table.tables("options", least=2)
        ),
    )


def _option(table: Table, *, abilities: Collection[str], indicators: Collection[str]) -> Option:
    return Option(
        id=table.text("id"),
        label=table.label(),
        shows=_some(table, "shows", among=abilities),
        lacks=_some(table, "lacks", among=abilities),
        evidence=_evidence(table, indicators=indicators),
        advice=table.texts("advice") if table.has("advice") else (),
        alone=table.boolean("alone") if table.has("alone") else False,
    )


def _some(table: Table, key: str, *, among: Collection[str]) -> tuple[str, ...]:
    return table.texts(key, among=among, least=1) if table.has(key) else ()


def _evidence(table: Table, *, indicators: Collection[str]) -> Mapping[str, Decimal]:
    if not table.has("evidence"):
        return {}
    inner = table.table("evidence")
    inner.known("", inner.names(), indicators)
    return {indicator: inner.decimal(indicator, most=1) for indicator in inner.names()}


def _skills(table: Table, *, abilities: Collection[str]) -> tuple[SkillRule, ...]:
    rows = table.tables("skills", least=2)
    rules = tuple(SkillRule(row.text("id"), _alternatives(row, abilities)) for row in rows)
    if rules[-1].any_of or not all(rule.any_of for rule in rules[:-1]):
        raise table.refusal(
            "definition.wrong_order",
            key="skills",
            expected="levels from the highest down, with any_of on every level but the last",
            found=[rule.id for rule in rules],
        )
    return rules


def _alternatives(table: Table, abilities: Collection[str]) -> tuple[tuple[str, ...], ...]:
    if not table.has("any_of"):
        return ()
    return tuple(inner.texts("all", among=abilities, least=1) for inner in table.tables("any_of"))


def _pace(table: Table) -> Pace:
    return Pace(
        fast_seconds=table.integer("fast_seconds", least=1),
        fast_share=table.decimal("fast_share", least=Decimal("0.01"), most=1),
        straight_line=table.integer("straight_line", least=3),
    )


def _check_coverage(
    table: Table, items: Collection[Item], *, abilities: Collection[str], axes: Collection[str]
) -> None:
    options = [option for item in items for option in item.options]
    shown = {ability for option in options for ability in option.shows}
    asked = {indicator.split(".")[0] for option in options for indicator in option.evidence}
    for due, covered in ((abilities, shown), (axes, asked)):
        if missing := [name for name in due if name not in covered]:
            raise table.refusal(
                "definition.not_covered",
                key="short_form",
                expected="a question about every ability and every axis",
                found=f"none about {', '.join(missing)}",
            )
