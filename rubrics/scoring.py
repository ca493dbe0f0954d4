"""One reading of one lesson: marks in, points out, with every line a person needs to follow the sum.

``points = weight x share(level)``, ``total = sum of points``, all exact. The outcome is the best band the
total reaches; a criterion below its gate makes it ``fail`` whatever the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.decimals import plain
from rubrics.errors import MarksError
from rubrics.model import Band, Criterion, Label, Rubric


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion's way into the total: ``points`` are ``weight`` times ``share``."""

    criterion: str
    label: Label
    level: int
    share: Decimal
    weight: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """``band`` is one of :data:`rubrics.model.OUTCOMES`; ``gates_failed`` names criteria in the rubric's
    order."""

    total: Decimal
    band: str
    band_label: Label
    gates_failed: tuple[str, ...]
    lines: tuple[Line, ...]


def score(rubric: Rubric, marks: Mapping[str, int], *, rater: str = "") -> Score:
    """The score these marks earn. Refuses missing or unknown criteria and levels the scale does not have.

    ``rater`` only names whose marks a refusal is about.
    """
    shares = {level.level: level.share for level in rubric.scale}
    check_marks(rubric, marks, rater=rater)
    lines = tuple(_line(criterion, marks[criterion.id], shares) for criterion in rubric.criteria)
    total = plain(sum((line.points for line in lines), Decimal(0)))
    failed = gates_failed(rubric, marks)
    band = outcome(rubric, total=total, gates_failed=failed)
    return Score(total, band.id, band.label, failed, lines)


def check_marks(rubric: Rubric, marks: Mapping[str, int], *, rater: str = "") -> None:
    """Refuses marks that do not give every criterion of the rubric, and no other, a level of its scale."""
    known = [criterion.id for criterion in rubric.criteria]
    if missing := [criterion for criterion in known if criterion not in marks]:
        raise MarksError("marks.missing", rater=rater, criteria=", ".join(missing))
    if unknown := [str(criterion) for criterion in marks if criterion not in known]:
        raise MarksError("marks.unknown_criterion", rater=rater, criteria=", ".join(unknown))
    levels = [level.level for level in rubric.scale]
    for criterion in known:
        level = marks[criterion]
        if type(level) is not int or level not in levels:
            raise MarksError(
                "marks.unknown_level",
                rater=rater,
                criterion=criterion,
                level=str(level),
                known=", ".join(map(str, levels)),
            )


def gates_failed(rubric: Rubric, levels: Mapping[str, int] | Mapping[str, Decimal]) -> tuple[str, ...]:
    """The criteria whose level lies below their gate."""
    return tuple(
        criterion.id
        for criterion in rubric.criteria
        if criterion.gate is not None and levels[criterion.id] < criterion.gate
    )


def outcome(rubric: Rubric, *, total: Decimal, gates_failed: tuple[str, ...]) -> Band:
    """The band the total reaches, or ``fail`` when any gate was missed."""
    return rubric.band("fail") if gates_failed else rubric.band_of(total)


def _line(criterion: Criterion, level: int, shares: Mapping[int, Decimal]) -> Line:
    share = shares[level]
    points = plain(criterion.weight * share)
    return Line(criterion.id, criterion.label, level, share, criterion.weight, points)
