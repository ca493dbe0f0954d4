"""The people door: who somebody is, where they work, what they may do, and who may see them."""

from __future__ import annotations

from lti_tools.people import codes, id_numbers
from lti_tools.people.access import (
    ANONYMOUS,
    Actor,
    actor_for,
    actor_for_account,
    areas_of,
    in_force,
    may,
    require,
    system,
    visible_to,
)
from lti_tools.people.codes import code_label
from lti_tools.people.models import Account, Affiliation, Area, Authenticator, Person, RoleGrant, School
from lti_tools.people.rights import ACTIONS, SECOND_FACTOR, Rule
from lti_tools.people.visits import forget_old_visits

__all__ = [
    "ACTIONS",
    "ANONYMOUS",
    "SECOND_FACTOR",
    "Account",
    "Actor",
    "Affiliation",
    "Area",
    "Authenticator",
    "Person",
    "RoleGrant",
    "Rule",
    "School",
    "actor_for",
    "actor_for_account",
    "areas_of",
    "code_label",
    "codes",
    "forget_old_visits",
    "id_numbers",
    "in_force",
    "may",
    "present_affiliation",
    "require",
    "system",
    "visible_to",
]


def present_affiliation(person: Person) -> Affiliation | None:
    return person.affiliations.filter(until__isnull=True).select_related("school__area").first()
