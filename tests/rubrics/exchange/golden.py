"""Sheets and reports as JSON, and the golden pairs of fixtures/golden/exchange.

Run as a script, it writes the expected halves anew; read what changed before committing it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path

from rubrics import library
from rubrics.exchange import formats
from rubrics.exchange.definition import of_rubric, to_definition
from rubrics.exchange.report import Read, Written
from rubrics.nouns.base import Reason

GOLDEN = Path(__file__).parents[3] / "fixtures" / "golden" / "exchange"

#: What other systems wrote, and which format it is in.
SAMPLES = {
    "case-package.json": "case",
    "ora2-block.xml": "ora2-xml",
    "ora2-rubric.json": "ora2-json",
    "canvas-rubric.csv": "canvas",
}

ENDINGS = {"case": "case.json", "ora2-xml": "ora2.xml", "ora2-json": "ora2.json", "canvas": "canvas.csv"}


def as_json(value: object) -> object:
    """What says something, Decimals as their digits."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if is_dataclass(value):
        found = {one.name: getattr(value, one.name) for one in fields(value)}
        return {name: as_json(one) for name, one in found.items() if one not in (None, (), {})}
    if isinstance(value, Mapping):
        return {name: as_json(one) for name, one in value.items()}
    return [as_json(one) for one in value] if isinstance(value, list | tuple) else value


def report_as_json(report: Iterable[Reason]) -> list[object]:
    return [
        {"code": one.code, **{name: as_json(value) for name, value in one.values.items()}} for one in report
    ]


def text_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def sample(name: str) -> Read:
    data = (GOLDEN / name).read_bytes()
    return formats.read(SAMPLES[name], data, source=name, language="en")


def reading(name: str) -> str:
    read = sample(name)
    return text_of({"sheet": as_json(read.sheet), "report": report_as_json(read.report)})


def own() -> Read:
    return of_rubric(library.load("rubric", "standard-lesson", 1), language="en")


def writings(name: str) -> dict[str, Written]:
    """The sheet of a sample (or of our own rubric) in every format and as a draft, by ending of the file."""
    sheet = own().sheet if name == "standard-lesson" else sample(name).sheet
    written = {ending: formats.write(format, sheet, scale=True) for format, ending in ENDINGS.items()}
    return written | {"definition.toml": to_definition(sheet, key="from-elsewhere")}


def expected() -> dict[str, str]:
    """File name to text, for everything that is compared."""
    found = {f"{name}.sheet.json": reading(name) for name in SAMPLES}
    for name in ("standard-lesson", "case-package.json", "ora2-block.xml"):
        for ending, written in writings(name).items():
            found[f"{name}.to.{ending}"] = written.text
            found[f"{name}.to.{ending}.report.json"] = text_of(report_as_json(written.report))
    return found


if __name__ == "__main__":
    for file, text in expected().items():
        (GOLDEN / file).write_text(text, encoding="utf-8", newline="")
