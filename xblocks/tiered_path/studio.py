"""The author's form: a row for each part, a box for each tier. Reads it back whole or refuses it whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xblock.exceptions import JsonHandlerError

from xblocks.tiered_path import texts
from xblocks.tiered_path.path import UNPLACED, child_key, read_tiers

if TYPE_CHECKING:
    from xblocks.tiered_path.block import TieredPathBlock


@dataclass(frozen=True)
class Wanted:
    display_name: str
    known_tiers: tuple[str, ...]
    tiers_by_child: dict[str, list[str]]


def form(block: TieredPathBlock) -> dict[str, Any]:
    columns = [{"id": tier, "name": block.tier_name(tier)} for tier in choices(block.known_tiers)]
    rows = [
        {
            "key": child_key(child.scope_ids.usage_id),
            "title": block.say(texts.PART_OF_FORM, number=number, title=block.part_title(child, number)),
            "boxes": [column | {"on": column["id"] in block.tiers_of(child)} for column in columns],
        }
        for number, child in enumerate(block.get_children(), start=1)
    ]
    words = {name.removeprefix("STUDIO_").lower(): block.say(getattr(texts, name)) for name in _form_texts()}
    page = {"display_name": block.display_name, "known_tiers": " ".join(block.known_tiers)}
    return page | {"columns": columns, "rows": rows, "texts": words, "note": block.say(texts.AUTHOR_NO_TIERS)}


def choices(known_tiers: list[str]) -> list[str]:
    return [UNPLACED, *known_tiers]


def read(block: TieredPathBlock, data: object) -> Wanted:
    """Refuses with 400 and the reason: an incomplete form, a part that is gone, a tier not of this path."""
    name, tiers, chosen = _shape(block, data)
    children = {child_key(child) for child in block.children}
    for key, wanted in chosen.items():
        if key not in children:
            raise JsonHandlerError(400, block.say(texts.UNKNOWN_CHILD))
        _check_tiers(block, wanted, known=choices(tiers))
    kept = {key: list(wanted) for key, wanted in chosen.items() if wanted}
    return Wanted(display_name=name, known_tiers=tuple(tiers), tiers_by_child=kept)


def warnings(block: TieredPathBlock) -> list[str]:
    found: list[str] = []
    for number, child in enumerate(block.get_children(), start=1):
        found += _warnings_of(block, block.part_title(child, number), block.tiers_of(child))
    if block.children and not any(UNPLACED in tiers for tiers in block.tiers_by_child.values()):
        found.append(block.say(texts.NO_DIAGNOSIS))
    return found


def _warnings_of(block: TieredPathBlock, title: str, tiers: list[str]) -> list[str]:
    if not tiers:
        return [block.say(texts.CHILD_WITHOUT_TIER, title=title)]
    unknown = [tier for tier in tiers if tier not in choices(block.known_tiers)]
    return [block.say(texts.CHILD_WITH_UNKNOWN_TIER, title=title, tier=tier) for tier in unknown]


def _shape(block: TieredPathBlock, data: object) -> tuple[str, list[str], Mapping[str, list[str]]]:
    if not isinstance(data, Mapping):
        raise JsonHandlerError(400, block.say(texts.BAD_FORM))
    name, tiers, chosen = data.get("display_name"), data.get("known_tiers"), data.get("tiers_by_child")
    if not (
        isinstance(name, str) and name.strip() and isinstance(tiers, str) and isinstance(chosen, Mapping)
    ):
        raise JsonHandlerError(400, block.say(texts.BAD_FORM))
    return name.strip(), [tier for tier in read_tiers(tiers) if tier != UNPLACED], chosen


def _check_tiers(block: TieredPathBlock, wanted: object, *, known: list[str]) -> None:
    if not isinstance(wanted, list):
        raise JsonHandlerError(400, block.say(texts.BAD_FORM))
    for tier in wanted:
        if tier not in known:
            raise JsonHandlerError(400, block.say(texts.UNKNOWN_TIER, tier=tier))


def _form_texts() -> list[str]:
    return [name for name in vars(texts) if name.startswith("STUDIO_")]
