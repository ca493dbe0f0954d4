"""Panels worked out by hand: input and expected result side by side in fixtures/golden/rubrics."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from everything import RUBRIC

from rubrics import library
from rubrics.model import Mark, Reason, Rubric
from rubrics.panel import Decided, Rating, ThirdNeeded, decide

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden" / "rubrics"
NAMES = sorted(path.name.removesuffix(".input.json") for path in GOLDEN.glob("*.input.json"))


def read(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


def plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal) else value


def worded(reasons: tuple[Reason, ...]) -> list[dict[str, object]]:
    return [
        {"code": one.code, "values": {name: plain(value) for name, value in one.values.items()}}
        for one in reasons
    ]


def as_json(result: Decided | ThirdNeeded) -> dict[str, object]:
    if isinstance(result, ThirdNeeded):
        return {"third_needed": worded(result.reasons)}
    return {
        "decided": {
            "total": str(result.total),
            "band": result.band,
            "band_label": {"zh": result.band_label.zh, "en": result.band_label.en},
            "levels": {criterion: str(level) for criterion, level in result.levels.items()},
            "gates_failed": list(result.gates_failed),
            "used": list(result.used),
            "reasons": worded(result.reasons),
            **({"left_out": list(result.left_out)} if result.left_out else {}),
        }
    }


def marked(mark: Any) -> int | Mark:
    """A bare level, or level and points; no level says that the criterion does not apply."""
    if isinstance(mark, int):
        return mark
    return Mark(mark["level"], Decimal(mark["points"]) if "points" in mark else None)


def rubric_of(case: Any) -> Rubric:
    """A shipped one, or the one beside the golden pairs that has everything."""
    if case["rubric"] == RUBRIC.key:
        return RUBRIC
    return library.load("rubric", case["rubric"], case["version"])


def test_there_are_golden_panels_and_each_has_both_files() -> None:
    assert len(NAMES) >= 12
    expected = {path.name.removesuffix(".expected.json") for path in GOLDEN.glob("*.expected.json")}
    assert set(NAMES) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_panel_worked_out_by_hand(name: str) -> None:
    case = read(f"{name}.input.json")
    rubric = rubric_of(case)
    assert rubric.hash == case["hash"]
    ratings = [
        Rating(one["rater"], {key: marked(mark) for key, mark in one["marks"].items()})
        for one in case["ratings"]
    ]
    result = decide(rubric, ratings, random_third=case["random_third"])
    assert as_json(result) == read(f"{name}.expected.json")
