"""What placement, award and hours rules say, in words: one sentence a code, labels in place of ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from lti_tools.definitions import api as definitions

Values = Mapping[str, Any]

# What a change of placement needs on record (rubrics.parsing.placement_rules.NEEDS).
NEEDS = {
    "application": gettext_lazy("the application"),
    "approver": gettext_lazy("who approved it"),
    "bureau": gettext_lazy("the consent of the education bureau"),
    "chair": gettext_lazy("the consent of the chair"),
    "consent": gettext_lazy("the consent of the teacher"),
    "diagnosis": gettext_lazy("the result of the diagnosis"),
    "reason": gettext_lazy("the reason"),
    "request": gettext_lazy("the request of the teacher"),
    "school": gettext_lazy("the consent of the school"),
    "time": gettext_lazy("the day of the decision"),
    "trainer": gettext_lazy("the word of the trainer"),
}

KEPT = {"best": gettext_lazy("the best one counts"), "last": gettext_lazy("the last one counts")}

MODES = {
    "concentrated": gettext_lazy("training at one place and time"),
    "distributed": gettext_lazy("training in one's own time"),
}


def language() -> str:
    return get_language() or "zh-hans"


def label(found: Any, fallback: object) -> str:
    return found.label.text(language()) if found else str(fallback)


def skill(policy: Any, skill_id: str) -> str:
    return label(next((level for level in policy.skills if level.id == skill_id), None), "")


def _rubrics(keys: str) -> str:
    titles = [definitions.get("rubric", key.strip()).title.text(language()) for key in keys.split(",")]
    return _(" or ").join(titles)


def _duty(duty_id: object) -> str:
    """The duty's own words, from whichever published hours rules have it."""
    duties = [duty for rules in definitions.published("hours_rules") for duty in rules.duties]
    return label(next((duty for duty in duties if duty.id == duty_id), None), duty_id)


def _tier(policy: Any, tier: str) -> str:
    return label(policy.tier(tier), tier)


def _task(policy: Any, task: str) -> str:
    return label(policy.task(task), task)


def _rule(policy: Any, rule: str) -> str:
    return label(policy.override(rule), rule)


# Placement


def _by_matrix(values: Values, policy: Any) -> str:
    return _(
        "You are %(age)s on the day the programme counts from, and your level is “%(skill)s”. "
        "That puts you in “%(tier)s”."
    ) % {
        "age": values["age"],
        "skill": skill(policy, str(values["skill"])),
        "tier": _tier(policy, values["tier"]),
    }


def _by_choice(values: Values, policy: Any) -> str:
    return _("You chose “%(tier)s” instead of “%(placed)s”, and it was approved.") % {
        "tier": _tier(policy, values["tier"]),
        "placed": _tier(policy, values["placed"]),
    }


def _rural(_values: Values, _policy: Any) -> str:
    return _(
        "Your school is remote: a specialist comes to you, and a weak network or 480p video is no drawback."
    )


def _task_skipped(values: Values, policy: Any) -> str:
    task = _task(policy, values["task"])
    if str(values["hours_to_make_up"]) == "0":
        return _("“%(task)s”: you have shown that you can do it, so you need not do it again.") % {
            "task": task
        }
    return _(
        "“%(task)s”: you have shown that you can do it, so you need not do it again. "
        "Please earn its %(hours)s hours with other tasks."
    ) % {"task": task, "hours": values["hours_to_make_up"]}


def _on_ground(values: Values, policy: Any) -> str:
    return _("The rule that allows the change: %(rule)s.") % {"rule": _rule(policy, values["override"])}


def _set_aside(values: Values, policy: Any) -> str:
    return _("In this case it goes before the rule: %(rule)s.") % {"rule": _rule(policy, values["rule"])}


def _change_needs(values: Values, _policy: Any) -> str:
    return _("Not on record yet: %(need)s.") % {"need": NEEDS.get(values["need"], values["need"])}


def _too_few_lessons(values: Values, _policy: Any) -> str:
    return ngettext(
        "At least %(least)s recorded lesson must remain, and this change would leave %(lessons)s.",
        "At least %(least)s recorded lessons must remain, and this change would leave %(lessons)s.",
        int(values["least"]),
    ) % {"least": values["least"], "lessons": values["lessons"]}


# Award, renewal, attempts


def _lesson_missing(values: Values, _policy: Any) -> str:
    return _("Recorded lesson %(slot)s of %(of)s that passes, judged by: %(rubrics)s") % {
        "slot": values["slot"],
        "of": values["of"],
        "rubrics": _rubrics(str(values["rubrics"])),
    }


def _hours_missing(values: Values, _policy: Any) -> str:
    return _("%(missing)s more hours (you have %(have)s of %(needed)s)") % dict(values)


def _excellent(values: Values, _policy: Any) -> str:
    return _(
        "Excellent: your lessons come to %(mean)s points on average (at least %(mean_min)s), "
        "the lowest to %(lowest)s (at least %(lowest_min)s)."
    ) % dict(values)


def _mean_too_low(values: Values, _policy: Any) -> str:
    return _(
        "Passed. For “excellent” your lessons need %(mean_min)s points on average; they come to %(mean)s."
    ) % dict(values)


def _lowest_too_low(values: Values, _policy: Any) -> str:
    return _(
        "Passed. For “excellent” no lesson may have less than %(lowest_min)s points; your lowest has %(lowest)s."
    ) % dict(values)


def _not_of_tier(values: Values, _policy: Any) -> str:
    return _(
        "The lesson with %(total)s points by “%(rubric)s” passed, but your tier asks for other lessons."
    ) % {
        "total": values["total"],
        "rubric": _rubrics(str(values["rubric"])),
    }


