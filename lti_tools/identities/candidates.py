"""Whom an account may belong to: people of the officer's own area, compared with what is claimed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lti_tools.identities.claims import plain
from lti_tools.identities.matching import folded, same_name, staff
from lti_tools.identities.models import Identity
from lti_tools.people.api import Actor, Affiliation, Person, School, areas_of

MOST = 20
YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Candidate:
    """A person beside a claim. `last4` says whether the last four agree ("yes", "no", "unknown") and never shows
    them. `taken`: another account of the platform is theirs already.
    """

    person_id: uuid.UUID
    name: str
    staff_no: str
    school: str
    same_name: bool
    same_number: bool
    same_school: bool
    last4: str
    taken: bool


@dataclass(frozen=True)
class Wanted:
    """What the officer looks for; at first that is what the account claims."""

    staff_no: str = ""
    name: str = ""
    school: str = ""

    @classmethod
    def claimed(cls, account: Identity) -> Wanted:
        return cls(account.claimed_staff_no, account.claimed_name, account.claimed_school)


def candidates(actor: Actor, account: Identity, wanted: Wanted, *, action: str) -> list[Candidate]:
    """People with this teacher number, and people of this name at this school, who now work in the own area.

    Nobody with a staff role is among them. Those who fit best come first; at most twenty.
    """
    here = Affiliation.objects.filter(
        until__isnull=True, person__erased_at__isnull=True, school__area__in=areas_of(actor, action)
    ).exclude(person_id__in=staff().values("person_id"))
    rows = _fitting(here, wanted).select_related("person", "school").order_by("person__name", "id")[:MOST]
    taken = set(
        Identity.objects.filter(platform_id=account.platform_id, person__isnull=False).values_list(
            "person_id", flat=True
        )
    )
    found = [_candidate(row, account, wanted, taken=row.person_id in taken) for row in rows]
    return sorted(found, key=_worth)


def _worth(one: Candidate) -> tuple[bool, bool, bool, bool]:
    return not one.same_number, not one.same_name, one.last4 != YES, one.taken


def _fitting(here: QuerySet[Affiliation], wanted: Wanted) -> QuerySet[Affiliation]:
    number, school = plain(wanted.staff_no), plain(wanted.school)
    names = {wanted.name.strip(), folded(wanted.name)} - {""}
    fits = Q(pk__in=[])
    if number:
        fits |= Q(person__staff_no=number)
    if names and school:
        fits |= Q(person__name__in=names) & _at(school)
    return here.filter(fits)


def _at(school: str) -> Q:
    return Q(school__code=school) | Q(school__name__icontains=school)


def _candidate(row: Affiliation, account: Identity, wanted: Wanted, *, taken: bool) -> Candidate:
    return Candidate(
        person_id=row.person_id,
        name=row.person.name,
        staff_no=row.person.staff_no,
        school=row.school.name,
        same_name=same_name(row.person.name, account.claimed_name),
        same_number=bool(row.person.staff_no) and row.person.staff_no == plain(account.claimed_staff_no),
        same_school=_same_school(row.school, account.claimed_school),
        last4=_last4(row.person, account.claimed_last4),
        taken=taken,
    )


def _same_school(school: School, claimed: str) -> bool:
    said = plain(claimed)
    return bool(said) and (said == school.code or folded(said) in folded(school.name))


def _last4(person: Person, claimed: str) -> str:
    if not person.id_last4 or not claimed:
        return UNKNOWN
    return YES if person.id_last4.upper() == claimed.upper() else NO
