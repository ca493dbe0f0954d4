"""The people door: who somebody is, where they work, what they may do, and who may see them."""

from __future__ import annotations

from lti_tools.people.access import (
    ACTIONS,
    ANONYMOUS,
    Actor,
    actor_for,
    actor_for_account,
    areas_of,
    may,
    require,
    system,
    visible_to,
)
from lti_tools.people.confirm import candidates, find_waiting, link_identity, reject_identity, waiting_for
from lti_tools.people.identity import identify, person_of, subs_of, waiting
from lti_tools.people.models import Account, Affiliation, Area, Person, RoleGrant, School
from lti_tools.people.roster import (
    apply_roster,
    discard_roster,
    problems_of,
    roster_for,
    rosters_of,
    rosters_to_decide,
    stage_roster,
)
from lti_tools.people.roster_codes import code_label, columns
from lti_tools.people.roster_sample import sample_sheet
from lti_tools.people.visits import forget_old_visits

__all__ = [
    "ACTIONS",
    "ANONYMOUS",
    "Account",
    "Actor",
    "Affiliation",
    "Area",
    "Person",
    "RoleGrant",
    "School",
    "actor_for",
    "actor_for_account",
    "apply_roster",
    "areas_of",
    "candidates",
    "code_label",
    "columns",
    "discard_roster",
    "find_waiting",
    "forget_old_visits",
    "identify",
    "link_identity",
    "may",
    "person_of",
    "present_affiliation",
    "problems_of",
    "reject_identity",
    "require",
    "roster_for",
    "rosters_of",
    "rosters_to_decide",
    "sample_sheet",
    "stage_roster",
    "subs_of",
    "system",
    "visible_to",
    "waiting",
    "waiting_for",
]


def present_affiliation(person: Person) -> Affiliation | None:
    return person.affiliations.filter(until__isnull=True).select_related("school__area").first()
