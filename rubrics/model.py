"""The nouns of judgement in one place: labels, reasons, hours, the six kinds of definition, frameworks.

All are frozen, and no mapping in them is written to after parsing. ``hash`` is the SHA-256 of the canonical
text (:func:`rubrics.library.content_hash`), so a mark stored with key, version and hash can be recomputed
years later.
"""

from __future__ import annotations

from rubrics.nouns.award_rules import AwardRules, Excellence, ProgrammeHours, Renewal, Retake, Validity
from rubrics.nouns.base import OUTCOMES, Definition, Hours, Label, Note, Reason, Value
from rubrics.nouns.diagnosis_bank import (
    Ability,
    DiagnosisBank,
    Doubt,
    Item,
    Option,
    OutsideBand,
    OutsideTest,
    Pace,
    SkillRule,
    Step,
    Way,
)
from rubrics.nouns.framework import Framework, FrameworkItem
from rubrics.nouns.hours_rules import Fact, HoursDuty, HoursRules
from rubrics.nouns.rubric import (
    Attempts,
    Band,
    Criterion,
    Identity,
    LevelPoints,
    Mark,
    Marks,
    NotApplicable,
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
AnyDefinition = Rubric | TierPolicy | AwardRules | HoursRules | DiagnosisBank

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
    "Doubt",
    "Excellence",
    "Fact",
    "Framework",
    "FrameworkItem",
    "Hours",
    "HoursDuty",
    "HoursRules",
    "Identity",
    "Item",
    "Label",
    "LevelPoints",
    "Mark",
    "Marks",
    "NotApplicable",
    "Note",
    "Option",
    "OutsideBand",
    "OutsideTest",
    "Override",
    "Pace",
    "PanelRules",
    "Prerequisite",
    "ProgrammeHours",
    "Quota",
    "Reason",
    "Renewal",
    "Retake",
    "Rubric",
    "ScaleLevel",
    "SkillLevel",
    "SkillRule",
    "Step",
    "Task",
    "Tier",
    "TierPolicy",
    "Validity",
    "Value",
    "Video",
    "Waiver",
    "Way",
]
