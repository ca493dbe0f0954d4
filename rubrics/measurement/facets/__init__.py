"""Many-facet Rasch: how good each lesson, how hard each criterion, how severe each rater, on one scale (Linacre 1989).

The door. ``Readings.of(...)`` takes long records; :func:`fit` estimates; :func:`drift` looks at raters over time;
:func:`rating_quality` does both and flags what a chair should look at. Anchors come from an earlier fit
(:meth:`FacetsFit.anchors`). Refusals are :class:`rubrics.errors.MeasurementError`, notes :class:`rubrics.model.Reason`.
"""

from rubrics.measurement.facets.connectivity import DisconnectedError, Island, islands
from rubrics.measurement.facets.data import Readings
from rubrics.measurement.facets.drift import Drift, DriftRule, RaterOverTime, RaterPeriod, drift
from rubrics.measurement.facets.fitting import fit
from rubrics.measurement.facets.quality import QualityRules, RatingQuality, rating_quality
from rubrics.measurement.facets.result import (
    Category,
    Convergence,
    Facet,
    FacetsFit,
    Measure,
    Summary,
    Unexpected,
)
from rubrics.measurement.facets.settings import Anchors, Settings

__all__ = [
    "Anchors",
    "Category",
    "Convergence",
    "DisconnectedError",
    "Drift",
    "DriftRule",
    "Facet",
    "FacetsFit",
    "Island",
    "Measure",
    "QualityRules",
    "RaterOverTime",
    "RaterPeriod",
    "RatingQuality",
    "Readings",
    "Settings",
    "Summary",
    "Unexpected",
    "drift",
    "fit",
    "islands",
    "rating_quality",
]
