"""What a bureau does with a programme after it was opened: batches, and closing it with what is left in it.

Whoever owes the training is decided in `programmes.participation`, which keeps its own transactions.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools import consequences
from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.errors import Refused
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Actor, require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Batch, CarryOver, Enrolment, Left, Programme
from lti_tools.tasks import api as tasks

# People carried over in one step of the background work; each step is one transaction.
STEP = 100


def open_batch(actor: Actor, programme: Programme, *, title: str, starts: date, ends: date) -> Batch:
    require(actor, "programme.open", area=programme.area)
    with transaction.atomic():
        batch = programmes.open_batch(programme, title=title, starts=starts, ends=ends)
        _batch_event("batch.opened", actor, batch)
    return batch


def change_batch(actor: Actor, batch: Batch, *, title: str, starts: date, ends: date) -> Batch:
    require(actor, "programme.open", area=batch.programme.area)
    with transaction.atomic():
        changed = programmes.change_batch(batch, title=title, starts=starts, ends=ends)
        _batch_event("batch.changed", actor, changed)
    return changed


def _batch_event(kind: str, actor: Actor, batch: Batch, **more: int) -> None:
    detail: dict[str, str | int] = {"batch": str(batch.id), **more}
    audit.record(kind, actor=actor.pseudonym, subject=str(batch.programme_id), detail=detail)


def assign_batch(actor: Actor, batch: Batch, enrolments: Iterable[Enrolment]) -> int:
    """Puts people into a batch of their programme; returns how many were not in it before."""
    require(actor, "programme.open", area=batch.programme.area)
    with transaction.atomic():
        changed = programmes.set_batch(enrolments, batch)
        if changed:
            _batch_event("batch.assigned", actor, batch, people=changed)
    return changed


@dataclass(frozen=True)
class Closing:
    """What closing would find: people with a certificate in force, and who is left, with the tasks they passed."""

    done: int
    left: Left
    tasks: int


def preview_closing(actor: Actor, programme: Programme) -> Closing:
    """Changes nothing; the figures of the page on which closing is confirmed."""
    require(actor, "programme.close", area=programme.area)
    rows = programmes.everybody(programme)
    remaining = programmes.unfinished(programme, certified=certificates.certified(rows))
    return Closing(
        done=certificates.certified(rows).count(),
        left=programmes.left(remaining),
        tasks=tasks.count_passed(remaining),
    )


def close(
    actor: Actor, programme: Programme, *, carry_over: str, successor: Programme | None, reason: str
) -> None:
    """Closes a programme for good and orders what its rule carries over; reports and certificates stay.

    Refuses a second closing, and for a rule that carries somebody over a successor that is not of the same area or
    one above, is not running, or is missing.
    """
    require(actor, "programme.close", area=programme.area)
    rule = CarryOver(carry_over)
    follows = _successor(programme, successor) if rule != CarryOver.NOTHING else None
    with transaction.atomic():
        programmes.end_leaves(timezone.localdate(), programme=programme)
        if not programmes.close(programme, by=actor.person_id, carry_over=rule, successor=follows):
            programmes.require_open(programme)
        audit.record(
            "programme.closed",
            actor=actor.pseudonym,
            subject=str(programme.id),
            reason=reason,
            detail={"carry_over": str(rule), "successor": str(follows.id) if follows else ""},
        )
        if follows:
            outbox.put("carry_over", key=str(programme.id), payload={"programme": str(programme.id)})


def _successor(programme: Programme, successor: Programme | None) -> Programme:
    if successor is None or not programmes.successors_for(programme).filter(id=successor.id).exists():
        raise Refused(
            "programme.successor",
            _("People can only be carried over to a running programme of the same area or of one above it."),
            kept=_("The programme is still open."),
            todo=_("Choose such a programme, open one first, or carry nothing over."),
        )
    return successor


def carry_over(row: outbox.Row) -> outbox.Again | None:
    """Background: one step of carrying over; a kill costs one step, and a step done twice adds nothing."""
    programme = programmes.find_programme(row.payload["programme"])
    successor = programme.successor
    if successor is None:
        return None
    people = _after(programme, str(row.payload.get("after", "")))
    with transaction.atomic():
        for old in people:
            new = programmes.enrol_carried(old, successor)
            if programme.carry_over == CarryOver.PASSED:
                consequences.carry_passed(old, new or programmes.already_there(old, successor))
    if len(people) < STEP:
        return None
    return outbox.Again({"programme": str(programme.id), "after": str(people[-1].id)})


def _after(programme: Programme, last: str) -> list[Enrolment]:
    rows = programmes.everybody(programme)
    remaining = programmes.unfinished(programme, certified=certificates.certified(rows))
    following = remaining.filter(id__gt=uuid.UUID(last)) if last else remaining
    return list(following[:STEP])
