"""One question of a diagnosis bank: its options, and for a hands-on check who sees the hands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from rubrics.nouns.diagnosis_bank import Item, Option, Step
from rubrics.parsing.table import Table

ITEM_KINDS = ("situation", "knowledge", "self_report", "hands_on")
CHECKS = ("specialist", "screen")
LEAST_STEPS = 3


def read_item(table: Table, *, abilities: Collection[str], indicators: Collection[str]) -> Item:
    """Refuses a check beside any other kind than hands_on, and a screen task whose steps, options and numbers of
    right steps do not fit together."""
    kind = table.choice("kind", ITEM_KINDS)
    check = _check(table, kind=kind)
    steps = _steps(table, check=check)
    item = Item(
        id=table.text("id"),
        kind=kind,
        label=table.label(),
        multiple=table.boolean("multiple") if table.has("multiple") else False,
        options=tuple(
            _option(inner, abilities=abilities, indicators=indicators, screen=check == "screen")
            for inner in table.tables("options", least=2)
        ),
        check=check,
        steps=steps,
    )
    if check == "screen":
        _check_screen_task(table, item)
    return item


def _check(table: Table, *, kind: str) -> str:
    if kind == "hands_on":
        return table.choice("check", CHECKS) if table.has("check") else "specialist"
    if table.has("check"):
        raise table.refusal(
            "definition.wrong_value",
            key="check",
            expected="no check, or the kind hands_on",
            found=f"the kind {kind}",
        )
    return ""


def _steps(table: Table, *, check: str) -> tuple[Step, ...]:
    if check != "screen":
        if table.has("steps"):
            raise table.refusal(
                "definition.wrong_value",
                key="steps",
                expected="no steps, or the check screen",
                found=f"the check {check or 'none'}",
            )
        return ()
    return tuple(Step(row.text("id"), row.label()) for row in table.tables("steps", least=LEAST_STEPS))


def _check_screen_task(table: Table, item: Item) -> None:
    """Every option must be reached by some order of the steps: all but one in place cannot be."""
    if item.multiple:
        raise table.refusal(
            "definition.wrong_value", key="multiple", expected="false in a screen task", found="true"
        )
    least = [option.right_least or 0 for option in item.options]
    of = len(item.steps)
    falling = all(higher > lower for higher, lower in pairwise(least))
    if not falling or least[0] > of or least[-1] != 0 or {of - 1, of} <= set(least):
        raise table.refusal(
            "definition.wrong_order",
            key="options",
            expected=f"right_least falling from at most {of} to 0, without {of - 1} beside {of}"
            " (no order has all but one step in place)",
            found=", ".join(map(str, least)),
        )


def _option(table: Table, *, abilities: Collection[str], indicators: Collection[str], screen: bool) -> Option:
    if table.has("right_least") and not screen:
        raise table.refusal(
            "definition.wrong_value",
            key="right_least",
            expected="only in options of a screen task",
            found=str(table.data["right_least"]),
        )
    return Option(
        id=table.text("id"),
        label=table.label(),
        shows=some(table, "shows", among=abilities),
        lacks=some(table, "lacks", among=abilities),
        evidence=evidence(table, indicators=indicators),
        advice=table.texts("advice") if table.has("advice") else (),
        alone=table.boolean("alone") if table.has("alone") else False,
        right_least=table.integer("right_least") if screen else None,
    )


def some(table: Table, key: str, *, among: Collection[str]) -> tuple[str, ...]:
    """The names under ``key``, at least one; none where the key is left out."""
    return table.texts(key, among=among, least=1) if table.has(key) else ()


def evidence(table: Table, *, indicators: Collection[str]) -> Mapping[str, Decimal]:
    """Indicator to value, 0 to 1; empty where the key is left out."""
    if not table.has("evidence"):
        return {}
    inner = table.table("evidence")
    inner.known("", inner.names(), indicators)
    return {indicator: inner.decimal(indicator, most=1) for indicator in inner.names()}


def shown_by(items: Sequence[Item]) -> set[str]:
    """The abilities at least one option of these questions shows."""
    return {ability for item in items for option in item.options for ability in option.shows}


def indicators_of(items: Sequence[Item]) -> set[str]:
    """The indicators at least one option of these questions is evidence of."""
    return {indicator for item in items for option in item.options for indicator in option.evidence}
