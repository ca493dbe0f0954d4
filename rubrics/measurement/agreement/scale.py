"""Values as they come (numbers, words, blanks) turned into places on a scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rubrics.errors import MeasurementError

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Beyond it squares of differences are no longer numbers.
LARGEST = 1e100

_NUMBERS = (int, float, Decimal, np.number, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """The values that can be given, in order. ``numbers`` is ``None`` for words; ``ordered`` is false where the order
    of words is only the alphabet's."""

    values: tuple[Any, ...]
    numbers: Floats | None
    ordered: bool
    declared: bool

    def numeric(self, method: str) -> Floats:
        """The values as numbers; refuses words."""
        if self.numbers is None:
            raise MeasurementError("agreement.not_numbers", method=method, value=str(self.values[0]))
        return self.numbers

    def steps(self, method: str) -> Floats:
        """Where each value lies: its place on a declared scale, without one the number itself; words need one."""
        if not self.ordered:
            raise MeasurementError("agreement.no_order", method=method)
        if self.declared or self.numbers is None:
            return np.arange(len(self.values), dtype=np.float64)
        return self.numbers


def is_missing(value: object) -> bool:
    """None, any NaN, the NA of pandas, or a text of nothing but blanks."""
    if value is None or type(value).__name__ == "NAType":
        return True
    if isinstance(value, str):
        return not value.strip()
    return value.is_nan() if isinstance(value, Decimal) else isinstance(value, _NUMBERS) and value != value


def coded(values: Sequence[Any] | NDArray[Any], scale: Iterable[Any] | None) -> tuple[Ints, Scale]:
    """For every value its place on the scale, -1 where it is missing; and the scale, made from the values if none is
    given. Refuses words beside numbers, infinities, and values that are not on a given scale."""
    declared = None if scale is None else list(scale)
    if isinstance(values, np.ndarray) and values.dtype.kind in "iufb":
        numbers, present = _plain(values), ~np.isnan(values.astype(np.float64))
        return _of_numbers(numbers, present, declared)
    given = list(values)
    present = np.array([not is_missing(value) for value in given], dtype=np.bool_)
    if any(isinstance(value, str) for value in [*given, *(declared or [])] if not is_missing(value)):
        return _of_words(given, present, declared)
    numbers = np.array([_number(one) if there else np.nan for one, there in zip(given, present, strict=True)])
    return _of_numbers(numbers.astype(np.float64), present, declared)


def _plain(values: NDArray[Any]) -> Floats:
    numbers = values.astype(np.float64)
    if (beyond := np.abs(numbers) > LARGEST).any():
        raise MeasurementError(
            "agreement.unknown_value", value=f"{numbers[beyond][0]:g}", known=f"numbers up to {LARGEST:g}"
        )
    return numbers


def _number(value: Any) -> float:
    if not isinstance(value, _NUMBERS) or is_missing(value):
        raise MeasurementError(
            "agreement.unknown_value", value=str(value), known="numbers or words, not both"
        )
    size: Any = abs(value)
    if size > LARGEST:
        raise MeasurementError(
            "agreement.unknown_value", value=_shown(value), known=f"numbers up to {LARGEST:g}"
        )
    return float(value)


def _shown(value: Any) -> str:
    return str(value) if not isinstance(value, int) else f"a number of {value.bit_length()} bits"


def _of_numbers(
    numbers: Floats, present: NDArray[np.bool_], declared: list[Any] | None
) -> tuple[Ints, Scale]:
    found = np.unique(numbers[present])
    points = found if declared is None else np.unique(np.array([_number(one) for one in declared]))
    _check_declared(declared, distinct=len(points))
    for stranger in found[~np.isin(found, points)]:
        raise MeasurementError(
            "agreement.unknown_value", value=f"{stranger:g}", known=_known([f"{one:g}" for one in points])
        )
    places = np.full(len(numbers), -1, dtype=np.intp)
    places[present] = np.searchsorted(points, numbers[present])
    return places, Scale(tuple(points.tolist()), points, ordered=True, declared=declared is not None)


def _of_words(given: list[Any], present: NDArray[np.bool_], declared: list[Any] | None) -> tuple[Ints, Scale]:
    words = [value for value, there in zip(given, present, strict=True) if there]
    for value in [*words, *(declared or [])]:
        if not isinstance(value, str):
            raise MeasurementError(
                "agreement.unknown_value", value=str(value), known="numbers or words, not both"
            )
    points = sorted(set(words)) if declared is None else declared
    place = {word: number for number, word in enumerate(points)}
    _check_declared(declared, distinct=len(place))
    for word in words:
        if word not in place:
            raise MeasurementError("agreement.unknown_value", value=word, known=_known(points))
    places = np.full(len(given), -1, dtype=np.intp)
    places[present] = [place[word] for word in words]
    return places, Scale(tuple(points), None, ordered=declared is not None, declared=declared is not None)


def _check_declared(declared: list[Any] | None, *, distinct: int) -> None:
    if declared is not None and (distinct != len(declared) or not declared):
        raise MeasurementError("agreement.scale_repeats", values=_known(declared))


def _known(values: Sequence[Any]) -> str:
    shown = ", ".join(str(value) for value in values[:12])
    return shown if len(values) <= 12 else f"{shown}, ..."
