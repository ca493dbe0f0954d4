"""Every code this package emits and the value names each carries; whoever speaks to people words all of them.

``REASONS`` explain a decision (:class:`rubrics.model.Reason`), ``REFUSALS`` decline to make one
(:class:`rubrics.errors.RubricsError`). Values are text, whole numbers or decimals. Values that are ids
(``criterion``, ``task``, ``tier``, ``skill``, ``ability``, ``rubric``) have their labels in the definition
that was used.
"""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, tuple[str, ...]] = {
    # panel: why a third reading is needed
    "panel.criterion_gap": ("criterion", "low", "high"),  # levels on one criterion
    "panel.total_gap": ("low", "high", "limit"),  # totals further apart than limit, points
    "panel.straddles_cut": ("low", "high", "cut"),  # one total reaches the cut, the other does not
    "panel.gate_disputed": ("criterion",),  # one reading fails this gate and with it the lesson
    "panel.random_third": (),  # drawn by lot
    # panel: how the total came about
    "panel.mean_of_two": ("low", "high", "total"),
    "panel.two_closest": ("low", "high", "set_aside", "total"),
    "panel.evenly_apart": ("low", "high", "total"),  # no closest pair: the middle total counts
    "panel.gate_failed": ("criterion", "level"),  # level is the median, possibly halfway
    # diagnosis: reasons
    "diagnosis.skill": ("skill",),
    "diagnosis.ability_shown": ("ability", "basis", "questions"),  # basis: hands_on, answered or said
    "diagnosis.next_level_needs": ("skill", "ability"),
    # diagnosis: flags, never punished
    "diagnosis.not_asked": ("ability",),
    "diagnosis.contradiction": ("ability", "questions"),
    "diagnosis.too_fast": ("fast", "timed", "seconds"),  # fast of timed answers took less than seconds
    "diagnosis.straight_line": ("questions", "place"),  # place counts from 1
    # placement
    "tier.by_matrix": ("age", "age_band", "skill", "tier"),
    "tier.by_choice": ("tier", "placed", "choice"),
    "tier.choice_needs": ("need",),  # one of rubrics.parsing.placement_rules.NEEDS
    "tier.rural_delivery": (),
    # award: missing
    "award.task_missing": ("task",),
    "award.lesson_missing": ("slot", "of", "rubrics"),  # rubrics: keys joined by ", ", any one of them
    "award.hours_missing": ("needed", "have", "missing"),
    # award: level, when met
    "award.excellent": ("mean", "mean_min", "lowest", "lowest_min"),
    "award.pass_mean_too_low": ("mean", "mean_min", "lowest", "lowest_min"),
    "award.pass_lowest_too_low": ("mean", "mean_min", "lowest", "lowest_min"),
    # award: what became of each lesson
    "award.lesson_counted": ("rubric", "total"),
    "award.lesson_not_passed": ("rubric", "total"),
    "award.lesson_not_of_tier": ("rubric", "total"),
    "award.lesson_not_needed": ("rubric", "total"),
}

#: ``line`` is left out of a definition refusal where the value stands in no line of its own.
_DEFINITION = ("source", "line", "key", "expected", "found")

REFUSALS: Mapping[str, tuple[str, ...]] = {
    "definition.syntax": _DEFINITION,
    "definition.missing_key": _DEFINITION,
    "definition.unknown_key": _DEFINITION,
    "definition.wrong_type": _DEFINITION,
    "definition.wrong_value": _DEFINITION,
    "definition.wrong_order": _DEFINITION,
    "definition.wrong_sum": _DEFINITION,
    "definition.duplicate": _DEFINITION,
    "definition.levels_incomplete": _DEFINITION,
    "definition.not_covered": _DEFINITION,
    "definition.unknown_reference": _DEFINITION,
    "definition.misplaced": _DEFINITION,
    "definition.not_packaged": _DEFINITION,
    "marks.missing": ("rater", "criteria"),  # rater is empty where only one reading is scored
    "marks.unknown_criterion": ("rater", "criteria"),
    "marks.unknown_level": ("rater", "criterion", "level", "known"),
    "panel.wrong_number": ("found",),  # of ratings; two or three are needed
    "panel.rater_twice": ("rater",),
    "answers.none": (),
    "answers.unknown_question": ("question",),
    "answers.unknown_option": ("question", "option"),
    "answers.empty": ("question",),
    "answers.one_only": ("question",),
    "answers.none_beside_some": ("question",),
    "tier.birth_month_impossible": ("month",),
    "tier.birth_after_reference_date": ("year", "month", "on"),
    "tier.unknown_skill": ("skill",),
    "tier.unknown_tier": ("tier",),
    "tier.choice_not_allowed": ("chosen", "placed", "skill"),
    "award.unknown_tier": ("tier",),
    "award.unknown_outcome": ("outcome",),
    "award.negative_hours": ("hours",),
}
