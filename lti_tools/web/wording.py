"""Puts the codes of `rubrics` into words a village teacher reads once. Codes and values in, sentences out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lti_tools.web import rule_words
from lti_tools.web.rule_words import label, skill
from lti_tools.web.rule_words import language as language

Values = Mapping[str, Any]


def how_passed(category: str) -> str:
    """How a task of this kind is shown to be done."""
    if category == "diagnosis":
        return _("by answering the questions")
    if category == "lesson":
        return _("by a recorded lesson that two raters pass")
    return _("by showing it to your specialist")


def length(hours: Any) -> str:
    """How long a task is; split where part of it is online."""
    total, online, practice = (number(each) for each in (hours.total, hours.online, hours.practice))
    if hours.online and hours.practice:
        return _("%(total)s h (online %(online)s, practice %(practice)s)") % {
            "total": total,
            "online": online,
            "practice": practice,
        }
    return _("%(total)s h") % {"total": total}


def number(value: Any) -> str:
    """Never 2.0 for two."""
    return f"{value.normalize():f}"


def lesson_state(state: str, awaited: list[str]) -> str:
    """Where a lesson stands that is not decided; `awaited` are the sign-offs without which no rater is called."""
    if state == "ready":
        return (
            _("With the raters")
            if not awaited
            else _("Waits for sign-off: %(tasks)s") % {"tasks": _("; ").join(awaited)}
        )
    known = {"refused": _("Please hand in again"), "rendering": _("Being made playable")}
    return known.get(state, _("Being checked"))


def missing(found: Iterable[Any], policy: Any) -> list[str]:
    """What is missing for the award, shortest first to read: tasks are counted, the path below lists them."""
    reasons = list(found)
    open_tasks = sum(reason.code == "award.task_missing" for reason in reasons)
    rest = [
        reason_text(reason.code, reason.values, policy)
        for reason in reasons
        if reason.code != "award.task_missing"
    ]
    counted = ngettext("%(count)s task of the path below", "%(count)s tasks of the path below", open_tasks)
    return [*([counted % {"count": open_tasks}] if open_tasks else []), *filter(None, rest)]


def stored_reasons(found: Iterable[Mapping[str, Any]], policy: Any, bank: Any = None) -> list[str]:
    """One sentence for each reason kept as JSON; abilities of one kind share a sentence."""
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for number, reason in enumerate(found):
        values = dict(reason["values"])
        if "test" in values:
            values["test"] = _test(bank, str(values["test"]))
        if "ability" not in values:
            merged[reason["code"], str(number)] = values
            continue
        values["ability"] = _ability(bank, str(values["ability"]))
        alike = values.get("task", values.get("basis", values.get("skill", "")))
        key = (reason["code"], str(alike))
        if key in merged:
            values["ability"] = _("%(some)s; %(more)s") % {
                "some": merged[key]["ability"],
                "more": values["ability"],
            }
        merged[key] = values
    return [
        sentence for (code, _key), values in merged.items() if (sentence := reason_text(code, values, policy))
    ]


def reason_text(code: str, values: Values, policy: Any) -> str:
    """One sentence, or "" for codes that say nothing to the person concerned."""
    word = WORDS.get(code)
    return word(values, policy) if word else ""


def _ability(bank: Any, ability_id: str) -> str:
    abilities = bank.abilities if bank else ()
    return label(next((ability for ability in abilities if ability.id == ability_id), None), ability_id)


def _test(bank: Any, test_id: str) -> str:
    tests = bank.outside if bank else ()
    return label(next((test for test in tests if test.id == test_id), None), test_id)


def _ability_shown(values: Values, _policy: Any) -> str:
    template = {
        "hands_on": _("Shown: %(ability)s."),
        "outside": _("Shown by your result in another test: %(ability)s."),
        "answered": _("Shown by your answers: %(ability)s."),
    }.get(str(values["basis"]), _("You said you can: %(ability)s."))
    return template % {"ability": values["ability"]}


def _next_level(values: Values, policy: Any) -> str:
    return _("For the level “%(skill)s” you would need: %(ability)s.") % {
        "skill": skill(policy, str(values["skill"])),
        "ability": values["ability"],
    }


def _provisional(values: Values, policy: Any) -> str:
    return _("The level “%(skill)s” is provisional until somebody has seen you do it: %(ability)s.") % {
        "skill": skill(policy, str(values["skill"])),
        "ability": values["ability"],
    }


def _awaits_check(values: Values, policy: Any) -> str:
    return _("For the level “%(skill)s” somebody has still to see you do it: %(ability)s.") % {
        "skill": skill(policy, str(values["skill"])),
        "ability": values["ability"],
    }


def _settled_by_check(values: Values, _policy: Any) -> str:
    return _("Your specialist saw it, and that counts over what you answered: %(ability)s.") % {
        "ability": values["ability"],
    }


def _outside_counted(values: Values, _policy: Any) -> str:
    return _("Counted as well: %(points)s of %(most)s points in “%(test)s”.") % dict(values)


def _advice_gap(values: Values, policy: Any) -> str:
    return _("%(task)s: it teaches what is not shown yet (%(ability)s).") % {
        "task": label(policy.task(str(values["task"])), values["task"]),
        "ability": values["ability"],
    }


def _advice_answer(values: Values, policy: Any) -> str:
    return _("%(task)s: one of your answers suggests it.") % {
        "task": label(policy.task(str(values["task"])), values["task"]),
    }


def _contradiction(values: Values, _policy: Any) -> str:
    return _("Your answers about “%(ability)s” differ. Your specialist will look at it with you.") % {
        "ability": values["ability"],
    }


WORDS: dict[str, Callable[[Values, Any], str]] = {
    **rule_words.WORDS,
    "diagnosis.ability_shown": _ability_shown,
    "diagnosis.next_level_needs": _next_level,
    "diagnosis.provisional": _provisional,
    "diagnosis.awaits_check": _awaits_check,
    "diagnosis.settled_by_check": _settled_by_check,
    "diagnosis.outside_counted": _outside_counted,
    "diagnosis.advice_gap": _advice_gap,
    "diagnosis.advice_answer": _advice_answer,
    "diagnosis.contradiction": _contradiction,
}


def rater(number: int) -> str:
    """Raters have letters, never names, towards the teacher."""
    return {1: _("Rater A"), 2: _("Rater B"), 3: _("Rater C")}.get(number, str(number))


def panel_text(code: str, values: Values) -> str:
    """How the panel came to its result, for the person concerned; "" for what is the chair's matter only."""
    template = {
        "panel.mean_of_two": _("Two raters gave %(low)s and %(high)s points; the result is their mean."),
        "panel.two_closest": _(
            "Three raters saw it. The two closest results, %(low)s and %(high)s, count; the result is their mean."
        ),
        "panel.evenly_apart": _(
            "Three raters saw it, evenly apart from %(low)s to %(high)s; the middle one counts."
        ),
        "panel.total_gap": _(
            "The first two results lay more than %(limit)s points apart, so a third rater was called."
        ),
        "panel.straddles_cut": _(
            "One of the first two results reached the pass mark and the other did not, so a third rater was called."
        ),
        "panel.criterion_gap": _(
            "The first two raters saw one criterion quite differently, so a third was called."
        ),
        "panel.gate_disputed": _(
            "One of the first two raters found a criterion that must be met not met, so a third was called."
        ),
        "panel.applicability_disputed": _(
            "One of the first two raters found that a criterion does not apply to this lesson, so a third was called."
        ),
        "panel.left_out": _(
            "One criterion does not apply to this lesson. Its weight went to others, so full marks are still possible."
        ),
        "panel.applies": _(
            "One rater found that a criterion does not apply to this lesson, most found that it does; it has a level."
        ),
        "panel.random_third": _(
            "A third rater saw it because it was drawn by lot; that says nothing about the lesson."
        ),
        "panel.gate_failed": _(
            "One criterion that must be met was not met, so the lesson does not pass this time."
        ),
    }.get(code, "")
    return template % dict(values) if template else ""
