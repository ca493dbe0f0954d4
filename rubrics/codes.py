"""Every code this package emits and the value names each carries; whoever speaks to people words all of them.

``REASONS`` explain a decision (:class:`rubrics.model.Reason`), ``REFUSALS`` decline to make one
(:class:`rubrics.errors.RubricsError`); ``REPORTS`` tell the author of a rubric, never a teacher, what became of it on
the way from or to another system's format (:mod:`rubrics.exchange`). Values are text, whole numbers or decimals.
Values that are ids
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
    "panel.applicability_disputed": ("criterion",),  # one reading leaves it out, the other does not
    "panel.random_third": (),  # drawn by lot
    # panel: how the total came about
    "panel.mean_of_two": ("low", "high", "total"),
    "panel.two_closest": ("low", "high", "set_aside", "total"),
    "panel.evenly_apart": ("low", "high", "total"),  # no closest pair: the middle total counts
    "panel.gate_failed": ("criterion", "level"),  # level is the median, possibly halfway
    "panel.left_out": ("criterion", "by", "of"),  # by most of the raters: it has no level
    "panel.applies": ("criterion", "by", "of"),  # most gave a level; the median is theirs
    # diagnosis: reasons
    "diagnosis.skill": ("skill",),
    "diagnosis.ability_shown": ("ability", "basis", "questions"),  # basis: one of rubrics.answers.BASES
    "diagnosis.next_level_needs": ("skill", "ability"),
    "diagnosis.provisional": ("skill", "ability"),  # the level is given; the ability has still to be seen
    "diagnosis.awaits_check": ("skill", "ability"),  # the next level lacks only that somebody sees it
    "diagnosis.settled_by_check": ("ability", "questions"),  # a specialist's check counts over these
    "diagnosis.outside_counted": ("test", "points", "most"),
    "diagnosis.advice_gap": ("task", "ability"),
    "diagnosis.advice_answer": ("task", "question"),
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
    # placement: skipping a task, changing a placement
    "tier.task_skipped": ("task", "hours_to_make_up"),  # the check stands for the task, not for its hours
    "tier.change_on_ground": ("override",),
    "tier.rule_set_aside": ("rule", "override"),
    "tier.change_needs": ("need",),  # not on record yet
    "tier.too_few_lessons": ("rule", "least", "lessons"),
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
    "award.lesson_outside_window": ("rubric", "total"),  # renewal only
    # award: renewal
    "award.renewal_window": ("opens", "closes"),  # days, both included
    "award.renewal_lessons_missing": ("needed", "missing", "rubrics"),
    "award.renewal_task_missing": ("task",),
    "award.renewal_hours_missing": ("needed", "have", "missing"),
    # award: attempts at one lesson
    "award.attempt_counts": ("attempt", "total", "keep"),  # keep: best or last
    "award.attempts_left": ("left", "of"),
    "award.attempts_used_up": ("left", "of"),
    "award.attempt_undecided": ("left", "of"),
    "award.attempts_next_round": ("left", "of"),
    "award.attempts_lapsed": ("left", "of"),
    # hours
    "hours.same_activity": ("activity", "on", "hours", "counted_on"),
    "hours.carried_over": ("programme", "year", "cap", "carried"),  # programme as the caller names it
    "hours.no_credit_rate": ("mode", "hours"),  # mode is empty where it is not known
    "hours.duty_short": ("duty", "needed", "have", "missing"),
    "hours.professional_short": ("duty", "parts", "of", "needed", "have", "missing"),
    "hours.session_lost": ("minutes", "missed", "limit"),  # limit: minutes that may not be missed
    # agreement: why there is no coefficient, or none with an interval
    "agreement.no_pairs": (),  # no unit was read twice
    "agreement.units_alike": (),  # they differ less than error alone would make them
    "agreement.one_unit": (),  # an intraclass correlation compares units
    "agreement.one_value": (),  # nothing differs from anything: 0 divided by 0
    "agreement.no_interval": ("units",),  # too few units read twice
    # G-study and D-study: why no number of raters will do
    "study.no_spread": (),  # what is rated does not differ
    "study.tasks_limit": ("best",),  # endless raters would reach best; only more tasks help
    "study.too_many_raters": ("most",),
    # many-facet Rasch: what the rules did
    "facets.levels_unused": ("scale", "levels", "used"),  # levels between others that nobody gave
    "facets.one_level": ("facet", "element", "level"),  # nothing but this level was given: set aside
    "facets.not_measured": ("facet", "element"),
    "facets.not_converged": ("cause", "rounds", "change"),  # cause: one of facets.result.CAUSES
    # many-facet Rasch: flags, never a decision; logits and mean squares
    "facets.rater_severe": ("rater", "logits", "error"),
    "facets.rater_lenient": ("rater", "logits", "error"),
    "facets.rater_erratic": ("rater", "infit", "z"),
    "facets.rater_muted": ("rater", "infit", "z"),
    "facets.rater_halo": ("rater", "halo"),
    "facets.rater_drift": ("rater", "period", "logits", "z"),
    "facets.criterion_misfit": ("criterion", "infit", "z"),
    "facets.threshold_disordered": ("scale", "level"),
}

#: ``line`` is left out of a definition refusal where the value stands in no line of its own.
_DEFINITION = ("source", "line", "key", "expected", "found")
#: ``where`` is a JSON path, a line, a row and column, or a criterion and level.
_EXCHANGE = ("source", "where", "expected", "found")

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
    "marks.cannot_be_left_out": ("rater", "criterion"),
    "marks.points_not_asked": ("rater", "criterion", "points"),  # no level that earns any was given
    "marks.points_unreadable": ("rater", "criterion", "level", "points"),
    "marks.points_outside": ("rater", "criterion", "level", "points", "least", "most"),
    "marks.points_between_steps": ("rater", "criterion", "level", "points", "least", "step"),
    "panel.wrong_number": ("found",),  # of ratings; two or three are needed
    "panel.rater_twice": ("rater",),
    "answers.none": (),
    "answers.unknown_question": ("question",),
    "answers.unknown_option": ("question", "option"),
    "answers.empty": ("question",),
    "answers.one_only": ("question",),
    "answers.none_beside_some": ("question",),
    "answers.unknown_step": ("question", "step"),
    "answers.each_step_once": ("question",),
    "answers.unknown_outside_test": ("test",),
    "answers.outside_points": ("test", "points", "most"),
    "tier.birth_month_impossible": ("month",),
    "tier.birth_after_reference_date": ("year", "month", "on"),
    "tier.unknown_skill": ("skill",),
    "tier.unknown_tier": ("tier",),
    "tier.choice_not_allowed": ("chosen", "placed", "skill"),
    "tier.not_waivable": ("task", "tier", "skill"),
    "tier.unknown_override": ("override",),
    "tier.unknown_need": ("need",),
    "tier.lessons_negative": ("lessons",),
    "award.unknown_tier": ("tier",),
    "award.unknown_outcome": ("outcome",),
    "award.negative_hours": ("hours",),
    "award.impossible_total": ("rubric", "total"),
    "award.lesson_undated": ("rubric",),
    "award.renewal_too_early": ("on", "opens"),
    "award.renewal_too_late": ("on", "closes"),
    "award.attempt_twice": ("attempt",),
    "hours.no_activity": ("on",),
    "hours.impossible": ("activity", "hours"),
    "hours.unknown_class": ("activity", "subject_class"),
    "hours.unknown_mode": ("activity", "mode"),
    "hours.session_impossible": ("minutes", "missed"),
    "agreement.empty": (),
    "agreement.ragged": ("expected", "found"),  # cells of a row, rows of a column
    "agreement.not_counts": (),
    "agreement.too_few_raters": ("found",),
    "agreement.two_raters": ("found", "named"),
    "agreement.unknown_rater": ("rater",),
    "agreement.no_name": ("column", "record"),  # units or raters
    "agreement.twice": ("unit", "rater"),
    "agreement.unknown_value": ("value", "known"),
    "agreement.scale_repeats": ("values",),
    "agreement.not_numbers": ("method", "value"),
    "agreement.no_order": ("method",),  # words without a declared scale
    "agreement.negative_value": ("value", "method"),
    "agreement.too_many_values": ("found", "most"),
    "agreement.wrong_weights": ("expected",),
    "agreement.unknown_choice": ("argument", "found", "known"),
    "agreement.out_of_range": ("argument", "found", "expected"),
    "agreement.uneven": ("least", "most"),  # readings a unit
    "agreement.incomplete": ("method", "missing"),  # readings
    "agreement.anonymous": ("method",),  # needs to know who gave what
    "study.unknown_design": ("design", "known"),
    "study.unknown_effect": ("effect", "known"),
    "study.no_numbers": ("found",),
    "study.shape": ("expected", "found"),  # dimensions of an array, parts of a record
    "study.too_few": ("facet", "found"),  # facet: p, r or t; at least two levels are needed
    "study.scored_twice": ("design",),
    "study.confounded": ("design",),  # effects that these readings cannot tell apart
    "study.out_of_range": ("argument", "found", "expected"),
    "exchange.too_large": _EXCHANGE,
    "exchange.too_deep": _EXCHANGE,
    "exchange.wrong_encoding": _EXCHANGE,
    "exchange.wrong_character": _EXCHANGE,
    "exchange.unsafe_xml": _EXCHANGE,
    "exchange.syntax": _EXCHANGE,
    "exchange.missing": _EXCHANGE,
    "exchange.duplicate": _EXCHANGE,
    "exchange.wrong_type": _EXCHANGE,
    "exchange.wrong_value": _EXCHANGE,
    "exchange.unknown_format": _EXCHANGE,
    "exchange.several_rubrics": _EXCHANGE,
    "exchange.no_such_rubric": _EXCHANGE,
    "exchange.cannot_carry": _EXCHANGE,  # the format has no way to say it, and leaving it out would be wrong
    "exchange.incomplete": _EXCHANGE,  # the author has to add it before this can be a definition
    # many-facet Rasch
    "facets.no_records": (),
    "facets.lengths_differ": ("column", "found", "expected"),
    "facets.no_id": ("column", "record"),
    "facets.level_not_whole": ("record", "level"),
    "facets.levels_apart": ("lowest", "highest", "most"),  # too far apart for tables of levels
    "facets.record_twice": ("lesson", "criterion", "rater"),
    "facets.disconnected": ("number", "islands"),
    "facets.criteria_confounded": ("criteria", "raters"),
    "facets.all_extreme": (),
    "facets.one_lesson": ("lesson",),
    "facets.one_period": ("found",),
    "facets.unknown_method": ("found", "known"),
    "facets.setting": ("setting", "found", "expected"),
    "facets.unknown_scale": ("found", "known"),
    "facets.unknown_anchor": ("facet", "element"),
    "facets.anchor_not_finite": ("facet", "element"),
    "facets.anchor_not_centred": ("scale",),  # thresholds do not add up to 0
    "facets.anchor_lowest": ("scale", "lowest"),
    "facets.level_not_anchored": ("scale", "level"),
    "facets.lessons_anchored": ("lesson",),
    "facets.anchored_and_centred": ("facet",),
    "facets.cannot_centre": ("facet",),
    "facets.origin_open": ("facets",),
    "facets.origin_twice": ("facets",),
    "facets.corrected_and_anchored": (),
    "facets.drift_by_rater_scale": (),
}

#: ``part`` is rubric, criterion, level, text, row or package; ``count`` how many, ``where`` which of them.
_AT = ("part", "count", "where")

REPORTS: Mapping[str, tuple[str, ...]] = {
    # lost: the other side cannot hold it
    "exchange.lost_title": _AT,
    "exchange.lost_label": _AT,
    "exchange.lost_description": _AT,
    "exchange.lost_category": _AT,
    "exchange.lost_weight": _AT,
    "exchange.lost_points": _AT,
    "exchange.lost_feedback": _AT,
    "exchange.lost_feedback_text": _AT,  # what CASE lets a level say back to whoever reaches it
    "exchange.lost_feedback_prompt": _AT,
    "exchange.lost_feedback_default": _AT,
    "exchange.lost_range": _AT,  # points are chosen inside a level
    "exchange.lost_item": _AT,  # the competency a criterion is about
    "exchange.lost_code": _AT,
    "exchange.lost_identity": _AT,
    "exchange.lost_changed": _AT,  # when it was last changed
    "exchange.lost_position": _AT,
    "exchange.lost_kept": _AT,  # what only the format it came from understands
    "exchange.lost_around": _AT,  # what stands around or between the rubrics of a file
    "exchange.lost_criterion": _AT,  # without levels
    "exchange.lost_precision": _AT,  # Canvas rounds to two places
    "exchange.lost_gate": _AT,
    "exchange.lost_evidence": _AT,
    "exchange.lost_indicators": _AT,
    "exchange.lost_not_applicable": _AT,
    "exchange.lost_points_range": _AT,  # from least to most inside a level
    "exchange.lost_feedback_levels": _AT,  # levels of a criterion for feedback only
    "exchange.lost_attachments": _AT,
    "exchange.lost_prerequisites": _AT,
    "exchange.lost_notes": _AT,
    "exchange.lost_other_language": ("language",),
    "exchange.lost_audience": (),
    "exchange.lost_bands": ("excellent", "cut"),
    "exchange.lost_panel": (),
    "exchange.lost_video": (),
    "exchange.lost_attempts": (),
    # filled: the other side needs it and nobody said it
    "exchange.filled_identity": _AT,
    "exchange.filled_changed": _AT,
    "exchange.filled_name": _AT,
    "exchange.filled_feedback": _AT,
    "exchange.filled_text": _AT,
    "exchange.filled_code": _AT,
    "exchange.filled_evidence": _AT,
    "exchange.filled_language": ("language",),  # holds the texts of the other one
    "exchange.filled_audience": ("tier",),
    "exchange.filled_bands": ("excellent", "cut"),
    "exchange.filled_panel": ("like",),  # key and version of the rubric it was taken from
    "exchange.filled_attempts": ("like",),
    "exchange.filled_video": ("like",),
    "exchange.filled_levels": ("most",),  # numbered from most down to 1
    # changed or understood in a stated way
    "exchange.changed_position": _AT,
    "exchange.changed_signs": _AT,  # control characters, other line ends, marks that turn or hide text
    "exchange.changed_blanks": _AT,
    "exchange.changed_weighted": _AT,  # points multiplied by the weight
    "exchange.changed_scaled": ("factor",),  # all points multiplied by it
    "exchange.read_decimal_comma": _AT,
    "exchange.read_beyond_header": _AT,
    "exchange.carried_in_extension": _AT,  # CASE: other systems keep or ignore it
    "exchange.formula": _AT,  # a spreadsheet would run the cell; the text is as it was
}
