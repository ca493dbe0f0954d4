"""The organisations door: the tree of areas, schools and teaching points, now and on any day before."""

from __future__ import annotations

from lti_tools.organisations.areas import add_area, level_of, rename_area
from lti_tools.organisations.changes import (
    change_kind,
    move,
    open_school,
    open_teaching_point,
    points_of,
    rename,
    set_equipment,
)
from lti_tools.organisations.endings import Ended, close, merge
from lti_tools.organisations.models import SchoolSpell
from lti_tools.organisations.plans import planned, withdraw
from lti_tools.organisations.spells import (
    SchoolFacts,
    catch_up,
    facts_of,
    facts_on,
    houses,
    open_spell,
    schools_in,
)
from lti_tools.organisations.tree import (
    Branch,
    area_seen,
    branches,
    find,
    history,
    open_school_with,
    path_to,
    school_for,
    schools_seen,
    tops,
    with_points,
)

__all__ = [
    "Branch",
    "Ended",
    "SchoolFacts",
    "SchoolSpell",
    "add_area",
    "area_seen",
    "branches",
    "catch_up",
    "change_kind",
    "close",
    "facts_of",
    "facts_on",
    "find",
    "history",
    "houses",
    "level_of",
    "merge",
    "move",
    "open_school",
    "open_school_with",
    "open_spell",
    "open_teaching_point",
    "path_to",
    "planned",
    "points_of",
    "rename",
    "rename_area",
    "school_for",
    "schools_in",
    "schools_seen",
    "set_equipment",
    "tops",
    "with_points",
    "withdraw",
]
