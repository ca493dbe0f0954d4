"""Takes a decided roster over: new people, changed facts, transfers, and by choice the end for those absent.

One transaction of the caller's, in which nobody else may be able to write (SQLite), so it is short: everything was
planned and put into the database's form before (`preparing`). It looks again at the people whom the roster changes
and writes; only where the register has changed in between is a portion planned once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.people.api import Actor, Affiliation, Area, require, write
from lti_tools.rosters import files, match
from lti_tools.rosters.collecting import seldom_collecting
from lti_tools.rosters.models import RosterImport, RosterRow
from lti_tools.rosters.preparing import (
    Portion,
    Prepared,
    Taken,
    Work,
    require_schools,
    rows_again,
    schools_standing,
)
from lti_tools.rosters.reading import ABSENT, WRONG
from lti_tools.rosters.sheet import NOTHING_CHANGED
from lti_tools.rosters.staging import ACTION, already_decided

PORTION = 1_000
State = RosterImport.State
# Called with each portion, inside the transaction: enrols those who are not in the programme yet.
Enrol = Callable[[Sequence[Taken]], None]


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
def carry_out(prepared: Prepared, *, enrol: Enrol) -> dict[str, int] | None:
    """Does what was shown and decided; returns counts by kind, or None when it was done before.

    The caller owns the transaction. Raises `RegisterChanged` when a row would now do something else.
    """
    roster = prepared.roster
    if not _claim(roster):
        return None
    require_schools(prepared.wanted, area=roster.area)
    same_schools = schools_standing() == prepared.schools
    outcome: Counter[str] = Counter()
    for portion in prepared.portions:
        work = _standing_work(portion) if same_schools else None
        _carry(work or prepared.prepared(rows_again(roster, portion)).work(), enrol)
        outcome.update(portion.kinds)
    if roster.choices.get("absent_left"):
        for people in _absent_people(roster):
            outcome["left"] += _leave(people, roster.area, prepared.today)
    _finish(roster, outcome)
    return dict(outcome)


def _standing_work(portion: Portion) -> Work | None:
    """The work of a portion, whose people are now held; None when the register speaks otherwise of them."""
    work = portion.work()
    return work if match.standing(work.marks, hold=True) == portion.register else None


def _carry(work: Work, enrol: Enrol) -> None:
    for ready in work.ready:
        write(ready)
    audit.record_many(iter(work.events))
    enrol(work.to_enrol)


def _claim(roster: RosterImport) -> bool:
    """One apply at a time: the state moves conditionally, and imports of one province follow each other."""
    root = roster.area.path.strip("/").split("/")[0]
    Area.objects.select_for_update().filter(code=root).first()
    waiting = RosterImport.objects.filter(id=roster.id, state=State.APPLYING)
    return bool(waiting.update(state=State.APPLIED, applied_at=timezone.now()))


def _absent_people(roster: RosterImport) -> Iterator[list[object]]:
    """By portions of those missing from the file."""
    rows = RosterRow.objects.filter(roster=roster, kind=ABSENT).order_by("number")
    last = -1
    while portion := list(rows.filter(number__gt=last).values_list("number", "person")[:PORTION]):
        yield [person for _number, person in portion]
        last = portion[-1][0]


def _leave(people: Sequence[object], area: Area, today: date) -> int:
    """Ends the present affiliation of people absent from the file who still work in the area."""
    present = Affiliation.objects.filter(
        person_id__in=people,
        until__isnull=True,
        school__area__path__startswith=area.path,
    )
    ids = list(present.values_list("id", flat=True))
    return Affiliation.objects.filter(id__in=ids).update(until=today, left="absent")


def _finish(roster: RosterImport, outcome: Counter[str]) -> None:
    roster.refresh_from_db()
    stored = roster.stored
    transaction.on_commit(lambda: files.forget(stored))
    roster.summary = roster.summary | {"outcome": dict(outcome), "expected": {}}
    roster.stored = ""
    roster.save(update_fields=["summary", "stored"])
    audit.record(
        "roster.applied",
        actor=str(roster.choices.get("by", "")),
        subject=str(roster.id),
        detail={**outcome, "rows": sum(outcome.values())},
    )


def forget_taken_over(import_id: object) -> None:
    """What was staged about people is not kept longer than it is needed; counts and wrong rows are.

    In portions, outside the transaction that took the roster over; doing it again does nothing.
    """
    rows = RosterRow.objects.filter(roster=import_id, roster__state=State.APPLIED).exclude(kind=WRONG)
    while portion := list(rows.order_by("number").values_list("id", flat=True)[:PORTION]):
        RosterRow.objects.filter(id__in=portion).delete()
