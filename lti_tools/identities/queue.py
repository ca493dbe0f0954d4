"""The confirm queue: an officer says whose an LMS account is. Never of a person with a staff role."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.identities.matching import staff
from lti_tools.identities.models import Identity
from lti_tools.people.api import Actor, Affiliation, Person, School, areas_of, require

ACTION = "identity.confirm"
STILL_WAITING = _("Nothing was linked. The account waits in the list as before.")
REOPENED = "reopened"


def waiting_for(actor: Actor) -> QuerySet[Identity]:
    """Accounts an officer may decide about, the latest seen first."""
    return _in_sight(actor, Identity.objects.filter(rejected_at__isnull=True)).order_by("-seen_at")


def rejected_for(actor: Actor) -> QuerySet[Identity]:
    """Accounts of the own area that were rejected and may be reopened, the latest decision first."""
    return _in_sight(actor, Identity.objects.filter(rejected_at__isnull=False)).order_by("-rejected_at")


def _in_sight(actor: Actor, accounts: QuerySet[Identity]) -> QuerySet[Identity]:
    """Theirs are: a claimed staff number of somebody in the own area; a claimed school, by code or name, of the own
    area; and claims that fit nothing anywhere, from a platform of the own area or of no area in particular. A claim
    that fits another county only stays out of sight.
    """
    areas = areas_of(actor, ACTION)
    near = {code for area in areas for code in area.path.strip("/").split("/")}
    if not near:
        return accounts.none()
    present = Affiliation.objects.filter(until__isnull=True, school__area__in=areas)
    own_people = present.exclude(person__staff_no="").values("person__staff_no")
    own = Q(claimed_staff_no__in=own_people) | _school_in(School.objects.filter(area__in=areas))
    known = Q(claimed_staff_no__in=Person.objects.exclude(staff_no="").values("staff_no"))
    known |= _school_in(School.objects.all())
    from_here = Q(platform__authoritative_area__isnull=True) | Q(platform__authoritative_area__code__in=near)
    return accounts.filter(own | (~known & from_here), person__isnull=True).select_related("platform")


def _school_in(schools: QuerySet[School]) -> Q:
    return Q(claimed_school__in=schools.values("code")) | Q(claimed_school__in=schools.values("name"))


def find_waiting(actor: Actor, identity_id: uuid.UUID) -> Identity:
    found = waiting_for(actor).filter(id=identity_id).first()
    if found is None:
        raise Denied(ACTION)
    return found


@transaction.atomic
def link_waiting(actor: Actor, identity_id: uuid.UUID, person_id: uuid.UUID) -> Identity:
    """From now on this account opens this person's path. `office.identity_links` decides what becomes of results that
    came through it and records the decision, in the same transaction.

    Refuses people outside the own area (`Denied`), people with a staff role, a second account of the same platform
    for one person, and an account about which somebody else has decided meanwhile.
    """
    identity = find_waiting(actor, identity_id)
    require(actor, ACTION, person_id=person_id)
    refuse_staff(person_id, kept=STILL_WAITING)
    try:
        with transaction.atomic():
            linked = _still(identity, rejected=False).update(
                person_id=person_id, matched_by="officer", linked_at=timezone.now(), claimed_last4=""
            )
    except IntegrityError as second:
        raise second_account(kept=STILL_WAITING) from second
    if not linked:
        raise already_decided()
    return identity


@transaction.atomic
def reject_identity(actor: Actor, identity_id: uuid.UUID) -> None:
    """The account is nobody of ours; its launches go on showing that it waits, and it leaves the queue."""
    identity = find_waiting(actor, identity_id)
    rejected = _still(identity, rejected=False).update(rejected_at=timezone.now())
    _decided(rejected, "identity.rejected", actor=actor, identity=identity)


@transaction.atomic
def reopen_identity(actor: Actor, identity_id: uuid.UUID) -> None:
    """A rejected account waits again, for a human: a launch no longer matches it by itself."""
    identity = rejected_for(actor).filter(id=identity_id).first()
    if identity is None:
        raise Denied(ACTION)
    reopened = _still(identity, rejected=True).update(rejected_at=None, matched_by=REOPENED)
    _decided(reopened, "identity.reopened", actor=actor, identity=identity)


def _still(identity: Identity, *, rejected: bool) -> QuerySet[Identity]:
    return Identity.objects.filter(id=identity.id, person__isnull=True, rejected_at__isnull=not rejected)


def _decided(changed: int, kind: str, *, actor: Actor, identity: Identity) -> None:
    if not changed:
        raise already_decided()
    detail = {"identity": str(identity.id), "platform": str(identity.platform_id)}
    audit.record(kind, actor=actor.pseudonym, subject=str(identity.id), detail=detail)


def already_decided() -> Refused:
    return Refused(
        "identity.already_decided",
        _("Somebody else has decided about this account in the meantime."),
        kept=_("Their decision stands."),
        todo=_("Go back to the list."),
        status=409,
    )


def refuse_staff(person_id: uuid.UUID, *, kept: object) -> None:
    """An LMS account never opens the path of somebody who holds a staff role, or will hold one."""
    if staff().filter(person_id=person_id).exists():
        raise Refused(
            "identity.staff_role",
            _("This person holds a staff role, and an LMS account must never open it."),
            kept=kept,
            todo=_("People with a staff role sign in here with their own account."),
            status=409,
        )


def second_account(*, kept: object) -> Refused:
    return Refused(
        "identity.second_account",
        _("This person already has an account of this platform linked."),
        kept=kept,
        todo=_("Check the staff number. If the person really has two accounts, have the LMS merge them."),
        status=409,
    )
