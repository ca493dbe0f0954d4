"""Every code is listed with the values it carries, and nothing is listed that is never said."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import rubrics
from rubrics import codes

HOUSE = Path(rubrics.__file__).parent
DEFINITION = {"source", "line", "key", "expected", "found"}
FAMILIES = (
    "panel",
    "diagnosis",
    "tier",
    "award",
    "hours",
    "definition",
    "marks",
    "answers",
    "agreement",
    "study",
    "exchange",
    "facets",
)


def calls() -> Iterator[ast.Call]:
    for file in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def said() -> Iterator[str]:
    for file in sorted(HOUSE.rglob("*.py")):
        # The list itself, and the command that words what others say.
        if file.name == "codes.py" or file.parent.name == "command":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                family, dot, rest = node.value.partition(".")
                if dot and family in FAMILIES and rest.replace("_", "").isalpha():
                    yield node.value


def test_every_code_that_is_said_is_listed_and_the_other_way_round() -> None:
    assert set(said()) == set(codes.REASONS) | set(codes.REFUSALS) | set(codes.REPORTS)
    assert not set(codes.REPORTS) & (set(codes.REASONS) | set(codes.REFUSALS))
    assert not set(codes.REASONS) & set(codes.REFUSALS)


def test_every_reason_carries_the_values_its_code_promises() -> None:
    checked = set()
    for call in (call for call in calls() if called(call) == "Reason"):
        values = call.args[1] if len(call.args) > 1 else ast.Dict(keys=[], values=[])
        if isinstance(call.args[0], ast.Constant) and isinstance(values, ast.Dict):
            names = tuple(key.value for key in values.keys if isinstance(key, ast.Constant))
            assert names == codes.REASONS[str(call.args[0].value)]
            checked.add(call.args[0].value)
    chosen_at_run_time = {
        code for code in codes.REASONS if code.startswith(("award.lesson_", "award.pass_", "award.attempt"))
    }
    assert set(codes.REASONS) - checked <= chosen_at_run_time | {"award.excellent", "panel.two_closest"}


def test_every_refusal_carries_the_values_its_code_promises() -> None:
    for call in (call for call in calls() if called(call).endswith("Error") and call.args):
        code = call.args[0]
        if isinstance(code, ast.Constant) and code.value in codes.REFUSALS:
            names = {keyword.arg for keyword in call.keywords}
            promised = set(codes.REFUSALS[code.value])
            assert names == promised or (promised == DEFINITION and names >= {"source", "expected", "found"})
