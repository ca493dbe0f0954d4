"""Nothing of the three rubrics as they were drawn up is lost: compared with the counts and sums of that draft."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from rubrics import library
from rubrics.model import Rubric

SHIPPED = {
    key: library.load("rubric", key, 1)
    for key in ("basic-operation", "standard-lesson", "ai-homework-lesson")
}

FULL_LESSON = {
    "kindergarten": (15, 30),
    "special": (20, 40),
    "primary": (30, 45),
    "junior": (35, 45),
    "senior": (35, 45),
    "vocational": (35, 90),
}
SEGMENT = {stage: (15, most) for stage, (_, most) in FULL_LESSON.items()}


@pytest.mark.parametrize(
    ("key", "tier", "weights", "gates"),
    [
        ("basic-operation", "basic", [20, 15, 15, 15, 15, 10, 7, 3], {"BO4": 2, "BO6": 2, "BO8": 2}),
        ("standard-lesson", "integrated", [15, 15, 20, 15, 15, 10, 5, 5], {"SL2": 2, "SL7": 2}),
        ("ai-homework-lesson", "innovation", [10, 15, 15, 15, 15, 10, 10, 10], {"AI2": 2, "AI8": 2}),
    ],
)
def test_criteria_weights_and_gates(key: str, tier: str, weights: list[int], gates: dict[str, int]) -> None:
    rubric = SHIPPED[key]
    assert (rubric.audience_tier, rubric.total) == (tier, 100)
    assert [criterion.weight for criterion in rubric.criteria] == weights
    assert {one.id: one.gate for one in rubric.criteria if one.gate is not None} == gates


@pytest.mark.parametrize(
    ("key", "evidence", "named", "different"),
    [
        ("basic-operation", {"span": 6, "attachment": 2, "whole_lesson": 2}, 12, 9),
        ("standard-lesson", {"span": 6, "attachment": 2, "whole_lesson": 3}, 14, 14),
        ("ai-homework-lesson", {"span": 5, "attachment": 6, "whole_lesson": 1}, 15, 15),
    ],
)
def test_kinds_of_evidence_and_indicators(
    key: str, evidence: dict[str, int], named: int, different: int
) -> None:
    criteria = SHIPPED[key].criteria
    assert Counter(kind for one in criteria for kind in one.evidence) == evidence
    indicators = [indicator for one in criteria for indicator in one.indicators]
    assert (len(indicators), len(set(indicators))) == (named, different)


@pytest.mark.parametrize("rubric", SHIPPED.values(), ids=SHIPPED)
def test_every_level_of_every_criterion_is_described_in_words_of_its_own(rubric: Rubric) -> None:
    assert len(rubric.criteria) == 8
    for criterion in rubric.criteria:
        levels = criterion.levels.values()
        assert len({level.zh for level in levels}) == len({level.en for level in levels}) == 4


@pytest.mark.parametrize("rubric", SHIPPED.values(), ids=SHIPPED)
def test_scale_bands_and_cut(rubric: Rubric) -> None:
    shares = {level.level: level.share for level in rubric.scale}
    assert shares == {4: Decimal(1), 3: Decimal("0.8"), 2: Decimal("0.6"), 1: Decimal("0.3")}
    assert [(band.label.zh, band.min) for band in rubric.bands] == [("优秀", 85), ("合格", 60), ("不合格", 0)]
    assert rubric.cut == 60


@pytest.mark.parametrize("rubric", SHIPPED.values(), ids=SHIPPED)
def test_rules_of_the_panel_and_attempts(rubric: Rubric) -> None:
    panel, attempts = rubric.panel, rubric.attempts
    assert (panel.criterion_gap, panel.total_gap, panel.straddling, panel.random_share) == (
        2,
        10,
        True,
        Decimal("0.1"),
    )
    assert (panel.blind, panel.own_school) == (True, False)
    assert (attempts.max, attempts.keep, attempts.new_raters) == (3, "best", True)
    assert (attempts.resubmit_days, attempts.appeal_days) == (30, 5)


@pytest.mark.parametrize(
    ("key", "segment", "minutes"),
    [
        ("basic-operation", True, SEGMENT),
        ("standard-lesson", False, FULL_LESSON),
        ("ai-homework-lesson", False, FULL_LESSON),
    ],
)
def test_the_recording_by_school_stage(key: str, segment: bool, minutes: dict[str, tuple[int, int]]) -> None:
    video = SHIPPED[key].video
    assert (video.segment_allowed, video.min_height, video.minutes) == (segment, 480, minutes)
    assert (video.note is not None) == segment


def test_prerequisites_attachments_and_remarks() -> None:
    needed = {
        key: [(one.task, one.evidence) for one in rubric.prerequisites] for key, rubric in SHIPPED.items()
    }
    assert needed == {
        "basic-operation": [("task-B1", "signoff"), ("task-B3", "signoff")],
        "standard-lesson": [],
        "ai-homework-lesson": [],
    }
    attached = {key: [one.id for one in rubric.attachments] for key, rubric in SHIPPED.items()}
    assert attached == {
        "basic-operation": [],
        "standard-lesson": [],
        "ai-homework-lesson": ["ai-log", "homework"],
    }
    assert {tuple(one.id for one in rubric.notes) for rubric in SHIPPED.values()} == {
        ("privacy", "equipment")
    }
