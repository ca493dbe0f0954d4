"""What a bureau does to its tree of schools: each change asks at both ends, and leaves an event with its reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.organisations import api as organisations
from lti_tools.organisations.api import Ended
from lti_tools.people.api import Actor, Area, Person, School, may, require

CHANGE, AREAS = "organisation.change", "area.change"


@transaction.atomic
def open_school(
    actor: Actor,
    *,
    area: Area,
    parent: School | None,
    code: str,
    name: str,
    location: str,
    remote: bool,
    since: date,
    reason: str,
) -> School:
    """A new school of the area or, with `parent`, a teaching point of that school in its area."""
    facts = {"code": code, "name": name, "location": location, "remote": remote, "since": since}
    if parent is None:
        require(actor, CHANGE, area=area)
        made = organisations.open_school(area=area, **facts)  # type: ignore[arg-type]
    else:
        require(actor, CHANGE, area=parent.area)
        made = organisations.open_teaching_point(parent, **facts)  # type: ignore[arg-type]
        _refuse_outside(actor, made.area)
    _record("school.opened", actor, made, reason=reason, since=since, code=code, area=made.area.code)
    return made


@transaction.atomic
def rename(actor: Actor, school_id: uuid.UUID, *, code: str, name: str, since: date, reason: str) -> School:
    school = _own(actor, school_id)
    renamed = organisations.rename(school, code=code, name=name, since=since)
    _record("school.renamed", actor, school, reason=reason, since=since, old=school.code, new=code)
    return renamed


@transaction.atomic
def move(
    actor: Actor,
    school_id: uuid.UUID,
    *,
    area: Area,
    parent: School | None,
    since: date,
    reason: str,
) -> School:
    """Refuses to move a school to where the actor has no say, and to take one from there (`Denied`)."""
    school = _own(actor, school_id)
    to = parent.area if parent else area
    _refuse_outside(actor, to)
    moved = organisations.move(school, area=to, parent=parent, since=since)
    _refuse_plan_outside(actor, moved)
    _record("school.moved", actor, school, reason=reason, since=since, old=school.area.code, new=to.code)
    return moved


@transaction.atomic
def withdraw(actor: Actor, school_id: uuid.UUID, *, reason: str) -> None:
    """Takes back the change that is planned; a move is taken back by who has a say at both ends."""
    school = _own(actor, school_id)
    _refuse_plan_outside(actor, school)
    plan = organisations.planned(school)
    organisations.withdraw(school)
    if plan:
        _record("school.plan_withdrawn", actor, school, reason=reason, since=plan.since)


@transaction.atomic
def change_kind(
    actor: Actor, school_id: uuid.UUID, *, location: str, remote: bool, since: date, reason: str
) -> School:
    school = _own(actor, school_id)
    changed = organisations.change_kind(school, location=location, remote=remote, since=since)
    _record("school.kind", actor, school, reason=reason, since=since, location=location, remote=int(remote))
    return changed


@transaction.atomic
def equip(actor: Actor, school_id: uuid.UUID, *, equipment: Mapping[str, int | None]) -> School:
    school = _own(actor, school_id)
    equipped = organisations.set_equipment(school, equipment)
    audit.record("school.equipped", actor=actor.pseudonym, subject=str(school.id), detail=equipped.equipment)
    return equipped


@transaction.atomic
def close(actor: Actor, school_id: uuid.UUID, *, since: date, reason: str) -> Ended:
    school = _own(actor, school_id)
    ended = organisations.close(school, since=since, by=_by(actor))
    told = {"code": school.code, "grants": len(ended.holders)}
    _record("school.closed", actor, school, reason=reason, since=since, mentions=ended.holders, **told)
    return ended


@transaction.atomic
def merge(actor: Actor, school_id: uuid.UUID, *, into: School, since: date, reason: str) -> Ended:
    """Asks at both ends: the school that ends and the one that takes over. Stands on the trail of all concerned."""
    school = _own(actor, school_id)
    _refuse_outside(actor, into.area)
    ended = organisations.merge(school, into=into, since=since, by=_by(actor))
    _record(
        "school.merged",
        actor,
        school,
        reason=reason,
        since=since,
        mentions=(*ended.people, *ended.holders),
        into=str(into.id),
        people=len(ended.people),
        points=ended.points,
        grants=len(ended.holders),
    )
    return ended


@transaction.atomic
def add_area(actor: Actor, *, code: str, name: str, parent: Area | None) -> Area:
    require(actor, AREAS)
    made = organisations.add_area(code=code, name=name, parent=parent)
    audit.record("area.added", actor=actor.pseudonym, subject=str(made.id), detail={"code": code})
    return made


@transaction.atomic
def rename_area(actor: Actor, area: Area, *, name: str, reason: str) -> Area:
    require(actor, AREAS)
    renamed = organisations.rename_area(area, name=name)
    audit.record(
        "area.renamed",
        actor=actor.pseudonym,
        subject=str(area.id),
        reason=reason,
        detail={"code": area.code},
    )
    return renamed


def follow_plans() -> int:
    """Background, once an hour: what was written down for a day that has come holds from now on."""
    with transaction.atomic():
        return organisations.catch_up(timezone.localdate())


def _own(actor: Actor, school_id: uuid.UUID) -> School:
    school = organisations.school_for(actor, school_id, CHANGE)
    require(actor, CHANGE, area=school.area)
    return school


def _refuse_outside(actor: Actor, area: Area) -> None:
    if not may(actor, CHANGE, area=area):
        raise Refused(
            "organisation.outside",
            _("That is outside your own area."),
            kept=_("Nothing was changed."),
            todo=_("Ask the bureau above both areas to do it."),
            status=409,
        )


def _refuse_plan_outside(actor: Actor, school: School) -> None:
    """Where the school is to lie: a new parent may be about to move itself."""
    plan = organisations.planned(school)
    if plan:
        _refuse_outside(actor, plan.area)


def _by(actor: Actor) -> Person | None:
    return Person.objects.filter(id=actor.person_id).first()


def _record(
    kind: str,
    actor: Actor,
    school: School,
    *,
    reason: str,
    since: date,
    mentions: Iterable[uuid.UUID] = (),
    **detail: str | int,
) -> None:
    audit.record(
        kind,
        actor=actor.pseudonym,
        subject=str(school.id),
        reason=reason,
        detail={"since": since.isoformat(), **detail},
        mentions=map(str, mentions),
    )
