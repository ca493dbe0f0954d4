"""Judges the rows of a roster one after the other: a normalised row to keep, or every problem it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lti_tools.people.api import codes, id_numbers
from lti_tools.rosters import cells as cell_forms
from lti_tools.rosters import columns
from lti_tools.rosters.cells import BadCell
from lti_tools.rosters.problems import Problem, problem
from lti_tools.rosters.sheet import ErrorValue, Formula

YOUNGEST = 16
OLDEST = 90
GoodRow = dict[str, Any]


@dataclass(frozen=True)
class KnownSchool:
    """`area_words` holds names and codes of its county and of everything above."""

    id: str
    code: str
    name: str
    area: str
    area_words: frozenset[str]
    in_scope: bool


@dataclass(frozen=True)
class Schools:
    """Every school by code; `area` names the area of the programme."""

    by_code: Mapping[str, KnownSchool]
    area: str

    def in_scope_named(self, name: str) -> KnownSchool | None:
        found = [school for school in self.by_code.values() if school.in_scope and school.name == name]
        return found[0] if len(found) == 1 else None


@dataclass
class RowReader:
    """Reads rows of one sheet in order and remembers whom it has seen.

    `places` maps a column's key to its place in the row, `headings` to its heading as written.
    """

    places: Mapping[str, int]
    headings: Mapping[str, str]
    schools: Schools
    today: date
    language: str
    seen: dict[str, int] = field(default_factory=dict)

    def read(self, number: int, cells: Sequence[object]) -> tuple[GoodRow | None, list[Problem]]:
        """Either a row without any problem, or None and at least one."""
        attempt = _Attempt(reader=self, number=number, cells=cells)
        row = attempt.judged()
        return (None, attempt.problems) if attempt.problems else (row, [])


@dataclass
class _Attempt:
    reader: RowReader
    number: int
    cells: Sequence[object]
    problems: list[Problem] = field(default_factory=list)

    def judged(self) -> GoodRow:
        number = self._id_number()
        row: GoodRow = {"row": self.number, "name": self._take("name", cell_forms.name)}
        row["staff_no"] = self._staff_no()
        row |= self._school()
        row["birth_month"] = self._birth_month(number)
        row["sex"] = self._sex(number)
        for table in ("stage", "title", "employment", "staff_status"):
            row[table] = self._coded(table)
        row["subjects"] = self._subjects()
        row["personnel_unit"] = self._take("personnel_unit", _text(120))
        row["title_date"] = self._past_month("title_date")
        row |= _kept_of(number)
        self._duplicate(row)
        return row

    def _cell(self, key: str) -> object:
        place = self.reader.places.get(key)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def _computed(self, key: str) -> bool:
        return isinstance(self._cell(key), (Formula, ErrorValue))

    def _wrong(self, key: str, code: str, values: Mapping[str, Any] | None = None) -> None:
        column = self.reader.headings.get(key, key)
        shown = cell_forms.shown(self._cell(key))
        self.problems.append(problem(self.number, column, shown, code, values))

    def _has_problem(self, key: str) -> bool:
        return any(found.column == self.reader.headings.get(key, key) for found in self.problems)

    def _take(self, key: str, parse: Callable[[object], str]) -> str:
        """The parsed cell; empty when it is empty, absent or wrong. A required column may not be empty."""
        try:
            found = parse(cell_forms.checked(self._cell(key)))
        except BadCell as bad:
            self._wrong(key, bad.code, bad.values)
            return ""
        if not found and columns.column(key).required:
            self._wrong(key, "missing")
        return found

    def _id_number(self) -> id_numbers.IdNumber | None:
        try:
            cell = cell_forms.checked(self._cell("id_number"))
            return id_numbers.read(cell) if cell_forms.text(cell) else None
        except (id_numbers.BadIdNumber, BadCell) as bad:
            self._wrong("id_number", bad.code, bad.values)
            return None

    def _staff_no(self) -> str:
        found = self._take("staff_no", _number(40))
        if id_numbers.looks_like_one(found):
            self._wrong("staff_no", "staff_no_is_id")
        return found

    def _school(self) -> GoodRow:
        code = self._take("school_code", _number(10))
        if not code:
            return {}
        school = self.reader.schools.by_code.get(code)
        if school is None:
            self._wrong("school_code", "unknown_school")
        elif not school.in_scope:
            self._wrong("school_code", "school_outside_area", {"area": self.reader.schools.area})
        else:
            self._agrees(school)
            return {"school": school.id, "school_name": school.name}
        return {}

    def _agrees(self, school: KnownSchool) -> None:
        """Name and county serve as a check (formulas allowed): they must not speak of another place."""
        name = "" if self._computed("school_name") else self._take("school_name", _text(120))
        other = self.reader.schools.in_scope_named(name)
        if other and other.code != school.code:
            self._wrong("school_name", "school_name_contradicts", {"code": school.code})
        region = "" if self._computed("region") else self._take("region", _text(80))
        if region and region not in school.area_words:
            self._wrong("region", "area_differs", {"area": school.area})

    def _sex(self, number: id_numbers.IdNumber | None) -> str:
        if number is None:
            return self._coded("sex")
        return ("" if self._computed("sex") else self._coded("sex")) or number.sex

    def _birth_month(self, number: id_numbers.IdNumber | None) -> str:
        # Many bureaus compute the month from the number beside it; the number says it anyway.
        repeats = number is not None and self._computed("birth_month")
        written = "" if repeats else self._month("birth_month", "impossible_birth_date")
        inside = number.birth.isoformat()[:7] if number else ""
        if written and inside and written != inside:
            self._wrong("birth_month", "birth_differs", {"birth": inside})
        elif written or inside:
            self._of_age(written or inside, key="birth_month" if written else "id_number")
        elif not self._has_problem("birth_month") and not self._has_problem("id_number"):
            key = "birth_month" if "birth_month" in self.reader.places else "id_number"
            self._wrong(key, "birth_or_id_missing")
        return written or inside

    def _of_age(self, birth: str, *, key: str) -> None:
        age = _age(birth, self.reader.today)
        if age < 0:
            self._wrong(key, "birth_in_future")
        elif age < YOUNGEST:
            self._wrong(key, "too_young", {"age": age, "least": YOUNGEST})
        elif age > OLDEST:
            self._wrong(key, "too_old", {"age": age})

    def _month(self, key: str, code: str) -> str:
        try:
            cell = cell_forms.checked(self._cell(key))
            return cell_forms.month(cell) if cell_forms.text(cell) else ""
        except BadCell as bad:
            self._wrong(key, code if bad.code == "not_a_month" else bad.code, bad.values)
            return ""

    def _past_month(self, key: str) -> str:
        found = self._month(key, "impossible_month")
        if found > self.reader.today.isoformat()[:7]:
            self._wrong(key, "month_in_future")
        return found

    def _coded(self, table: str) -> str:
        found = self._take(table, _text(1000))
        code = codes.find(table, found) if found else None
        if found and code is None:
            words = [entry.text(self.reader.language) for entry in codes.known(table)]
            self._wrong(table, f"unknown_{table}", {"known": ", ".join(words)})
        return code.code if code else ""

    def _subjects(self) -> list[str]:
        """Subjects of both columns, each once, in the order written."""
        words = [word for key in ("subject", "subjects") for word in codes.split(self._take(key, _text(200)))]
        return list(dict.fromkeys(words))

    def _duplicate(self, row: GoodRow) -> None:
        """The same ID number or staff number further up: the later row is refused and names the earlier."""
        marks = {"id_number": row["id_hash"], "staff_no": row["staff_no"]}
        earlier = {key: self.reader.seen.get(f"{key}:{mark}") for key, mark in marks.items() if mark}
        for key, mark in marks.items():
            if mark:
                self.reader.seen.setdefault(f"{key}:{mark}", self.number)
        repeated = next((key for key, first in earlier.items() if first), None)
        if repeated:
            self._wrong(repeated, "duplicate", {"first_row": earlier[repeated]})


def _text(longest: int) -> Callable[[object], str]:
    return lambda cell: cell_forms.short(cell_forms.text(cell), longest=longest)


def _number(longest: int) -> Callable[[object], str]:
    return lambda cell: cell_forms.number_text(cell, longest=longest)


def _age(birth: str, today: date) -> int:
    """Whole years by month; -1 for a month still to come."""
    months = (today.year - int(birth[:4])) * 12 + today.month - int(birth[5:])
    return months // 12


def _kept_of(number: id_numbers.IdNumber | None) -> GoodRow:
    """What a staged row holds of an ID number: hashes under every key version and the last four."""
    if number is None:
        return {"id_hash": "", "id_key_version": 0, "id_hashes": {}, "id_last4": ""}
    hashes = id_numbers.hashes(number)
    newest = id_numbers.signing_version()
    return {
        "id_hash": hashes[newest],
        "id_key_version": newest,
        "id_hashes": {str(version): value for version, value in hashes.items()},
        "id_last4": number.last4,
    }
