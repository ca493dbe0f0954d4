"""A person says that a fact held about them is wrong. Somebody else decides; what is approved is changed here.

Values are judged by the same rules as the cells of a roster. Callers hold the transaction.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, Affiliation, areas_of, card_of, left_from, require
from lti_tools.privacy import facts
from lti_tools.privacy.models import Correction, State

ACTION = "correction.decide"


def ask(actor: Actor, *, field: str, wanted: str, reason: str) -> Correction:
    """Puts the request before somebody else; the value held now is kept beside the one wanted.

    Refuses an unknown field, a value no roster may hold (`facts.BadFact`) and a second open request for a field.
    """
    require(actor, "correction.ask", person_id=actor.person_id)
    value = facts.checked(field, wanted)
    try:
        with transaction.atomic():
            made = Correction.objects.create(
                person_id=actor.person_id,
                field=field,
                held=facts.held(actor.person_id, field)[:200],
                wanted=value,
                reason=reason,
            )
    except IntegrityError as twice:
        raise Refused(
            "correction.open",
            _("You have already asked for a correction here, and it is not decided yet."),
            kept=_("Your first request waits as it was."),
            todo=_("Wait for the answer, or withdraw the first request and ask again."),
            status=409,
        ) from twice
    _record("correction.asked", made, actor=actor)
    return made


def withdraw(actor: Actor, correction_id: uuid.UUID) -> None:
    """The asker takes a request back. Refuses one that was decided meanwhile."""
    own = Correction.objects.filter(id=correction_id, person_id=actor.person_id).first()
    if own is None or not actor.known:
        raise Denied("correction.ask")
    _close(own, state=State.WITHDRAWN)
    _record("correction.withdrawn", own, actor=actor)


def own(actor: Actor) -> QuerySet[Correction]:
    """What the person asked for, the newest first."""
    return Correction.objects.filter(person_id=actor.person_id).order_by("-asked_at")


def waiting_for(actor: Actor) -> QuerySet[Correction]:
    """Requests of people who work in the actor's areas or did so last, never the actor's own, oldest first."""
    present = Affiliation.objects.filter(until__isnull=True, school__area__in=areas_of(actor, ACTION))
    here = Q(person__in=present.values("person")) | Q(person__in=left_from(actor, ACTION).values("pk"))
    rows = Correction.objects.filter(here, state=State.ASKED)
    return rows.exclude(person_id=actor.person_id).select_related("person").order_by("asked_at")


def find(actor: Actor, correction_id: uuid.UUID) -> Correction:
    """A request in the actor's area, decided or not; their own and one elsewhere do not exist for them."""
    found = Correction.objects.filter(id=correction_id).select_related("person").first()
    if found is None or found.person_id == actor.person_id:
        raise Denied(ACTION)
    card_of(actor, ACTION, found.person_id)
    return found


def decide(actor: Actor, correction_id: uuid.UUID, *, approve: bool, answer: str) -> Correction:
    """Approves and changes the fact, or declines with an answer. Refuses to decide twice and to decline in silence."""
    found = find(actor, correction_id)
    if not approve and not answer.strip():
        raise _refused("correction.no_answer", _("A request is not declined without an answer."))
    _close(found, state=State.APPROVED if approve else State.DECLINED, by=actor.person_id, answer=answer)
    if approve:
        facts.change(found.person_id, found.field, found.wanted)
    _record("correction.approved" if approve else "correction.declined", found, actor=actor)
    return found


def _close(row: Correction, *, state: str, by: object = None, answer: str = "") -> None:
    """By a conditional update: of two who decide at the same moment one is told."""
    changed = Correction.objects.filter(id=row.id, state=State.ASKED).update(
        state=state, decided_by_id=by, decided_at=timezone.now(), answer=answer
    )
    if not changed:
        raise Refused(
            "correction.decided",
            _("This request has been decided in the meantime."),
            kept=_("That decision stands."),
            todo=_("Go back to the list."),
            status=409,
        )


def _refused(code: str, message: object) -> Refused:
    kept, todo = _("Nothing was decided."), _("Write one sentence the person can do something with.")
    return Refused(code, message, kept=kept, todo=todo, status=422)


def _record(kind: str, row: Correction, *, actor: Actor) -> None:
    detail = {"correction": str(row.id), "field": row.field}
    audit.record(kind, actor=actor.pseudonym, subject=str(row.person_id), detail=detail)


def forget_decided(before: datetime, *, dry_run: bool = False) -> int:
    """Blanks values, reason and answer of what was decided before that moment; field and day stay."""
    rows = Correction.objects.filter(decided_at__lt=before).filter(~Q(wanted="") | ~Q(reason=""))
    return rows.count() if dry_run else rows.update(held="", wanted="", reason="", answer="")


def erase_person(person_id: object) -> int:
    rows = Correction.objects.filter(person_id=person_id)
    rows.filter(state=State.ASKED).update(state=State.WITHDRAWN, decided_at=timezone.now())
    return rows.update(held="", wanted="", reason="", answer="")
