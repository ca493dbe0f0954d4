"""A certificate the bureau takes back: with its reason, once, and never one's own."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lti_tools.certificates import api as certificates
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Actor, is_other, require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment

ACTION = "certificate.revoke"
IN_FORCE = frozenset({"valid", "expired"})


def to_revoke(actor: Actor, enrolment_id: uuid.UUID) -> tuple[Enrolment, Any]:
    """The enrolment and its certificate as a line of a report, for the bureau whose programme it is.

    Of another bureau's, of one's own and where none is in force nothing is there.
    """
    try:
        enrolment = programmes.find_enrolment(enrolment_id)
    except ObjectDoesNotExist:
        raise Denied(ACTION) from None
    require(actor, ACTION, area=enrolment.programme.area)
    line = certificates.certificate_line(enrolment)
    if line is None or not is_other(actor, enrolment.person_id):
        raise Denied(ACTION)
    return enrolment, line


def may_revoke(actor: Actor, enrolment: Enrolment) -> bool:
    try:
        _enrolment, line = to_revoke(actor, enrolment.id)
    except Denied:
        return False
    return line.status in IN_FORCE


def revoke(actor: Actor, enrolment_id: uuid.UUID, *, reason: str) -> Enrolment:
    """Ends it for everybody who checks it. The paper and what was passed stay. Refuses a second time."""
    with transaction.atomic():
        enrolment, line = to_revoke(actor, enrolment_id)
        if line.status not in IN_FORCE:
            raise Refused(
                "certificate.revoked_already",
                _("This certificate was revoked already."),
                kept=_("Its first revocation stands as it is."),
                todo=_("Go back to the person's card."),
                status=409,
            )
        certificates.revoke(actor, line.number, reason=reason)
    return enrolment
