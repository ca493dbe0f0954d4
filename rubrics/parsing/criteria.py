"""The criteria of a rubric: what each is worth, what its levels earn, and when it may be left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from rubrics.nouns.base import Label
from rubrics.nouns.rubric import Criterion, Identity, LevelPoints, NotApplicable, ScaleLevel
from rubrics.parsing.header import read_identity
from rubrics.parsing.scale import CENT, POINT_PLACES, check_apart, read_exact, read_range
from rubrics.parsing.table import Table

EVIDENCE = ("span", "whole_lesson", "attachment")

Scale = tuple[ScaleLevel, ...]


def read_criteria(
    table: Table, *, scale: Scale, indicators: Collection[str], total: Decimal
) -> tuple[Criterion, ...]:
    """Every criterion in the order written. Refuses weights that do not add up to ``total``."""
    inner = table.tables("criteria", least=1)
    criteria = [_criterion(one, scale=scale, indicators=indicators, total=total) for one in inner]
    _check_weights(table, criteria, total=total)
    takers = [one.id for one, read in zip(criteria, inner, strict=True) if _takes_weight(one, read)]
    return tuple(
        replace(one, not_applicable=_not_applicable(read, one, takers=takers))
        for one, read in zip(criteria, inner, strict=True)
    )


def _criterion(table: Table, *, scale: Scale, indicators: Collection[str], total: Decimal) -> Criterion:
    if table.has("feedback_only") and table.boolean("feedback_only"):
        return _feedback_only(table, scale=scale, indicators=indicators)
    numbers = [level.level for level in scale]
    gate = table.integer("gate", least=min(numbers) + 1, most=max(numbers)) if table.has("gate") else None
    weight = read_exact(table, "weight", least=CENT, most=total)
    levels = _levels(table, numbers)
    stated = _states_points(table, levels, scale=scale)
    return Criterion(
        id=table.text("id"),
        label=table.label(),
        weight=weight,
        gate=gate,
        evidence=table.texts("evidence", among=EVIDENCE, least=1),
        indicators=table.texts("jyt0646", among=indicators),
        levels=_descriptions(levels),
        points=_stated(table, levels, weight) if stated else {one.level: one.of(weight) for one in scale},
        states_points=stated,
        identity=read_identity(table),
        level_identities=_identities(levels),
    )


def _feedback_only(table: Table, *, scale: Scale, indicators: Collection[str]) -> Criterion:
    """No weight, no gate, never left out: it is for the teacher to read and counts nowhere."""
    for key in ("weight", "gate", "not_applicable"):
        if table.has(key):
            raise table.refusal(
                "definition.wrong_value",
                key=key,
                expected=f"no {key} for a criterion that is feedback_only",
                found=table.data[key],
            )
    levels = _levels(table, [level.level for level in scale]) if table.has("levels") else {}
    return Criterion(
        id=table.text("id"),
        label=table.label(),
        weight=Decimal(0),
        gate=None,
        evidence=table.texts("evidence", among=EVIDENCE),
        indicators=table.texts("jyt0646", among=indicators),
        levels=_descriptions(levels),
        points={},
        feedback_only=True,
        identity=read_identity(table),
        level_identities=_identities(levels),
    )


def _levels(table: Table, numbers: list[int]) -> Mapping[int, Table]:
    levels = {inner.integer("level"): inner for inner in table.tables("levels", by="level")}
    if sorted(levels) != sorted(numbers):
        raise table.refusal(
            "definition.levels_incomplete",
            key="levels",
            expected=f"every level of the scale described once: {sorted(numbers)}",
            found=sorted(levels),
        )
    return levels


def _descriptions(levels: Mapping[int, Table]) -> Mapping[int, Label]:
    return {level: inner.label() for level, inner in levels.items()}


def _identities(levels: Mapping[int, Table]) -> Mapping[int, Identity]:
    found = {level: read_identity(inner) for level, inner in levels.items()}
    return {level: identity for level, identity in found.items() if identity}


def _states_points(table: Table, levels: Mapping[int, Table], *, scale: Scale) -> bool:
    """Whether the levels say what they earn. Refuses some that do and some that do not, and none without shares."""
    stating = sorted(level for level, inner in levels.items() if inner.has("points"))
    if (stating or scale[0].share is None) and len(stating) < len(levels):
        raise table.refusal(
            "definition.levels_incomplete",
            key="levels",
            expected="points for every level"
            + (" or for none" if scale[0].share is not None else ", because the scale has no shares"),
            found=f"points for {stating}",
        )
    return bool(stating)


def _stated(table: Table, levels: Mapping[int, Table], weight: Decimal) -> Mapping[int, LevelPoints]:
    """As written, rising with the level; the best the highest level earns is the criterion's weight."""
    points = {level: _stated_level(inner, weight) for level, inner in levels.items()}
    check_apart(table, points, key="levels")
    if points[max(points)].most != weight:
        raise table.refusal(
            "definition.wrong_sum",
            key="levels",
            expected=f"the highest level to earn the weight {weight}",
            found=points[max(points)].most,
        )
    return points


def _stated_level(table: Table, weight: Decimal) -> LevelPoints:
    points = read_exact(table, "points", most=weight)
    return LevelPoints(points, *read_range(table, points, most=weight, places=POINT_PLACES))


def _check_weights(table: Table, criteria: list[Criterion], *, total: Decimal) -> None:
    weights = sum((criterion.weight for criterion in criteria), Decimal(0))
    if weights != total:
        raise table.refusal(
            "definition.wrong_sum", key="criteria", expected=f"weights that add up to {total}", found=weights
        )


def _takes_weight(criterion: Criterion, table: Table) -> bool:
    """Only what counts in every lesson may take weight, and only by share is it clear what more weight earns."""
    return not (criterion.feedback_only or criterion.states_points or table.has("not_applicable"))


def _not_applicable(table: Table, criterion: Criterion, *, takers: Collection[str]) -> NotApplicable | None:
    if not table.has("not_applicable"):
        return None
    for key, present in (("gate", criterion.gate is not None), ("points", criterion.states_points)):
        if present:
            raise table.refusal(
                "definition.wrong_value",
                key="not_applicable",
                expected=f"no {key} in a criterion that may be left out",
                found=key,
            )
    inner = table.table("not_applicable")
    return NotApplicable(inner.label("when"), _weight_to(inner, criterion.weight, takers=takers))


def _weight_to(table: Table, weight: Decimal, *, takers: Collection[str]) -> Mapping[str, Decimal]:
    inner = table.table("weight_to")
    for name in inner.names():
        if name not in takers:
            raise inner.refusal(
                "definition.unknown_reference",
                key=name,
                expected="a criterion that counts in every lesson and states no points: "
                + (", ".join(takers) or "there is none"),
                found=name,
            )
    moved = {name: read_exact(inner, name, least=CENT, most=weight) for name in inner.names()}
    if sum(moved.values(), Decimal(0)) != weight:
        raise table.refusal(
            "definition.wrong_sum",
            key="weight_to",
            expected=f"weights that add up to {weight}, the weight of the criterion",
            found=sum(moved.values(), Decimal(0)),
        )
    return moved
