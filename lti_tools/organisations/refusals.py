"""How this room refuses, and the checks that every change of a school shares."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.organisations.models import SchoolSpell
from lti_tools.people.api import School

FURTHEST = timedelta(days=366)
SCHOOL_CODE = re.compile(r"[0-9]{10}")


def refused(code: str, message: Any, todo: Any, *, field: str = "", **values: object) -> Refused:
    """`field` names the line of a form that the refusal is about."""
    return Refused(
        f"organisation.{code}",
        message,
        kept=_("Nothing was changed."),
        todo=todo,
        status=409,
        field=field,
        **values,
    )


def check_code(code: str, *, besides: School | None = None) -> None:
    """Refuses what is no ten-digit school code, and one that another school has or ever had."""
    if not SCHOOL_CODE.fullmatch(code):
        raise refused(
            "code_form",
            _("A school code has exactly ten digits."),
            _("Copy it from the register of schools."),
            field="code",
        )
    schools, spells = School.objects.filter(code=code), SchoolSpell.objects.filter(code=code)
    if besides is not None:
        schools, spells = schools.exclude(id=besides.id), spells.exclude(school=besides)
    if schools.exists() or spells.exists():
        raise refused(
            "code_taken",
            _("Another school has this code, or had it earlier."),
            _("Check the code. An old code is never given to another school, so that old papers stay clear."),
            field="code",
        )


def check_ahead(on: date) -> None:
    if on > timezone.localdate() + FURTHEST:
        raise refused(
            "too_far_ahead",
            _("This day is more than a year ahead."),
            _("Give a day within the next twelve months, or come back later."),
            field="since",
        )


def check_day(present: SchoolSpell, on: date) -> None:
    """Refuses a day before the present spell began: what was said for past days stays said."""
    check_ahead(on)
    if on < present.since:
        raise refused(
            "before_present",
            _("What is written about %(name)s now holds since %(since)s; this day lies before.")
            % {"name": present.name, "since": present.since.isoformat()},
            _("Give that day or a later one."),
            field="since",
        )


def check_open(school: School) -> None:
    if school.closed_on is not None:
        raise refused(
            "closed",
            _("%(name)s is closed since %(day)s.")
            % {"name": school.name, "day": school.closed_on.isoformat()},
            _("A closed school is not changed any more. Choose another one."),
        )
