"""Finds the people a roster speaks of and says what would change, without changing anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from lti_tools.people.api import Affiliation, Area, Person
from lti_tools.rosters.rows import GoodRow
from lti_tools.rosters.seen import Seen

CHUNK = 500
PERSON_FIELDS = ("name", "sex", "staff_no", "birth_month")
ID_FIELDS = ("id_hash", "id_key_version", "id_last4")
WORK_FIELDS = (
    "personnel_unit",
    "employment",
    "staff_status",
    "stage",
    "subjects",
    "title",
    "title_date",
    "appointed_date",
    "post_level",
)
NEW, CHANGED, TRANSFERRED, UNCHANGED = "new", "changed", "transferred", "unchanged"


@dataclass(frozen=True)
class Step:
    """What one row would do. With `problem` (a column key and a code) it may do nothing."""

    row: GoodRow
    kind: str = NEW
    person: Person | None = None
    present: Affiliation | None = None
    problem: tuple[str, str] | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Register:
    """The people a roster may speak of, by ID hash and by staff number, and where they work."""

    by_hash: Mapping[tuple[int, str], Person]
    by_staff_no: Mapping[str, Sequence[Person]]
    present: Mapping[Any, Affiliation]


def plan(rows: Sequence[GoodRow], *, area: Area, seen: Seen) -> list[Step]:
    """One step a row, in order. Matches by ID number, then by staff number and name together.

    Refuses per row: a staff number of somebody else, an ID number registered under another name, taking a
    person over from outside `area` without the ID number, and two rows that turn out to be the same person
    (`seen` remembers those of earlier portions).
    """
    register = _register(rows)
    return [_once(_step(row, register, area), seen) for row in rows]


def _once(step: Step, seen: Seen) -> Step:
    if step.person is None or step.problem:
        return step
    first = seen.first_row_of(step.person.id, number=step.row["row"])
    if first == step.row["row"]:
        return step
    return Step(row=step.row, problem=("staff_no", "duplicate"), values={"first_row": first})


def _step(row: GoodRow, register: Register, area: Area) -> Step:
    by_id = _by_id(row, register)
    holders = register.by_staff_no.get(row["staff_no"], ())
    if by_id and by_id.name != row["name"]:
        return Step(row=row, problem=("id_number", "id_under_other_name"))
    person = by_id or next((holder for holder in holders if _may_be(holder, row)), None)
    if any(holder != person for holder in holders):
        return Step(row=row, problem=("staff_no", "staff_no_taken"))
    if person is None:
        return Step(row=row)
    present = register.present.get(person.id)
    if present and not by_id and not present.school.area.path.startswith(area.path):
        return Step(row=row, problem=("staff_no", "transfer_needs_id"))
    return Step(row=row, kind=_kind(row, person, present), person=person, present=present)


def _by_id(row: GoodRow, register: Register) -> Person | None:
    hashes = row["id_hashes"].items()
    found = (register.by_hash.get((int(version), value)) for version, value in hashes)
    return next((person for person in found if person), None)


def _may_be(holder: Person, row: GoodRow) -> bool:
    """Same name, and not two ID numbers that differ (a hash under a lost key cannot be compared)."""
    if holder.name != row["name"]:
        return False
    comparable = str(holder.id_key_version) in row["id_hashes"]
    return not (holder.id_hash and row["id_hash"] and comparable)


def _kind(row: GoodRow, person: Person, present: Affiliation | None) -> str:
    if present is None or str(present.school_id) != row["school"]:
        return TRANSFERRED
    return CHANGED if person_changes(person, row) or work_changes(present, row) else UNCHANGED


def person_changes(person: Person, row: GoodRow) -> dict[str, Any]:
    """What the row would set. An empty cell changes nothing; a newer key replaces an older hash."""
    changes = _changes(person, row, PERSON_FIELDS)
    if row["id_hash"] and (person.id_key_version, person.id_hash) != (row["id_key_version"], row["id_hash"]):
        changes |= {key: row[key] for key in ID_FIELDS}
    return changes


def work_changes(present: Affiliation, row: GoodRow) -> dict[str, Any]:
    return _changes(present, row, WORK_FIELDS)


def _changes(stored: Any, row: GoodRow, fields: Iterable[str]) -> dict[str, Any]:
    return {key: row[key] for key in fields if row[key] and row[key] != getattr(stored, key)}


def differences(step: Step) -> list[dict[str, Any]]:
    """What the row would change about a known person, field by field, as it was and as it would be.

    An ID number is not among them: of it only the fact that it changes may be shown.
    """
    if step.person is None:
        return []
    person, present = step.person, step.present
    changes = person_changes(person, step.row)
    found = [_difference(person, key, value) for key, value in changes.items() if key not in ID_FIELDS]
    if "id_hash" in changes:
        found.append({"field": "id_number", "old": "", "new": ""})
    if step.kind == TRANSFERRED:
        old = present.school.name if present else ""
        found.append({"field": "school_name", "old": old, "new": step.row["school_name"]})
    work = work_changes(present, step.row) if present else {}
    return found + [_difference(present, key, value) for key, value in work.items()]


def _difference(stored: Any, key: str, value: Any) -> dict[str, Any]:
    return {"field": key, "old": getattr(stored, key), "new": value}


@dataclass(frozen=True)
class Marks:
    """ID hashes and staff numbers by which people of the register are looked for."""

    hashes: list[str]
    staff_nos: list[str]


def marks_of(rows: Sequence[GoodRow]) -> Marks:
    hashes = {value for row in rows for value in row["id_hashes"].values()}
    return Marks(sorted(hashes), sorted({row["staff_no"] for row in rows}))


def standing(marks: Marks, *, hold: bool = False) -> str:
    """A digest of what the register holds of everybody whom `plan` would look at for rows with these marks.

    With `hold` nobody else changes these people until the transaction ends.
    """
    everybody, working = Person.objects.all(), Affiliation.objects.filter(until__isnull=True)
    if hold:
        everybody, working = everybody.select_for_update(), working.select_for_update()
    found = _found(everybody.values_list("id", *PERSON_FIELDS, *ID_FIELDS).order_by(), marks)
    people = {one[0]: one for one in found}
    places = working.values_list("person_id", "id", "school_id", *WORK_FIELDS).order_by()
    facts = sorted(repr(one) for one in (*people.values(), *_in(places, "person_id", people)))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _register(rows: Sequence[GoodRow]) -> Register:
    people = {person.id: person for person in _found(Person.objects.all(), marks_of(rows))}
    by_staff_no: dict[str, list[Person]] = {}
    for person in people.values():
        by_staff_no.setdefault(person.staff_no, []).append(person)
    working = Affiliation.objects.filter(until__isnull=True)
    present = _in(working.select_related("school__area"), "person_id", people)
    return Register(
        by_hash={
            (person.id_key_version, person.id_hash): person for person in people.values() if person.id_hash
        },
        by_staff_no=by_staff_no,
        present={row.person_id: row for row in present},
    )


def _found(people: QuerySet[Any, Any], marks: Marks) -> Iterator[Any]:
    """By ID number and by staff number: somebody may be found by both."""
    yield from _in(people, "id_hash", marks.hashes)
    yield from _in(people, "staff_no", marks.staff_nos)


def _in(rows: QuerySet[Any, Any], column: str, values: Iterable[Any]) -> Iterator[Any]:
    """Rows whose column is one of many values, asked for in portions every database takes."""
    wanted = list(values)
    for start in range(0, len(wanted), CHUNK):
        yield from rows.filter(**{f"{column}__in": wanted[start : start + CHUNK]})
