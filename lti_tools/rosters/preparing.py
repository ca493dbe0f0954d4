"""Makes a decided roster ready to be written, before anything is held: planned, compared with what was shown, and
put into the form in which the database takes it. What is left for the transaction is to write.
"""

from __future__ import annotations

import hashlib
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.people.api import (
    Affiliation,
    Area,
    Person,
    Ready,
    School,
    ready_to_change,
    ready_to_enter,
)
from lti_tools.rosters import match
from lti_tools.rosters.collecting import seldom_collecting
from lti_tools.rosters.match import (
    CHANGED,
    ID_FIELDS,
    NEW,
    PERSON_FIELDS,
    TRANSFERRED,
    UNCHANGED,
    WORK_FIELDS,
    Step,
)
from lti_tools.rosters.models import RosterImport, RosterRow
from lti_tools.rosters.reading import ABSENT, WRONG
from lti_tools.rosters.seen import Seen

PORTION = 1_000


class Staged(NamedTuple):
    """What is needed of a staged row."""

    number: int
    kind: str
    cells: dict[str, Any]
    person: UUID | None


@dataclass(frozen=True)
class Taken:
    """Somebody the roster names, and what it says about the training if they are new in it."""

    person_id: UUID
    participation: str
    batch: str


# Enrolments ready to be entered, by person, of people who are new in the register: of as many as are plain cases.
Enrolments = Callable[[Sequence[Taken]], Mapping[UUID, models.Model]]


class RegisterChanged(Exception):
    """Since the preview the register has changed so that a row would do something else than was shown."""


@dataclass(frozen=True)
class Work:
    """What a portion writes and tells the trail, who is still to be enrolled, and by what people were looked for."""

    marks: match.Marks
    ready: list[Ready]
    events: list[audit.NewEvent]
    to_enrol: list[Taken]


@dataclass(frozen=True)
class Portion:
    """Rows of the sheet from `first` to `last`. `packed` is its `Work` in few bytes: a hundred of these are held.

    `register` is the digest of what it was compared with; as long as that stands, the work is right.
    """

    first: int
    last: int
    register: str
    packed: bytes
    kinds: Counter[str]

    def work(self) -> Work:
        found: Work = pickle.loads(self.packed)  # noqa: S301 (packed a moment ago by this very process)
        return found


@dataclass
class Prepared:
    """A decided roster, ready to be written: see `apply.carry_out`."""

    roster: RosterImport
    enrolments: Enrolments
    today: date
    schools: str
    seen: Seen = field(default_factory=Seen)
    wanted: set[str] = field(default_factory=set)
    portions: list[Portion] = field(default_factory=list)

    def prepared(self, rows: Sequence[Staged]) -> Portion:
        """Raises `RegisterChanged` when a row would do something else than was shown."""
        doing = [row for row in rows if row.kind != UNCHANGED]
        cells = [row.cells for row in doing]
        # The digest first: what changes between the two readings is then noticed, and planned again.
        marks = match.marks_of(cells)
        register = match.standing(marks)
        steps = match.plan(cells, area=self.roster.area, seen=self.seen)
        for row, step in zip(doing, steps, strict=True):
            if step.problem or not _as_shown(row, step):
                raise RegisterChanged
        self.wanted.update(step.row["school"] for step in steps if step.kind in (NEW, TRANSFERRED))
        work = _Planned(self, rows, steps).work(marks)
        packed = pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL)
        return Portion(rows[0].number, rows[-1].number, register, packed, Counter(row.kind for row in rows))


@seldom_collecting()
def prepare(roster: RosterImport, *, enrolments: Enrolments) -> Prepared:
    """Changes nothing but the count of the page that waits; needs no transaction. Raises `RegisterChanged`."""
    made = Prepared(roster, enrolments, timezone.localdate(), schools=schools_standing())
    done = 0
    for rows in _portions(_rows(roster)):
        made.portions.append(made.prepared(rows))
        done += len(rows)
        RosterImport.objects.filter(id=roster.id, state=RosterImport.State.APPLYING).update(done=done)
    return made


def rows_again(roster: RosterImport, portion: Portion) -> list[Staged]:
    return _staged(_rows(roster).filter(number__range=(portion.first, portion.last)))


def schools_standing() -> str:
    """A digest of where every school lies: where somebody works decides whether a roster may take them over."""
    rows = School.objects.order_by("id").values_list("id", "area__path")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()


def _rows(roster: RosterImport) -> models.QuerySet[RosterRow]:
    return RosterRow.objects.filter(roster=roster).exclude(kind__in=(WRONG, ABSENT)).order_by("number")


def _staged(rows: models.QuerySet[RosterRow]) -> list[Staged]:
    return [Staged(*row) for row in rows.values_list("number", "kind", "cells", "person")]


