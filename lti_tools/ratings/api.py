"""The ratings door: rounds, cases, blind readings, and the panel's decision.

The only ways to marks: one's own (`reading`), and the whole case once every called reading is handed in
(`feedback_for`, `commit` itself). No role, chair and administrator included, has another.
"""

from __future__ import annotations

from lti_tools.ratings.checks import Incomplete, Problem
from lti_tools.ratings.deciding import CommitOutcome, Verdict, commit
from lti_tools.ratings.desk import Assignment, Sheet, assigned_to, reading, save_draft
from lti_tools.ratings.drafts import MarkDraft, SpanDraft, clock
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
from lti_tools.ratings.opening import call_third, ensure_round, open_case

__all__ = [
    "Assignment",
    "CommitOutcome",
    "CriterionFeedback",
    "Feedback",
    "Incomplete",
    "MarkDraft",
    "Problem",
    "Progress",
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
    "feedback_for",
    "open_case",
    "progress",
    "reading",
    "save_draft",
    "state_of",
]
