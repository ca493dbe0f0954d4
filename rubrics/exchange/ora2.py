"""Open Response Assessment (openedx/edx-ora2): what its XML and its JSON share.

A rubric has criteria, a ``feedbackprompt`` and a ``feedback_default_text``; a criterion has ``name``, ``label``,
``prompt``, ``feedback`` and options of ``name``, ``label``, ``points`` and ``explanation`` (edx-ora2,
openassessment/xblock/utils/xml.py, ``parse_rubric_xml``). Points are whole numbers from 0, names differ within their
list, a label that is missing is the name, a criterion without options must require feedback
(openassessment/xblock/utils/validation.py). ORA2's rubric has no title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from math import lcm

from rubrics.errors import ExchangeError
from rubrics.exchange.losses import report_losses
from rubrics.exchange.report import Report
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel, criterion_name, level_name
from rubrics.exchange.texts import is_sane, shown, written

RUBRIC = frozenset({"feedback_prompt", "feedback_default"})
CRITERION = frozenset({"code", "label", "description", "feedback"})
LEVEL = frozenset({"code", "label", "description", "points"})
_NOTHING: frozenset[str] = frozenset()


def check_names(names: Sequence[str], *, source: str, where: str) -> None:
    """ORA2 keeps ratings by name: one that stands twice would merge two things."""
    for name, times in Counter(names).items():
        if times > 1:
            raise ExchangeError(
                "exchange.duplicate", source=source, where=where, expected="each name once", found=shown(name)
            )


def check_points(points: Decimal, *, source: str, where: str) -> Decimal:
    """Whole and not negative, written without a fraction."""
    if not is_sane(points) or points < 0 or points.as_tuple().exponent != 0:
        raise ExchangeError(
            "exchange.wrong_value",
            source=source,
            where=where,
            expected="whole points from 0",
            found=shown(str(points)),
        )
    return points


def fitted(
    sheet: Sheet, report: Report, *, format: str, scale: bool, also: frozenset[str] = _NOTHING
) -> Sheet:
    """The sheet as ORA2 can hold it, or a refusal; every change and loss is in the report.

    Fractions are refused unless ``scale``: then every point of the rubric is multiplied by the same smallest whole
    factor, which the report states. ``also`` names the fields the variant carries besides the common ones.
    """
    if not sheet.criteria:
        raise ExchangeError(
            "exchange.cannot_carry",
            source=format,
            where="rubric",
            expected="at least one criterion",
            found="none",
        )
    report_losses(
        sheet,
        report,
        format=format,
        rubric=RUBRIC | also,
        criterion=CRITERION | also,
        level=LEVEL | also,
    )
    factor = _factor(sheet, format=format, scale=scale)
    if factor > 1:
        report.add("exchange.changed_scaled", factor=factor)
    names = _names([_named(one) for one in sheet.criteria], fallback="criterion")
    return replace(
        sheet,
        criteria=tuple(
            _criterion(one, report, at=at, name=name, factor=factor)
            for at, (one, name) in enumerate(zip(sheet.criteria, names, strict=True), start=1)
        ),
    )


def _criterion(
    criterion: SheetCriterion, report: Report, *, at: int, name: str, factor: int
) -> SheetCriterion:
    where = criterion_name(criterion, at=at)
    if name not in (criterion.code, criterion.label):
        report.at("exchange.filled_name", "criterion", where)
    feedback = criterion.feedback
    if not criterion.levels and feedback != "required":
        report.at("exchange.filled_feedback", "criterion", where)
        feedback = "required"
    names = _names([_named(one) for one in criterion.levels], fallback="option")
    levels = [
        _level(one, report, where=level_name(one, criterion=where, at=number), name=option, factor=factor)
        for number, (one, option) in enumerate(zip(criterion.levels, names, strict=True), start=1)
    ]
    label = name if criterion.label is None else criterion.label
    return replace(criterion, code=name, label=label, feedback=feedback, levels=tuple(levels))


def _level(level: SheetLevel, report: Report, *, where: str, name: str, factor: int) -> SheetLevel:
    if name not in (level.code, level.label):
        report.at("exchange.filled_name", "level", where)
    points = (level.points or Decimal(0)) * factor
    label = name if level.label is None else level.label
    return replace(level, code=name, label=label, points=Decimal(int(points)))


def _named(thing: SheetCriterion | SheetLevel) -> str | None:
    """What ORA2 can call it: blanks are no name there."""
    return next((name for name in (thing.code, thing.label) if name and name.strip()), None)


def _names(names: Sequence[str | None], *, fallback: str) -> list[str]:
    """Names that differ: one that is missing or taken gets its place added."""
    stated, found = set(names), dict[str, None]()
    for at, name in enumerate(names, start=1):
        distinct = name or f"{fallback} {at}"
        while distinct in found or (distinct != name and distinct in stated):
            distinct = f"{distinct} ({at})"
        found[distinct] = None
    return list(found)


def _factor(sheet: Sheet, *, format: str, scale: bool) -> int:
    factor = 1
    for at, criterion in enumerate(sheet.criteria, start=1):
        name = criterion_name(criterion, at=at)
        for number, level in enumerate(criterion.levels, start=1):
            where = level_name(level, criterion=name, at=number)
            factor = lcm(factor, _denominator(level.points, format=format, where=where, scale=scale))
    return factor


def _denominator(points: Decimal | None, *, format: str, where: str, scale: bool) -> int:
    whole = points is not None and points == points.to_integral_value()
    if points is None or points < 0 or not (whole or scale):
        expected = "whole points from 0" if points is None or points < 0 else "whole points, or scale=True"
        raise ExchangeError(
            "exchange.cannot_carry",
            source=format,
            where=where,
            expected=expected,
            found="none" if points is None else written(points),
        )
    return points.as_integer_ratio()[1]
