"""Linking an account that waits. What was done through it while it was linked with somebody else is shown first, and
goes over to the right person or stays where it is, as the officer says.
"""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lti_tools import consequences
from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.identities import api as identities
from lti_tools.identities.api import STILL_WAITING, Identity
from lti_tools.lessons import api as lessons
from lti_tools.office.identity_moves import enrolment_for, held, move_work, new_occasion
from lti_tools.office.identity_work import Work, work_through
from lti_tools.people import api as people
from lti_tools.people.api import Actor
from lti_tools.programmes import api as programmes
from lti_tools.tasks import api as tasks

SPLIT = "identity.split"
BRING, LEAVE = "bring", "leave"


@dataclass(frozen=True)
class Waiting:
    """An account that waits, and what was done through it with whom the officer answers for. `elsewhere`: more of it
    is with people of other areas, and only an officer of an area that holds them all can hand it over.
    """

    account: Identity
    work: tuple[Work, ...]
    elsewhere: bool

    @property
    def undecided(self) -> bool:
        """Whether linking needs a word on results."""
        return bool(self.work) or self.elsewhere


def waiting(actor: Actor, identity_id: uuid.UUID) -> Waiting:
    """Refuses with `Denied` an account that does not wait, or not within sight."""
    account = identities.find_waiting(actor, identity_id)
    found = holders(account.id)
    own = [each for each in found if _answers_for(actor, each)]
    work = tuple(part for each in own for part in work_through(account.id, each))
    return Waiting(account, work, elsewhere=len(own) < len(found))


def holders(identity_id: uuid.UUID) -> list[uuid.UUID]:
    """Ids of everybody with results that came through this account."""
    found = programmes.placed_through(identity_id) | tasks.people_through(identity_id)
    return sorted(found | lessons.people_through(identity_id))


def _answers_for(actor: Actor, person_id: uuid.UUID) -> bool:
    try:
        people.card_of(actor, SPLIT, person_id)
    except Denied:
        return False
    return True


@transaction.atomic
def link(
    actor: Actor, identity_id: uuid.UUID, to: uuid.UUID, *, results: str = "", reason: str = ""
) -> Counter[str]:
    """The account is this person's from now on; returns what went over with it, by kind.

    Where somebody else has results that came through it, `results` must say whether they go over ("bring") or stay
    ("leave"). Refuses what `identities.link_waiting` and the handing over of a split refuse, and results of people
    the officer does not answer for. Then nothing is changed.
    """
    linked = identities.link_waiting(actor, identity_id, to)
    others = [each for each in holders(identity_id) if each != to]
    if others and results not in {BRING, LEAVE}:
        raise _undecided()
    occasion, counts = new_occasion(), Counter[str]()
    for holder in others if results == BRING else ():
        counts += _bring(actor, linked, holder, to=to, reason=reason, occasion=occasion)
    detail = {"identity": str(linked.id), "platform": str(linked.platform_id), **counts}
    audit.record("identity.linked", actor=actor.pseudonym, subject=str(to), reason=reason, detail=detail)
    if linked.matched_by:
        # Its gradebook was emptied when the account was taken away, maybe from this very person.
        consequences.publish_of(to, occasion=occasion)
    return counts


def _bring(
    actor: Actor, account: Identity, holder: uuid.UUID, *, to: uuid.UUID, reason: str, occasion: str
) -> Counter[str]:
    if not _answers_for(actor, holder):
        raise _elsewhere()
    counts: Counter[str] = Counter()
    for work in held(account.id, holder):
        counts += move_work(actor, work, to=enrolment_for(work, to), reason=reason, occasion=occasion)
    detail = {"identity": str(account.id), "platform": str(account.platform_id), "to": "person", **counts}
    audit.record("identity.split", actor=actor.pseudonym, subject=str(holder), reason=reason, detail=detail)
    return counts


def _undecided() -> Refused:
    return Refused(
        "identity.results_undecided",
        _("Results of somebody else came through this account, and it was not said what becomes of them."),
        kept=STILL_WAITING,
        todo=_("Open the account again and choose whether they go to the right person or stay."),
        status=409,
    )


def _elsewhere() -> Refused:
    return Refused(
        "identity.results_elsewhere",
        _("Results that came through this account are with somebody outside your area."),
        kept=STILL_WAITING,
        todo=_("Ask an officer of the larger area to link the account, or leave the results where they are."),
        status=409,
    )
