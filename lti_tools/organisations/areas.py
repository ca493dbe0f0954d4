"""The tree of areas: GB/T 2260 codes, whose digits say where an area lies. Data only."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.organisations.refusals import refused
from lti_tools.people.api import Area

AREA_CODE = re.compile(r"[0-9]{6}")
LONGEST_NAME = 80


def level_of(code: str) -> str:
    """Province (xx0000), prefecture (xxyy00) or county. Refuses what is no GB/T 2260 code."""
    if not AREA_CODE.fullmatch(code) or code.startswith("00"):
        raise refused(
            "area_code_form",
            _("An area code has exactly six digits (GB/T 2260)."),
            _("Copy it from the official list of areas."),
            field="code",
        )
    if code.endswith("0000"):
        return Area.Level.PROVINCE
    return Area.Level.PREFECTURE if code.endswith("00") else Area.Level.COUNTY


def add_area(*, code: str, name: str, parent: Area | None) -> Area:
    """A new area. Refuses a code that is taken or whose digits do not fit the area above it.

    Without an area above it is the top of this service's tree, whatever its level.
    """
    level = level_of(code)
    if Area.objects.filter(code=code).exists():
        raise _taken()
    if parent is not None and not _fits(code, level, parent):
        raise refused(
            "area_code_misfit",
            _("The code %(code)s does not lie below %(parent)s (%(above)s).")
            % {"code": code, "parent": parent.name, "above": parent.code},
            _("The digits of the area above come first: 640000, then 640300, then 640302."),
            field="code",
        )
    try:
        with transaction.atomic():
            return Area.objects.create(code=code, name=name, level=level, parent=parent)
    except IntegrityError as problem:  # two at the same moment
        raise _taken() from problem


def _taken() -> Refused:
    return refused(
        "area_code_taken",
        _("There is an area with this code already."),
        _("Look for it in the list."),
        field="code",
    )


def _fits(code: str, level: str, parent: Area) -> bool:
    """A county may lie directly below a province; then it shares two digits only."""
    if parent.level == Area.Level.PROVINCE:
        return level != Area.Level.PROVINCE and code[:2] == parent.code[:2]
    return (
        parent.level == Area.Level.PREFECTURE and level == Area.Level.COUNTY and code[:4] == parent.code[:4]
    )


def rename_area(area: Area, *, name: str) -> Area:
    """Another name from now on, on old pages too; frozen reports keep the one they were made with."""
    area.name = name
    area.save(update_fields=["name"])
    return area
