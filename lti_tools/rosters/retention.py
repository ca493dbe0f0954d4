"""Lists that were uploaded and never decided, and staged rows about people who were erased."""

from __future__ import annotations

from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from lti_tools.rosters.models import RosterImport, RosterRow

State = RosterImport.State
UNDECIDED = (State.MAPPING, State.READING, State.CHECKED, State.FAILED)


def forget_undecided(before: datetime, *, dry_run: bool = False) -> int:
    """Puts rosters aside that nobody decided since `before`: file, rows and problems go, the counts stay."""
    late = RosterImport.objects.filter(state__in=UNDECIDED, created_at__lt=before)
    found = list(late.only("id", "stored"))
    if not dry_run:
        for roster in found:
            _put_aside(roster)
    return len(found)


def _put_aside(roster: RosterImport) -> None:
    if roster.stored:
        default_storage.delete(roster.stored)
    with transaction.atomic():
        RosterRow.objects.filter(roster=roster).delete()
        RosterImport.objects.filter(id=roster.id, state__in=UNDECIDED).update(
            state=State.DISCARDED, stored=""
        )


def forget_wrong_rows(before: datetime, *, dry_run: bool = False) -> int:
    """What was kept of wrong rows of rosters taken over before that moment; the counts stay."""
    late = RosterRow.objects.filter(roster__state=State.APPLIED, roster__applied_at__lt=before)
    return late.count() if dry_run else late.delete()[0]


def erase_person(person_id: object, *, name: str, staff_no: str) -> int:
    """Rows matched with this person, and wrong ones that carry the staff number or the name."""
    marks = Q(person=person_id)
    marks |= Q(cells__staff_no=staff_no) if staff_no else Q()
    marks |= Q(cells__name=name) if name else Q()
    return RosterRow.objects.filter(marks).delete()[0]