def _portions(rows: models.QuerySet[RosterRow]) -> Iterator[list[Staged]]:
    last = -1
    while portion := _staged(rows.filter(number__gt=last)[:PORTION]):
        yield portion
        last = portion[-1].number


class _Planned:
    """The statements of one portion."""

    def __init__(self, prepared: Prepared, rows: Sequence[Staged], steps: Sequence[Step]):
        self.prepared, self.rows, self.steps = prepared, rows, steps
        self.today = prepared.today
        self.people = [step.person or _person(step) for step in steps]
        self.pairs = list(zip(self.people, steps, strict=True))
        self.ready: list[Ready] = []

    def work(self, marks: match.Marks) -> Work:
        self._enter([person for person, step in self.pairs if step.kind == NEW])
        known = [
            (person, match.person_changes(person, step.row)) for person, step in self.pairs if step.person
        ]
        self._change(known, fields=(*PERSON_FIELDS, *ID_FIELDS))
        moved = [step for step in self.steps if step.kind == TRANSFERRED and step.present]
        self._affiliations(moved)
        return Work(marks, self.ready, list(self._told(moved)), to_enrol=self._enrolments())

    def _affiliations(self, moved: Sequence[Step]) -> None:
        """A transfer ends the old affiliation and begins a new one today."""
        ended = {"until": self.today, "left": "transferred"}
        self._change([(step.present, ended) for step in moved], fields=tuple(ended))
        stay = [step for step in self.steps if step.kind == CHANGED]
        changes = [
            (step.present, match.work_changes(step.present, step.row)) for step in stay if step.present
        ]
        self._change(changes, fields=WORK_FIELDS)
        begin = [pair for pair in self.pairs if pair[1].kind in (NEW, TRANSFERRED)]
        self._enter([_affiliation(person, step, self.today) for person, step in begin])

    def _enrolments(self) -> list[Taken]:
        """Whoever is new in the register is in no programme yet and is entered at once; returns the others."""
        named = {step.row["row"]: person.id for person, step in self.pairs}
        taken = [_taken(row, named.get(row.number) or row.person) for row in self.rows]
        new = {person.id for person, step in self.pairs if step.kind == NEW}
        made = self.prepared.enrolments([one for one in taken if one.person_id in new])
        self._enter(list(made.values()))
        return [one for one in taken if one.person_id not in made]

    def _told(self, moved: Sequence[Step]) -> Iterator[audit.NewEvent]:
        for step in moved:
            if step.person and step.present:
                yield audit.NewEvent(
                    "person.transferred",
                    actor=str(self.prepared.roster.choices.get("by", "")),
                    subject=str(step.person.id),
                    detail={"from": str(step.present.school_id), "to": step.row["school"]},
                )

    def _enter(self, rows: Sequence[models.Model]) -> None:
        if rows:
            self.ready.append(ready_to_enter(rows))

    def _change(self, changes: Sequence[tuple[Any, Mapping[str, Any]]], *, fields: Sequence[str]) -> None:
        changed = []
        for stored, values in changes:
            for key, value in values.items():
                setattr(stored, key, value)
            if values:
                changed.append(stored)
        if changed:
            self.ready.append(ready_to_change(changed, fields=fields))


def _as_shown(row: Staged, step: Step) -> bool:
    return (row.kind, row.person) == (step.kind, step.person.id if step.person else None)


def _taken(row: Staged, person_id: Any) -> Taken:
    return Taken(
        person_id, participation=row.cells.get("participation", ""), batch=row.cells.get("batch", "")
    )


def _person(step: Step) -> Person:
    return Person(**{key: step.row[key] for key in (*PERSON_FIELDS, *ID_FIELDS)})


def _affiliation(person: Person, step: Step, today: date) -> Affiliation:
    """What the row leaves empty is carried over from the old school, except what belongs to that school."""
    row = step.row
    facts = {key: row[key] or _carried(step.present, key) for key in WORK_FIELDS}
    return Affiliation(person_id=person.id, school_id=UUID(row["school"]), since=today, **facts)


def _carried(present: Affiliation | None, key: str) -> Any:
    if present is None or key in ("personnel_unit", "staff_status"):
        return {"subjects": [], "post_level": None}.get(key, "")
    return getattr(present, key)


def require_schools(wanted: set[str], *, area: Area) -> None:
    """Where people are to begin must still be open and lie in the area; held, so that no merger slips between."""
    ids = sorted(wanted)
    found = 0
    for start in range(0, len(ids), match.CHUNK):
        rows = School.objects.select_for_update(of=("self",)).filter(id__in=ids[start : start + match.CHUNK])
        found += len(rows.filter(closed_on__isnull=True, area__path__startswith=area.path).order_by("id"))
    if found != len(ids):
        raise RegisterChanged
