"""The levels of a sheet as one scale: which number each has, and what it earns on each criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from rubrics.decimals import plain
from rubrics.errors import ExchangeError
from rubrics.exchange.report import Report
from rubrics.exchange.sheet import Sheet, SheetCriterion, SheetLevel, criterion_name, level_name
from rubrics.exchange.texts import MOST_DIGITS, written

#: Places a share may have; more would look like a rounded third.
_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Degree:
    """One level of the scale; ``share`` None where the criteria state their points instead."""

    number: int
    label: str | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Grading:
    """The scale, best first, and for each criterion that has levels (by its place, from 0) points by level."""

    scale: tuple[Degree, ...]
    points: Mapping[int, Mapping[int, Decimal]]

    @property
    def total(self) -> Decimal:
        return plain(sum((max(one.values()) for one in self.points.values()), Decimal(0)))


def graded(sheet: Sheet, report: Report) -> Grading:
    """Refuses what only the author can add: points, a level others have, points that differ, a worth above nothing."""
    counting = {at: one for at, one in enumerate(sheet.criteria) if one.levels}
    if not counting:
        raise _incomplete("rubric", "a criterion with levels", "none")
    _check_whole(counting)
    best_first = {at: _best_first(one) for at, one in counting.items()}
    weights = _weights(counting, report)
    numbers = _numbers(best_first, report)
    points = {
        at: {number: _times(level.points, weights[at]) for number, level in zip(numbers, levels, strict=True)}
        for at, levels in best_first.items()
    }
    labels = _labels(list(best_first.values()), numbers, report)
    shares = _shares(list(points.values()), numbers)
    scale = tuple(
        Degree(number, label, share) for number, label, share in zip(numbers, labels, shares, strict=True)
    )
    return _checked(Grading(scale, points))


def _incomplete(where: str, expected: str, found: str) -> ExchangeError:
    return ExchangeError(
        "exchange.incomplete", source="definition", where=where, expected=expected, found=found
    )


def _check_whole(counting: Mapping[int, SheetCriterion]) -> None:
    """Every criterion has as many levels as the one with most, at least two, each with its own points from 0."""
    most = max(2, *(len(one.levels) for one in counting.values()))
    for at, criterion in counting.items():
        name = criterion_name(criterion, at=at + 1)
        if len(criterion.levels) < most:
            raise _incomplete(
                name, f"{most} levels, as many as any criterion has", str(len(criterion.levels))
            )
        for number, level in enumerate(criterion.levels, start=1):
            where = level_name(level, criterion=name, at=number)
            if level.points is None or level.points < 0:
                raise _incomplete(where, "points from 0", str(level.points))
        points = [level.points for level in criterion.levels]
        if len(set(points)) < len(points):
            raise _incomplete(name, "different points for each level", ", ".join(map(str, points)))


def _best_first(criterion: SheetCriterion) -> list[SheetLevel]:
    return sorted(criterion.levels, key=lambda level: level.points or Decimal(0), reverse=True)


def _weights(counting: Mapping[int, SheetCriterion], report: Report) -> dict[int, Decimal | None]:
    """By what to multiply; nothing where every weight is just what the best level earns."""
    best = {at: max(level.points or Decimal(0) for level in one.levels) for at, one in counting.items()}
    if all(one.weight in (None, best[at]) for at, one in counting.items()):
        return dict.fromkeys(counting)
    for at, one in counting.items():
        if one.weight is not None:
            report.at("exchange.changed_weighted", "criterion", criterion_name(one, at=at + 1))
    return {at: one.weight for at, one in counting.items()}


def _times(points: Decimal | None, weight: Decimal | None) -> Decimal:
    stated = points or Decimal(0)
    if weight is None:
        return stated
    with localcontext(prec=2 * MOST_DIGITS):
        return plain(stated * weight)


def _numbers(best_first: Mapping[int, Sequence[SheetLevel]], report: Report) -> list[int]:
    """The codes where they are level numbers, the same and falling in every criterion; else counted down to 1."""
    codes = {tuple(level.code or "" for level in levels) for levels in best_first.values()}
    if len(codes) == 1:
        [code] = codes
        numbers = [int(one) for one in code if one.isascii() and one.isdigit() and len(one) < 4]
        if len(numbers) == len(code) and numbers == sorted(set(numbers), reverse=True) and numbers[-1] > 0:
            return numbers
    levels = len(next(iter(best_first.values())))
    report.add("exchange.filled_levels", most=levels)
    return list(range(levels, 0, -1))


def _labels(
    best_first: Sequence[Sequence[SheetLevel]], numbers: Sequence[int], report: Report
) -> list[str | None]:
    """Those of the first criterion; other words for the same level are named as lost."""
    labels = [level.label for level in best_first[0]]
    for levels in best_first[1:]:
        for level, number, label in zip(levels, numbers, labels, strict=True):
            if level.label not in (None, "", label):
                report.at("exchange.lost_label", "level", f"{number}: {level.label}")
    return labels


def _shares(points: Sequence[Mapping[int, Decimal]], numbers: Sequence[int]) -> list[Decimal | None]:
    """Shares that give exactly the points as written on every criterion; else none at all."""
    best = points[0][numbers[0]]
    if best == 0:
        return [None for _ in numbers]
    shares = [plain((points[0][number] / best).quantize(_PLACES)) for number in numbers]
    exact = all(
        written(plain(one[numbers[0]] * share)) == written(one[number])
        for one in points
        for number, share in zip(numbers, shares, strict=True)
    )
    return list(shares) if exact else [None for _ in numbers]


def _checked(grading: Grading) -> Grading:
    for at, points in grading.points.items():
        if max(points.values()) < _CENT:
            raise _incomplete(
                f"criterion {at + 1}", f"at least {_CENT} for the best level", str(max(points.values()))
            )
    if grading.total < 1:
        raise _incomplete("rubric", "points that add up to at least 1", str(grading.total))
    return grading
