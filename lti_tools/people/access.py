"""Who may do what: one question (`require`) to one table (`rights.ACTIONS`). Nothing else decides."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from lti_tools.errors import Denied
from lti_tools.people.models import Account, Affiliation, Area, Person, RoleGrant, School
from lti_tools.people.rights import ACTIONS, ANYONE, SECOND_FACTOR, SEES_PEOPLE, SELF

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Grant:
    role: str
    area_path: str = ""
    school_ids: frozenset[uuid.UUID] = frozenset()
    dossier_id: uuid.UUID | None = None

    @property
    def everywhere(self) -> bool:
        return not self.area_path and not self.school_ids and self.dossier_id is None


@dataclass(frozen=True)
class Actor:
    """Whoever acts in this request. `via` is "sign-in", "launch", "slip", "system" or "" for nobody in particular.

    LMS roles never become grants: a launch or a slip carries the person's own rights as a teacher only.
    `identity_id` names the LMS account a launch came from. `withheld` names roles that wait for the second factor.
    """

    person_id: uuid.UUID | None = None
    name: str = ""
    via: str = ""
    grants: tuple[Grant, ...] = field(default=())
    reason: str = ""
    identity_id: uuid.UUID | None = None
    withheld: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        return self.person_id is not None

    @property
    def pseudonym(self) -> str:
        return str(self.person_id) if self.person_id else self.via or "anonymous"

    @property
    def roles(self) -> frozenset[str]:
        own = {ANYONE, SELF} if self.known else {ANYONE}
        return frozenset(own | {grant.role for grant in self.grants})

    def granted(self, roles: Iterable[str]) -> tuple[Grant, ...]:
        wanted = set(roles)
        return tuple(grant for grant in self.grants if grant.role in wanted)


ANONYMOUS = Actor()


def system(reason: str) -> Actor:
    """Door 4: a job acts for the house. The reason goes into the audit trail of whatever it does."""
    if not reason:
        raise ValueError("a job that reads data about people says why")
    return Actor(via="system", reason=reason)


def actor_for(
    person: Person, *, via: str, identity_id: uuid.UUID | None = None, second_factor: bool = False
) -> Actor:
    """The actor of a person. Grants count only after our own sign-in, some of them only with a second factor.

    Whoever was erased is nobody in particular any more, whatever a session still says.
    """
    if person.erased_at is not None:
        return ANONYMOUS
    found = _grants(person) if via == "sign-in" else ()
    counts = tuple(grant for grant in found if second_factor or grant.role not in SECOND_FACTOR)
    return Actor(
        person_id=person.id,
        name=person.name,
        via=via,
        grants=counts,
        identity_id=identity_id,
        withheld=frozenset(grant.role for grant in found) - {grant.role for grant in counts},
    )


def actor_for_account(account: Account, *, second_factor: bool) -> Actor:
    if account.person is None:
        return ANONYMOUS
    return actor_for(account.person, via="sign-in", second_factor=second_factor)


def _grants(person: Person) -> tuple[Grant, ...]:
    rows = in_force(RoleGrant.objects.filter(person=person)).select_related("area")
    return tuple(_grant(row) for row in rows)


def in_force(grants: QuerySet[RoleGrant]) -> QuerySet[RoleGrant]:
    """Those that hold today."""
    today = timezone.localdate()
    return grants.filter(since__lte=today, revoked_at__isnull=True).filter(
        Q(until__isnull=True) | Q(until__gte=today)
    )


def anybody_holds(roles: Iterable[str], *, schools: Iterable[uuid.UUID]) -> bool:
    """Whether one of these roles is held today at one of these schools, whoever holds it."""
    return in_force(RoleGrant.objects.filter(role__in=set(roles), school__in=list(schools))).exists()


def _grant(row: RoleGrant) -> Grant:
    schools: frozenset[uuid.UUID] = frozenset()
    if row.school_id:
        points = School.objects.filter(Q(id=row.school_id) | Q(parent_id=row.school_id))
        schools = frozenset(points.values_list("id", flat=True))
    path = row.area.path if row.area else ""
    return Grant(role=row.role, area_path=path, school_ids=schools, dossier_id=row.dossier_id)


def may(
    actor: Actor,
    action: str,
    *,
    area: Area | None = None,
    school: School | None = None,
    person_id: uuid.UUID | None = None,
    dossier_id: uuid.UUID | None = None,
) -> bool:
    """True when a row of the table and, where an object is named, its scope allow the action."""
    roles = ACTIONS[action].roles
    if ANYONE in roles:
        return True
    if SELF in roles and actor.known and person_id in (None, actor.person_id):
        return True
    return any(
        _covers(grant, area=area, school=school, person_id=person_id, dossier_id=dossier_id)
        for grant in actor.granted(roles)
    )


def require(
    actor: Actor,
    action: str,
    *,
    area: Area | None = None,
    school: School | None = None,
    person_id: uuid.UUID | None = None,
    dossier_id: uuid.UUID | None = None,
) -> None:
    """Refuses with `Denied`, whose page looks the same whether the thing exists or not."""
    if not may(actor, action, area=area, school=school, person_id=person_id, dossier_id=dossier_id):
        raise Denied(action)


def _covers(
    grant: Grant,
    *,
    area: Area | None,
    school: School | None,
    person_id: uuid.UUID | None,
    dossier_id: uuid.UUID | None,
) -> bool:
    if grant.everywhere:
        return True
    if dossier_id is not None and grant.dossier_id != dossier_id:
        return False
    if area is not None and not (grant.area_path and area.path.startswith(grant.area_path)):
        return False
    if school is not None and not _school_in(grant, school):
        return False
    if person_id is not None:
        return _people_under(grant).filter(person_id=person_id).exists()
    return True


def _school_in(grant: Grant, school: School) -> bool:
    if grant.area_path:
        return school.area.path.startswith(grant.area_path)
    return school.id in grant.school_ids


def _people_under(grant: Grant) -> QuerySet[Affiliation]:
    present = Affiliation.objects.filter(until__isnull=True)
    if grant.everywhere:
        return present
    if grant.area_path:
        return present.filter(school__area__path__startswith=grant.area_path)
    return present.filter(school_id__in=grant.school_ids)


def visible_to(actor: Actor) -> QuerySet[Person]:
    """Door 1 to data about people: oneself, the people of one's area or schools, everybody for a named job.

    Raters are not here: they reach lessons blind, through `ratings.assigned_to`.
    """
    if actor.via == "system":
        return Person.objects.all()
    if not actor.known:
        return Person.objects.none()
    reach = Q(id=actor.person_id)
    for grant in actor.granted(SEES_PEOPLE):
        reach |= Q(id__in=_people_under(grant).values("person_id"))
    return Person.objects.filter(reach)


def areas_of(actor: Actor, action: str) -> QuerySet[Area]:
    """The areas in which the actor may do this."""
    reach = Q(pk__in=[])
    for grant in actor.granted(ACTIONS[action].roles):
        if grant.everywhere:
            return Area.objects.all()
        if grant.area_path:
            reach |= Q(path__startswith=grant.area_path)
    return Area.objects.filter(reach)
