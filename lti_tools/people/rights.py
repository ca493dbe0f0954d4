"""The authorization table: action -> who may, and within what. Nothing else decides.

`Rule.roles` names the roles that may at all. `Rule.scope` names what `people.require` must be asked about besides:
an action of scope "area" is only allowed for an area below the grant, and so on. The tests of
`tests/lti_tools/test_access.py` are made from this table and from the list of addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ANYONE = "anyone"
SELF = "self"
RATER = "rater"
CHAIR = "chair"
SPECIALIST = "specialist"
ENVOY = "envoy"
SCHOOL_OFFICE = "school_office"
OFFICER = "officer"
REVIEWER = "reviewer"
COMMITTEE = "committee"
ADMINISTRATOR = "administrator"

# Whoever holds one of these signs in with a second factor, or holds it not.
SECOND_FACTOR = frozenset({OFFICER, REVIEWER, CHAIR, ADMINISTRATOR})
# Who sees the people of the school or area of a grant (door 1). Raters reach lessons blind, committees a dossier.
SEES_PEOPLE = frozenset({OFFICER, REVIEWER, SPECIALIST, ENVOY, SCHOOL_OFFICE})

_STAFF = frozenset(
    {RATER, CHAIR, SPECIALIST, ENVOY, SCHOOL_OFFICE, OFFICER, REVIEWER, COMMITTEE, ADMINISTRATOR}
)
# Role -> the roles it may hand out and take back, within its own scope. Nobody hands out anything to themselves.
GRANTS: dict[str, frozenset[str]] = {
    ADMINISTRATOR: _STAFF,
    OFFICER: _STAFF - {ADMINISTRATOR},
}
# Never for the very area of the one who hands it out, only for one below: two officers cannot make each other, and
# an officer makes nobody, and renews nobody's way in, who then approves what this officer entered.
ONLY_BELOW = frozenset({OFFICER, REVIEWER})
# Role -> what its scope may be. A rater of everywhere and an administrator have none.
SCOPES: dict[str, frozenset[str]] = {
    RATER: frozenset({"area", "everywhere"}),
    CHAIR: frozenset({"area"}),
    SPECIALIST: frozenset({"school"}),
    ENVOY: frozenset({"school"}),
    SCHOOL_OFFICE: frozenset({"school"}),
    OFFICER: frozenset({"area"}),
    REVIEWER: frozenset({"area"}),
    COMMITTEE: frozenset({"dossier"}),
    ADMINISTRATOR: frozenset({"everywhere"}),
}
# These are lent for a time: a grant without an end is refused.
MUST_END = frozenset({ENVOY, COMMITTEE})

Scope = Literal["", "self", "assigned", "school", "area", "dossier", "everywhere"]


@dataclass(frozen=True)
class Rule:
    roles: frozenset[str]
    scope: Scope = ""


def _rule(*roles: str, scope: Scope = "") -> Rule:
    return Rule(frozenset(roles), scope)


_PUBLIC = _rule(ANYONE)
_OWN = _rule(SELF, scope="self")
_RATER = _rule(RATER, scope="assigned")
_COACH = _rule(SPECIALIST, ENVOY, scope="school")
_OFFICER = _rule(OFFICER, scope="area")

ACTIONS: dict[str, Rule] = {
    # Public
    "public.home": _PUBLIC,
    "public.verify": _PUBLIC,
    "public.sign_in": _PUBLIC,
    "public.language": _PUBLIC,
    "lti.login": _PUBLIC,
    "lti.launch": _PUBLIC,
    "lti.jwks": _PUBLIC,
    "audit.keys": _PUBLIC,
    # Proved by a signed address, a signed token, a slip or a launch still waiting, not by who is signed in
    "media.play": _PUBLIC,
    "api.placement": _PUBLIC,
    "account.activate": _PUBLIC,
    "identity.claim": _PUBLIC,
    "slip.open": _PUBLIC,
    # A teacher, always about the own person
    "path.see": _OWN,
    "diagnosis.take": _OWN,
    "lesson.submit": _OWN,
    "lesson.see": _OWN,
    "certificate.own": _OWN,
    "own_data.see": _OWN,
    "own_data.download": _OWN,
    "correction.ask": _OWN,
    # Whoever has an account of ours, about the own sign-in
    "account.own": _rule(
        RATER, CHAIR, SPECIALIST, ENVOY, SCHOOL_OFFICE, OFFICER, REVIEWER, COMMITTEE, ADMINISTRATOR
    ),
    # Raters, what was assigned to them
    "rating.desk": _RATER,
    "rating.rate": _RATER,
    # Specialists and technical envoys, their schools with the teaching points
    "specialist.desk": _COACH,
    "task.sign_off": _COACH,
    "diagnosis.check": _COACH,
    "slip.confirm": _COACH,
    # The school office, its school; officers see to it as well
    "school.list": _rule(SCHOOL_OFFICE, scope="school"),
    "slip.print": _rule(SCHOOL_OFFICE, SPECIALIST, ENVOY, OFFICER, scope="school"),
    "participation.propose": _rule(SCHOOL_OFFICE, OFFICER, scope="school"),
    # Officers, their area and all below it; what a reviewer decides was never asked for by the same person
    "programme.see": _rule(OFFICER, REVIEWER, scope="area"),
    "programme.open": _OFFICER,
    "programme.close": _OFFICER,
    "participation.decide": _rule(OFFICER, REVIEWER, scope="area"),
    "person.see": _rule(OFFICER, REVIEWER, scope="area"),
    "person.change": _OFFICER,
    "organisation.see": _rule(OFFICER, REVIEWER, scope="area"),
    "organisation.change": _OFFICER,
    "roster.import": _OFFICER,
    "roster.export": _OFFICER,
    "identity.confirm": _OFFICER,
    "identity.split": _OFFICER,
    "role.see": _rule(OFFICER, REVIEWER, ADMINISTRATOR, scope="area"),
    "role.grant": _rule(OFFICER, ADMINISTRATOR, scope="area"),
    "round.see": _rule(OFFICER, CHAIR, scope="area"),
    "report.run": _OFFICER,
    "report.download": _OFFICER,
    "certificate.revoke": _OFFICER,
    "correction.decide": _rule(OFFICER, REVIEWER, scope="area"),
    "erasure.order": _OFFICER,
    "erasure.approve": _rule(REVIEWER, scope="area"),
    "audit.see": _rule(OFFICER, REVIEWER, scope="area"),
    "dossier.make": _OFFICER,
    # Title committees, one dossier until its day
    "dossier.read": _rule(COMMITTEE, scope="dossier"),
    # Operations
    "area.change": _rule(ADMINISTRATOR, scope="everywhere"),
    "problems.see": _rule(ADMINISTRATOR, scope="everywhere"),
    "problems.retry": _rule(ADMINISTRATOR, scope="everywhere"),
    "audit.heads": _rule(ADMINISTRATOR, scope="everywhere"),
    "retention.see": _rule(ADMINISTRATOR, scope="everywhere"),
}
