"""Panels worked out by hand: input and expected result side by side in fixtures/golden/rubrics."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rubrics import library
from rubrics.model import Reason
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
        }
    }


def test_there_are_golden_panels_and_each_has_both_files() -> None:
    assert len(NAMES) >= 9
    expected = {path.name.removesuffix(".expected.json") for path in GOLDEN.glob("*.expected.json")}
    assert set(NAMES) == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_panel_worked_out_by_hand(name: str) -> None:
    case = read(f"{name}.input.json")
    rubric = library.load("rubric", case["rubric"], case["version"])
    assert rubric.hash == case["hash"]
    ratings = [Rating(one["rater"], one["marks"]) for one in case["ratings"]]
    result = decide(rubric, ratings, random_third=case["random_third"])
    assert as_json(result) == read(f"{name}.expected.json")
