"""Who may hand out which role, within what, and until when. The rules are data in `rights`; this asks them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.access import Actor, Grant, in_force, visible_to
from lti_tools.people.models import Area, Person, RoleGrant, School
from lti_tools.people.rights import ACTIONS, ADMINISTRATOR, GRANTS, MUST_END, ONLY_BELOW, SCOPES

ACTION = "role.grant"
SHORTEST_REASON, LONGEST_REASON = 2, 200
AT_MOST = 20


@dataclass(frozen=True)
class Scope:
    """What a role reaches: one area with all below it, one school with its teaching points, one dossier, or
    (none of them) everything.
    """

    area: Area | None = None
    school: School | None = None
    dossier: Any = None

    @property
    def kind(self) -> str:
        kinds = {"area": self.area, "school": self.school, "dossier": self.dossier}
        named = [kind for kind, thing in kinds.items() if thing is not None]
        return named[0] if len(named) == 1 else "everywhere" if not named else ""

    @property
    def path(self) -> str:
        """The area in which it lies."""
        area = self.area or (self.school and self.school.area) or (self.dossier and self.dossier.area)
        return area.path if area else ""


def grantable_roles(actor: Actor) -> tuple[str, ...]:
    """The roles the actor may hand out somewhere, in the order in which they are listed everywhere."""
    found: set[str] = set()
    for own in actor.grants:
        found |= GRANTS.get(own.role, frozenset())
    return tuple(role for role in RoleGrant.Role.values if role in found)


def may_hand_out(actor: Actor, role: str, scope: Scope) -> bool:
    """True when some grant of the actor covers the scope and the role is one it hands out there."""
    return any(_hands_out(own, role, scope) for own in actor.grants)


def _hands_out(own: Grant, role: str, scope: Scope) -> bool:
    if role not in GRANTS.get(own.role, frozenset()):
        return False
    if own.role == ADMINISTRATOR:
        return True
    if not own.area_path or not scope.path.startswith(own.area_path):
        return False
    return role not in ONLY_BELOW or scope.path != own.area_path


def people_to_appoint(actor: Actor) -> QuerySet[Person]:
    """Who may be given a role: those in sight, those who hold or held one in the own area; administrators: all."""
    present = Person.objects.filter(erased_at__isnull=True).exclude(id=actor.person_id)
    if any(own.role == ADMINISTRATOR for own in actor.grants):
        return present
    officer = actor.granted(GRANTS)
    holders = _in_reach(RoleGrant.objects.filter(person=OuterRef("pk")), officer)
    return present.filter(Q(id__in=visible_to(actor).values("id")) | Exists(holders))


def find_people(actor: Actor, text: str) -> list[Person]:
    """By the whole staff number or a part of the name of two signs at least; at most twenty."""
    wanted = text.strip()
    if len(wanted) < 2:
        return []
    match = Q(staff_no=wanted) | Q(name__contains=wanted)
    return list(people_to_appoint(actor).filter(match).order_by("name", "staff_no")[:AT_MOST])


def new_staff_person(actor: Actor, *, name: str, staff_no: str) -> Person:
    """A person of the staff who works at none of our schools. Refuses a staff number that somebody in sight has."""
    if not grantable_roles(actor):
        raise Denied(ACTION)
    if staff_no and people_to_appoint(actor).filter(staff_no=staff_no).exists():
        raise Refused(
            "grant.staff_number_taken",
            _("Somebody in your area has this staff number already."),
            kept=_("Nobody was entered and no role was given."),
            todo=_("Search for the staff number and choose the person, or correct the number."),
            status=409,
        )
    person = Person.objects.create(name=name, staff_no=staff_no)
    audit.record("person.entered", actor=actor.pseudonym, subject=str(person.id), detail={"as": "staff"})
    return person


def grants_in_sight(actor: Actor, *, action: str = "role.see") -> QuerySet[RoleGrant]:
    """The grants that lie in the areas in which the actor may see them; administrators see all."""
    rows = RoleGrant.objects.select_related(
        "person", "area", "school__area", "dossier", "granted_by", "revoked_by"
    )
    return _in_reach(rows, actor.granted(ACTIONS[action].roles))


def _in_reach(rows: QuerySet[RoleGrant], own: tuple[Grant, ...]) -> QuerySet[RoleGrant]:
    if any(grant.role == ADMINISTRATOR for grant in own):
        return rows
    reach = Q(pk__in=[])
    for grant in own:
        if grant.area_path:
            reach |= Q(area__path__startswith=grant.area_path)
            reach |= Q(school__area__path__startswith=grant.area_path)
            reach |= Q(dossier__area__path__startswith=grant.area_path)
    return rows.filter(reach)


def own_grants(actor: Actor) -> QuerySet[RoleGrant]:
    """What the actor holds today, for telling them."""
    mine = in_force(RoleGrant.objects.filter(person_id=actor.person_id))
    return mine.select_related("area", "school", "dossier").order_by("role", "since")


def find_grant(actor: Actor, grant_id: uuid.UUID) -> RoleGrant:
    """A grant in sight that the actor may take back; anything else looks as if it were not there."""
    row = grants_in_sight(actor, action=ACTION).filter(id=grant_id).first()
    if row is None or not may_take_back(actor, row):
        raise Denied(ACTION)
    return row


def scope_of(row: RoleGrant) -> Scope:
    return Scope(area=row.area, school=row.school, dossier=row.dossier)


def may_take_back(actor: Actor, row: RoleGrant) -> bool:
    """Whoever could hand it out may take it back; nobody takes back what is their own."""
    return row.person_id != actor.person_id and may_hand_out(actor, row.role, scope_of(row))


def may_look_after(actor: Actor, person: Person) -> bool:
    """May renew this person's way in: only who could hand out every role the person holds or is about to hold.

    Otherwise a county could make a new password for somebody who decides above it.
    """
    if person.id == actor.person_id:
        return False
    rows = _not_over(RoleGrant.objects.filter(person=person)).select_related(
        "area", "school__area", "dossier"
    )
    return bool(rows) and all(may_hand_out(actor, row.role, scope_of(row)) for row in rows)


def _not_over(rows: QuerySet[RoleGrant]) -> QuerySet[RoleGrant]:
    return rows.filter(revoked_at__isnull=True).exclude(until__lt=timezone.localdate())


@dataclass(frozen=True)
class Term:
    """From when, until when (the last day on which it holds; None is without end) and why."""

    since: date
    until: date | None
    reason: str


def grant(
    actor: Actor, person: Person, role: str, scope: Scope, term: Term, *, entered_now: bool = False
) -> RoleGrant:
    """Gives a role. Refuses what the rules of `rights` do not allow; a stranger to the actor is `Denied`.

    `entered_now` is for a person the actor entered a moment ago, who is in nobody's sight before the first role.
    """
    if not entered_now and not people_to_appoint(actor).filter(id=person.id).exists():
        raise _own() if person.id == actor.person_id else Denied(ACTION)
    _check(actor, person, role, scope, term)
    with transaction.atomic():
        row = RoleGrant.objects.create(
            person=person,
            role=role,
            area=scope.area,
            school=scope.school,
            dossier=scope.dossier,
            since=term.since,
            until=term.until,
            reason=term.reason.strip()[:LONGEST_REASON],
            granted_by_id=actor.person_id,
        )
        _record("role.granted", actor, row, term.reason)
    return row


def _check(actor: Actor, person: Person, role: str, scope: Scope, term: Term) -> None:
    if scope.kind not in SCOPES.get(role, frozenset()):
        raise _refused("grant.scope", _("This role needs another kind of area, school or dossier."))
    if not may_hand_out(actor, role, scope):
        raise Denied(ACTION)
    if len(term.reason.strip()) < SHORTEST_REASON:
        raise _refused("grant.reason", _("A role is given with a reason."))
    _check_term(role, scope, term)
    if _held_already(person, role, scope, term):
        raise _refused("grant.held", _("This person holds this role there at this time already."))


def _check_term(role: str, scope: Scope, term: Term) -> None:
    if term.until is None and role in MUST_END:
        raise _refused("grant.end", _("This role is lent for a time: it needs a last day."))
    if term.until is not None and (term.until < term.since or term.until < timezone.localdate()):
        raise _refused("grant.dates", _("The last day lies before the first, or before today."))
    if scope.dossier is not None and term.until is not None and term.until > scope.dossier.until:
        raise _refused("grant.dates", _("The dossier is closed before this last day."))


def _held_already(person: Person, role: str, scope: Scope, term: Term) -> bool:
    same = RoleGrant.objects.filter(
        person=person,
        role=role,
        area=scope.area,
        school=scope.school,
        dossier=scope.dossier,
        revoked_at__isnull=True,
    ).exclude(until__lt=term.since)
    return (same.filter(since__lte=term.until) if term.until else same).exists()


def revoke(actor: Actor, grant_id: uuid.UUID, *, reason: str) -> RoleGrant:
    """Ends a grant at once: the holder's next request has it no longer. Refuses a second time."""
    row = find_grant(actor, grant_id)
    if len(reason.strip()) < SHORTEST_REASON:
        raise _refused("grant.reason", _("A role is taken back with a reason."))
    with transaction.atomic():
        ended = RoleGrant.objects.filter(id=row.id, revoked_at__isnull=True).update(
            revoked_at=timezone.now(),
            revoked_by_id=actor.person_id,
            revoked_reason=reason.strip()[:LONGEST_REASON],
        )
        if not ended:
            raise _refused("grant.ended", _("This role was taken back already."), status=409)
        _record("role.revoked", actor, row, reason)
    row.refresh_from_db()
    return row


def _record(kind: str, actor: Actor, row: RoleGrant, reason: str) -> None:
    scope = scope_of(row)
    named = row.area_id or row.school_id or row.dossier_id or ""
    detail = {"role": row.role, "scope": scope.kind, "of": str(named), "grant": str(row.id)}
    audit.record(
        kind, actor=actor.pseudonym, subject=str(row.person_id), reason=reason.strip(), detail=detail
    )


def _own() -> Refused:
    return _refused("grant.own", _("Nobody gives a role to themselves."))


def _refused(code: str, message: Any, *, status: int = 400) -> Refused:
    return Refused(
        code,
        message,
        kept=_("No role was changed."),
        todo=_("Go back, correct it and send it again."),
        status=status,
    )
