"""A rubric as a page: what is looked at, what it earns, and how a lesson comes to its result."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import gettext as _
from gettext import ngettext

from rubrics.command.language import own
from rubrics.command.names import dash, listed, number, paired, percent, word, words, yes
from rubrics.command.page import Page
from rubrics.model import Criterion, Identity, Rubric, ScaleLevel


def show_rubric(page: Page, rubric: Rubric) -> None:
    page.facts(
        [
            (_("for"), f"{own(rubric.audience)} ({rubric.audience_tier})"),
            (_("points in all"), number(rubric.total)),
            (_("passes from"), number(rubric.cut)),
            (_("named elsewhere"), _identity(rubric.identity)),
        ]
    )
    _scale(page, rubric)
    _criteria(page, rubric)
    _result(page, rubric)
    _handing_in(page, rubric)


def _scale(page: Page, rubric: Rubric) -> None:
    page.heading(_("Levels and outcomes"))
    rows = [[str(one.level), own(one.label), _share(one)] for one in rubric.scale]
    page.table(rows, head=[_("level"), _("name"), _("share of the weight")])
    page.blank()
    page.table(
        [[own(band.label), number(band.min)] for band in rubric.bands], head=[_("outcome"), _("from points")]
    )


def _share(level: ScaleLevel) -> str:
    if level.share is None or level.least is None or level.most is None:
        return _("stated by criterion")
    if level.least == level.most:
        return percent(level.share)
    chosen = {"least": percent(level.least), "most": percent(level.most), "share": percent(level.share)}
    return _("%(least)s to %(most)s, %(share)s where the rater chooses none") % chosen


def _criteria(page: Page, rubric: Rubric) -> None:
    page.heading(_("Criteria"))
    head = ["", _("criterion"), _("weight"), _("gate")]
    page.table([_row(one) for one in rubric.criteria], head=head)
    for criterion in rubric.criteria:
        _criterion(page, rubric, criterion)


def _row(criterion: Criterion) -> list[str]:
    weight = _("feedback only") if criterion.feedback_only else number(criterion.weight)
    return [criterion.id, own(criterion.label), weight, dash(str(criterion.gate or ""))]


def _criterion(page: Page, rubric: Rubric, criterion: Criterion) -> None:
    page.heading(f"{criterion.id} {own(criterion.label)}")
    page.facts(
        [
            (_("weight"), _row(criterion)[2]),
            (_("gate"), _gate(criterion)),
            (_("evidence"), words(criterion.evidence)),
            ("JY/T 0646", listed(criterion.indicators)),
            (_("may be left out"), _left_out(criterion)),
            (_("named elsewhere"), _identity(criterion.identity)),
        ]
    )
    page.blank()
    page.table(list(_levels(rubric, criterion)), indent=2)


def _gate(criterion: Criterion) -> str:
    return _("below level %s the lesson fails, whatever the total") % criterion.gate if criterion.gate else ""


def _left_out(criterion: Criterion) -> str:
    if criterion.not_applicable is None:
        return ""
    rule = criterion.not_applicable
    to = listed(f"{other} +{number(weight)}" for other, weight in rule.weight_to.items())
    return _("%(when)s; its weight goes to: %(to)s") % {"when": own(rule.when), "to": dash(to)}


def _levels(rubric: Rubric, criterion: Criterion) -> Iterator[list[str]]:
    for level in rubric.scale:
        described = criterion.levels.get(level.level)
        if described is not None:
            name = f"{level.level} {own(level.label)}"
            yield [name, _points(criterion, level.level), own(described)]


def _points(criterion: Criterion, level: int) -> str:
    points = criterion.points.get(level)
    if points is None or criterion.feedback_only:
        return "-"
    if points.least == points.most:
        return number(points.points)
    return f"{number(points.least)}-{number(points.most)}"


def _result(page: Page, rubric: Rubric) -> None:
    rules = rubric.panel
    page.heading(_("From two readings to a result"))
    page.text(_("Two sealed readings decide, by their mean. A third is called when:"))
    gap = ngettext(
        "the readings are %(gap)s level or more apart on any criterion",
        "the readings are %(gap)s levels or more apart on any criterion",
        rules.criterion_gap,
    )
    reasons = [
        gap % {"gap": rules.criterion_gap},
        _("the totals are more than %s points apart") % number(rules.total_gap),
        *([_("one reading passes and the other does not")] if rules.straddling else []),
        *(
            [_("it is drawn by lot (%s of the rest)") % percent(rules.random_share)]
            if rules.random_share
            else []
        ),
    ]
    page.bullets(reasons)
    page.text(_("After a third the two closest totals count."))
    page.facts([(_("blind"), yes(rules.blind)), (_("raters of the own school"), yes(rules.own_school))])
    if rubric.step is not None:
        page.text(_("Inside a level points are given in steps of %s.") % number(rubric.step))


def _handing_in(page: Page, rubric: Rubric) -> None:
    tries, video = rubric.attempts, rubric.video
    page.heading(_("Handing in"))
    page.facts(
        [
            (_("attempts"), str(tries.max)),
            (_("what counts"), word(tries.keep)),
            (_("new raters each time"), yes(tries.new_raters)),
            (_("days to hand in again"), str(tries.resubmit_days)),
            (_("days to object"), str(tries.appeal_days)),
            (_("a segment is enough"), yes(video.segment_allowed)),
            (_("height of the picture"), _("at least %s pixels") % video.min_height),
            (_("remark"), own(video.note) if video.note else ""),
        ]
    )
    page.blank()
    rows = [[word(stage), f"{least}-{most}"] for stage, (least, most) in video.minutes.items()]
    page.table(rows, head=[_("school stage"), _("minutes of video")])
    _asked_beside(page, rubric)


def _asked_beside(page: Page, rubric: Rubric) -> None:
    if rubric.prerequisites:
        page.heading(_("Signed off before the lesson is rated"))
        for need in rubric.prerequisites:
            page.item(f"{need.task}  ", own(need.why) if need.why else word(need.evidence))
    if rubric.attachments:
        page.heading(_("To be attached"))
        page.bullets(paired(one.id, own(one.label)) for one in rubric.attachments)
    if rubric.notes:
        page.heading(_("Remarks"))
        page.bullets(own(note.label) for note in rubric.notes)


def _identity(identity: Identity | None) -> str:
    return f"{identity.identifier} <{identity.uri}>" if identity else ""
