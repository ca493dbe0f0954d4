"""Tables that leave the house: the wrong rows of a file with their reasons, and the roster of an area.

Both can be read in again as they are. Written by `reports.tables`, so that nothing in them comes alive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.people.api import Affiliation, Person, code_label
from lti_tools.rosters import cells, columns, files
from lti_tools.rosters.models import RosterImport
from lti_tools.rosters.problems import TABLES
from lti_tools.rosters.reading import WRONG
from lti_tools.rosters.sheet import roster_heading
from lti_tools.rosters.staging import problems_in, rows_of
from reports import tables

# A workbook is written from memory: what is longer goes out as CSV, line by line.
MOST_ROWS_OF_A_WORKBOOK = 20_000
LEFT_OUT = ("id_number", "subjects")


def write_errors(roster: RosterImport, path: Path) -> int:
    """The sheet as it came, its wrong rows only, as text, with a last column of reasons; returns their number.

    At most 20,000 of them: more than anybody corrects by hand.
    """
    reasons = _reasons(roster)
    known = {*roster.summary.get("header", [])}
    with files.opened(
        roster.stored, file_name=roster.file_name, known=lambda text: text in known or roster_heading(text)
    ) as sheet:
        heads = [(f"c{place}", heading) for place, heading in enumerate(sheet.header)]
        heads.append(("reasons", columns.column("reasons").text(get_language() or "zh-hans")))
        lines = [_line(heads, found, reasons[number]) for number, found in sheet.rows if number in reasons]
    return tables.write_xlsx(heads, lines, sheet=_("Roster"), path=path, title=_("Rows with problems"))


def _reasons(roster: RosterImport) -> dict[int, str]:
    rows = rows_of(roster, WRONG)[:MOST_ROWS_OF_A_WORKBOOK]
    return {row.number: _all_reasons(row) for row in rows.iterator(1_000)}


def _all_reasons(row: Any) -> str:
    return "\n".join(f"{found.column}: {found.reason}" for found in problems_in(row))


def _line(heads: Sequence[tuple[str, str]], found: Sequence[object], reasons: str) -> dict[str, tables.Cell]:
    line: dict[str, tables.Cell] = {key: "" for key, _heading in heads}
    for place, cell in enumerate(found[: len(heads) - 1]):
        line[f"c{place}"] = cells.ILLEGAL.sub("", cells.shown(cell))
    line["reasons"] = reasons
    return line


@dataclass(frozen=True)
class Line:
    """Somebody in the programme, with their present place of work."""

    person: Person
    affiliation: Affiliation
    participation: str = ""
    batch: str = ""


def write_roster(lines: Iterable[Line], path: Path, *, title: str, language: str) -> int:
    """Writes XLSX or CSV by the name of the path; what is written can be imported again and changes nothing.

    ID numbers are not known any more: of them the last four characters go out, in a column that is read past.
    """
    wanted = [column for column in columns.columns() if column.kept and column.key not in LEFT_OUT]
    wanted.insert(2, columns.column("id_last4"))
    heads = [(column.key, column.text(language)) for column in wanted]
    rows = _rows(lines, language)
    if path.suffix == ".csv":
        return tables.write_csv(heads, rows, path=path)
    return tables.write_xlsx(heads, list(rows), sheet=_("Roster"), path=path, title=title)


def _rows(lines: Iterable[Line], language: str) -> Iterator[Mapping[str, tables.Cell]]:
    for line in lines:
        person, work = line.person, line.affiliation
        coded = {"sex": person.sex, "participation": line.participation}
        coded |= {table: getattr(work, table) for table in TABLES if hasattr(work, table)}
        yield {
            "name": person.name,
            "staff_no": person.staff_no,
            "id_last4": person.id_last4,
            "birth_month": person.birth_month,
            "school_code": work.school.code,
            "school_name": work.school.name,
            "region": work.school.area.name,
            "subject": "、".join(work.subjects),
            "personnel_unit": work.personnel_unit,
            "title_date": work.title_date,
            "appointed_date": work.appointed_date,
            "post_level": str(work.post_level or ""),
            "batch": line.batch,
            **{
                table: code_label(table, code, language=language) if code else ""
                for table, code in coded.items()
            },
        }
