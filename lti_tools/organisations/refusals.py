"""How this room refuses, and the checks that every change of a school shares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.organisations.models import SchoolSpell
from lti_tools.people.api import School

FURTHEST = timedelta(days=366)
# A day before this is a slip of the finger; when nobody knows since when, nothing is written.
EARLIEST = date(1901, 1, 1)
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
        raise _code_taken()


def _code_taken() -> Refused:
    return refused(
        "code_taken",
        _("Another school has this code, or had it earlier."),
        _("Check the code. An old code is never given to another school, so that old papers stay clear."),
        field="code",
    )


@contextmanager
def given_once() -> Iterator[None]:
    """Of two who give the same code at the same moment, one is refused as if the other had been first."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as problem:
        raise _code_taken() from problem


def check_possible(on: date) -> None:
    if on < EARLIEST:
        raise refused(
            "too_long_ago",
            _("This day is before 1901."),
            _("Check the year: four digits, for example 2026."),
            field="since",
        )
    if on > timezone.localdate() + FURTHEST:
        raise refused(
            "too_far_ahead",
            _("This day is more than a year ahead."),
            _("Give a day within the next twelve months, or come back later."),
            field="since",
        )


def check_day(present: SchoolSpell, on: date) -> None:
    """Refuses a day before the present spell began: what was said for past days stays said."""
    check_possible(on)
    check_no_plan(present, on)
    if on < present.since:
        raise refused(
            "before_present",
            _("What is written about %(name)s now holds since %(since)s; this day lies before.")
            % {"name": present.name, "since": present.since.isoformat()},
            _("Give that day or a later one."),
            field="since",
        )


def check_no_plan(present: SchoolSpell, on: date) -> None:
    """Refuses a day before a change that is planned: plans are not changed from behind."""
    if on < present.since and timezone.localdate() < present.since:
        raise refused(
            "planned",
            _("A change of %(name)s is planned for %(day)s already.")
            % {"name": present.school.name, "day": present.since.isoformat()},
            _("Give that day or a later one, or withdraw what is planned on the page of that school first."),
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
