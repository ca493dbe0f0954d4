"""From a TOML table to a :class:`rubrics.model.DiagnosisBank`, proving that every skill level can be
reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from rubrics.nouns.diagnosis_bank import (
    Ability,
    DiagnosisBank,
    Doubt,
    Item,
    OutsideBand,
    OutsideTest,
    Pace,
    SkillRule,
    Way,
)
from rubrics.nouns.framework import Framework
from rubrics.parsing.diagnosis_item import (
    ITEM_KINDS,
    evidence,
    indicators_of,
    read_item,
    shown_by,
)
from rubrics.parsing.header import read_header
from rubrics.parsing.table import Table

UNTIL_WATCHED = ("provisional", "lower")

#: From the softest ground to the firmest: what is only said may be off by most.
DOUBTS = ("said", "answered", "outside", "hands_on")


def read_diagnosis_bank(table: Table, *, digest: str, frameworks: Mapping[str, Framework]) -> DiagnosisBank:
    """Refuses a short form that leaves an ability or an axis unasked or that needs a specialist beside the teacher,
    and a demand for hands-on checks the bank does not have. With ``covers = "all"`` it also refuses a bank that
    leaves an indicator of the framework or one of the four kinds of question out.
    """
    header = read_header(table, kind="diagnosis_bank", digest=digest)
    framework = frameworks[table.choice("framework", ("jyt0646",))]
    indicators = [item.id for item in framework.at_level(3)]
    abilities = _abilities(table)
    names = [ability.id for ability in abilities]
    items = tuple(
        read_item(inner, abilities=names, indicators=indicators) for inner in table.tables("items", least=1)
    )
    skills = _skills(table, abilities=names)
    _check_short_form(table, items, abilities=names, axes=[axis.id for axis in framework.at_level(1)])
    _check_checks(table, items, skills=skills)
    return DiagnosisBank(
        **header,
        framework=framework.key,
        abilities=abilities,
        skills=skills,
        short_form=table.texts("short_form"),
        short_minutes=table.integer("short_minutes", least=1),
        pace=_pace(table.table("pace")),
        items=items,
        doubt=_doubt(table),
        outside=_outside(table, abilities=names, indicators=indicators),
        until_watched=_until_watched(table, skills),
        covers=_covers(table, items, indicators=indicators),
    )


def _abilities(table: Table) -> tuple[Ability, ...]:
    return tuple(
        Ability(inner.text("id"), inner.label(), inner.texts("advice"))
        for inner in table.tables("abilities", least=1)
    )


def _skills(table: Table, *, abilities: Collection[str]) -> tuple[SkillRule, ...]:
    rows = table.tables("skills", least=2)
    rules = tuple(SkillRule(row.text("id"), _ways(row, abilities)) for row in rows)
    if rules[-1].any_of or not all(rule.any_of for rule in rules[:-1]):
        raise table.refusal(
            "definition.wrong_order",
            key="skills",
            expected="levels from the highest down, with any_of on every level but the last",
            found=[rule.id for rule in rules],
        )
    return rules


def _ways(table: Table, abilities: Collection[str]) -> tuple[Way, ...]:
    if not table.has("any_of"):
        return ()
    return tuple(_way(inner, abilities) for inner in table.tables("any_of"))


def _way(table: Table, abilities: Collection[str]) -> Way:
    needed = table.texts("all", among=abilities, least=1)
    watched = table.texts("hands_on", among=needed, least=1) if table.has("hands_on") else ()
    return Way(all=needed, hands_on=watched)


def _pace(table: Table) -> Pace:
    return Pace(
        fast_seconds=table.integer("fast_seconds", least=1),
        fast_share=table.decimal("fast_share", least=Decimal("0.01"), most=1),
        straight_line=table.integer("straight_line", least=3),
    )


def _doubt(table: Table) -> Doubt:
    """At most 0.5 each: a value that may be off by more says nothing. Firmer ground is never more doubtful."""
    if not table.has("doubt"):
        return Doubt()
    inner = table.table("doubt")
    said, answered, outside, hands_on = (inner.decimal(name, most=Decimal("0.5")) for name in DOUBTS)
    if not said >= answered >= outside >= hands_on:
        raise table.refusal(
            "definition.wrong_order",
            key="doubt",
            expected="said, answered, outside and hands_on, each at most the one before",
            found=", ".join(map(str, (said, answered, outside, hands_on))),
        )
    return Doubt(said=said, answered=answered, outside=outside, hands_on=hands_on)


def _outside(
    table: Table, *, abilities: Collection[str], indicators: Collection[str]
) -> tuple[OutsideTest, ...]:
    if not table.has("outside"):
        return ()
    return tuple(
        _outside_test(inner, abilities=abilities, indicators=indicators) for inner in table.tables("outside")
    )


def _outside_test(table: Table, *, abilities: Collection[str], indicators: Collection[str]) -> OutsideTest:
    most = table.decimal("most", least=1)
    bands = tuple(
        OutsideBand(
            least=row.decimal("least", most=most),
            shows=row.texts("shows", among=abilities) if row.has("shows") else (),
            evidence=evidence(row, indicators=indicators),
        )
        for row in table.tables("bands", by="least", least=1)
    )
    found = [band.least for band in bands]
    if found[-1] != 0 or found != sorted(found, reverse=True):
        raise table.refusal(
            "definition.wrong_order",
            key="bands",
            expected="bands from the highest least down to 0",
            found=", ".join(map(str, found)),
        )
    return OutsideTest(id=table.text("id"), label=table.label(), most=most, bands=bands)


def _until_watched(table: Table, skills: Sequence[SkillRule]) -> str:
    if any(way.hands_on for rule in skills for way in rule.any_of):
        return table.choice("until_watched", UNTIL_WATCHED)
    if table.has("until_watched"):
        raise table.refusal(
            "definition.wrong_value",
            key="until_watched",
            expected="a way in skills that demands hands_on",
            found="none",
        )
    return ""


def _covers(table: Table, items: Sequence[Item], *, indicators: Sequence[str]) -> str:
    if not table.has("covers"):
        return ""
    covers = table.choice("covers", ("all",))
    kinds = {item.kind for item in items}
    _check_covered(table, "items", indicators, indicators_of(items), "a question about every indicator")
    _check_covered(table, "items", ITEM_KINDS, kinds, "a question of every kind")
    return covers


def _check_short_form(
    table: Table, items: Sequence[Item], *, abilities: Sequence[str], axes: Sequence[str]
) -> None:
    """Teachers answer the short form alone, so a specialist's check has no place in it."""
    ids = table.texts("short_form", among=[item.id for item in items], least=1)
    short = [item for item in items if item.id in ids]
    if watched := [item.id for item in short if item.check == "specialist"]:
        raise table.refusal(
            "definition.wrong_value",
            key="short_form",
            expected="questions a teacher answers alone",
            found=f"checks by a specialist: {', '.join(watched)}",
        )
    expected = "a question about every ability and every axis"
    asked = {indicator.split(".")[0] for indicator in indicators_of(short)}
    _check_covered(table, "short_form", abilities, shown_by(short), expected)
    _check_covered(table, "short_form", axes, asked, expected)


def _check_checks(table: Table, items: Sequence[Item], *, skills: Sequence[SkillRule]) -> None:
    """What a level wants to see done must be shown by a specialist's check: on a screen nothing is seen."""
    demanded = [ability for rule in skills for way in rule.any_of for ability in way.hands_on]
    seen = shown_by([item for item in items if item.check == "specialist"])
    _check_covered(table, "items", demanded, seen, "a specialist's check of every ability demanded hands-on")


def _check_covered(
    table: Table, key: str, due: Sequence[str], covered: Collection[str], expected: str
) -> None:
    if missing := [name for name in dict.fromkeys(due) if name not in covered]:
        raise table.refusal(
            "definition.not_covered",
            key=key,
            expected=expected,
            found=f"none about {', '.join(missing)}",
        )
