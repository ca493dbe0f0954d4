"""What a fit says: numbers as floats (logits unless stated), words as codes. ``None`` where a number does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rubrics.measurement.facets.settings import Anchors
from rubrics.model import Reason

#: How an element came by its measure.
FREE, HELD, HIGHEST, LOWEST = "free", "held", "extreme_high", "extreme_low"

#: Why a search did not converge: it ran out of rounds; nothing determines some direction; some measures have no
#: finite maximum though no single total is extreme (too few data); no step raises the likelihood; under marginal
#: estimation lessons do not differ at all.
CAUSES = ("rounds", "singular", "no_maximum", "stuck", "no_spread")


@dataclass(frozen=True, slots=True)
class Measure:
    """One lesson, criterion or rater. More is a better lesson, a harder criterion, a more severe rater.

    ``error`` is None for an element held, and where nothing determines it (then the search did not converge either).
    ``records``, ``total`` and ``mean`` are of the levels as given.
    ``extreme_high`` and ``extreme_low`` mean a measure at the upper or lower end that rests on the rule for extreme
    totals; these have no fit. ``fair_average`` is the level to expect where everything else is average: for a
    lesson the mean over criteria at a rater of mean severity. ``halo`` is of raters only (:func:`.residuals.halo`).
    """

    id: str
    measure: float
    error: float | None
    status: str
    records: int
    total: int
    mean: float
    fair_average: float
    infit: float | None
    infit_z: float | None
    outfit: float | None
    outfit_z: float | None
    halo: float | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """All measured elements of one facet, sorted by id, and how well they are told apart.

    Of elements that are not held, with sample variance: ``reliability`` is the share of the variance that is not
    error; ``separation`` G is the true deviation over the mean error; ``strata`` (4G + 1) / 3 is how many levels
    can be distinguished (Wright and Masters 1982, p. 106). For raters a low reliability is the good news.
    ``chi_square`` with ``df`` and ``p`` tests that all are equal. None of these exists for fewer than two elements.
    """

    name: str
    measures: tuple[Measure, ...]
    mean: float
    deviation: float | None
    error: float | None
    separation: float | None
    reliability: float | None
    strata: float | None
    chi_square: float | None
    df: int
    p: float | None

    def by_id(self) -> Mapping[str, Measure]:
        return {one.id: one for one in self.measures}


@dataclass(frozen=True, slots=True)
class Category:
    """One level of one scale (``scale`` is the criterion's or rater's id, empty for a shared one).

    ``threshold`` is where this level becomes as likely as the one below, counted from the element's measure; None
    for the lowest. ``error`` is None there too, and where nothing determines it. ``disordered`` where it lies
    below the threshold before it; ``average`` is the mean of lesson less criterion less rater over the records
    that got this level and should rise too: ``average_falls`` where not.
    """

    scale: str
    level: int
    count: int
    share: float
    threshold: float | None
    error: float | None
    disordered: bool
    average: float | None
    average_falls: bool
    outfit: float | None


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A single record far from what was expected; ``expected`` in levels, ``z`` in standard deviations."""

    lesson: str
    criterion: str
    rater: str
    level: int
    expected: float
    z: float


@dataclass(frozen=True, slots=True)
class Summary:
    """Standardised residuals of all records in the fit: near mean 0 and deviation 1; about 5% beyond 2, 1% beyond 3."""

    records: int
    mean: float
    deviation: float
    beyond_two: float
    beyond_three: float
    unexpected: tuple[Unexpected, ...]


@dataclass(frozen=True, slots=True)
class Convergence:
    """Never silent: ``converged`` is false with ``why`` (``facets.not_converged``) when the search ended early.

    ``change`` is the last step's largest, logits; ``residual`` the largest difference of a total from its expectation.
    """

    converged: bool
    rounds: int
    change: float
    residual: float
    why: Reason | None


@dataclass(frozen=True, slots=True)
class FacetsFit:
    """A fitted many-facet model. ``errors`` says what standard errors rest on.

    ``joint``: the inverse of the joint information of all parameters, lessons included. ``observed``: the inverse of
    the observed marginal information; a lesson's error is then its posterior deviation. ``approximate``: see
    :mod:`.louis`. ``mean`` and ``variance`` are the distribution of lessons under ``mml``. ``notes`` tell what the
    rules did: levels nobody used, elements set aside or without a measure.
    """

    method: str
    scale: str
    centred: tuple[str, ...]
    lessons: Facet
    criteria: Facet
    raters: Facet
    categories: tuple[Category, ...]
    summary: Summary
    convergence: Convergence
    log_likelihood: float
    parameters: int
    errors: str
    mean: float | None
    mean_error: float | None
    variance: float | None
    variance_error: float | None
    notes: tuple[Reason, ...]

    @property
    def deviance(self) -> float:
        return -2.0 * self.log_likelihood

    def facet(self, name: str) -> Facet:
        return {"lessons": self.lessons, "criteria": self.criteria, "raters": self.raters}[name]

    def anchors(self, *facets: str, thresholds: bool = True) -> Anchors:
        """This fit's measures as anchors for the next one: of the facets named, with all thresholds unless declined."""
        values = {name: {one.id: one.measure for one in self.facet(name).measures} for name in facets}
        steps: dict[str, dict[int, float]] = {}
        lowest: dict[str, int] = {}
        for one in self.categories if thresholds else ():
            if one.threshold is None:
                lowest[one.scale] = one.level
            else:
                steps.setdefault(one.scale, {})[one.level] = one.threshold
        return Anchors(**values, thresholds=steps, lowest=lowest)
