"""The door: read a rubric from any of the formats, write one to any, guess which one a file is.

A reading or writing either succeeds whole, with a report of what was lost, filled in or changed, or refuses with
:class:`rubrics.errors.ExchangeError` naming source and place. The codes are in :mod:`rubrics.codes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rubrics.errors import ExchangeError
from rubrics.exchange.canvas import is_canvas, read_canvas
from rubrics.exchange.canvas_writing import write_canvas
from rubrics.exchange.case import is_case, read_case
from rubrics.exchange.case_writing import UNKNOWN_CHANGE, write_case
from rubrics.exchange.json_text import load
from rubrics.exchange.ora2_json import is_ora2_json, read_ora2_json, write_ora2_json
from rubrics.exchange.ora2_xml import read_ora2_xml, write_ora2_xml
from rubrics.exchange.report import Read, Written
from rubrics.exchange.sheet import Sheet
from rubrics.exchange.texts import MOST_CRITERIA, MOST_LEVELS, opened, shown

FORMATS = ("case", "ora2-xml", "ora2-json", "canvas")

_READERS: Mapping[str, Callable[..., tuple[Read, ...]]] = {
    "case": read_case,
    "ora2-xml": read_ora2_xml,
    "ora2-json": read_ora2_json,
    "canvas": read_canvas,
}


def read(
    format: str, data: str | bytes, *, source: str = "file", language: str = "en", rubric: str = ""
) -> Read:
    """The rubric in this file, which is in ``language``.

    A file with several rubrics is refused with their names, unless ``rubric`` is the title or identifier of one.
    """
    found = read_all(format, data, source=source, language=language)
    if not rubric and len(found) == 1:
        return found[0]
    chosen = [one for one in found if rubric and rubric in _names(one.sheet)]
    if len(chosen) != 1:
        code = "exchange.several_rubrics" if len(found) > 1 and not rubric else "exchange.no_such_rubric"
        names = ", ".join(_names(one.sheet)[0] for one in found)
        expected = f"one of {names}"
        raise ExchangeError(
            code, source=source, where="file", expected=expected, found=shown(rubric or str(len(found)))
        )
    return chosen[0]


def read_all(
    format: str, data: str | bytes, *, source: str = "file", language: str = "en"
) -> tuple[Read, ...]:
    """Every rubric in this file, at least one; the report of each repeats what concerns the file."""
    reader = _READERS[_known(format, source=source)]
    found = reader(opened(data, source=source), source=source, language=language)
    for one in found:
        _check_size(one.sheet, source=source)
    if not found:
        raise ExchangeError(
            "exchange.missing", source=source, where="file", expected="at least one rubric", found="none"
        )
    return found


def _check_size(sheet: Sheet, *, source: str) -> None:
    levels = max((len(one.levels) for one in sheet.criteria), default=0)
    if len(sheet.criteria) > MOST_CRITERIA or levels > MOST_LEVELS:
        raise ExchangeError(
            "exchange.too_large",
            source=source,
            where=shown(sheet.title or "rubric"),
            expected=f"at most {MOST_CRITERIA} criteria of {MOST_LEVELS} levels",
            found=f"{len(sheet.criteria)} criteria, {levels} levels",
        )


def _names(sheet: Sheet) -> tuple[str, ...]:
    identifier = sheet.identity.identifier if sheet.identity else None
    return tuple(name for name in (sheet.title, identifier) if name) or ("",)


def write(format: str, sheet: Sheet, *, scale: bool = False, changed: str = UNKNOWN_CHANGE) -> Written:
    """The sheet in this format. ``scale`` (ORA2): multiply all points by the smallest factor that makes them whole,
    rather than refuse fractions. ``changed`` (CASE): the lastChangeDateTime of what states none."""
    _known(format, source="sheet")
    if format == "case":
        return write_case(sheet, changed=changed)
    if format == "ora2-xml":
        return write_ora2_xml(sheet, scale=scale)
    if format == "ora2-json":
        return write_ora2_json(sheet, scale=scale)
    return write_canvas(sheet)


def guess(data: str | bytes, *, source: str = "file") -> str:
    """Which of :data:`FORMATS` this file is in, by what stands in it. Refuses what is none of them."""
    text = opened(data, source=source).lstrip()
    if text.startswith("<"):
        return "ora2-xml"
    if text.startswith("{"):
        value = load(text, source=source)
        if is_case(value):
            return "case"
        if is_ora2_json(value):
            return "ora2-json"
    elif is_canvas(text):
        return "canvas"
    raise _unknown(shown(text.splitlines()[0]) if text else "nothing", source=source)


def _known(format: str, *, source: str) -> str:
    if format not in FORMATS:
        raise _unknown(format, source=source)
    return format


def _unknown(found: str, *, source: str) -> ExchangeError:
    return ExchangeError(
        "exchange.unknown_format", source=source, where="file", expected=", ".join(FORMATS), found=found
    )
