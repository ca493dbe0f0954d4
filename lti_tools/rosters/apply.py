"""Carries out a plan: new people, changed facts, transfers; all or nothing by the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.people.api import Affiliation, Person
from lti_tools.rosters.match import (
    CHANGED,
    NEW,
    PERSON_FIELDS,
    TRANSFERRED,
    WORK_FIELDS,
    Step,
    person_changes,
    work_changes,
)

ID_FIELDS = ("id_hash", "id_key_version", "id_last4")
BATCH = 500


def carry_out(steps: Sequence[Step], *, actor: str) -> list[Person]:
    """People in the order of the steps. A transfer ends the old affiliation and begins a new one today."""
    today = timezone.localdate()
    people = [step.person or _person(step) for step in steps]
    new = [person for person, step in zip(people, steps, strict=True) if step.kind == NEW]
    Person.objects.bulk_create(new, batch_size=BATCH)
    opened = []
    for person, step in zip(people, steps, strict=True):
        if step.kind == TRANSFERRED:
            _close(step, today, actor=actor)
        if step.kind in (NEW, TRANSFERRED):
            opened.append(_affiliation(person, step, today))
        if step.kind in (CHANGED, TRANSFERRED):
            _change(person, person_changes(person, step.row))
        if step.kind == CHANGED and step.present:
            _change(step.present, work_changes(step.present, step.row))
    Affiliation.objects.bulk_create(opened, batch_size=BATCH)
    return people


def _person(step: Step) -> Person:
    return Person(**{key: step.row[key] for key in (*PERSON_FIELDS, *ID_FIELDS)})


def _affiliation(person: Person, step: Step, today: date) -> Affiliation:
    """What the row leaves empty is carried over from the old school, except what belongs to that school."""
    row = step.row
    facts = {key: row[key] or _carried(step.present, key) for key in WORK_FIELDS}
    return Affiliation(person=person, school_id=row["school"], since=today, **facts)


def _carried(present: Affiliation | None, key: str) -> Any:
    if present is None or key in ("personnel_unit", "staff_status"):
        return [] if key == "subjects" else ""
    return getattr(present, key)


def _close(step: Step, today: date, *, actor: str) -> None:
    if step.present is None or step.person is None:
        return
    _change(step.present, {"until": today})
    audit.record(
        "person.transferred",
        actor=actor,
        subject=str(step.person.id),
        detail={"from": str(step.present.school_id), "to": step.row["school"]},
    )


def _change(stored: Any, changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        setattr(stored, key, value)
    if changes:
        stored.save(update_fields=list(changes))
