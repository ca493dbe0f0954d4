"""Dossiers for title committees: frozen evidence of named candidates, read until a day and never changed.

A candidate's `ref` is the id of the enrolment the evidence is about. No age band, month of birth or digit of an ID
number can be inside: `reports.evidence` has no field for them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.errors import Denied, Refused
from lti_tools.organisations.api import facts_of
from lti_tools.people.api import Actor, Affiliation, Area, areas_of, require
from lti_tools.programmes.api import Enrolment, Programme, enrolments_of_person, find_enrolment
from lti_tools.reporting import snapshot
from lti_tools.reporting.models import Dossier, ReportRun
from reports import evidence as frozen

LONGEST_DAYS = 90
# What a committee can read, and what is frozen while the officer waits.
MOST = 300
MAKE, READ = "dossier.make", "dossier.read"


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be put into a dossier."""

    enrolment_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    school: str
    staff_no: str
    certified: bool


def candidates(
    actor: Actor,
    *,
    programme: Programme,
    area: Area,
    words: str = "",
    ids: Iterable[uuid.UUID] | None = None,
    limit: int = 100,
) -> list[Candidate]:
    """Who owes the training and works in the area now, those with a certificate first, at most `limit`.

    `words` narrows by a part of the name or the whole staff number, `ids` to these enrolments.
    """
    require(actor, MAKE, area=area)
    wanted = words.strip()
    rows = certificates.mark_certified(_owed(programme, area))
    if wanted:
        rows = rows.filter(Q(person__name__icontains=wanted) | Q(person__staff_no=wanted))
    if ids is not None:
        rows = rows.filter(id__in=list(ids))
    found = list(rows.order_by("-certified", "person__name", "id")[:limit])
    places = _places(found)
    return [_candidate(row, places[row.person_id]) for row in found]


def _owed(programme: Programme, area: Area) -> QuerySet[Enrolment]:
    here = Affiliation.objects.filter(until__isnull=True, school__area__path__startswith=area.path)
    rows = Enrolment.objects.filter(
        programme=programme, participation="due", person__in=here.values("person")
    )
    return rows.select_related("person", "programme__area")


def _places(enrolments: list[Enrolment]) -> dict[uuid.UUID, Affiliation]:
    people = [row.person_id for row in enrolments]
    present = Affiliation.objects.filter(until__isnull=True, person__in=people)
    return {row.person_id: row for row in present.select_related("school")}


def _candidate(row: Enrolment, place: Affiliation) -> Candidate:
    return Candidate(
        enrolment_id=row.id,
        person_id=row.person_id,
        name=row.person.name,
        school=place.school.name,
        staff_no=row.person.staff_no,
        certified=row.certified,  # type: ignore[attr-defined]
    )


def make(
    actor: Actor,
    *,
    programme: Programme,
    area: Area,
    title: str,
    until: date,
    enrolment_ids: Iterable[uuid.UUID] = (),
    all_certified: bool = False,
) -> Dossier:
    """Freezes what the candidates have reached today. The caller holds the transaction.

    Refuses a last day before today or more than 90 days off, nobody or too many chosen, and people of another area.
    """
    require(actor, MAKE, area=area)
    wanted = set(enrolment_ids)
    _check_day(until)
    rows = certificates.mark_certified(_owed(programme, area))
    chosen = list(
        rows.filter(Q(id__in=list(wanted)) | Q(certified=True) if all_certified else Q(id__in=list(wanted)))
    )
    if wanted - {row.id for row in chosen}:
        raise Denied(MAKE)
    _check_number(len(chosen))
    body = _frozen(programme, area, chosen)
    made = Dossier.objects.create(
        area=area,
        programme=programme,
        title=title,
        made_by_id=actor.person_id,
        until=until,
        snapshot=frozen.to_json(body),
        digest=frozen.digest(body),
    )
    _record("dossier.made", made, actor=actor.pseudonym, people=[str(row.person_id) for row in chosen])
    return made


def _check_day(until: date) -> None:
    today = timezone.localdate()
    if not today <= until <= today + timedelta(days=LONGEST_DAYS):
        raise _refused(
            "dossier.days",
            _("A dossier is open for at most 90 days from today."),
            _("Choose an earlier last day; a new dossier can be made at any time."),
        )


def _check_number(chosen: int) -> None:
    if not chosen:
        raise _refused("dossier.nobody", _("Nobody was chosen."), _("Choose at least one candidate."))
    if chosen > MOST:
        raise _refused(
            "dossier.too_many",
            _("More people were chosen than one committee can read: at most 300 go into one dossier."),
            _("Make one dossier for each group, for example by county."),
        )


def _frozen(programme: Programme, area: Area, chosen: list[Enrolment]) -> frozen.AppraisalSet:
    places = _places(chosen)
    schools = facts_of({place.school_id for place in places.values()}, timezone.localdate())
    teachers = [
        snapshot.teacher(row, place, schools[place.school_id])
        for row, place in ((row, places[row.person_id]) for row in chosen)
    ]
    return frozen.AppraisalSet(
        area=area.name,
        programme=programme.title,
        period=frozen.Period(programme.starts, programme.ends),
        generated_at=timezone.localtime(),
        teachers=tuple(sorted(teachers, key=lambda one: (one.school, one.name, one.ref))),
    )


