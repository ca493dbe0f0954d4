"""What a sheet holds that a format has no place for: one walk, one table, no loss told twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rubrics.exchange.report import Report
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel, criterion_name, level_name
from rubrics.nouns.rubric import Identity

#: Field of a sheet, of its criteria and levels, and the code that says a format could not take it along. ``kept`` is
#: told key by key, and only where the format is not the one the sheet came from.
LOST: Mapping[str, str] = {
    "title": "exchange.lost_title",
    "label": "exchange.lost_label",
    "description": "exchange.lost_description",
    "category": "exchange.lost_category",
    "weight": "exchange.lost_weight",
    "points": "exchange.lost_points",
    "feedback": "exchange.lost_feedback",
    "feedback_prompt": "exchange.lost_feedback_prompt",
    "feedback_default": "exchange.lost_feedback_default",
    "ranged": "exchange.lost_range",
    "item": "exchange.lost_item",
    "code": "exchange.lost_code",
    "identity": "exchange.lost_identity",
    "changed": "exchange.lost_changed",
    "position": "exchange.lost_position",
}


def lost(part: str) -> Mapping[str, str]:
    """The table for one part. Feedback of a level is a text to whoever reaches it, not a question to the rater."""
    return {**LOST, "feedback": "exchange.lost_feedback_text"} if part == "level" else LOST


def report_losses(
    sheet: Sheet,
    report: Report,
    *,
    format: str,
    rubric: Collection[str],
    criterion: Collection[str],
    level: Collection[str],
) -> None:
    """Adds an entry for every field that says something and is not among those the format carries.

    Every format keeps the order, so positions are a loss only where their numbers say more than it.
    """
    walk = _Walk(report, own=sheet.origin == format)
    walk.one(sheet, part="rubric", where="rubric", carries=rubric, parent=None)
    carried = {*criterion, *_plain_positions(sheet.criteria)}
    for at, one in enumerate(sheet.criteria, start=1):
        name = criterion_name(one, at=at)
        walk.one(one, part="criterion", where=name, carries=carried, parent=sheet.identity)
        inner = {*level, *_plain_positions(one.levels)}
        for number, degree in enumerate(one.levels, start=1):
            where = level_name(degree, criterion=name, at=number)
            walk.one(degree, part="level", where=where, carries=inner, parent=one.identity)


def _plain_positions(things: Sequence[SheetCriterion] | Sequence[SheetLevel]) -> tuple[str, ...]:
    stated = [one.position for one in things]
    counted = any(stated == list(range(first, first + len(stated))) for first in (0, 1))
    return ("position",) if counted else ()


@dataclass(frozen=True, slots=True)
class _Walk:
    report: Report
    own: bool

    def one(
        self,
        thing: Sheet | SheetCriterion | SheetLevel,
        *,
        part: str,
        where: str,
        carries: Collection[str],
        parent: Identity | None,
    ) -> None:
        """``parent``: what repeats its identifier (CASE rubricId, rubricCriterionId) says nothing of its own."""
        for name, code in lost(part).items():
            value = getattr(thing, name, None)
            if name not in carries and value is not None and value is not False and value != "":
                self.report.at(code, part, where)
        for key, kept in thing.kept.items():
            if not self.own and not (parent and kept == parent.identifier):
                self.report.at("exchange.lost_kept", part, f"{where}: {key}")
