"""The rosters door: lists of people that come in, judged row by row, and go out again."""

from __future__ import annotations

from lti_tools.rosters import cells
from lti_tools.rosters.apply import carry_out, decide, forget_taken_over, undecide
from lti_tools.rosters.cells import BadCell
from lti_tools.rosters.columns import Column, columns
from lti_tools.rosters.files import MAX_BYTES, too_big
from lti_tools.rosters.files import read as read_table
from lti_tools.rosters.going_out import Line, write_errors, write_roster
from lti_tools.rosters.mapping import Problems as MappingProblems
from lti_tools.rosters.mapping import guessed
from lti_tools.rosters.models import RosterImport
from lti_tools.rosters.page_cache import wide_page_cache
from lti_tools.rosters.preparing import RegisterChanged, Taken, prepare
from lti_tools.rosters.problems import TABLES
from lti_tools.rosters.reading import finish, read_step
from lti_tools.rosters.retention import erase_person, forget_undecided, forget_wrong_rows
from lti_tools.rosters.rows import OLDEST, YOUNGEST
from lti_tools.rosters.sample import sample_sheet
from lti_tools.rosters.sheet import ErrorValue, Formula, Merged, Sheet
from lti_tools.rosters.staging import (
    begin_again,
    choose_mapping,
    discard_roster,
    fail,
    problems_in,
    problems_of,
    receive,
    remembered_for,
    roster_for,
    rosters_of,
    rosters_to_decide,
    rows_of,
    stage_absent,
)

__all__ = [
    "MAX_BYTES",
    "OLDEST",
    "TABLES",
    "YOUNGEST",
    "BadCell",
    "Column",
    "ErrorValue",
    "Formula",
    "Line",
    "MappingProblems",
    "Merged",
    "RegisterChanged",
    "RosterImport",
    "Sheet",
    "Taken",
    "begin_again",
    "carry_out",
    "cells",
    "choose_mapping",
    "columns",
    "decide",
    "discard_roster",
    "erase_person",
    "fail",
    "finish",
    "forget_taken_over",
    "forget_undecided",
    "forget_wrong_rows",
    "guessed",
    "prepare",
    "problems_in",
    "problems_of",
    "read_step",
    "read_table",
    "receive",
    "remembered_for",
    "roster_for",
    "rosters_of",
    "rosters_to_decide",
    "rows_of",
    "sample_sheet",
    "stage_absent",
    "too_big",
    "undecide",
    "wide_page_cache",
    "write_errors",
    "write_roster",
]
