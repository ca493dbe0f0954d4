"""Freezes what the annual-appraisal set of an area says, in one reading of the database."""

from __future__ import annotations

import json
from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from lti_tools.certificates import api as certificates
from lti_tools.organisations.api import SchoolFacts, facts_of
from lti_tools.people.api import Affiliation, Area, affiliations_on, code_label
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.tasks import api as tasks
from reports import evidence as frozen
from reports.evidence import Words

AT_ONCE = 500


def appraisal_set(programme: Programme, area: Area) -> frozen.AppraisalSet:
    """Everybody who owes the training and worked in the area on the day the set looks at, by school and name.

    That day is today while the programme runs and its last day afterwards: who was transferred since, and a
    school renamed, moved or merged since, stand where they stood then, under the name of then.
    """
    places = _places(programme, area, min(programme.ends, timezone.localdate()))
    enrolments = {
        row.person_id: row
        for row in Enrolment.objects.filter(
            programme=programme, person__in=[work.person_id for work, _school in places], participation="due"
        ).select_related("person", "programme__area")
    }
    owed = [place for place in places if place[0].person_id in enrolments]
    return frozen.AppraisalSet(
        area=area.name,
        programme=programme.title,
        period=frozen.Period(programme.starts, programme.ends),
        generated_at=timezone.localtime(),
        teachers=tuple(teacher(enrolments[work.person_id], work, school) for work, school in owed),
    )


def _places(programme: Programme, area: Area, day: date) -> list[tuple[Affiliation, SchoolFacts]]:
    """Who of the programme worked where on that day, in schools that lay in the area then: four queries."""
    working = affiliations_on(day).filter(person__enrolment__programme=programme)
    everywhere = facts_of(working.values_list("school_id", flat=True).distinct(), day)
    here = {school_id for school_id, facts in everywhere.items() if facts.area_path.startswith(area.path)}
    rows = working.filter(school__in=here).select_related("person").order_by("since")
    latest = {row.person_id: row for row in rows}
    places = [(row, everywhere[row.school_id]) for row in latest.values()]
    return sorted(places, key=lambda place: (place[1].code, place[0].person.name, str(place[0].person_id)))


def teacher(enrolment: Enrolment, affiliation: Affiliation, school: SchoolFacts) -> frozen.TeacherEvidence:
    policy = programmes.policy(enrolment.programme)
    rules = programmes.hours_rules(enrolment.programme)
    certificate = certificates.certificate_line(enrolment)
    tier = policy.tier(enrolment.tier)
    return frozen.TeacherEvidence(
        ref=str(enrolment.id),
        name=enrolment.person.name,
        school=school.name,
        staff_no=enrolment.person.staff_no,
        title=code_label("title", affiliation.title, language="zh-hans") if affiliation.title else "",
        subjects=tuple(affiliation.subjects),
        programme=enrolment.programme.title,
        period=frozen.Period(enrolment.programme.starts, enrolment.programme.ends),
        tier=Words.of(tier.label) if tier else _both(gettext_noop("Not placed yet")),
        participation=enrolment.participation,
        tasks=_task_lines(enrolment, policy),
        lessons=_lesson_lines(enrolment),
        hours=frozen.count_by_year(_by_year(enrolment), cap=rules.annual_cap),
        level=certificates.certified_level(enrolment),
        certificate=certificate,
    )


def _both(text: str) -> Words:
    """One of our own texts as a name in both languages."""
    with translation.override("zh-hans"):
        zh = gettext(text)
    with translation.override("en"):
        return Words(zh, gettext(text))


def _task_lines(enrolment: Enrolment, policy: object) -> tuple[frozen.TaskLine, ...]:
    passed = tasks.passed_tasks(enrolment)
    tier = policy.tier(enrolment.tier)  # type: ignore[attr-defined]
    wanted = [
        *(tier.required if tier else ()),
        *(task for task in passed if not tier or task not in tier.required),
    ]
    lines = []
    for task in policy.tasks_of(tuple(wanted)):  # type: ignore[attr-defined]
        done = passed.get(task.id)
        hours = frozen.Hours(done.online, done.practice, done.offline) if done else frozen.Hours()
        lines.append(
            frozen.TaskLine(
                task=task.id,
                label=Words.of(task.label),
                hours=hours,
                passed_on=timezone.localdate(done.passed_at) if done else None,
                required=bool(tier and task.id in tier.required),
            )
        )
    return tuple(lines)


def _lesson_lines(enrolment: Enrolment) -> tuple[frozen.LessonLine, ...]:
    return tuple(
        frozen.LessonLine(
            title=lesson.title,
            score=lesson.total,
            band=lesson.band,
            rubric=Words.of(lesson.rubric.title),
            rubric_version=lesson.rubric.version,
            rubric_hash=lesson.rubric.hash,
            decided_on=timezone.localdate(lesson.decided_at),
        )
        for lesson in certificates.lessons(enrolment)
    )


def _by_year(enrolment: Enrolment) -> dict[int, frozen.Hours]:
    return {
        year: frozen.Hours(hours.online, hours.practice, hours.offline)
        for year, hours in tasks.hours_by_year(enrolment).items()
    }


def people_in(snapshot: str) -> list[str]:
    """Whom a frozen snapshot is about, as pseudonyms: a set that leaves the house mentions them all."""
    refs = [teacher["ref"] for teacher in json.loads(snapshot)["data"]["teachers"]]
    found: list[str] = []
    for start in range(0, len(refs), AT_ONCE):
        rows = Enrolment.objects.filter(id__in=refs[start : start + AT_ONCE])
        found.extend(str(person_id) for person_id in rows.values_list("person_id", flat=True))
    return found
