"""Award rules and hours rules as pages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from gettext import gettext as _

from rubrics.command.language import own
from rubrics.command.names import listed, number, percent, word, yes
from rubrics.command.page import Page
from rubrics.model import AwardRules, HoursDuty, HoursRules, Note, ProgrammeHours, Retake


def show_award_rules(page: Page, rules: AwardRules) -> None:
    page.heading(_("How results are printed"))
    page.facts((outcome, own(label)) for outcome, label in rules.outcomes.items())
    page.heading(_("Excellent"))
    page.facts(
        [
            (_("mean of the lessons that count"), _("at least %s") % number(rules.excellence.mean_min)),
            (_("lowest of them"), _("at least %s") % number(rules.excellence.lowest_min)),
        ]
    )
    _validity(page, rules)
    if rules.retake is not None:
        _retake(page, rules.retake)
    if rules.hours is not None:
        _programme_hours(page, rules.hours)
    _remarks(page, rules.notes)


def _validity(page: Page, rules: AwardRules) -> None:
    renewal = rules.validity.renewal
    page.heading(_("Validity and renewal"))
    until = _("31 December of year %s after the year of the award") % rules.validity.years
    page.facts(
        [
            (_("valid to"), until),
            (_("new lessons"), str(renewal.lessons)),
            (_("tasks refreshed"), listed(renewal.tasks)),
            (_("hours"), number(renewal.hours)),
            (_("within the last"), _("%s months") % renewal.window_months),
        ]
    )


def _retake(page: Page, retake: Retake) -> None:
    page.heading(_("Handing in again"))
    page.facts(
        [
            (_("attempts"), str(retake.attempts)),
            (_("what counts"), word(retake.keep)),
            (_("new raters each time"), yes(retake.new_raters)),
            (_("goes on into the next round"), yes(retake.carries_over)),
        ]
    )


def _programme_hours(page: Page, hours: ProgrammeHours) -> None:
    rate = number(hours.hours_per_credit) if hours.hours_per_credit is not None else _("not set yet")
    page.heading(_("Hours of the programme"))
    page.facts(
        [
            (_("count toward a year"), _cap(hours.annual_cap, carries_over=hours.carries_over)),
            (_("one activity counts twice"), yes(hours.double_count)),
            (_("subject class"), word(hours.subject_class)),
            (_("hours per credit"), rate),
            (_("a session is lost from"), _("%s missed") % percent(hours.absence_limit)),
        ]
    )


def _cap(hours: Decimal | None, *, carries_over: bool = True) -> str:
    if hours is None:
        return _("without limit")
    after = _("the rest counts next year") if carries_over else _("the rest is lost")
    return _("at most %(hours)s; %(after)s") % {"hours": number(hours), "after": after}


def show_hours_rules(page: Page, rules: HoursRules) -> None:
    page.facts(
        [
            (_("one hour of training"), _("%s minutes") % rules.hour_minutes),
            (_("count toward a year"), _cap(rules.annual_cap)),
            (_("one activity counts twice"), yes(False)),
            (_("subject class"), word(rules.subject_class)),
            (_("a session is lost from"), _("%s missed") % percent(rules.absence_limit)),
        ]
    )
    page.heading(_("What is owed"))
    for duty in rules.duties:
        _duty(page, duty)
    page.heading(_("Hours per credit"))
    if not rules.credits:
        page.text(_("Not set: rates differ from place to place, and the bureau states its own."))
    page.facts((word(mode), number(hours)) for mode, hours in rules.credits.items())
    if rules.facts:
        page.heading(_("Known of other places"))
        page.bullets(f"{own(fact.label)} [{word(fact.src)}]" for fact in rules.facts)
    _remarks(page, rules.notes)


def _duty(page: Page, duty: HoursDuty) -> None:
    part = ""
    if duty.professional is not None:
        part = _("%(parts)s of %(of)s parts") % {"parts": duty.professional[0], "of": duty.professional[1]}
    page.text(f"{duty.id}  {own(duty.label)}")
    page.facts(
        [
            (_("hours"), number(duty.hours)),
            (_("within years"), str(duty.years)),
            (_("professional subjects"), part),
            (_("source"), f"{own(duty.basis)} ({word(duty.src)})"),
        ],
        indent=4,
    )


def _remarks(page: Page, notes: Sequence[Note]) -> None:
    if notes:
        page.heading(_("Remarks"))
        page.bullets(own(note.label) for note in notes)
