"""Who may do what: one table (action -> roles) and one question (`require`). Nothing else decides."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from lti_tools.errors import Denied
from lti_tools.people.models import Account, Affiliation, Area, Person, RoleGrant, School

if TYPE_CHECKING:
    from collections.abc import Iterable

ANYONE = "anyone"
SELF = "self"
TEACHER = "teacher"
RATER = "rater"
CHAIR = "chair"
SPECIALIST = "specialist"
OFFICER = "officer"
ADMINISTRATOR = "administrator"

ACTIONS: dict[str, frozenset[str]] = {
    # public
    "public.home": frozenset({ANYONE}),
    "public.verify": frozenset({ANYONE}),
    "public.sign_in": frozenset({ANYONE}),
    "public.language": frozenset({ANYONE}),
    "lti.login": frozenset({ANYONE}),
    "lti.launch": frozenset({ANYONE}),
    "lti.jwks": frozenset({ANYONE}),
    # proved by a signed URL or a signed token, not by a session
    "media.play": frozenset({ANYONE}),
    "api.placement": frozenset({ANYONE}),
    # a teacher, always about the own person
    "path.see": frozenset({SELF}),
    "diagnosis.take": frozenset({SELF}),
    "lesson.submit": frozenset({SELF}),
    "lesson.see": frozenset({SELF}),
    "certificate.own": frozenset({SELF}),
    # raters see what was assigned to them
    "rating.desk": frozenset({RATER}),
    "rating.rate": frozenset({RATER}),
    # a specialist, for own school and its teaching points
    "specialist.desk": frozenset({SPECIALIST}),
    "task.sign_off": frozenset({SPECIALIST}),
    # officers, for their area
    "programme.see": frozenset({OFFICER}),
    "programme.open": frozenset({OFFICER}),
    "roster.import": frozenset({OFFICER}),
    "identity.confirm": frozenset({OFFICER}),
    "round.see": frozenset({OFFICER, CHAIR}),
    "report.run": frozenset({OFFICER}),
    "report.download": frozenset({OFFICER}),
    "certificate.revoke": frozenset({OFFICER}),
    # operations
    "problems.see": frozenset({ADMINISTRATOR}),
    "problems.retry": frozenset({ADMINISTRATOR}),
}


@dataclass(frozen=True)
class Grant:
    role: str
    area_path: str = ""
    school_ids: frozenset[uuid.UUID] = frozenset()

    @property
    def everywhere(self) -> bool:
        return not self.area_path and not self.school_ids


@dataclass(frozen=True)
class Actor:
    """Whoever acts in this request. `via` is "sign-in", "launch", "system" or "" for nobody in particular.

    LMS roles never become grants: a launch carries the person's own rights as a teacher only.
    """

    person_id: uuid.UUID | None = None
    name: str = ""
    via: str = ""
    grants: tuple[Grant, ...] = field(default=())
    reason: str = ""

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


def actor_for(person: Person, *, via: str) -> Actor:
    """The actor of a person; grants count only after our own sign-in."""
    grants = _grants(person) if via == "sign-in" else ()
    return Actor(person_id=person.id, name=person.name, via=via, grants=grants)


def actor_for_account(account: Account) -> Actor:
    return actor_for(account.person, via="sign-in") if account.person else ANONYMOUS


def _grants(person: Person) -> tuple[Grant, ...]:
    today = timezone.localdate()
    rows = (
        RoleGrant.objects.filter(person=person, since__lte=today)
        .filter(Q(until__isnull=True) | Q(until__gte=today))
        .select_related("area")
    )
    return tuple(_grant(row) for row in rows)


def _grant(row: RoleGrant) -> Grant:
    schools: frozenset[uuid.UUID] = frozenset()
    if row.school_id:
        points = School.objects.filter(Q(id=row.school_id) | Q(parent_id=row.school_id))
        schools = frozenset(points.values_list("id", flat=True))
    return Grant(role=row.role, area_path=row.area.path if row.area else "", school_ids=schools)


def may(
    actor: Actor,
    action: str,
    *,
    area: Area | None = None,
    school: School | None = None,
    person_id: uuid.UUID | None = None,
) -> bool:
    """True when a row of the table and, where an object is named, its scope allow the action."""
    roles = ACTIONS[action]
    if ANYONE in roles:
        return True
    if SELF in roles and actor.known and person_id in (None, actor.person_id):
        return True
    return any(
        _covers(grant, area=area, school=school, person_id=person_id) for grant in actor.granted(roles)
    )


def require(
    actor: Actor,
    action: str,
    *,
    area: Area | None = None,
    school: School | None = None,
    person_id: uuid.UUID | None = None,
) -> None:
    """Refuses with `Denied`, whose page looks the same whether the thing exists or not."""
    if not may(actor, action, area=area, school=school, person_id=person_id):
        raise Denied(action)


def _covers(grant: Grant, *, area: Area | None, school: School | None, person_id: uuid.UUID | None) -> bool:
    if grant.everywhere:
        return True
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
    """Door 1 to data about people: oneself, the people of one's area or school, everybody for a named job.

    Raters are not here: they reach lessons blind, through `ratings.assigned_to`.
    """
    if actor.via == "system":
        return Person.objects.all()
    if not actor.known:
        return Person.objects.none()
    reach = Q(id=actor.person_id)
    for grant in actor.granted({OFFICER, SPECIALIST, ADMINISTRATOR}):
        reach |= Q(id__in=_people_under(grant).values("person_id"))
    return Person.objects.filter(reach)


def areas_of(actor: Actor, action: str) -> QuerySet[Area]:
    """The areas in which the actor may do this."""
    reach = Q(pk__in=[])
    for grant in actor.granted(ACTIONS[action]):
        if grant.everywhere:
            return Area.objects.all()
        if grant.area_path:
            reach |= Q(path__startswith=grant.area_path)
    return Area.objects.filter(reach)
