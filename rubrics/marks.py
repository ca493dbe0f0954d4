"""Whether one rater's marks fit their rubric, and what each of them earns.

A mark is a level, points inside it where the rubric has range scoring, or the word that the criterion does not apply.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from rubrics.decimals import plain
from rubrics.errors import MarksError
from rubrics.model import Criterion, LevelPoints, Mark, Marks, Rubric

NOTHING = Decimal(0)

#: Who gave a criterion more weight, and how much.
Extra = tuple[tuple[str, Decimal], ...]


def level_of(mark: int | Mark | None) -> int | None:
    """The level given; None where the criterion was left out, or was for feedback only and not marked."""
    return mark.level if isinstance(mark, Mark) else mark


def check_names(rubric: Rubric, marks: Marks, *, rater: str) -> None:
    """Refuses marks that leave out a criterion that counts, or that name one the rubric does not have.

    A criterion that does not apply is marked so, never left unmarked: what was forgotten is no judgement.
    """
    counting = [criterion.id for criterion in rubric.criteria if not criterion.feedback_only]
    if missing := [criterion for criterion in counting if marks.get(criterion) is None]:
        raise MarksError("marks.missing", rater=rater, criteria=", ".join(missing))
    if len(marks) > len(counting):
        known = {criterion.id for criterion in rubric.criteria}
        if unknown := [str(criterion) for criterion in marks if criterion not in known]:
            raise MarksError("marks.unknown_criterion", rater=rater, criteria=", ".join(unknown))


def left_out(rubric: Rubric, marks: Marks) -> tuple[str, ...]:
    """The criteria these marks say do not apply, in the rubric's order; only those the rubric lets go."""
    may_be = [criterion.id for criterion in rubric.criteria if criterion.not_applicable]
    return tuple(criterion for criterion in may_be if level_of(marks[criterion]) is None)


def extra_weight(rubric: Rubric, without: Collection[str]) -> Mapping[str, Extra]:
    """Which criteria take over the weight of those left out: criterion to who gave it how much."""
    if not without:
        return {}
    extra: dict[str, Extra] = {}
    for criterion in rubric.criteria:
        if criterion.id in without and criterion.not_applicable:
            for taker, weight in criterion.not_applicable.weight_to.items():
                extra[taker] = (*extra.get(taker, ()), (criterion.id, weight))
    return extra


def earns(rubric: Rubric, criterion: Criterion, level: int, *, extra: Extra = ()) -> LevelPoints:
    """What a level of a criterion that counts earns, with the extra weight it takes over in this lesson."""
    if not extra:
        return criterion.points[level]
    return next(one for one in rubric.scale if one.level == level).of(weight_with(criterion, extra))


def earnable(rubric: Rubric, criterion: Criterion, *, extra: Extra = ()) -> Mapping[int, LevelPoints]:
    """What each level of the criterion earns in this lesson; empty for one that is for feedback only."""
    return {level: earns(rubric, criterion, level, extra=extra) for level in criterion.points}


def weight_with(criterion: Criterion, extra: Extra) -> Decimal:
    """What the criterion weighs in a lesson in which others hand their weight to it."""
    return criterion.weight + sum((weight for _, weight in extra), NOTHING) if extra else criterion.weight


def earned(
    rubric: Rubric, criterion: Criterion, mark: int | Mark | None, *, extra: Extra, rater: str
) -> Decimal:
    """The points of one mark; 0 where the criterion is left out or for feedback only. Refuses what does not fit."""
    if type(mark) is int and mark in criterion.points and not extra:
        return criterion.points[mark].points  # nearly all marks are this
    level, points = (mark.level, mark.points) if isinstance(mark, Mark) else (mark, None)
    _check_level(rubric, criterion, level, rater=rater)
    if level is None or criterion.feedback_only:
        _check_no_points(criterion, points, rater=rater)
        return NOTHING
    possible = earns(rubric, criterion, level, extra=extra)
    if points is None:
        return possible.points
    return _chosen(criterion, level, points, possible, step=rubric.step, rater=rater)


def _check_level(rubric: Rubric, criterion: Criterion, level: object, *, rater: str) -> None:
    if level is None:
        if criterion.feedback_only or criterion.not_applicable:
            return
        raise MarksError("marks.cannot_be_left_out", rater=rater, criterion=criterion.id)
    if type(level) is not int or level not in criterion.levels:
        known = ", ".join(str(one.level) for one in rubric.scale if one.level in criterion.levels)
        raise MarksError(
            "marks.unknown_level", rater=rater, criterion=criterion.id, level=str(level), known=known
        )


def _check_no_points(criterion: Criterion, points: Decimal | None, *, rater: str) -> None:
    if points is not None:
        raise MarksError("marks.points_not_asked", rater=rater, criterion=criterion.id, points=str(points))


def _chosen(
    criterion: Criterion, level: int, points: object, found: LevelPoints, *, step: Decimal | None, rater: str
) -> Decimal:
    """The points a rater chose: the level's own, either end of its range, or whole steps from its least."""
    if type(points) is not Decimal or not points.is_finite():
        raise MarksError(
            "marks.points_unreadable", rater=rater, criterion=criterion.id, level=level, points=str(points)
        )
    if not found.least <= points <= found.most:
        raise MarksError(
            "marks.points_outside",
            rater=rater,
            criterion=criterion.id,
            level=level,
            points=points,
            least=found.least,
            most=found.most,
        )
    if points not in (found.points, found.most) and not _on_step(points, found.least, step):
        raise MarksError(
            "marks.points_between_steps",
            rater=rater,
            criterion=criterion.id,
            level=level,
            points=points,
            least=found.least,
            step=step or NOTHING,
        )
    return plain(points.copy_abs())  # a zero may have been written with a sign


def _on_step(points: Decimal, least: Decimal, step: Decimal | None) -> bool:
    """Compared, never divided alone: of points with very many digits a remainder would be rounded away."""
    return step is not None and least + ((points - least) / step).to_integral_value() * step == points
