"""A list of schools as a sheet: its columns, and its rows with what is wrong in their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.people.api import codes
from lti_tools.rosters import api as rosters

MOST_ROWS = 5_000
LONGEST = 120
NOTHING = _("Nothing was taken over. The schools are as they were.")


@dataclass(frozen=True)
class Column:
    key: str
    zh: str
    en: str
    also: tuple[str, ...] = ()
    required: bool = True

    def text(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


COLUMNS = (
    Column("code", "学校标识码", "School code", ("学校代码",)),
    Column("name", "学校名称", "School", ("学校", "校名")),
    Column("area", "行政区划代码", "Area code", ("地区代码",)),
    Column("location", "城乡类型", "Location", ("城乡分类",)),
    Column("remote", "是否偏远", "Remote", ("偏远",), required=False),
    Column("parent", "所属学校代码", "Teaching point of", ("所属学校标识码",), required=False),
)
HEADINGS = {codes.plain(text): column for column in COLUMNS for text in (column.zh, column.en, *column.also)}
# What a cell may hold that cannot be read; the sentences are those of the roster.
UNREADABLE: dict[str, Any] = {
    "formula": _("The cell holds a formula. Copy the column and paste it again as values."),
    "cell_error": _("The cell shows an error of the spreadsheet. Type the value again."),
    "merged": _(
        "The cell is merged with %(cell)s, and only that one holds a value. Undo the merging and fill in every row."
    ),
    "too_long": _("The text is longer than %(longest)s characters."),
    "number_lost_digits": _(
        "The spreadsheet has turned this number into %(shown)s, and its last digits are lost. Format "
        "the column as text and type the number again."
    ),
}


@dataclass(frozen=True)
class ListProblem:
    """Row number and heading as in the sheet; an empty heading means the row as a whole."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Row:
    number: int
    values: dict[str, str]
    problems: list[ListProblem] = field(default_factory=list)


def read(file: Any, file_name: str) -> tuple[dict[str, str], list[Row]]:
    """The headings by key as the sheet has them, and its rows with what is wrong in their cells."""
    try:
        sheet = rosters.read_table(
            file, file_name=file_name, known=lambda text: codes.plain(text) in HEADINGS
        )
    except Refused as problem:
        raise _no_header() if problem.code == "roster.no_header" else problem from problem
    places = {
        column.key: place
        for place, heading in enumerate(sheet.header)
        if (column := HEADINGS.get(codes.plain(heading)))
    }
    if any(column.required and column.key not in places for column in COLUMNS):
        raise _no_header()
    headings = {key: sheet.header[place] for key, place in places.items()}
    rows = [_row(number, cells, places, headings) for number, cells in _bounded(sheet.rows)]
    if not rows:
        raise Refused(
            "schools.no_rows",
            _("There are headings, but no rows below them."),
            kept=NOTHING,
            todo=_("Fill in the schools and upload the file again."),
        )
    return headings, rows


def _no_header() -> Refused:
    names = ", ".join(column.zh for column in COLUMNS if column.required)
    return Refused(
        "schools.missing_columns",
        _("These columns are missing: %(names)s.") % {"names": names},
        kept=NOTHING,
        todo=_("Download the list of your schools: it has all columns. Fill in the new rows there."),
    )


def _bounded(rows: Iterator[Any]) -> Iterator[Any]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise Refused(
                "schools.too_many",
                _("The list has more than %(most)s rows.") % {"most": MOST_ROWS},
                kept=NOTHING,
                todo=_("Split it by county and upload one part after the other."),
            )
        yield row


def _row(number: int, cells: Any, places: Mapping[str, int], headings: Mapping[str, str]) -> Row:
    row = Row(number, dict.fromkeys((column.key for column in COLUMNS), ""))
    for key, place in places.items():
        cell = cells[place] if place < len(cells) else None
        try:
            row.values[key] = (
                rosters.cells.number_text(rosters.cells.checked(cell), longest=LONGEST)
                if key in ("code", "area", "parent")
                else _text(cell)
            )
        except rosters.BadCell as problem:
            reason = str(UNREADABLE[problem.code]) % problem.values
            row.problems.append(ListProblem(number, headings[key], _shown(cell), reason))
    return row


def _text(cell: object) -> str:
    return rosters.cells.short(rosters.cells.text(rosters.cells.checked(cell)), longest=LONGEST)


def _shown(cell: object) -> str:
    return rosters.cells.shown(cell)[:40]
