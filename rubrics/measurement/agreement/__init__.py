"""How far raters agree: each coefficient with a confidence interval, or the reason why it has none.

Read in this order: :mod:`.ratings` is what goes in, :mod:`.result` what comes out.

Which one for which design:

* Two raters read everything: :func:`cohen` (weights for ordered levels), :func:`gwet` where one level is very common.
* Two raters out of many for each lesson, the design of a rating round: :func:`alpha` or :func:`gwet` for levels,
  :func:`icc` of form ``1,1`` or ``1,k`` for totals. Cohen's kappa is for the same two raters throughout.
* The same panel reads everything: :func:`fleiss`, :func:`alpha`, :func:`icc` of forms ``2,*`` and ``3,*``.

Every function takes :class:`Ratings` and ``level``, the confidence level, and is deterministic: a bootstrap states its
seed. A coefficient the data do not define is ``None`` with a reason, never a silent 0 or 1.
"""

from __future__ import annotations

from rubrics.measurement.agreement.alpha import METRICS, Metric, alpha
from rubrics.measurement.agreement.cohen import cohen
from rubrics.measurement.agreement.icc import FORMS, Form, icc
from rubrics.measurement.agreement.many_raters import fleiss, gwet
from rubrics.measurement.agreement.ratings import Ratings
from rubrics.measurement.agreement.result import Agreement
from rubrics.measurement.agreement.shares import adjacent, exact
from rubrics.measurement.agreement.weights import WEIGHTS, Weights

__all__ = [
    "FORMS",
    "METRICS",
    "WEIGHTS",
    "Agreement",
    "Form",
    "Metric",
    "Ratings",
    "Weights",
    "adjacent",
    "alpha",
    "cohen",
    "exact",
    "fleiss",
    "gwet",
    "icc",
]
