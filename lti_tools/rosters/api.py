"""The rosters door: lists of people that come in, judged row by row, and go out again."""

from __future__ import annotations

from lti_tools.rosters.columns import columns
from lti_tools.rosters.sample import sample_sheet
from lti_tools.rosters.staging import (
    apply_roster,
    discard_roster,
    problems_of,
    roster_for,
    rosters_of,
    rosters_to_decide,
    stage_roster,
)

__all__ = [
    "apply_roster",
    "columns",
    "discard_roster",
    "problems_of",
    "roster_for",
    "rosters_of",
    "rosters_to_decide",
    "sample_sheet",
    "stage_roster",
]
