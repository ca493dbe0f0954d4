"""The nouns of judgement in one place: labels, reasons, hours, the four kinds of definition, frameworks.

All are frozen, and no mapping in them is written to after parsing. ``hash`` is the SHA-256 of the canonical
text (:func:`rubrics.library.content_hash`), so a mark stored with key, version and hash can be recomputed
years later.
"""

from __future__ import annotations

from rubrics.nouns.award_rules import AwardRules, Excellence, HoursRules, Renewal, Validity
from rubrics.nouns.base import OUTCOMES, Definition, Hours, Label, Note, Reason, Value
from rubrics.nouns.diagnosis_bank import Ability, DiagnosisBank, Item, Option, Pace, SkillRule
from rubrics.nouns.framework import Framework, FrameworkItem
from rubrics.nouns.rubric import (
    Attempts,
    Band,
    Criterion,
    PanelRules,
    Prerequisite,
    Rubric,
    ScaleLevel,
    Video,
)
from rubrics.nouns.tier_policy import (
    AgeBand,
    Choice,
    Delivery,
    Override,
    Quota,
    SkillLevel,
    Task,
    Tier,
    TierPolicy,
    Waiver,
)

#: Any definition the one parser accepts.
AnyDefinition = Rubric | TierPolicy | AwardRules | DiagnosisBank

__all__ = [
    "OUTCOMES",
    "Ability",
    "AgeBand",
    "AnyDefinition",
    "Attempts",
    "AwardRules",
    "Band",
    "Choice",
    "Criterion",
    "Definition",
    "Delivery",
    "DiagnosisBank",
    "Excellence",
    "Framework",
    "FrameworkItem",
    "Hours",
    "HoursRules",
    "Item",
    "Label",
    "Note",
    "Option",
    "Override",
    "Pace",
    "PanelRules",
    "Prerequisite",
    "Quota",
    "Reason",
    "Renewal",
    "Rubric",
    "ScaleLevel",
    "SkillLevel",
    "SkillRule",
    "Task",
    "Tier",
    "TierPolicy",
    "Validity",
    "Value",
    "Video",
    "Waiver",
]
