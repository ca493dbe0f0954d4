"""The ratings door: rounds, cases, blind readings, and the panel's decision.

The only ways to marks: one's own (`reading`), and the whole case once every called reading is handed in
(`feedback_for`, `commit` itself). No role, chair and administrator included, has another.
"""

from __future__ import annotations

from lti_tools.ratings.checks import Incomplete, Problem
from lti_tools.ratings.deciding import CommitOutcome, Verdict, commit
from lti_tools.ratings.desk import Assignment, Sheet, assigned_to, reading, save_draft
from lti_tools.ratings.drafts import LEFT_OUT, MarkDraft, SpanDraft, clock, left_out
from lti_tools.ratings.feedback import (
    CriterionFeedback,
    Feedback,
    Progress,
    Remark,
    decision_of,
    feedback_for,
    progress,
    state_of,
)
from lti_tools.ratings.moving import follow_lessons, hold_lessons
from lti_tools.ratings.opening import call_third, ensure_round, open_case
from lti_tools.ratings.personal import erase_person, has_open_case, ratings_held
from lti_tools.ratings.trail import CaseTrail, ReadingTrail, trail_of

__all__ = [
    "LEFT_OUT",
    "Assignment",
    "CaseTrail",
    "CommitOutcome",
    "CriterionFeedback",
    "Feedback",
    "Incomplete",
    "MarkDraft",
    "Problem",
    "Progress",
    "ReadingTrail",
    "Remark",
    "Sheet",
    "SpanDraft",
    "Verdict",
    "assigned_to",
    "call_third",
    "clock",
    "commit",
    "decision_of",
    "ensure_round",
    "erase_person",
    "feedback_for",
    "follow_lessons",
    "has_open_case",
    "hold_lessons",
    "left_out",
    "open_case",
    "progress",
    "ratings_held",
    "reading",
    "save_draft",
    "state_of",
    "trail_of",
]