def _window(values: Values, _policy: Any) -> str:
    return _("The certificate can be renewed from %(opens)s to %(closes)s.") % dict(values)


def _renewal_lessons(values: Values, _policy: Any) -> str:
    return ngettext(
        "%(missing)s new recorded lesson that passes, judged by: %(rubrics)s",
        "%(missing)s new recorded lessons that pass, judged by: %(rubrics)s",
        int(values["missing"]),
    ) % {"missing": values["missing"], "rubrics": _rubrics(str(values["rubrics"]))}


def _renewal_task(values: Values, policy: Any) -> str:
    return _("Please do “%(task)s” once more.") % {"task": _task(policy, values["task"])}


def _renewal_hours(values: Values, _policy: Any) -> str:
    return _("%(missing)s more hours for the renewal (you have %(have)s of %(needed)s)") % dict(values)


def _outside_window(values: Values, _policy: Any) -> str:
    return _("The lesson with %(total)s points lies outside these days, so it does not renew anything.") % {
        "total": values["total"]
    }


def _attempt_counts(values: Values, _policy: Any) -> str:
    return _("Attempt %(attempt)s with %(total)s points counts: of several, %(keep)s.") % {
        "attempt": values["attempt"],
        "total": values["total"],
        "keep": KEPT.get(values["keep"], values["keep"]),
    }


def _attempts_left(values: Values, _policy: Any) -> str:
    return ngettext(
        "You may hand this lesson in %(left)s more time.",
        "You may hand this lesson in %(left)s more times.",
        int(values["left"]),
    ) % {"left": values["left"]}


def _attempts_used_up(values: Values, _policy: Any) -> str:
    return _("You have handed this lesson in %(of)s times, which is as often as the rules allow.") % dict(
        values
    )


def _undecided(_values: Values, _policy: Any) -> str:
    return _(
        "The raters are still looking at this lesson. Please wait for the result before the next attempt."
    )


def _next_round(values: Values, _policy: Any) -> str:
    return ngettext(
        "This round is over. In the next one you may hand the lesson in %(left)s more time.",
        "This round is over. In the next one you may hand the lesson in %(left)s more times.",
        int(values["left"]),
    ) % {"left": values["left"]}


def _lapsed(_values: Values, _policy: Any) -> str:
    return _("This round is over, and this programme keeps no attempts for the next one.")


# Hours


def _same_activity(values: Values, _policy: Any) -> str:
    return _(
        "“%(activity)s” stands on the list twice. It counts once, on %(counted_on)s; "
        "the %(hours)s hours of %(on)s are the same ones."
    ) % dict(values)


def _carried_over(values: Values, _policy: Any) -> str:
    return _(
        "At most %(cap)s hours of this programme count toward %(year)s. "
        "The other %(carried)s are kept and count from the next year on."
    ) % dict(values)


def _no_credit_rate(values: Values, _policy: Any) -> str:
    if not values["mode"]:
        return _(
            "How %(hours)s hours were held is not known, so they are shown as hours and not as credits."
        ) % {"hours": values["hours"]}
    return _(
        "Your bureau has not said how many hours of %(mode)s make a credit, so %(hours)s hours are shown as hours."
    ) % {"mode": MODES.get(values["mode"], values["mode"]), "hours": values["hours"]}


def _duty_short(values: Values, _policy: Any) -> str:
    return _("%(missing)s hours are still missing (%(have)s of %(needed)s) for: %(duty)s") % {
        **values,
        "duty": _duty(values["duty"]),
    }


def _professional_short(values: Values, _policy: Any) -> str:
    return _(
        "%(missing)s hours of professional subjects are still missing (%(have)s of %(needed)s) for: %(duty)s"
    ) % {**values, "duty": _duty(values["duty"])}


def _session_lost(values: Values, _policy: Any) -> str:
    return _(
        "You missed %(missed)s of %(minutes)s minutes. "
        "Whoever misses %(limit)s minutes or more gets no hours for this session."
    ) % dict(values)


WORDS: dict[str, Callable[[Values, Any], str]] = {
    "tier.by_matrix": _by_matrix,
    "tier.by_choice": _by_choice,
    "tier.rural_delivery": _rural,
    "tier.task_skipped": _task_skipped,
    "tier.change_on_ground": _on_ground,
    "tier.rule_set_aside": _set_aside,
    "tier.change_needs": _change_needs,
    "tier.too_few_lessons": _too_few_lessons,
    "award.lesson_missing": _lesson_missing,
    "award.hours_missing": _hours_missing,
    "award.excellent": _excellent,
    "award.pass_mean_too_low": _mean_too_low,
    "award.pass_lowest_too_low": _lowest_too_low,
    "award.lesson_not_of_tier": _not_of_tier,
    "award.lesson_outside_window": _outside_window,
    "award.renewal_window": _window,
    "award.renewal_lessons_missing": _renewal_lessons,
    "award.renewal_task_missing": _renewal_task,
    "award.renewal_hours_missing": _renewal_hours,
    "award.attempt_counts": _attempt_counts,
    "award.attempts_left": _attempts_left,
    "award.attempts_used_up": _attempts_used_up,
    "award.attempt_undecided": _undecided,
    "award.attempts_next_round": _next_round,
    "award.attempts_lapsed": _lapsed,
    "hours.same_activity": _same_activity,
    "hours.carried_over": _carried_over,
    "hours.no_credit_rate": _no_credit_rate,
    "hours.duty_short": _duty_short,
    "hours.professional_short": _professional_short,
    "hours.session_lost": _session_lost,
}
