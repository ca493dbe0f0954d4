"""How well the elements of a facet are told apart (Wright and Masters 1982, ch. 5; Fisher 1992 on strata)."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2  # type: ignore[import-untyped]

from rubrics.measurement.facets.data import Floats

Apart = tuple[
    float | None, float | None, float | None, float | None, float | None, float | None, int, float | None
]


def separation(measures: Floats, errors: Floats, *, posterior: bool) -> Apart:
    """Deviation, mean error (root mean square), G, reliability, strata, and chi-square of equality with df and p.

    With ``posterior`` the measures are expectations, shrunk: reliability is their variance over
    that plus the mean posterior variance (EAP reliability, as in TAM and
    ConQuest), G follows from it, and equality is not tested.
    """
    count = len(measures)
    if count < 2 or not np.isfinite(errors).all():
        return None, None, None, None, None, None, max(count - 1, 0), None
    variance = float(measures.var(ddof=1))
    error = float((errors**2).mean())
    true = variance if posterior else max(variance - error, 0.0)
    whole = variance + error if posterior else variance
    reliability = true / whole if whole > 0 else 0.0
    index = float(np.sqrt(true / error)) if error > 0 else None
    strata = None if index is None else (4 * index + 1) / 3
    apart = float(np.sqrt(variance)), float(np.sqrt(error)), index, reliability, strata
    if posterior or not (errors > 0).all():
        return *apart, None, count - 1, None
    weight = 1.0 / errors**2
    square = float((weight * measures**2).sum() - (weight * measures).sum() ** 2 / weight.sum())
    return *apart, square, count - 1, float(chi2.sf(square, count - 1))
