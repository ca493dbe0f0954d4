"""Accounts that were linked with the wrong person: found, taken away again, or given to the right one.

What was done through them is moved by `office.identities`, in the same transaction.
"""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Denied
from lti_tools.identities.models import Identity
from lti_tools.identities.queue import already_decided, second_account
from lti_tools.people.api import Actor, Affiliation, areas_of, left_from

ACTION = "identity.split"
# What `matched_by` says of an account that was taken away from somebody: no launch matches it by itself any more.
SPLIT = "split"
STILL_LINKED = _("Nothing was changed: account and results stand as before.")


def linked_accounts(actor: Actor, *, wanted: str = "") -> QuerySet[Identity]:
    """Accounts of people who work in the own area, or did so last and now nowhere; never the officer's own.

    `wanted` narrows them to a name or a teacher number.
    """
    here = Affiliation.objects.filter(until__isnull=True, school__area__in=areas_of(actor, ACTION))
    gone = left_from(actor, ACTION).values("pk")
    rows = Identity.objects.filter(Q(person__in=here.values("person_id")) | Q(person__in=gone))
    rows = rows.exclude(person=actor.person_id).select_related("platform", "person")
    if wanted.strip():
        rows = rows.filter(Q(person__name=wanted.strip()) | Q(person__staff_no=wanted.strip()))
    return rows.order_by("person__name", "id")


def find_linked(actor: Actor, identity_id: uuid.UUID) -> Identity:
    """Refuses with `Denied` an account of nobody, and one of a person outside the own area or of oneself."""
    found = linked_accounts(actor).filter(id=identity_id).first()
    if found is None:
        raise Denied(ACTION)
    return found


def take_away(account: Identity) -> None:
    """The account waits in the queue again. Refuses when it is no longer this person's."""
    freed = _of_same_person(account).update(person=None, matched_by=SPLIT, linked_at=None)
    if not freed:
        raise already_decided()


def give_to(account: Identity, person_id: uuid.UUID) -> None:
    """The account is this person's from now on. Refuses a second account of a platform for one person, and an
    account that is no longer the one's it was.
    """
    try:
        with transaction.atomic():
            given = _of_same_person(account).update(
                person_id=person_id, matched_by="officer", linked_at=timezone.now(), claimed_last4=""
            )
    except IntegrityError as second:
        raise second_account(kept=STILL_LINKED) from second
    if not given:
        raise already_decided()


def _of_same_person(account: Identity) -> QuerySet[Identity]:
    return Identity.objects.filter(id=account.id, person_id=account.person_id)
