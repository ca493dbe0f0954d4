"""The people door: who somebody is, where they work, what they may do, and who may see them."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from lti_tools.people import accounts, authenticators, codes, grants, id_numbers, totp
from lti_tools.people.access import (
    ANONYMOUS,
    Actor,
    actor_for,
    actor_for_account,
    anybody_holds,
    areas_of,
    in_force,
    may,
    require,
    system,
    visible_to,
)
from lti_tools.people.accounts import Invitation
from lti_tools.people.affiliations import (
    LEFT,
    affiliations_of,
    card_of,
    change_facts,
    come_back,
    find_people,
    leave,
    left_from,
    left_schools,
    seen_as,
    transfer,
)
from lti_tools.people.bearers import names_of
from lti_tools.people.codes import code_label
from lti_tools.people.entering import Ready, enter_many, ready_to_change, ready_to_enter, write
from lti_tools.people.four_eyes import is_other, require_other
from lti_tools.people.grants import Scope as RoleScope
from lti_tools.people.grants import Term
from lti_tools.people.models import Account, Affiliation, Area, Authenticator, Person, RoleGrant, School
from lti_tools.people.personal import (
    affiliations_held,
    erase_person,
    holds_staff_role,
    left_before,
    people_in_area,
    person_held,
    roles_at,
)
from lti_tools.people.rights import ACTIONS, SECOND_FACTOR, Rule
from lti_tools.people.visits import forget_old_visits

__all__ = [
    "ACTIONS",
    "ANONYMOUS",
    "LEFT",
    "SECOND_FACTOR",
    "Account",
    "Actor",
    "Affiliation",
    "Area",
    "Authenticator",
    "Invitation",
    "Person",
    "Ready",
    "RoleGrant",
    "RoleScope",
    "Rule",
    "School",
    "Term",
    "accounts",
    "actor_for",
    "actor_for_account",
    "affiliations_held",
    "affiliations_of",
    "affiliations_on",
    "anybody_holds",
    "areas_of",
    "authenticators",
    "card_of",
    "change_facts",
    "code_label",
    "codes",
    "come_back",
    "enter_many",
    "erase_person",
    "find_people",
    "forget_old_visits",
    "grants",
    "holds_staff_role",
    "id_numbers",
    "in_force",
    "is_other",
    "leave",
    "left_before",
    "left_from",
    "left_schools",
    "may",
    "names_of",
    "people_in_area",
    "person_held",
    "present_affiliation",
    "ready_to_change",
    "ready_to_enter",
    "require",
    "require_other",
    "roles_at",
    "seen_as",
    "system",
    "totp",
    "transfer",
    "visible_to",
    "write",
]


def present_affiliation(person: Person) -> Affiliation | None:
    return person.affiliations.filter(until__isnull=True).select_related("school__area").first()


def affiliations_on(day: date) -> QuerySet[Affiliation]:
    """Where people worked on that day, whatever has become of it since. For callers who asked for the scope."""
    held = Q(until__isnull=True) | Q(until__gt=day)
    return Affiliation.objects.filter(held, since__lte=day)