def dossiers_for(actor: Actor) -> QuerySet[Dossier]:
    """Dossiers of the officer's areas, the newest first."""
    rows = Dossier.objects.filter(area__in=areas_of(actor, MAKE))
    return rows.select_related("area", "programme", "made_by").order_by("-made_at")


def dossier_for(actor: Actor, dossier_id: uuid.UUID) -> Dossier:
    """One dossier for the officer; another area's and an unknown one look the same."""
    found = Dossier.objects.select_related("area", "programme").filter(id=dossier_id).first()
    if found is None:
        raise Denied(MAKE)
    require(actor, MAKE, area=found.area)
    return found


def to_read(actor: Actor) -> list[Dossier]:
    """The open dossiers the actor was let into, those that close first at the top."""
    ids = [grant.dossier_id for grant in actor.granted(("committee",)) if grant.dossier_id]
    rows = _open().filter(id__in=ids).select_related("area", "programme").order_by("until")
    return [found for found in rows if not is_candidate(found, actor.person_id)]


def _open() -> QuerySet[Dossier]:
    return Dossier.objects.filter(closed_at__isnull=True, until__gte=timezone.localdate())


def is_open(found: Dossier) -> bool:
    return found.closed_at is None and found.until >= timezone.localdate()


def read(actor: Actor, dossier_id: uuid.UUID) -> tuple[Dossier, frozen.AppraisalSet]:
    """A dossier with its evidence. After its last day, closed, not lent to the actor, or with the actor among its
    candidates it does not exist.
    """
    require(actor, READ, dossier_id=dossier_id)
    found = _open().filter(id=dossier_id).select_related("area", "programme").first()
    if found is None or is_candidate(found, actor.person_id):
        raise Denied(READ)
    return found, frozen.from_json(found.snapshot)


def is_candidate(found: Dossier, person_id: object) -> bool:
    """Whether somebody is judged by this dossier, and so must not read what is said of the others in it."""
    return any(str(enrolment.id) in found.snapshot for enrolment in enrolments_of_person(person_id))


def read_list(actor: Actor, dossier_id: uuid.UUID) -> tuple[Dossier, frozen.AppraisalSet]:
    """Who is inside, with the names; whose names were read is on the trail."""
    found, body = read(actor, dossier_id)
    refs = [one.ref for one in body.teachers]
    people = Enrolment.objects.filter(id__in=refs).values_list("person_id", flat=True)
    audit.viewed(actor=actor.pseudonym, subjects=map(str, people), what="dossier.list")
    return found, body


def read_candidate(
    actor: Actor, dossier_id: uuid.UUID, ref: uuid.UUID
) -> tuple[Dossier, frozen.TeacherEvidence]:
    """One candidate's evidence; every look at it is on the trail."""
    found, body = read(actor, dossier_id)
    teacher = next((one for one in body.teachers if one.ref == str(ref)), None)
    if teacher is None:
        raise Denied(READ)
    person_id = find_enrolment(ref).person_id
    audit.viewed(actor=actor.pseudonym, subjects=[str(person_id)], what="dossier.candidate")
    return found, teacher


def count(found: Dossier) -> int:
    """Candidates inside, without reading their evidence."""
    return len(json.loads(found.snapshot).get("data", {}).get("teachers", ()))


def close(actor: Actor, dossier_id: uuid.UUID) -> None:
    """Closes it at once, for everybody; done twice it was closed the first time."""
    found = dossier_for(actor, dossier_id)
    if Dossier.objects.filter(id=found.id, closed_at__isnull=True).update(closed_at=timezone.now()):
        _record("dossier.closed", found, actor=actor.pseudonym)


def forget_candidate(person_id: object, *, actor: str) -> int:
    """Takes an erased person out of every dossier, with a new digest; returns out of how many."""
    changed = 0
    for enrolment in enrolments_of_person(person_id):
        for found in Dossier.objects.filter(snapshot__contains=str(enrolment.id)):
            body = frozen.from_json(found.snapshot)
            left = replace(body, teachers=tuple(one for one in body.teachers if one.ref != str(enrolment.id)))
            Dossier.objects.filter(id=found.id).update(
                snapshot=frozen.to_json(left), digest=frozen.digest(left)
            )
            _record("dossier.candidate_removed", found, actor=actor, people=[str(person_id)])
            changed += 1
    return changed


def runs_naming(actor: Actor, person_id: object) -> list[ReportRun]:
    """Report sets of the actor's areas that hold a paper about the person: official files, which stay."""
    found: list[ReportRun] = []
    for enrolment in enrolments_of_person(person_id):
        rows = ReportRun.objects.filter(
            area__in=areas_of(actor, "report.run"), snapshot__contains=str(enrolment.id)
        )
        found += rows.select_related("area", "programme").defer("snapshot")
    return sorted(found, key=lambda run: run.created_at, reverse=True)


def _record(kind: str, found: Dossier, *, actor: str, people: Iterable[str] = ()) -> None:
    detail = {"digest": found.digest}
    audit.record(kind, actor=actor, subject=str(found.id), detail=detail, mentions=people)


def _refused(code: str, message: object, todo: object) -> Refused:
    return Refused(code, message, kept=_("Nothing was frozen and nobody was let in."), todo=todo, status=422)
