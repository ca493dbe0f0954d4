"""Our own rubrics as sheets, in one language; what a sheet cannot hold stays behind and is named."""

from __future__ import annotations

from dataclasses import replace

from rubrics.exchange.draft import DESCRIPTION, note_about, to_definition
from rubrics.exchange.report import Read, Report
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel
from rubrics.nouns.rubric import Criterion, Rubric, ScaleLevel

__all__ = ["FORMAT", "of_rubric", "to_definition"]

FORMAT = "definition"


def of_rubric(rubric: Rubric, *, language: str) -> Read:
    """The criteria with their levels and what each earns. Rules of judgement, gates and the other language stay
    behind; the weight of a criterion is what its best level earns, so it is not stated twice. Remarks in which
    :func:`to_definition` keeps a description are that description again."""
    report = Report()
    about = {note.id: note.label.text(language) for note in rubric.notes}
    sheet = Sheet(
        criteria=tuple(
            replace(
                _criterion(one, rubric, report, language=language),
                description=about.get(note_about(one.id)),
            )
            for one in rubric.criteria
        ),
        origin=FORMAT,
        language=language,
        title=rubric.title.text(language),
        description=about.get(DESCRIPTION),
        code=f"{rubric.key}/v{rubric.version}",
        identity=rubric.identity,
    )
    _left_behind(rubric, report, language=language)
    return Read(sheet, report.reasons())


def _criterion(criterion: Criterion, rubric: Rubric, report: Report, *, language: str) -> SheetCriterion:
    _left_behind_of(criterion, report)
    levels = () if criterion.feedback_only else rubric.scale
    return SheetCriterion(
        label=criterion.label.text(language),
        levels=tuple(_level(one, criterion, report, language=language) for one in levels),
        feedback="required" if criterion.feedback_only else None,
        ranged=True if any(one.least != one.most for one in criterion.points.values()) else None,
        code=criterion.id,
        identity=criterion.identity,
    )


def _level(level: ScaleLevel, criterion: Criterion, report: Report, *, language: str) -> SheetLevel:
    points = criterion.points[level.level]
    if points.least != points.most:
        report.at("exchange.lost_points_range", "level", f"{criterion.id}/{level.level}")
    return SheetLevel(
        label=level.label.text(language),
        description=criterion.levels[level.level].text(language),
        points=points.points,
        code=str(level.level),
        identity=criterion.level_identities.get(level.level),
    )


def _left_behind_of(criterion: Criterion, report: Report) -> None:
    if criterion.gate is not None:
        report.at("exchange.lost_gate", "criterion", criterion.id)
    if criterion.evidence:
        report.at("exchange.lost_evidence", "criterion", criterion.id)
    if criterion.indicators:
        report.at("exchange.lost_indicators", "criterion", criterion.id)
    if criterion.not_applicable is not None:
        report.at("exchange.lost_not_applicable", "criterion", criterion.id)
    if criterion.feedback_only and criterion.levels:
        report.at("exchange.lost_feedback_levels", "criterion", criterion.id)


def _left_behind(rubric: Rubric, report: Report, *, language: str) -> None:
    other = "en" if language.lower().startswith("zh") else "zh"
    report.add("exchange.lost_other_language", language=other)
    report.add("exchange.lost_bands", excellent=rubric.band("excellent").min, cut=rubric.cut)
    for code in (
        "exchange.lost_audience",
        "exchange.lost_panel",
        "exchange.lost_video",
        "exchange.lost_attempts",
    ):
        report.add(code)
    for one in rubric.attachments:
        report.at("exchange.lost_attachments", "rubric", one.id)
    for prerequisite in rubric.prerequisites:
        report.at("exchange.lost_prerequisites", "rubric", prerequisite.task)
    described = {DESCRIPTION, *(note_about(one.id) for one in rubric.criteria)}
    for note in rubric.notes:
        if note.id not in described:
            report.at("exchange.lost_notes", "rubric", note.id)
