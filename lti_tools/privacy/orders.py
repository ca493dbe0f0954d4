"""Orders to erase a person: an officer gives the reason, a reviewer of the area approves.

Callers hold the transaction.
"""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people import api as people
from lti_tools.people.api import Actor, Affiliation, Person, areas_of, card_of, left_from, require
from lti_tools.privacy.models import ErasureOrder, State
from lti_tools.ratings import api as ratings

ORDER, APPROVE = "erasure.order", "erasure.approve"
NOTHING_DONE = _("Nothing was erased.")


def order(actor: Actor, person_id: uuid.UUID, *, reason: str) -> ErasureOrder:
    """Puts the order before a reviewer. Refuses staff, people before the raters, oneself and a second order.

    Who left is erased by the bureau that had them last: they may ask for it as much as anybody.
    """
    if person_id == actor.person_id:
        require(actor, ORDER, person_id=person_id)
        raise _refused("erasure.own", _("Nobody orders their own erasure."), _("Ask another officer."))
    card_of(actor, ORDER, person_id)
    refuse_impossible(person_id)
    try:
        with transaction.atomic():
            made = ErasureOrder.objects.create(
                person_id=person_id, reason=reason, asked_by_id=actor.person_id
            )
    except IntegrityError as twice:
        raise _refused(
            "erasure.open", _("An order about this person waits already."), _("See the list of orders.")
        ) from twice
    _record("erasure.ordered", made, actor=actor, reason=reason)
    return made


def refuse_impossible(person_id: object) -> None:
    """Asked when ordered, when approved and when carried out: between them weeks may pass."""
    if people.holds_staff_role(person_id):
        raise _refused(
            "erasure.staff",
            _("This person holds a staff role, and what they decided must lead to somebody."),
            _("End the role first."),
        )
    if ratings.has_open_case(person_id):
        raise _refused(
            "erasure.open_case",
            _("A lesson of this person is before the raters."),
            _("Wait until it is decided, then order again."),
        )


def orders_for(actor: Actor) -> QuerySet[ErasureOrder]:
    """Orders about people of the actor's areas and the actor's own ones, the newest first."""
    own = Q(asked_by_id=actor.person_id) | Q(decided_by_id=actor.person_id)
    rows = ErasureOrder.objects.filter(_about(actor, ORDER) | _about(actor, APPROVE) | own)
    return rows.select_related("person", "asked_by", "decided_by").order_by("-asked_at")


def _about(actor: Actor, action: str) -> Q:
    """About people who work in the actor's areas, or did so last."""
    here = Affiliation.objects.filter(until__isnull=True, school__area__in=areas_of(actor, action))
    return Q(person__in=here.values("person")) | Q(person__in=left_from(actor, action).values("pk"))


def _reaches(actor: Actor, action: str, person_id: uuid.UUID) -> bool:
    try:
        card_of(actor, action, person_id)
    except Denied:
        return False
    return True


def waiting_for(actor: Actor) -> QuerySet[ErasureOrder]:
    """Orders the actor may approve or decline now."""
    rows = ErasureOrder.objects.filter(_about(actor, APPROVE), state=State.ASKED)
    return rows.exclude(asked_by_id=actor.person_id).exclude(person_id=actor.person_id)


def find(actor: Actor, order_id: uuid.UUID) -> ErasureOrder:
    """An order the actor may read; any other does not exist for them."""
    found = ErasureOrder.objects.filter(id=order_id).select_related("person", "asked_by").first()
    if found is None:
        raise Denied(ORDER)
    own = actor.known and actor.person_id in (found.asked_by_id, found.decided_by_id)
    roles = bool(actor.granted(("officer", "reviewer")))
    in_area = any(_reaches(actor, action, found.person_id) for action in (ORDER, APPROVE))
    if not (in_area or (own and roles)):
        raise Denied(ORDER)
    return found


def may_decide(actor: Actor, found: ErasureOrder) -> bool:
    """A reviewer of the area who did not order it and is not the person."""
    other = actor.person_id not in (found.asked_by_id, found.person_id)
    return other and found.state == State.ASKED and _reaches(actor, APPROVE, found.person_id)


def require_decider(actor: Actor, order_id: uuid.UUID) -> ErasureOrder:
    """A reviewer of the area: never who ordered it, never the person. For everybody else it does not exist."""
    found = find(actor, order_id)
    if actor.person_id in (found.asked_by_id, found.person_id):
        raise Denied(APPROVE)
    if found.state == State.ASKED:
        card_of(actor, APPROVE, found.person_id)
    return found


def decide(actor: Actor, order_id: uuid.UUID, *, approve: bool) -> ErasureOrder:
    """Approves, so that it is carried out, or declines. Refuses to decide twice and what has become impossible."""
    found = require_decider(actor, order_id)
    if approve:
        refuse_impossible(found.person_id)
    state = State.APPROVED if approve else State.DECLINED
    rows = ErasureOrder.objects.filter(id=found.id, state=State.ASKED)
    if not rows.update(state=state, decided_by_id=actor.person_id, decided_at=timezone.now()):
        raise _refused(
            "erasure.decided", _("This order has been decided in the meantime."), _("Go back to the list.")
        )
    _record("erasure.approved" if approve else "erasure.declined", found, actor=actor)
    return found


def approved(order_id: object) -> ErasureOrder | None:
    """An order still to be carried out; None when it was, or was never approved."""
    rows = ErasureOrder.objects.filter(id=order_id, state=State.APPROVED, done_at__isnull=True)
    return rows.select_related("person").first()


def done(found: ErasureOrder) -> None:
    ErasureOrder.objects.filter(id=found.id, done_at__isnull=True).update(done_at=timezone.now())


def candidates(actor: Actor, words: str) -> list[Affiliation]:
    """People of the actor's areas, those who left among them, by staff number or part of the name; at most twenty.

    Each by the place where they work, or worked last.
    """
    wanted = words.strip()
    if not wanted:
        return []
    matching = Q(person__name__icontains=wanted) | Q(person__staff_no=wanted)
    present = Affiliation.objects.filter(until__isnull=True, school__area__in=areas_of(actor, ORDER))
    gone = Affiliation.objects.filter(person__in=left_from(actor, ORDER).values("pk"))
    rows = (present | gone).filter(matching).exclude(person_id=actor.person_id)
    newest = rows.order_by("person__name", "person_id", "-since").select_related("person", "school")
    found = {row.person_id: row for row in reversed(list(newest[:100]))}
    return list(reversed(found.values()))[:20]


def person_in_sight(actor: Actor, person_id: uuid.UUID) -> Person:
    return card_of(actor, ORDER, person_id)


def _record(kind: str, row: ErasureOrder, *, actor: Actor, reason: str = "") -> None:
    detail = {"order": str(row.id)}
    audit.record(kind, actor=actor.pseudonym, subject=str(row.person_id), reason=reason, detail=detail)


def _refused(code: str, message: object, todo: object) -> Refused:
    return Refused(code, message, kept=NOTHING_DONE, todo=todo, status=409)
