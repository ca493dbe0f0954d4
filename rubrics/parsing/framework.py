"""From JSON to a :class:`rubrics.model.Framework`, proving the counts its publication states."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from rubrics.nouns.framework import Framework, FrameworkItem
from rubrics.parsing.table import Origin, Table

_ITEM_KEYS = {"id", "parent", "level", "zh", "en", "src", "paraphrase"}


def read_framework(text: str, *, key: str, source: str) -> Framework:
    """Refuses items without a parent of the level above, marks other than verified or memory, and wrong
    counts."""
    data = json.loads(text)
    table = Table(Origin(source, ""), data)
    items = tuple(_item(inner) for inner in table.tables("items", least=1))
    _check_parents(table, items)
    _check_counts(table, items, counts=data["counts"])
    return Framework(
        key=key,
        id=table.text("id"),
        title=table.label("title"),
        counts=dict(data["counts"]),
        verification=table.text("verification"),
        licence=data.get("licence", ""),
        items=items,
    )


def _item(table: Table) -> FrameworkItem:
    return FrameworkItem(
        id=table.text("id"),
        parent=table.text("parent") if table.data["parent"] is not None else None,
        level=table.integer("level", least=1),
        label=table.label(),
        src=table.choice("src", ("verified", "memory")),
        paraphrase=table.boolean("paraphrase") if table.has("paraphrase") else False,
        extra={name: table.text(name) for name in table.names() if name not in _ITEM_KEYS},
    )


def _check_parents(table: Table, items: tuple[FrameworkItem, ...]) -> None:
    levels = {item.id: item.level for item in items}
    for item in items:
        above = levels.get(item.parent, -1) if item.parent is not None else 0
        if above != item.level - 1:
            raise table.refusal(
                "definition.unknown_reference",
                key=f"items[{item.id}].parent",
                expected="an item of the level above",
                found=item.parent,
            )


def _check_counts(table: Table, items: tuple[FrameworkItem, ...], *, counts: Mapping[str, Any]) -> None:
    """Each framework names its levels in its own words; ``levels_counted`` says which count is which
    level."""
    by_level = Counter(item.level for item in items)
    names = table.texts("levels_counted", among=counts)
    for level, name in enumerate(names, start=1):
        if by_level[level] != counts[name]:
            raise table.refusal(
                "definition.wrong_sum", key=f"counts.{name}", expected=counts[name], found=by_level[level]
            )


def read_crosswalk(text: str, *, source: str, frameworks: Mapping[str, Framework]) -> Mapping[str, Any]:
    """Indicator of JY/T 0646 to framework key to related ids; refuses any id that is not there."""
    table = Table(Origin(source, ""), json.loads(text))
    links = table.table("map")
    links.known("", links.names(), [item.id for item in frameworks["jyt0646"].at_level(3)])
    return {indicator: _links(links.table(indicator), frameworks) for indicator in links.names()}


def _links(table: Table, frameworks: Mapping[str, Framework]) -> Mapping[str, tuple[str, ...]]:
    table.known("", table.names(), frameworks)
    return {key: table.texts(key, among=[item.id for item in frameworks[key].items]) for key in table.names()}
