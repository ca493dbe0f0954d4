"""Splitting an account from the wrong person, and moving what was done through it to the right one.

Nothing is lost and nothing is rewritten: the ledger gets a correction for the one and the same result for the other;
readings, marks, decisions, recordings and hours go over as they are. Sets that were frozen stay frozen.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lti_tools import consequences
from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.errors import Refused
from lti_tools.identities import api as identities
from lti_tools.identities.api import STILL_LINKED, Identity
from lti_tools.office.identity_links import holders
from lti_tools.office.identity_moves import enrolment_for, held, move_work, new_occasion
from lti_tools.office.identity_work import Work, work_through
from lti_tools.people.api import Actor, require
from lti_tools.programmes import api as programmes

ACTION = "identity.split"
CHOOSE = _("Choose the person the account really belongs to, or send it back to the list.")


@dataclass(frozen=True)
class Linked:
    """An account, whose it is now, and what was done through it. `before`: somebody else has such results, too."""

    account: Identity
    work: tuple[Work, ...]
    before: bool = False


def linked(actor: Actor, identity_id: uuid.UUID) -> Linked:
    """Refuses an account of nobody and of people outside the own area (`Denied`)."""
    account = _linked(actor, identity_id)
    before = any(each != account.person_id for each in holders(account.id))
    return Linked(account, tuple(work_through(account.id, account.person_id)), before)


def _linked(actor: Actor, identity_id: uuid.UUID) -> Identity:
    return identities.find_linked(actor, identity_id)


@transaction.atomic
def send_back(actor: Actor, identity_id: uuid.UUID, *, reason: str) -> None:
    """The account waits in the queue again and opens nothing from now on; results stay where they are until somebody
    links it, who is asked about them (`office.identity_links`).

    No launch matches it by itself any more. Refuses an account that somebody else has split meanwhile.
    """
    account = _linked(actor, identity_id)
    identities.take_away(account)
    if _has_decided(account.person_id):
        consequences.withdraw_grades([(account.platform_id, account.sub)], occasion=new_occasion())
    _event(actor, account, to="queue", reason=reason, counts=Counter())


@transaction.atomic
def hand_over(actor: Actor, identity_id: uuid.UUID, *, to: uuid.UUID, reason: str) -> Counter[str]:
    """The account becomes the right person's, with all that was done through it; returns what went over, by kind.

    Refuses people outside the own area (`Denied`), the same person, people with a staff role or with another
    account of the platform, people who are not in the programme or whose tier cannot be told, and a certificate
    that somebody else would have to revoke. Then nothing is changed.
    """
    account = _linked(actor, identity_id)
    require(actor, ACTION, person_id=to)
    if account.person_id == to:
        raise _refused("identity.same_person", _("The account belongs to this person already."), CHOOSE)
    identities.refuse_staff(to, kept=STILL_LINKED)
    had_grades, occasion = _has_decided(account.person_id), new_occasion()
    identities.give_to(account, to)
    if had_grades:
        consequences.withdraw_grades([(account.platform_id, account.sub)], occasion=occasion)
    counts: Counter[str] = Counter()
    for work in held(account.id, account.person_id):
        counts += move_work(actor, work, to=enrolment_for(work, to), reason=reason, occasion=occasion)
    _event(actor, account, to="person", reason=reason, counts=counts)
    detail = {"identity": str(account.id), "platform": str(account.platform_id), **counts}
    audit.record("identity.linked", actor=actor.pseudonym, subject=str(to), reason=reason, detail=detail)
    consequences.publish_of(to, occasion=occasion)
    return counts


def _has_decided(person_id: uuid.UUID) -> bool:
    """Whether results of this person may stand in the gradebook of the account."""
    own = programmes.enrolments_of_person(person_id)
    return any(certificates.lessons(enrolment) for enrolment in own)


def _event(actor: Actor, account: Identity, *, to: str, reason: str, counts: Counter[str]) -> None:
    """On the trail of the person it was taken from; whose it is now stands on the trail of the other one only."""
    audit.record(
        "identity.split",
        actor=actor.pseudonym,
        subject=str(account.person_id),
        reason=reason,
        detail={"identity": str(account.id), "platform": str(account.platform_id), "to": to, **counts},
    )


def _refused(code: str, message: object, todo: object) -> Refused:
    return Refused(code, message, kept=STILL_LINKED, todo=todo, status=409)
