"""A sheet as lines of Canvas's rubric import file; see :mod:`rubrics.exchange.canvas`."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from rubrics.errors import ExchangeError
from rubrics.exchange.canvas import COLUMNS, FORMAT, RATING
from rubrics.exchange.losses import report_losses
from rubrics.exchange.report import Report, Written
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel, criterion_name, level_name
from rubrics.exchange.texts import written

_RUBRIC = frozenset({"title"})
_CRITERION = frozenset({"label", "description", "ranged"})
_LEVEL = frozenset({"label", "description", "points"})

#: Canvas rounds points to this many places (lib/rubric_csv_importer.rb, ``parse_row``).
_PLACES = Decimal("0.01")

#: What a spreadsheet takes for the start of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_canvas(sheet: Sheet) -> Written:
    """One rubric with a header as wide as its longest criterion. Refuses levels without points.

    A criterion without levels is left out and named, because Canvas imports none; a rating without a name gets its
    code, description or place, because Canvas would skip it.
    """
    report = Report()
    report_losses(sheet, report, format=FORMAT, rubric=_RUBRIC, criterion=_CRITERION, level=_LEVEL)
    lines = _Lines(report)
    rows = lines.rows(sheet)
    if not rows:
        raise _cannot("rubric", "at least one criterion with levels", "none")
    ratings = max((len(row) - len(COLUMNS)) // len(RATING) for row in rows)
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([[*COLUMNS, *RATING * ratings], *rows])
    return Written(out.getvalue(), report.reasons())


class _Lines:
    """Makes the lines and reports what had to be filled in, is rounded by Canvas or looks like a formula."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def rows(self, sheet: Sheet) -> list[list[str]]:
        title = self._title(sheet)
        rows = []
        for at, criterion in enumerate(sheet.criteria, start=1):
            where = criterion_name(criterion, at=at)
            if criterion.levels:
                rows.append([title, *self._criterion(criterion, at=at, where=where)])
            else:
                self.report.at("exchange.lost_criterion", "criterion", where)
        return rows

    def _title(self, sheet: Sheet) -> str:
        title = sheet.title or ""
        if not title.strip():
            self.report.at("exchange.filled_name", "rubric", "rubric")
            title = sheet.code or "Rubric"
        return self._warned(title, where="rubric")

    def _criterion(self, criterion: SheetCriterion, *, at: int, where: str) -> list[str]:
        label = criterion.label or ""
        if not label.strip():
            self.report.at("exchange.filled_name", "criterion", where)
            label = criterion.code or f"Criterion {at}"
        cells = [
            self._warned(label, where=where),
            self._warned(criterion.description or "", where=where),
            {True: "true", False: "false", None: ""}[criterion.ranged],
        ]
        for number, level in enumerate(criterion.levels, start=1):
            cells += self._level(level, at=number, where=level_name(level, criterion=where, at=number))
        return cells

    def _level(self, level: SheetLevel, *, at: int, where: str) -> list[str]:
        label = level.label or ""
        if not label.strip():
            self.report.at("exchange.filled_name", "level", where)
            label = level.code or level.description or f"Rating {at}"
        return [
            self._warned(label, where=where),
            self._warned(level.description or "", where=where),
            self._points(level, where=where),
        ]

    def _points(self, level: SheetLevel, *, where: str) -> str:
        if level.points is None:
            raise _cannot(where, "points", "none")
        if level.points != level.points.quantize(_PLACES):
            self.report.at("exchange.lost_precision", "level", f"{where}: {written(level.points)}")
        return written(level.points)

    def _warned(self, cell: str, *, where: str) -> str:
        if cell.startswith(FORMULA):
            self.report.at("exchange.formula", "row", where)
        return cell


def _cannot(where: str, expected: str, found: str) -> ExchangeError:
    return ExchangeError("exchange.cannot_carry", source=FORMAT, where=where, expected=expected, found=found)
