"""Two people for one decision: nobody decides what they asked for, or what is about themselves."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.people.access import Actor


def is_other(actor: Actor, *concerned: uuid.UUID | None) -> bool:
    """True when the actor is none of those who asked and those it is about."""
    return actor.known and actor.person_id not in concerned


def require_other(actor: Actor, *concerned: uuid.UUID | None) -> None:
    """Refuses whoever asked for it and whoever it is about; the one place where this rule is kept."""
    if not is_other(actor, *concerned):
        raise Refused(
            "people.own_matter",
            _("Nobody decides what they asked for themselves, or what is about themselves."),
            kept=_("It still waits for a decision, just as it was."),
            todo=_("Leave it to another officer or to the reviewer of your area."),
            status=409,
        )
