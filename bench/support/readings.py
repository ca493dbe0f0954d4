"""Readings ready to be handed in, two to a lesson, by raters of another school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

RUBRIC = "basic-operation"


def readings(count: int) -> Iterator[tuple[Any, Any]]:
    """(actor, reading id), lesson by lesson; everything is made before the first is given out."""
    from lti_tools.people.api import actor_for
    from lti_tools.ratings import api as ratings

    raters, taught = _district(count // 2)
    ready = []
    for enrolment in taught:
        lesson = _lesson(enrolment)
        case = ratings.open_case(lesson, raters_pool=raters)
        for row in case.readings.select_related("rater").order_by("ordinal"):
            actor = actor_for(row.rater, via="sign-in")
            ratings.save_draft(actor, row.id, _marks())
            ready.append((actor, row.id))
    yield from ready


def enrolments(count: int) -> list[Any]:
    """So many teachers in a running programme, of those that are there already."""
    from lti_tools.programmes import api as programmes

    return list(programmes.Enrolment.objects.all()[:count])


def _district(teachers: int) -> tuple[list[Any], list[Any]]:
    from lti_tools.definitions import api as definitions
    from lti_tools.people.api import Affiliation, Area, Person, RoleGrant, School
    from lti_tools.programmes import api as programmes
    from lti_tools.ratings import api as ratings

    definitions.seed()
    area = Area.objects.create(code="990121", level="county", name="青石县")
    home, away = (
        School.objects.create(area=area, code=f"299012100{n}", name=f"第{n}小学", location="village")
        for n in (1, 2)
    )
    raters = [_person(Person, Affiliation, f"评审{n}", away) for n in range(2)]
    for rater in raters:
        RoleGrant.objects.create(person=rater, role="rater", since=date(2026, 1, 1), reason="bench")
    taught = [_person(Person, Affiliation, f"教师{n}", home) for n in range(teachers)]
    programme = programmes.open_programme(
        area,
        title="2026",
        starts=date(2026, 9, 1),
        ends=date(2029, 8, 31),
        reference_date=date(2026, 9, 1),
        opened_by=raters[0],
        shortest_minutes=0,
    )
    programmes.enrol(programme, taught)
    ratings.ensure_round(programme, definitions.get("rubric", RUBRIC).hash, rules={"random_share": "0"})
    enrolments = list(programmes.Enrolment.objects.filter(programme=programme))
    for enrolment in enrolments:
        programmes.place(enrolment, skill="S1", diagnosis={"reasons": [], "flags": []})
    return raters, enrolments


def _person(people: Any, affiliations: Any, name: str, school: Any) -> Any:
    person = people.objects.create(name=name, birth_month="1985-05")
    affiliations.objects.create(person=person, school=school, stage="primary", since=date(2020, 9, 1))
    return person


def _lesson(enrolment: Any) -> Any:
    from django.utils import timezone

    from lti_tools.definitions import api as definitions
    from lti_tools.lessons.models import Lesson, Take, Upload

    lesson = Lesson.objects.create(
        enrolment=enrolment,
        title="认识分数",
        subject="数学",
        stage="primary",
        rubric_key=RUBRIC,
        rubric_hash=definitions.get("rubric", RUBRIC).hash,
        attempt=1,
        state="ready",
        submitted_by=enrolment.person,
    )
    later = timezone.now() + timedelta(days=1)
    upload = Upload.objects.create(owner=enrolment.person, length=9, state="used", expires_at=later)
    Take.objects.create(lesson=lesson, upload=upload, source="x", bytes=9, duration_ms=60_000, state="ready")
    return lesson


def _marks() -> dict[str, Any]:
    from lti_tools.definitions import api as definitions
    from lti_tools.ratings.api import MarkDraft, SpanDraft

    return {
        criterion.id: MarkDraft(level=3, note="看得清楚", spans=(SpanDraft("0:05", "0:12", "这里"),))
        for criterion in definitions.get("rubric", RUBRIC).criteria
    }
