"""What the parsers say they expected, read out of their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import rubrics

HOUSE = Path(rubrics.__file__).parent
SOURCES = ("parsing", "exchange", "library.py", "references.py")
# Where a function of the parsers takes the expectation by place: its name and the place.
BY_PLACE = {"_wrong": 1, "_take": 2, "_check_covered": 4, "_cannot": 1, "_missing": 2, "_incomplete": 1}
#: Stands for a name or number that is only known when the parser runs.
BLANK = "7"


def expectations() -> Iterator[tuple[str, str]]:
    """Every file with every phrase in it, blanks filled in."""
    for file in files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for value in _said(node):
                yield from ((file.name, text) for text in _texts(value))


def files() -> Iterator[Path]:
    for source in SOURCES:
        path = HOUSE / source
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _said(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "expected")
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in BY_PLACE and len(node.args) > BY_PLACE[name]:
            yield node.args[BY_PLACE[name]]
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "expected":
        yield node.value


def _texts(node: ast.expr) -> list[str]:
    """Every way the phrase may read; none where the whole of it comes from somewhere else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(_part(part) for part in node.values)]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.BinOp):
        return [
            left + right for left in _texts(node.left) or [BLANK] for right in _texts(node.right) or [BLANK]
        ]
    return []


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    # A range is worded by a function of its own.
    return f"of at least {BLANK}" if "_range" in ast.dump(node) else BLANK
