"""The confirm queue: an officer says whose an LMS account is. Never of a person with a staff role."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.identities.models import Identity
from lti_tools.people.api import Actor, Affiliation, Person, RoleGrant, areas_of, require

ACTION = "identity.confirm"
STILL_WAITING = _("Nothing was linked. The account waits in the list as before.")


def waiting_for(actor: Actor) -> QuerySet[Identity]:
    """Accounts an officer may decide about, the latest seen first.

    Theirs are: a claimed staff number of somebody in the own area; and claims that fit nobody anywhere, from
    a platform of the own area or of no area in particular. A claim that fits another county stays out of
    sight.
    """
    areas = areas_of(actor, ACTION)
    near = {code for area in areas for code in area.path.strip("/").split("/")}
    own = Affiliation.objects.filter(until__isnull=True, school__area__in=areas).exclude(person__staff_no="")
    known = Person.objects.exclude(staff_no="").values("staff_no")
    fits_own = Q(claimed_staff_no__in=own.values("person__staff_no"))
    from_here = Q(platform__authoritative_area__isnull=True) | Q(platform__authoritative_area__code__in=near)
    queue = Identity.objects.filter(person__isnull=True, rejected_at__isnull=True)
    if not near:
        return queue.none()
    return (
        queue.filter(fits_own | (~Q(claimed_staff_no__in=known) & from_here))
        .select_related("platform")
        .order_by("-seen_at")
    )


def find_waiting(actor: Actor, identity_id: uuid.UUID) -> Identity:
    found = waiting_for(actor).filter(id=identity_id).first()
    if found is None:
        raise Denied(ACTION)
    return found


def candidates(actor: Actor, staff_no: str) -> list[Affiliation]:
    """Where people of the own area with exactly this staff number work; nobody with a staff role."""
    if not staff_no.strip():
        return []
    rows = Affiliation.objects.filter(
        until__isnull=True, person__staff_no=staff_no.strip(), school__area__in=areas_of(actor, ACTION)
    )
    staff = RoleGrant.objects.values("person_id")
    return list(
        rows.exclude(person_id__in=staff).select_related("person", "school").order_by("person__name")[:20]
    )


@transaction.atomic
def link_identity(actor: Actor, identity_id: uuid.UUID, person_id: uuid.UUID) -> Identity:
    """From now on this account opens this person's path.

    Refuses people outside the own area (`Denied`), people with a staff role, and a second account of the same
    platform for one person.
    """
    identity = find_waiting(actor, identity_id)
    require(actor, ACTION, person_id=person_id)
    if RoleGrant.objects.filter(person_id=person_id).exists():
        raise _refused(
            "identity.staff_role",
            _("This person holds a staff role, and an LMS account must never open it."),
            _("People with a staff role sign in here with their own account."),
        )
    if Identity.objects.filter(platform=identity.platform, person_id=person_id).exists():
        raise _refused(
            "identity.second_account",
            _("This person already has an account of this platform linked."),
            _("Check the staff number. If the person really has two accounts, have the LMS merge them."),
        )
    linked = _still_waiting(identity).update(person_id=person_id, matched_by="officer")
    _decided(linked, "identity.linked", actor=actor, identity=identity, subject=str(person_id))
    return identity


@transaction.atomic
def reject_identity(actor: Actor, identity_id: uuid.UUID) -> None:
    """The account is nobody of ours; its launches go on showing that it waits, and it leaves the queue."""
    identity = find_waiting(actor, identity_id)
    rejected = _still_waiting(identity).update(rejected_at=timezone.now())
    _decided(rejected, "identity.rejected", actor=actor, identity=identity, subject=str(identity.id))


def _still_waiting(identity: Identity) -> QuerySet[Identity]:
    return Identity.objects.filter(id=identity.id, person__isnull=True, rejected_at__isnull=True)


def _decided(changed: int, kind: str, *, actor: Actor, identity: Identity, subject: str) -> None:
    if not changed:
        raise Refused(
            "identity.already_decided",
            _("Somebody else has decided about this account in the meantime."),
            kept=_("Their decision stands."),
            todo=_("Go back to the list."),
            status=409,
        )
    detail = {"identity": str(identity.id), "platform": str(identity.platform_id)}
    audit.record(kind, actor=actor.pseudonym, subject=subject, detail=detail)


def _refused(code: str, message: object, todo: object) -> Refused:
    return Refused(code, message, kept=STILL_WAITING, todo=todo, status=409)
