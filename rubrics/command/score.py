"""``shijie-rubric score``: every line of a reading, and what a panel makes of several."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from gettext import gettext as _

from rubrics.command.given import given_rubric
from rubrics.command.language import own
from rubrics.command.names import dash, listed, number, percent
from rubrics.command.output import Out
from rubrics.command.page import Page
from rubrics.command.readings import Readings, readings_of
from rubrics.command.words import reason
from rubrics.model import Rubric
from rubrics.panel import Decided, Rating, ThirdNeeded, decide
from rubrics.scoring import Line, Score, score


def run(arguments: argparse.Namespace, out: Out) -> int:
    """Always 0: marks that do not fit are refused. A lesson that does not pass is a result like any other."""
    rubric = given_rubric(arguments.rubric)
    readings = readings_of(arguments.marks, arguments.rating)
    page = out.page()
    page.title(f"{own(rubric.title)} ({rubric.key}@{rubric.version})")
    for rater, marks in readings.items():
        if rater:
            page.heading(_("Reading %s") % rater)
        show_score(page, rubric, score(rubric, marks, rater=rater))
    if len(readings) > 1:
        _panel(page, rubric, readings, lot=arguments.lot)
    out.write(page.rendered())
    return 0


def show_score(page: Page, rubric: Rubric, found: Score) -> None:
    """The lines with what is special about them, their sum, the band it reaches, the gates, the outcome."""
    head = ["", _("criterion"), _("level"), _("weight"), _("share"), _("points")]
    page.table([_line(line) for line in found.lines], head=head)
    remarks = [remark for line in found.lines for remark in _remarks(rubric, line)]
    if remarks:
        page.blank()
        page.bullets(remarks)
    page.blank()
    page.facts(
        [
            (_("sum"), _sum(found)),
            (_("reaches"), _reached(rubric, found)),
            (_("gates"), _gates(rubric, found)),
            (_("outcome"), own(found.band_label)),
        ]
    )


def _line(line: Line) -> list[str]:
    start = [line.criterion, own(line.label), "-" if line.level is None else str(line.level)]
    if not line.counts:
        return [*start, "-", "-", "-"]
    share = "-" if line.share is None else percent(line.share)
    return [*start, number(line.weight), share, number(line.points)]


def _remarks(rubric: Rubric, line: Line) -> Iterator[str]:
    if not line.counts:
        feedback = any(one.id == line.criterion and one.feedback_only for one in rubric.criteria)
        said = _("%s is for feedback only") if feedback else _("%s does not apply to this lesson")
        yield said % line.criterion
        return
    for other, weight in line.extra:
        values = {"criterion": line.criterion, "weight": number(weight), "other": other}
        yield _("%(criterion)s takes over the weight %(weight)s of %(other)s") % values
    if line.least != line.most:
        values = {"criterion": line.criterion, "least": number(line.least), "most": number(line.most)}
        yield _("%(criterion)s: this level earns %(least)s to %(most)s points") % values


def _sum(found: Score) -> str:
    counted = " + ".join(number(line.points) for line in found.lines if line.counts)
    return f"{counted} = {number(found.total)}"


def _reached(rubric: Rubric, found: Score) -> str:
    band = rubric.band_of(found.total)
    values = {"total": number(found.total), "band": own(band.label), "min": number(band.min)}
    return _("%(total)s points: “%(band)s”, from %(min)s") % values


def _gates(rubric: Rubric, found: Score) -> str:
    gates = [one for one in rubric.criteria if one.gate is not None]
    if not gates:
        return _("the rubric has none")
    if not found.gates_failed:
        return _("all met (%s)") % listed(f"{one.id} >= {one.gate}" for one in gates)
    missed = listed(f"{one.id} < {one.gate}" for one in gates if one.id in found.gates_failed)
    return _("missed (%s): the lesson fails, whatever the total") % missed


def _panel(page: Page, rubric: Rubric, readings: Readings, *, lot: bool) -> None:
    ratings = [Rating(rater, marks) for rater, marks in readings.items()]
    found = decide(rubric, ratings, random_third=lot)
    page.heading(_("The panel"))
    if isinstance(found, ThirdNeeded):
        page.text(_("Not decided: a third reading is needed."))
    else:
        _decided(page, rubric, found)
    page.bullets(reason(one, rubric=rubric) for one in found.reasons)


def _decided(page: Page, rubric: Rubric, found: Decided) -> None:
    levels = (f"{criterion} {number(level)}" for criterion, level in found.levels.items())
    page.facts(
        [
            (_("total"), number(found.total)),
            (_("outcome"), own(found.band_label)),
            (_("readings that count"), listed(found.used)),
            (_("median levels"), dash(listed(levels))),
        ]
    )
    page.blank()
