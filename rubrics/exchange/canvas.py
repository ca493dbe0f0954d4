"""Canvas's rubric import file (instructure/canvas-lms): one line per criterion, three cells per rating.

``Rubric Name``, ``Criteria Name``, ``Criteria Description`` and ``Criteria Enable Range`` are found by name, the
ratings by any header that contains ``Rating Name``, ``Rating Description`` and ``Rating Points`` (app/models and
lib/rubric_csv_importer.rb: the template, and ``parse_rating_headers``). Lines may have fewer ratings than the header,
lines of one name are one rubric, ``1,75`` is 1.75, and Canvas rounds points to two places. A line with more cells than
the header goes on in threes; Canvas itself would drop those, so the report says so. There are no identifiers, weights,
categories or feedback.

Canvas has no rule against formulas: a cell that starts with ``= + - @`` would be run by a spreadsheet, and an
apostrophe before it would change the text for Canvas. The text is written as it is and the report warns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rubrics.errors import ExchangeError
from rubrics.exchange.report import Read, Report
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel
from rubrics.exchange.texts import MOST_LEVELS, is_sane, shown

FORMAT = "canvas"
#: Canvas itself does not import a line without the first two and reads the others as empty.
NEEDED = ("Rubric Name", "Criteria Name")
COLUMNS = ("Rubric Name", "Criteria Name", "Criteria Description", "Criteria Enable Range")
RATING = ("Rating Name", "Rating Description", "Rating Points")

_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")
_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": None}


def read_canvas(text: str, *, source: str, language: str) -> tuple[Read, ...]:
    """Every rubric of the file, in the order of their first lines. Refuses with row and column."""
    rows = _rows(text, source=source)
    header = next(rows, None)
    if header is None:
        raise _missing(source, "row 1", "the header of Canvas's template")
    columns = _columns(header, source=source)
    criteria: dict[str, list[SheetCriterion]] = {}
    report = Report()
    for name in columns.unknown:
        report.at("exchange.lost_around", "row", f"column {name}")
    for row in rows:
        line = _Line(source, row, columns, report)
        criteria.setdefault(line.needed("Rubric Name"), []).append(line.criterion())
    return tuple(
        Read(Sheet(tuple(found), origin=FORMAT, language=language, title=title), report.reasons())
        for title, found in criteria.items()
    )


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class _Columns:
    named: dict[str, int]
    ratings: list[tuple[int, int, int]]
    width: int
    unknown: list[str]

    def ratings_of(self, row: _Row) -> Iterator[tuple[int, int, int]]:
        yield from self.ratings
        for at in range(self.width, len(row.cells), 3):
            yield at, at + 1, at + 2


def _rows(text: str, *, source: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _Row(start, cells)
            start = reader.line_num + 1
    except csv.Error as error:
        raise _not_commas(source, f"row {reader.line_num}", found=str(error)) from error


def _not_commas(source: str, where: str, *, found: str) -> ExchangeError:
    return ExchangeError(
        "exchange.syntax", source=source, where=where, expected="CSV with commas", found=found
    )


def _columns(header: _Row, *, source: str) -> _Columns:
    names = [cell.strip() for cell in header.cells]
    if len(names) == 1 and (sign := next((one for one in ";\t" if one in names[0]), "")):
        raise _not_commas(source, f"row {header.number}", found=repr(sign))
    for name in COLUMNS:
        if names.count(name) > 1 or (name in NEEDED and name not in names):
            raise _missing(source, f"row {header.number}", f"the column {name} once", found=", ".join(names))
    groups = [[at for at, name in enumerate(names) if part.lower() in name.lower()] for part in RATING]
    if not groups[0] or len({len(group) for group in groups}) != 1:
        raise _missing(
            source,
            f"row {header.number}",
            "as many of " + ", ".join(RATING),
            found=str([len(group) for group in groups]),
        )
    if len(groups[0]) > MOST_LEVELS:
        raise ExchangeError(
            "exchange.too_large",
            source=source,
            where=f"row {header.number}",
            expected=f"at most {MOST_LEVELS} ratings",
            found=str(len(groups[0])),
        )
    named = {name: names.index(name) for name in COLUMNS if name in names}
    known = set(named.values()).union(*groups)
    return _Columns(
        named=named,
        ratings=list(zip(*groups, strict=True)),
        width=len(names),
        unknown=[name for at, name in enumerate(names) if at not in known and name],
    )


def _missing(source: str, where: str, expected: str, *, found: str = "nothing") -> ExchangeError:
    return ExchangeError(
        "exchange.missing", source=source, where=where, expected=expected, found=shown(found)
    )


@dataclass(frozen=True, slots=True)
class _Line:
    source: str
    row: _Row
    columns: _Columns
    report: Report

    def criterion(self) -> SheetCriterion:
        levels = tuple(
            level for at in self.columns.ratings_of(self.row) if (level := self._rating(*at)) is not None
        )
        if not levels:
            raise _missing(self.source, f"row {self.row.number}", "at least one rating")
        return SheetCriterion(
            label=self.needed("Criteria Name"),
            levels=levels,
            description=self._named("Criteria Description") or None,
            ranged=self._flag(),
        )

    def needed(self, name: str) -> str:
        cell = self._cell(self.columns.named[name])
        if not cell.strip():
            raise _missing(self.source, self._place(self.columns.named[name]), name)
        return cell

    def _rating(self, name: int, description: int, points: int) -> SheetLevel | None:
        cells = [self._cell(at) for at in (name, description, points)]
        if not any(cell.strip() for cell in cells):
            return None
        if name >= self.columns.width:
            self.report.at("exchange.read_beyond_header", "row", self._place(name))
        return SheetLevel(cells[0] or None, cells[1] or None, self._points(points))

    def _points(self, at: int) -> Decimal:
        digits = self._cell(at).strip()
        number = Decimal(digits.replace(",", ".")) if _NUMBER.fullmatch(digits) else None
        if number is None or not is_sane(number):
            raise ExchangeError(
                "exchange.wrong_value",
                source=self.source,
                where=self._place(at),
                expected="points, such as 5, 1.75 or 1,75",
                found=shown(digits),
            )
        if "," in digits:
            self.report.at("exchange.read_decimal_comma", "row", f"{self._place(at)}: {digits}")
        return number

    def _flag(self) -> bool | None:
        cell = self._named("Criteria Enable Range").strip().lower()
        if cell not in _FLAGS:
            raise ExchangeError(
                "exchange.wrong_value",
                source=self.source,
                where=self._place(self.columns.named["Criteria Enable Range"]),
                expected="true or false",
                found=shown(cell),
            )
        return _FLAGS[cell]

    def _named(self, name: str) -> str:
        """Empty where the file has no such column."""
        return self._cell(self.columns.named[name]) if name in self.columns.named else ""

    def _cell(self, at: int) -> str:
        return self.row.cells[at] if at < len(self.row.cells) else ""

    def _place(self, at: int) -> str:
        return f"row {self.row.number}, column {at + 1}"


def is_canvas(text: str) -> bool:
    """By the first line alone; whether the rest can be read is for the reader to say."""
    line = text.lstrip("\r\n").partition("\n")[0]
    return line.strip().strip('"').startswith(COLUMNS)
