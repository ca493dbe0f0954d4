"""Takes a checked roster over: new people, changed facts, transfers, and by choice the end for those absent.

One transaction of the caller's, short because all was judged and compared before; it walks the staged rows in
portions and looks again only at people whom the roster changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.people.api import Actor, Affiliation, Area, Person, School, enter_many, require
from lti_tools.rosters import files, match
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
from lti_tools.rosters.sheet import NOTHING_CHANGED
from lti_tools.rosters.staging import ACTION, already_decided

PORTION = 1_000
State = RosterImport.State


@dataclass(frozen=True)
class Taken:
    """Somebody the roster names, with at least their id, and what it says about the training if they are new in it."""

    person: Person
    participation: str
    batch: str


# Called with each portion, inside the transaction: enrols them.
Enrol = Callable[[Sequence[Taken]], None]


class RegisterChanged(Exception):
    """Since the preview the register has changed so that a row would do something else than was shown."""


def decide(actor: Actor, roster: RosterImport, *, good_rows_only: bool, absent_left: bool) -> None:
    """Notes the officer's decision; the caller owns the transaction and orders the work.

    Refuses: problems without the explicit choice `good_rows_only`, a roster in which nothing is good, and an
    import that was decided already.
    """
    require(actor, ACTION, area=roster.area)
    waiting = RosterImport.objects.filter(id=roster.id, state=State.CHECKED)
    if roster.state != State.CHECKED:
        raise already_decided()
    if roster.summary.get("wrong") and not good_rows_only:
        raise Refused(
            "roster.has_problems",
            _("Some rows have problems, so the roster was not taken over."),
            kept=NOTHING_CHANGED,
            todo=_("Correct the rows and upload the file again, or choose to take over the good rows only."),
        )
    if not sum(roster.summary.get("expected", {}).values()):
        raise Refused(
            "roster.nothing_good",
            _("No row of this file is without problems, so there is nothing to take over."),
            kept=NOTHING_CHANGED,
            todo=_("Correct the rows and upload the file again."),
        )
    choices = {"good_rows_only": good_rows_only, "absent_left": absent_left, "by": str(actor.person_id)}
    if not waiting.update(state=State.APPLYING, choices=choices, done=0):
        raise already_decided()


def undecide(roster: RosterImport) -> None:
    """Takes a decision back that was not carried out: the roster waits again, just as it was shown."""
    RosterImport.objects.filter(id=roster.id, state=State.APPLYING).update(
        state=State.CHECKED, choices={}, reading=roster.reading + 1
    )


@seldom_collecting()
def carry_out(roster: RosterImport, *, enrol: Enrol) -> dict[str, int] | None:
    """Does what was shown and decided; returns counts by kind, or None when it was done before.

    The caller owns the transaction. Raises `RegisterChanged` when a row would now do something else.
    """
    if not _claim(roster):
        return None
    outcome: Counter[str] = Counter()
    seen, today = Seen(), timezone.localdate()
    who = str(roster.choices.get("by", ""))
    for rows in _portions(roster, exclude=(WRONG, ABSENT)):
        taken = _Portion(roster, rows, seen=seen, today=today, actor=who).taken_over()
        enrol(taken)
        outcome.update(row.kind for row in rows)
    if roster.choices.get("absent_left"):
        for rows in _portions(roster, only=ABSENT):
            outcome["left"] += _leave(rows, roster.area, today)
    _finish(roster, outcome)
    return dict(outcome)


def _claim(roster: RosterImport) -> bool:
    """One apply at a time: the state moves conditionally, and imports of one province follow each other."""
    root = roster.area.path.strip("/").split("/")[0]
    Area.objects.select_for_update().filter(code=root).first()
    waiting = RosterImport.objects.filter(id=roster.id, state=State.APPLYING)
    return bool(waiting.update(state=State.APPLIED, applied_at=timezone.now()))


def _portions(
    roster: RosterImport, *, only: str = "", exclude: Sequence[str] = ()
) -> Iterator[list[RosterRow]]:
    rows = RosterRow.objects.filter(roster=roster).exclude(kind__in=exclude).order_by("number")
    if only:
        rows = rows.filter(kind=only)
    last = -1
    while portion := list(rows.filter(number__gt=last)[:PORTION]):
        yield portion
        last = portion[-1].number


class _Portion:
    """What one portion of staged rows does, in a handful of statements."""

    def __init__(self, roster: RosterImport, rows: list[RosterRow], *, seen: Seen, today: date, actor: str):
        self.rows, self.today, self.actor = rows, today, actor
        doing = [row for row in rows if row.kind != UNCHANGED]
        steps = match.plan([row.cells for row in doing], area=roster.area, seen=seen, hold=True)
        for row, step in zip(doing, steps, strict=True):
            if step.problem or not _as_shown(row, step):
                raise RegisterChanged
        _require_schools(steps, area=roster.area)
        self.steps = steps

    def taken_over(self) -> list[Taken]:
        people = self._people()
        self._affiliations(people)
        named = {step.row["row"]: person for step, person in zip(self.steps, people, strict=True)}
        return [_taken(row.cells, named.get(row.number) or Person(id=row.person)) for row in self.rows]

    def _people(self) -> list[Person]:
        """The person of each step; those who are new are entered, those who changed are brought up to date."""
        people = [step.person or _person(step) for step in self.steps]
        pairs = list(zip(people, self.steps, strict=True))
        enter_many([person for person, step in pairs if step.kind == NEW])
        changed = [(person, match.person_changes(person, step.row)) for person, step in pairs if step.person]
        _store(Person, changed, fields=(*PERSON_FIELDS, *ID_FIELDS))
        return people

    def _affiliations(self, people: Sequence[Person]) -> None:
        """A transfer ends the old affiliation and begins a new one today."""
        moved = [step for step in self.steps if step.kind == TRANSFERRED and step.present]
        ended = {"until": self.today, "left": "transferred"}
        _store(Affiliation, [(step.present, ended) for step in moved], fields=tuple(ended))
        audit.record_many(self._told(moved))
        stay = [step for step in self.steps if step.kind == CHANGED and step.present]
        changes = [
            (step.present, match.work_changes(step.present, step.row)) for step in stay if step.present
        ]
        _store(Affiliation, changes, fields=WORK_FIELDS)
        enter_many(
            [
                _affiliation(person, step, self.today)
                for person, step in zip(people, self.steps, strict=True)
                if step.kind in (NEW, TRANSFERRED)
            ]
        )

    def _told(self, moved: Sequence[Step]) -> Iterator[audit.NewEvent]:
        for step in moved:
            if step.person and step.present:
                yield audit.NewEvent(
                    "person.transferred",
                    actor=self.actor,
                    subject=str(step.person.id),
                    detail={"from": str(step.present.school_id), "to": step.row["school"]},
                )


def _as_shown(row: RosterRow, step: Step) -> bool:
    return (row.kind, row.person) == (step.kind, step.person.id if step.person else None)


def _taken(cells: Mapping[str, Any], person: Person) -> Taken:
    return Taken(person, participation=cells.get("participation", ""), batch=cells.get("batch", ""))


def _require_schools(steps: Sequence[Step], *, area: Area) -> None:
    """Where people are to begin must still be open and lie in the area; held, so that no merger slips between."""
    wanted = {step.row["school"] for step in steps if step.kind in (NEW, TRANSFERRED)}
    rows = School.objects.select_for_update(of=("self",)).filter(id__in=wanted).order_by("id")
    there = rows.filter(closed_on__isnull=True, area__path__startswith=area.path)
    if wanted and len(there) != len(wanted):
        raise RegisterChanged


def _person(step: Step) -> Person:
    return Person(**{key: step.row[key] for key in (*PERSON_FIELDS, *ID_FIELDS)})


def _affiliation(person: Person, step: Step, today: date) -> Affiliation:
    """What the row leaves empty is carried over from the old school, except what belongs to that school."""
    row = step.row
    facts = {key: row[key] or _carried(step.present, key) for key in WORK_FIELDS}
    return Affiliation(person=person, school_id=row["school"], since=today, **facts)


def _carried(present: Affiliation | None, key: str) -> Any:
    if present is None or key in ("personnel_unit", "staff_status"):
        return {"subjects": [], "post_level": None}.get(key, "")
    return getattr(present, key)


def _store(
    model: type[models.Model], changes: Sequence[tuple[Any, Mapping[str, Any]]], *, fields: Any
) -> None:
    """Writes rows that are held by this transaction, many with one statement."""
    changed = []
    for stored, values in changes:
        for key, value in values.items():
            setattr(stored, key, value)
        if values:
            changed.append(stored)
    model._default_manager.bulk_create(
        changed, update_conflicts=True, unique_fields=["id"], update_fields=list(fields)
    )


def _leave(rows: Sequence[RosterRow], area: Area, today: date) -> int:
    """Ends the present affiliation of people absent from the file who still work in the area."""
    present = Affiliation.objects.filter(
        person_id__in=[row.person for row in rows],
        until__isnull=True,
        school__area__path__startswith=area.path,
    )
    ids = list(present.values_list("id", flat=True))
    return Affiliation.objects.filter(id__in=ids).update(until=today, left="absent")


def _finish(roster: RosterImport, outcome: Counter[str]) -> None:
    """What was staged about people is not kept longer than it is needed; counts and wrong rows are."""
    roster.refresh_from_db()
    stored = roster.stored
    transaction.on_commit(lambda: files.forget(stored))
    roster.summary = roster.summary | {"outcome": dict(outcome), "expected": {}}
    roster.stored = ""
    roster.save(update_fields=["summary", "stored"])
    RosterRow.objects.filter(roster=roster).exclude(kind=WRONG).delete()
    audit.record(
        "roster.applied",
        actor=str(roster.choices.get("by", "")),
        subject=str(roster.id),
        detail={**outcome, "rows": sum(outcome.values())},
    )
