"""How much two different levels still agree: 1 on the diagonal, down to 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement.scale import Floats, Scale

Weights = Literal["unweighted", "linear", "quadratic", "radical", "ordinal"]
WEIGHTS: tuple[str, ...] = get_args(Weights)

#: A table of weights over more values than this would be larger than the machine: take alpha (interval) or an ICC.
MOST_VALUES = 4000


def agreement_weights(
    scale: Scale, weights: Weights | Sequence[Sequence[float]] | NDArray[Any], *, symmetric: bool
) -> Floats:
    """The table of weights for a scale, values in its order.

    * ``linear`` 1 - d/max (Cicchetti & Allison 1971), ``quadratic`` 1 - (d/max)^2 (Fleiss & Cohen 1973), ``radical``
      1 - (d/max)^(1/2); d are steps of the declared scale, without one differences of the numbers;
    * ``ordinal`` 1 - C(s+1, 2)/C(q, 2) with s the places between and q values (Gwet 2014, section 3.5);
    * or a table of one's own: 1 on the diagonal, 0 to 1 elsewhere. Weights of *dis*agreement v (Cohen 1968) become
      1 - v/max(v).

    Refuses unknown names, tables that do not fit, and order where the values have none.
    """
    check_size(scale)
    if not isinstance(weights, str):
        return _own(_table(weights, size=len(scale.values)), size=len(scale.values), symmetric=symmetric)
    if weights not in WEIGHTS:
        raise MeasurementError(
            "agreement.unknown_choice", argument="weights", found=str(weights), known=", ".join(WEIGHTS)
        )
    if weights == "unweighted":
        return np.eye(len(scale.values))
    return _named(scale, weights)


def check_size(scale: Scale) -> None:
    """Refuses a scale too long for a table of its values."""
    if len(scale.values) > MOST_VALUES:
        raise MeasurementError("agreement.too_many_values", found=len(scale.values), most=MOST_VALUES)


def _named(scale: Scale, weights: str) -> Floats:
    where = scale.steps(weights)
    if weights == "ordinal":
        steps = np.arange(len(where), dtype=np.float64)
        gap = np.abs(steps[:, None] - steps)
        apart = gap * (gap + 1) / 2
    else:
        power = {"linear": 1.0, "quadratic": 2.0, "radical": 0.5}[weights]
        apart = np.abs(where[:, None] - where) ** power
    nearness: Floats = 1 - apart / (apart.max() or 1.0)
    return nearness


def _table(weights: Any, *, size: int) -> Floats:
    try:
        return np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise MeasurementError("agreement.wrong_weights", expected=f"{size} rows of {size}") from problem


def _own(table: Floats, *, size: int, symmetric: bool) -> Floats:
    if table.shape != (size, size):
        raise MeasurementError("agreement.wrong_weights", expected=f"{size} rows of {size}")
    if not (np.diag(table) == 1).all() or not ((table >= 0) & (table <= 1)).all():
        raise MeasurementError("agreement.wrong_weights", expected="1 on the diagonal, 0 to 1 elsewhere")
    if symmetric and not (table == table.T).all():
        raise MeasurementError("agreement.wrong_weights", expected="the same either way round")
    return table


def name(weights: object) -> str:
    return weights if isinstance(weights, str) else "own"
