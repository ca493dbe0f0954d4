"""Every reason of :mod:`rubrics.codes` in words for an author or a chair, with the values it carries."""

from __future__ import annotations

from collections.abc import Mapping

from rubrics.command.phrases import N_

REASONS: Mapping[str, str] = {
    "panel.criterion_gap": N_("%(criterion)s: one reading gives level %(low)s, another level %(high)s."),
    "panel.total_gap": N_("The totals %(low)s and %(high)s lie more than %(limit)s points apart."),
    "panel.straddles_cut": N_(
        "One total (%(high)s) reaches the cut of %(cut)s, the other (%(low)s) does not."
    ),
    "panel.gate_disputed": N_("%(criterion)s: one reading misses this gate, the other does not."),
    "panel.applicability_disputed": N_("%(criterion)s: not all readings say that it applies to this lesson."),
    "panel.left_out": N_("%(criterion)s is left out of this lesson: %(by)s of %(of)s readings say so."),
    "panel.applies": N_("%(criterion)s applies to this lesson: %(by)s of %(of)s readings give it a level."),
    "panel.random_third": N_("The lesson was drawn by lot for a third reading."),
    "panel.mean_of_two": N_("%(total)s is the mean of %(low)s and %(high)s."),
    "panel.two_closest": N_(
        "%(total)s is the mean of the two closest totals, %(low)s and %(high)s; %(set_aside)s is set aside."
    ),
    "panel.evenly_apart": N_(
        "The totals lie evenly apart, from %(low)s to %(high)s: the one in the middle counts, %(total)s."
    ),
    "panel.gate_failed": N_(
        "%(criterion)s: the median level %(level)s lies below the gate, so the lesson fails."
    ),
    "diagnosis.skill": N_("The skill level is %(skill)s."),
    "diagnosis.ability_shown": N_("%(ability)s is shown (%(basis)s; questions %(questions)s)."),
    "diagnosis.next_level_needs": N_("For the level %(skill)s it still takes %(ability)s."),
    "diagnosis.not_asked": N_("Nothing was asked about %(ability)s."),
    "diagnosis.contradiction": N_("The answers about %(ability)s differ (questions %(questions)s)."),
    "diagnosis.too_fast": N_("%(fast)s of %(timed)s timed answers took less than %(seconds)s seconds."),
    "diagnosis.straight_line": N_("All %(questions)s answers stand in the same place, number %(place)s."),
    "tier.by_matrix": N_("Age %(age)s (band %(age_band)s) and skill level %(skill)s give the tier %(tier)s."),
    "tier.by_choice": N_("The tier %(tier)s was taken by choice (%(choice)s) instead of %(placed)s."),
    "tier.choice_needs": N_("The choice needs: %(need)s."),
    "tier.rural_delivery": N_("The school is remote: the ways of teaching for remote schools apply."),
    "award.task_missing": N_("Task %(task)s is not passed yet."),
    "award.lesson_missing": N_("Lesson %(slot)s of %(of)s is missing; judged by one of: %(rubrics)s."),
    "award.hours_missing": N_("%(missing)s hours are missing: %(have)s of %(needed)s."),
    "award.excellent": N_(
        "Excellent: mean %(mean)s (at least %(mean_min)s), lowest %(lowest)s (at least %(lowest_min)s)."
    ),
    "award.pass_mean_too_low": N_(
        "Pass, not excellent: the mean %(mean)s is below %(mean_min)s"
        " (lowest lesson %(lowest)s, at least %(lowest_min)s)."
    ),
    "award.pass_lowest_too_low": N_(
        "Pass, not excellent: the lowest lesson %(lowest)s is below %(lowest_min)s"
        " (mean %(mean)s, at least %(mean_min)s)."
    ),
    "award.lesson_counted": N_("A lesson counted: %(rubric)s, %(total)s points."),
    "award.lesson_not_passed": N_("A lesson did not pass: %(rubric)s, %(total)s points."),
    "award.lesson_not_of_tier": N_("A lesson is not one the tier asks for: %(rubric)s, %(total)s points."),
    "award.lesson_not_needed": N_("A lesson was not needed: %(rubric)s, %(total)s points."),
    "diagnosis.provisional": N_(
        "The skill level %(skill)s is provisional: %(ability)s has still to be seen hands-on."
    ),
    "diagnosis.awaits_check": N_("The level %(skill)s only waits for somebody to see %(ability)s."),
    "diagnosis.settled_by_check": N_(
        "%(ability)s: what a specialist saw counts over the answers (%(questions)s)."
    ),
    "diagnosis.outside_counted": N_("The outside test %(test)s entered with %(points)s of %(most)s points."),
    "diagnosis.advice_gap": N_("Task %(task)s is advised, because it teaches %(ability)s."),
    "diagnosis.advice_answer": N_(
        "Task %(task)s is advised, because of the answer to question %(question)s."
    ),
    "tier.task_skipped": N_("Task %(task)s may be skipped; %(hours_to_make_up)s hours are to be made up."),
    "tier.change_on_ground": N_("The placement is changed by the rule %(override)s."),
    "tier.rule_set_aside": N_("The hard rule %(rule)s yields to %(override)s."),
    "tier.change_needs": N_("The change needs: %(need)s."),
    "tier.too_few_lessons": N_("The rule %(rule)s asks for at least %(least)s lessons, not %(lessons)s."),
    "award.lesson_outside_window": N_(
        "A lesson lies outside the time of renewal: %(rubric)s, %(total)s points."
    ),
    "award.renewal_window": N_("Renewal is open from %(opens)s to %(closes)s, both days included."),
    "award.renewal_lessons_missing": N_(
        "For renewal %(missing)s of %(needed)s lessons are missing; judged by one of: %(rubrics)s."
    ),
    "award.renewal_task_missing": N_("For renewal task %(task)s has to be done again."),
    "award.renewal_hours_missing": N_("For renewal %(missing)s hours are missing: %(have)s of %(needed)s."),
    "award.attempt_counts": N_("Attempt %(attempt)s counts with %(total)s points (%(keep)s)."),
    "award.attempts_left": N_("%(left)s of %(of)s attempts are left."),
    "award.attempts_used_up": N_("No attempt is left (%(left)s of %(of)s)."),
    "award.attempt_undecided": N_("An attempt is not decided yet; %(left)s of %(of)s are left after it."),
    "award.attempts_next_round": N_("%(left)s of %(of)s attempts stay for the next round."),
    "award.attempts_lapsed": N_("%(left)s of %(of)s attempts lapse with the round."),
    "hours.same_activity": N_(
        "%(activity)s on %(on)s: %(hours)s hours count once, as already counted on %(counted_on)s."
    ),
    "hours.carried_over": N_(
        "%(programme)s, %(year)s: at most %(cap)s hours count, %(carried)s go into the next year."
    ),
    "hours.no_credit_rate": N_("%(hours)s hours have no rate of credits (%(mode)s)."),
    "hours.duty_short": N_("%(duty)s: %(missing)s hours are missing, %(have)s of %(needed)s."),
    "hours.professional_short": N_(
        "%(duty)s: %(missing)s hours of professional subjects are missing, %(have)s of %(needed)s"
        " (%(parts)s of %(of)s parts)."
    ),
    "hours.session_lost": N_(
        "The session does not count: %(missed)s of %(minutes)s minutes were missed, and %(limit)s are too many."
    ),
}
