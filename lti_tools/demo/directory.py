"""People and the one course of the demo LMS, from the fixtures; also the provider that lms_app asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.demo import wording
from xblocks.lti_platform import Context, Member, Roles

ACTING_AS = "acting_as"


@dataclass(frozen=True)
class Teacher:
    """One invented teacher as this LMS knows them; texts in the language of the page."""

    sub: str
    name: str
    staff_number: str
    age: int
    school: str
    location: str
    subjects: str
    title: str
    story: str
    skill: str

    @property
    def who(self) -> str:
        values = {"age": self.age, "school": self.school, "location": self.location}
        place = _("%(age)d years, %(school)s (%(location)s)") % values
        return wording.joined([place, self.subjects, self.title])

    @property
    def about(self) -> str:
        return wording.about(self.story)


# The provider protocol of xblocks.lms_app


def current_sub(request: HttpRequest) -> str | None:
    sub = request.session.get(ACTING_AS)
    return sub if sub in _raw_by_sub() else None


def course(course_id: str) -> Context | None:
    if course_id != settings.COURSE_ID:
        return None
    return Context(id=course_id, title="教师数字素养分层培训", label="2026")


def user(sub: str, *, course: str) -> Member | None:
    raw = _raw_by_sub().get(sub)
    return _member(raw) if raw and course == settings.COURSE_ID else None


def members(course: str) -> Sequence[Member]:
    return [_member(raw) for raw in _raw_by_sub().values()] if course == settings.COURSE_ID else []


# What the pages of the LMS ask


def teacher(sub: str | None) -> Teacher | None:
    raw = _raw_by_sub().get(sub or "")
    return _teacher(raw) if raw else None


def teachers() -> list[Teacher]:
    return [_teacher(raw) for raw in _raw_by_sub().values()]


def stories() -> list[Teacher]:
    """The three whose way through the training the demo tells."""
    return [person for person in teachers() if person.story]


def page_context(request: HttpRequest) -> dict[str, Any]:
    """On every page: who one acts as, and the name of this LMS."""
    acting = teacher(current_sub(request)) if hasattr(request, "session") else None
    notice = wording.in_language(_people()["notice"])
    return {"acting": acting, "lms_name": settings.LMS_NAME, "notice": notice, "stories": stories}


@cache
def _people() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(settings.PEOPLE_FILE.read_text(encoding="utf-8"))
    return data


@cache
def _raw_by_sub() -> dict[str, dict[str, Any]]:
    return {raw["sub"]: raw for raw in _people()["teachers"]}


@cache
def _schools() -> dict[str, dict[str, Any]]:
    return {school["code"]: school for school in _people()["schools"]}


def _member(raw: dict[str, Any]) -> Member:
    return Member(sub=raw["sub"], roles=(Roles.LEARNER,), name=raw["name"], staff_number=raw["staff_no"])


def _teacher(raw: dict[str, Any]) -> Teacher:
    school = _schools()[raw["school"]]
    chinese = (get_language() or "zh").startswith("zh")
    return Teacher(
        sub=raw["sub"],
        name=raw["name"],
        staff_number=raw["staff_no"],
        age=_age(raw["birth_month"]),
        school=school["name"] if chinese else school["name_en"],
        location=wording.of_data(school["location"]),
        subjects=wording.listed([wording.of_data(subject) for subject in raw["subjects"]]),
        title=wording.of_data(raw["title"]),
        story=raw["story"] or "",
        skill=raw["skill"],
    )


def _age(birth_month: str) -> int:
    """Whole years on the reference date; nobody in the fixtures is born in its month."""
    year, month, _day = map(int, _people()["reference_date"].split("-"))
    birth_year, birth = map(int, birth_month.split("-"))
    return year - birth_year - (1 if birth > month else 0)
