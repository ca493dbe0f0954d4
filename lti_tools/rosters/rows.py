"""Judges the rows of a roster one after the other: a normalised row to keep, or every problem it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from lti_tools.people.api import codes, id_numbers
from lti_tools.rosters import cells as cell_forms
from lti_tools.rosters import columns
from lti_tools.rosters.cells import BadCell
from lti_tools.rosters.mapping import Layout
from lti_tools.rosters.problems import TABLES, Problem, problem
from lti_tools.rosters.seen import Seen
from lti_tools.rosters.sheet import ErrorValue, Formula

YOUNGEST = 16
OLDEST = 90
GoodRow = dict[str, Any]
Parse = Callable[[object], Any]
REQUIRED = frozenset(column.key for column in columns.columns() if column.required)


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
        """The one school of the area with this name; None when there is none, or several."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, KnownSchool | None]:
        found: dict[str, KnownSchool | None] = {}
        for school in self.by_code.values():
            if school.in_scope:
                found[school.name] = None if school.name in found else school
        return found


@dataclass
class RowReader:
    """Reads rows of one sheet in order and remembers whom it has seen.

    `words` of the layout are a bureau's own for our codes. `unknown` gathers words of code tables that nobody has
    said anything about, by table. `batches` are the titles of the programme's batches.
    """

    layout: Layout
    schools: Schools
    today: date
    batches: frozenset[str] = frozenset()
    seen: Seen = field(default_factory=Seen)
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    _codes: dict[tuple[str, str], str | None] = field(default_factory=dict)

    @property
    def headings(self) -> Mapping[str, str]:
        return self.layout.headings

    def read(self, number: int, cells: Sequence[object]) -> tuple[GoodRow, list[Problem]]:
        """The row as far as it is understood, and everything that is wrong with it: only without any may it enter."""
        attempt = _Attempt(reader=self, number=number, cells=cells)
        return attempt.judged(), attempt.problems

    def code_of(self, table: str, word: str) -> str | None:
        """The code of a word, or None for an unknown one; every word is looked up once."""
        key = (table, word)
        if key not in self._codes:
            found = codes.find(table, word)
            own = self.layout.words.get(table, {}).get(codes.plain(word))
            self._codes[key] = found.code if found else own or None
            if found is None and own is None:
                self.unknown.setdefault(table, {}).setdefault(word, 0)
        if word in self.unknown.get(table, ()):
            self.unknown[table][word] += 1
        return self._codes[key]


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
        for table in TABLES[1:]:
            row[table] = self._coded(table)
        row["subjects"] = self._subjects()
        row["personnel_unit"] = self._take("personnel_unit", _UNIT)
        row["title_date"] = self._past_month("title_date")
        row["appointed_date"] = self._past_month("appointed_date")
        row["post_level"] = self._take("post_level", cell_forms.post_level) or None
        row["batch"] = self._batch()
        row |= _kept_of(number)
        self._duplicate(row)
        return row

    def _cell(self, key: str) -> object:
        place = self.reader.layout.places.get(key)
        return self.cells[place] if place is not None and place < len(self.cells) else None

    def _computed(self, key: str) -> bool:
        return isinstance(self._cell(key), (Formula, ErrorValue))

    def _wrong(self, key: str, code: str, values: Mapping[str, Any] | None = None) -> None:
        column = self.reader.headings.get(key, key)
        shown = cell_forms.shown(self._cell(key))
        self.problems.append(problem(self.number, column, shown, code, values))

    def _has_problem(self, key: str) -> bool:
        return any(found.column == self.reader.headings.get(key, key) for found in self.problems)

    def _take(self, key: str, parse: Parse) -> Any:
        """The parsed cell; empty when it is empty, absent or wrong. A required column may not be empty."""
        cell = self._cell(key)
        if cell is None or cell == "":
            found: Any = ""
        else:
            try:
                found = parse(cell_forms.checked(cell))
            except BadCell as bad:
                self._wrong(key, bad.code, bad.values)
                return ""
        if not found and key in REQUIRED:
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
        found = str(self._take("staff_no", _STAFF_NO))
        if len(found) == 18 and id_numbers.looks_like_one(found):
            self._wrong("staff_no", "staff_no_is_id")
        return found

    def _school(self) -> GoodRow:
        code = self._take("school_code", _SCHOOL_CODE)
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
        name = "" if self._computed("school_name") else self._take("school_name", _UNIT)
        other = self.reader.schools.in_scope_named(name) if name != school.name else None
        if other and other.code != school.code:
            self._wrong("school_name", "school_name_contradicts", {"code": school.code})
        region = "" if self._computed("region") else self._take("region", _REGION)
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
            key = "birth_month" if "birth_month" in self.reader.layout.places else "id_number"
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
        cell = self._cell(key)
        if cell is None or cell == "":
            return ""
        try:
            cell = cell_forms.checked(cell)
            return cell_forms.month(cell) if cell_forms.text(cell) else ""
        except BadCell as bad:
            self._wrong(key, code if bad.code == "not_a_month" else bad.code, bad.values)
            return ""

    def _past_month(self, key: str) -> str:
        found = self._month(key, "impossible_month")
        if found and found > self.reader.today.isoformat()[:7]:
            self._wrong(key, "month_in_future")
        return found

    def _coded(self, table: str) -> str:
        found = self._take(table, _WORD)
        if not found:
            return ""
        code = self.reader.code_of(table, found)
        if code is None:
            self._wrong(table, f"unknown_{table}")
        return code or ""

    def _batch(self) -> str:
        title = str(self._take("batch", _REGION))
        if title and title not in self.reader.batches:
            self._wrong("batch", "unknown_batch")
        return title

    def _subjects(self) -> list[str]:
        """Subjects of both columns, each once, in the order written."""
        words = [word for key in ("subject", "subjects") for word in codes.split(self._take(key, _SUBJECTS))]
        return list(dict.fromkeys(words))

    def _duplicate(self, row: GoodRow) -> None:
        """The same ID number or staff number further up: the later row is refused and names the earlier."""
        for key, first in self.reader.seen.marked(row, number=self.number):
            self._wrong(key, "duplicate", {"first_row": first})
            return


def _text(longest: int) -> Parse:
    return lambda cell: cell_forms.short(cell_forms.text(cell), longest=longest)


def _number(longest: int) -> Parse:
    return lambda cell: cell_forms.number_text(cell, longest=longest)


_UNIT, _REGION, _SUBJECTS, _WORD = _text(120), _text(80), _text(200), _text(1000)
_STAFF_NO, _SCHOOL_CODE = _number(40), _number(10)


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
