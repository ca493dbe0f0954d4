"""A diagnosis bank as a page: what is asked, what it covers, and with ``--items`` every question."""

from __future__ import annotations

from collections import Counter
from gettext import gettext as _

from rubrics import library
from rubrics.command.language import own
from rubrics.command.names import dash, listed, number, percent, word, yes
from rubrics.command.page import Page
from rubrics.model import DiagnosisBank, Item, Option, OutsideTest, Way


def show_bank(page: Page, bank: DiagnosisBank, *, items: bool) -> None:
    kinds = Counter(item.kind for item in bank.items)
    page.facts(
        [
            (_("framework"), bank.framework),
            (_("questions"), str(len(bank.items))),
            *((f"- {word(kind)}", str(count)) for kind, count in kinds.items()),
            (_("short form"), _short_form(bank)),
            (_("covers"), word(bank.covers)),
            (_("until somebody has watched"), word(bank.until_watched)),
            (_("too fast"), _pace(bank)),
            (_("same place"), _("%s answers in a row or more are pointed out") % bank.pace.straight_line),
        ]
    )
    _skills(page, bank)
    _coverage(page, bank)
    for test in bank.outside:
        _outside(page, test)
    _doubt(page, bank)
    if items:
        for item in bank.items:
            _item(page, item)
    else:
        page.blank()
        page.text(_("With --items every question is shown."))


def _short_form(bank: DiagnosisBank) -> str:
    said = {"count": len(bank.short_form), "minutes": bank.short_minutes}
    return _("%(count)s questions, about %(minutes)s minutes") % said


def _pace(bank: DiagnosisBank) -> str:
    said = {"seconds": bank.pace.fast_seconds, "share": percent(bank.pace.fast_share)}
    return _("%(share)s of the timed answers under %(seconds)s seconds are pointed out") % said


def _skills(page: Page, bank: DiagnosisBank) -> None:
    page.heading(_("Abilities"))
    rows = [[one.id, own(one.label), dash(listed(one.advice))] for one in bank.abilities]
    page.table(rows, head=["", _("ability"), _("taught by")])
    page.heading(_("From abilities to a skill level"))
    for rule in bank.skills:
        ways = _(" or ").join(_way(way) for way in rule.any_of)
        page.item(f"{rule.id}  ", ways or _("everybody else"))


def _way(way: Way) -> str:
    seen = _("seen hands-on: %s") % listed(way.hands_on) if way.hands_on else ""
    return "(" + "; ".join(filter(None, [listed(way.all), seen])) + ")"


def _coverage(page: Page, bank: DiagnosisBank) -> None:
    page.heading(_("Questions by indicator"))
    framework = library.framework(bank.framework)
    indicators = framework.at_level(max(item.level for item in framework.items))
    asked = {one.id: [item.id for item in bank.items if one.id in _evidence(item)] for one in indicators}
    covered = sum(1 for ids in asked.values() if ids)
    page.text(
        _("%(covered)s of %(all)s indicators are covered.") % {"covered": covered, "all": len(indicators)}
    )
    page.blank()
    rows = [
        [one.id, own(one.label), str(len(asked[one.id])), dash(listed(asked[one.id]))] for one in indicators
    ]
    page.table(rows, head=["", _("indicator"), _("count"), _("questions")])


def _evidence(item: Item) -> set[str]:
    return {indicator for option in item.options for indicator in option.evidence}


def _outside(page: Page, test: OutsideTest) -> None:
    page.heading(_("Outside test: %s") % own(test.label))
    page.facts([(_("scale"), _("0 to %s") % number(test.most))])
    for band in test.bands:
        evidence = listed(f"{indicator} {number(value)}" for indicator, value in band.evidence.items())
        said = "; ".join(filter(None, [listed(band.shows), evidence]))
        page.item(_("from") + f" {number(band.least)}  ", said)


def _doubt(page: Page, bank: DiagnosisBank) -> None:
    doubt = bank.doubt
    if not any((doubt.said, doubt.answered, doubt.outside, doubt.hands_on)):
        return
    page.heading(_("How far a value may be off"))
    page.facts(
        [
            (_("as the teacher says"), number(doubt.said)),
            (_("from answers"), number(doubt.answered)),
            (_("outside test"), number(doubt.outside)),
            (_("seen hands-on"), number(doubt.hands_on)),
        ]
    )


def _item(page: Page, item: Item) -> None:
    page.heading(f"{item.id} ({word(item.kind)})")
    page.text(own(item.label))
    page.facts([(_("several answers"), yes(True) if item.multiple else ""), (_("seen by"), word(item.check))])
    for at, step in enumerate(item.steps, start=1):
        page.item(f"{at}. ", own(step.label), indent=2)
    for option in item.options:
        page.item(f"{option.id}  ", f"{own(option.label)} [{_says(option)}]", indent=2)


def _says(option: Option) -> str:
    parts = [
        _("from %s steps in their place") % option.right_least if option.right_least is not None else "",
        _("shows %s") % listed(option.shows) if option.shows else "",
        _("speaks against %s") % listed(option.lacks) if option.lacks else "",
        listed(f"{indicator} {number(value)}" for indicator, value in option.evidence.items()),
        _("advice %s") % listed(option.advice) if option.advice else "",
        _("excludes the others") if option.alone else "",
    ]
    return "; ".join(filter(None, parts)) or _("no evidence")
