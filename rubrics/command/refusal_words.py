"""Every refusal of :mod:`rubrics.codes` in words, with the values it carries."""

from __future__ import annotations

from collections.abc import Mapping

from rubrics.command.phrases import N_

#: What to do about a definition that is refused. Where and what stands in the line before it.
ADVICE: Mapping[str, str] = {
    "definition.syntax": N_(
        "This is not TOML. Look at that line and the one before: quotes, brackets, commas and equals signs,"
        " all as an English keyboard has them."
    ),
    "definition.missing_key": N_("Add the key, or correct its spelling."),
    "definition.unknown_key": N_("Check the spelling of the key, or take it out: nothing reads it."),
    "definition.wrong_type": N_(
        "Write a value of the kind expected: texts in quotes, numbers and true or false without."
    ),
    "definition.wrong_value": N_("Change the value."),
    "definition.wrong_order": N_("Put the entries into the order expected."),
    "definition.wrong_sum": N_("Change the parts or the sum until both agree."),
    "definition.duplicate": N_("Give each entry its own name, or take one out."),
    "definition.levels_incomplete": N_("Describe every level of the scale, each once."),
    "definition.not_covered": N_("Add what is missing."),
    "definition.unknown_reference": N_("Name something that exists, or define it in the same set of files."),
    "definition.misplaced": N_("Move the file, or change key and version in it."),
    "definition.not_packaged": N_("Name something that ships."),
    "exchange.too_large": N_("Split the file, or take out what is no rubric."),
    "exchange.too_deep": N_("This is no rubric of an ordinary system."),
    "exchange.wrong_encoding": N_("Save it as UTF-8 in your editor, then try again."),
    "exchange.wrong_character": N_("Take the character out."),
    "exchange.unsafe_xml": N_("Take the document type and its entities out."),
    "exchange.syntax": N_("Look at that place in an editor, or export the file anew."),
    "exchange.missing": N_("Add what is missing."),
    "exchange.duplicate": N_("Give each its own name."),
    "exchange.wrong_type": N_("Write a value of the kind expected."),
    "exchange.wrong_value": N_("Change the value."),
    "exchange.unknown_format": N_("Say the format with --from."),
    "exchange.several_rubrics": N_("Name one of them with --rubric."),
    "exchange.no_such_rubric": N_("Name one of them with --rubric."),
    "exchange.cannot_carry": N_(
        "Choose another format, or change the rubric; for fractions of points in ORA2 there is --scale."
    ),
    "exchange.incomplete": N_("Add it in the system it comes from, and export it anew."),
}

REFUSALS: Mapping[str, str] = {
    "marks.missing": N_("%(rater)sNo mark for: %(criteria)s."),
    "marks.unknown_criterion": N_("%(rater)sThe rubric has no criterion: %(criteria)s."),
    "marks.unknown_level": N_("%(rater)s%(criterion)s: the scale has no level %(level)s, only %(known)s."),
    "marks.cannot_be_left_out": N_(
        "%(rater)s%(criterion)s: the rubric does not let this criterion be left out."
    ),
    "marks.points_not_asked": N_(
        "%(rater)s%(criterion)s: %(points)s points inside a level, but this level has no range."
    ),
    "marks.points_unreadable": N_(
        "%(rater)s%(criterion)s, level %(level)s: %(points)s is no number of points."
    ),
    "marks.points_outside": N_(
        "%(rater)s%(criterion)s, level %(level)s: %(points)s points do not lie between %(least)s and %(most)s."
    ),
    "marks.points_between_steps": N_(
        "%(rater)s%(criterion)s, level %(level)s: %(points)s points lie between two steps;"
        " from %(least)s on, each step is %(step)s."
    ),
    "panel.wrong_number": N_("A panel decides on two or three readings, not %(found)s."),
    "panel.rater_twice": N_("%(rater)s has more than one reading."),
    "answers.none": N_("No question was answered."),
    "answers.unknown_question": N_("The bank has no question %(question)s."),
    "answers.unknown_option": N_("Question %(question)s has no answer %(option)s."),
    "answers.empty": N_("Question %(question)s has no answer chosen."),
    "answers.one_only": N_("Question %(question)s takes one answer only."),
    "answers.none_beside_some": N_("Question %(question)s: “none of these” stands beside other answers."),
    "tier.birth_month_impossible": N_("There is no month %(month)s."),
    "tier.birth_after_reference_date": N_(
        "Born %(year)s-%(month)s, after the day the programme counts from, %(on)s."
    ),
    "tier.unknown_skill": N_("The policy has no skill level %(skill)s."),
    "tier.unknown_tier": N_("The policy has no tier %(tier)s."),
    "tier.choice_not_allowed": N_(
        "%(chosen)s cannot be chosen by somebody placed in %(placed)s with skill %(skill)s."
    ),
    "award.unknown_tier": N_("The policy has no tier %(tier)s."),
    "award.unknown_outcome": N_("There is no outcome %(outcome)s."),
    "award.negative_hours": N_("Hours cannot be negative: %(hours)s."),
    "answers.unknown_step": N_("Question %(question)s has no step %(step)s."),
    "answers.each_step_once": N_("Question %(question)s: each step stands once in the order given."),
    "answers.unknown_outside_test": N_("The bank knows no outside test %(test)s."),
    "answers.outside_points": N_(
        "Outside test %(test)s: %(points)s points do not lie between 0 and %(most)s."
    ),
    "tier.not_waivable": N_("Task %(task)s of %(tier)s may not be skipped with skill %(skill)s."),
    "tier.unknown_override": N_("The policy has no rule %(override)s."),
    "tier.unknown_need": N_("Nothing is recorded as %(need)s: no rule asks for it."),
    "tier.lessons_negative": N_("There cannot be %(lessons)s lessons."),
    "award.impossible_total": N_("%(rubric)s: a lesson cannot have %(total)s points."),
    "award.lesson_undated": N_("%(rubric)s: for renewal a lesson needs its day."),
    "award.renewal_too_early": N_("%(on)s is too early: renewal opens on %(opens)s."),
    "award.renewal_too_late": N_("%(on)s is too late: renewal closed on %(closes)s."),
    "award.attempt_twice": N_("Attempt %(attempt)s is given twice."),
    "hours.no_activity": N_("%(on)s: hours without an activity they were earned by."),
    "hours.impossible": N_("%(activity)s: there cannot be %(hours)s hours."),
    "hours.unknown_class": N_("%(activity)s: there is no subject class %(subject_class)s."),
    "hours.unknown_mode": N_("%(activity)s: training is not held in the mode %(mode)s."),
    "hours.session_impossible": N_(
        "A session of %(minutes)s minutes of which %(missed)s were missed cannot be."
    ),
}
