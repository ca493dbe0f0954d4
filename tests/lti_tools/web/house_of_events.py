"""Every kind of event the service can record, read from its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import lti_tools

# Kinds put together of a beginning and a code: what the code may be.
FAMILIES = {
    "participation.{}": ("approved", "declined"),
    "second_factor.{}": ("set_up", "refused", "verified", "recovery_used", "recovery_renewed"),
}


def kinds() -> Iterator[str]:
    for path in Path(lti_tools.__file__).parent.rglob("*.py"):
        if "demo" in path.parts:
            continue
        for kind in kinds_in(ast.parse(path.read_text(encoding="utf-8"))):
            if "{}" in kind:
                # A family nobody described fails by its name.
                yield from (kind.replace("{}", code) for code in FAMILIES.get(kind, ("{}",)))
            else:
                yield kind


def pages_seen() -> Iterator[str]:
    """The codes of the pages that say whom they showed."""
    for path in Path(lti_tools.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node) == "viewed":
                for given in node.keywords:
                    if given.arg == "what" and isinstance(given.value, ast.Constant):
                        yield str(given.value.value)


def kinds_in(tree: ast.Module) -> Iterator[str]:
    """First arguments of `audit.record`, of `NewEvent`, and of functions of the module that pass theirs on."""
    named = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    passing = _passing(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = _called(node)
            place = 0 if _records(node) else passing.get(name)
            if place is not None and len(node.args) > place:
                yield from _texts(node.args[place], named)


def _passing(tree: ast.Module) -> dict[str, int]:
    """Functions one of whose parameters becomes the kind of an event, perhaps by way of another: name and place."""
    found: dict[str, int] = {}
    while True:
        more = {
            function.name: place
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name not in found
            for place in _passed_on(function, found)
        }
        if not more:
            return found
        found |= more


def _passed_on(function: ast.FunctionDef, passing: dict[str, int]) -> Iterator[int]:
    parameters = [each.arg for each in function.args.args]
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            place = 0 if _records(node) else passing.get(_called(node))
            given = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(given, ast.Name) and given.id in parameters:
                yield parameters.index(given.id)


def _called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _records(node: ast.Call) -> bool:
    owner = getattr(getattr(node.func, "value", None), "id", "")
    return (_called(node) == "record" and owner == "audit") or _called(node) == "NewEvent"


def _texts(node: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, named)
        yield from _texts(node.orelse, named)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.Name) and node.id in named:
        yield from _texts(named[node.id], {})
