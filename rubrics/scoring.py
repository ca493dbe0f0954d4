"""One reading of one lesson: marks in, points out, with every line a person needs to follow the sum.

* A criterion earns ``weight x share`` of its level, or the points its definition states for the level; where the
  level has a range, the rater may choose points inside it.
* A criterion that does not apply earns nothing and hands its weight to the criteria its definition names, so the
  total that can be reached stays the same. One for feedback only never counts.
* ``total = sum of points``, all exact, nothing is rounded.
* The outcome is the best band the total reaches; a criterion below its gate makes it ``fail`` whatever the total.
  A gate looks at the level, not at points inside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.decimals import plain
from rubrics.marks import (
    NOTHING,
    Extra,
    check_names,
    earned,
    earns,
    extra_weight,
    left_out,
    level_of,
    weight_with,
)
from rubrics.model import Band, Criterion, Label, Mark, Marks, Rubric


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion's way into the total.

    ``weight`` is what the criterion weighs in this lesson: its own weight with ``extra`` (criterion left out, weight
    it handed over), or 0 when it was left out itself (``level`` None) or is for feedback only. ``points`` are
    ``weight x share``, or lie between ``least`` and ``most`` where the rater chose. ``share`` is None where the
    definition states points and where nothing is earned; ``counts`` says whether the line is in the total.
    """

    criterion: str
    label: Label
    level: int | None
    share: Decimal | None
    weight: Decimal
    points: Decimal
    least: Decimal = NOTHING
    most: Decimal = NOTHING
    extra: Extra = ()
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """What a reading comes to, without the lines. ``levels`` are of the criteria that count in this lesson, ``points``
    of every criterion in the rubric's order."""

    total: Decimal
    band: Band
    gates_failed: tuple[str, ...]
    left_out: tuple[str, ...]
    levels: Mapping[str, int]
    points: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """``band`` is one of :data:`rubrics.model.OUTCOMES`; ``gates_failed`` and ``left_out`` name criteria in the
    rubric's order, and ``lines`` has one for every criterion."""

    total: Decimal
    band: str
    band_label: Label
    gates_failed: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: tuple[str, ...] = ()


def score(rubric: Rubric, marks: Marks, *, rater: str = "") -> Score:
    """The score these marks earn, explained line by line.

    Refuses (:class:`rubrics.errors.MarksError`) missing and unknown criteria, levels the scale does not have, points
    outside their level or between two steps, and leaving out what may not be left out. ``rater`` only names whose
    marks a refusal is about.
    """
    found = tally(rubric, marks, rater=rater)
    extra = extra_weight(rubric, found.left_out)
    shares = {level.level: level.share for level in rubric.scale}
    lines = tuple(
        _line(rubric, criterion, marks.get(criterion.id), points, shares, extra.get(criterion.id, ()))
        for criterion, points in zip(rubric.criteria, found.points, strict=True)
    )
    return Score(found.total, found.band.id, found.band.label, found.gates_failed, lines, found.left_out)


def tally(rubric: Rubric, marks: Marks, *, rater: str = "") -> Tally:
    """The same judgement as :func:`score`, and the same refusals, for callers that need no lines."""
    check_names(rubric, marks, rater=rater)
    without = left_out(rubric, marks)
    extra = extra_weight(rubric, without)
    points: list[Decimal] = []
    levels: dict[str, int] = {}
    for criterion in rubric.criteria:
        mark = marks.get(criterion.id)
        points.append(earned(rubric, criterion, mark, extra=extra.get(criterion.id, ()), rater=rater))
        if (level := level_of(mark)) is not None and not criterion.feedback_only:
            levels[criterion.id] = level
    total = plain(sum(points, NOTHING))
    failed = gates_failed(rubric, levels)
    band = outcome(rubric, total=total, gates_failed=failed)
    return Tally(total, band, failed, without, levels, tuple(points))


def gates_failed(rubric: Rubric, levels: Mapping[str, int] | Mapping[str, Decimal]) -> tuple[str, ...]:
    """The criteria whose level lies below their gate; one with a gate is never left out."""
    return tuple(
        criterion.id
        for criterion in rubric.criteria
        if criterion.gate is not None and levels[criterion.id] < criterion.gate
    )


def outcome(rubric: Rubric, *, total: Decimal, gates_failed: tuple[str, ...]) -> Band:
    """The band the total reaches, or ``fail`` when any gate was missed."""
    return rubric.band("fail") if gates_failed else rubric.band_of(total)


def _line(
    rubric: Rubric,
    criterion: Criterion,
    mark: int | Mark | None,
    points: Decimal,
    shares: Mapping[int, Decimal | None],
    extra: Extra,
) -> Line:
    level = level_of(mark)
    if level is None or criterion.feedback_only:
        return Line(criterion.id, criterion.label, level, None, NOTHING, NOTHING, counts=False)
    possible = earns(rubric, criterion, level, extra=extra)
    return Line(
        criterion=criterion.id,
        label=criterion.label,
        level=level,
        share=None if criterion.states_points else shares[level],
        weight=weight_with(criterion, extra),
        points=points,
        least=possible.least,
        most=possible.most,
        extra=extra,
    )
