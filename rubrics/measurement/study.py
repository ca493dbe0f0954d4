"""The result of a G-study, and the D-studies asked of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rubrics.errors import MeasurementError
from rubrics.measurement.variance_components import DESIGNS, Moments, unbiased
from rubrics.model import Reason

Kind = Literal["relative", "absolute"]
Bounds = tuple[float, float]

#: Numbers held at once while resampling.
_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Component:
    """The variance one effect contributes to a single reading. ``estimate`` is unbiased and may come out below 0;
    then ``used`` is 0 and ``negative`` says so. ``share`` is its part of all ``used`` together."""

    effect: str
    facets: str
    estimate: float
    used: float
    share: float

    @property
    def negative(self) -> bool:
        return self.estimate < 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What mean scores over so many raters (and tasks) would be worth.

    ``relative`` is the generalizability coefficient (are persons ranked alike), ``absolute`` the index of
    dependability phi (is the score itself right); each with the standard error of measurement in points of the scale.
    Both coefficients are ``None`` where nothing varies at all.
    """

    raters: int
    tasks: int
    relative: float | None
    absolute: float | None
    relative_error: float
    absolute_error: float


@dataclass(frozen=True, slots=True)
class Needed:
    """The smallest number of ``raters`` for a reliability and what they ``reached``; else ``why`` none does."""

    raters: int | None
    reached: float | None
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Intervals:
    """Percentile intervals from bootstrap samples of persons. They do not know how other raters would have differed, so
    with few raters those of ``absolute`` and of the rater effects are too narrow."""

    relative: Bounds
    absolute: Bounds
    components: Mapping[str, Bounds]
    level: float
    samples: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A G-study: the components, what they rest on, and how they were found (``anova``, or ``henderson-1`` where
    readings are missing). ``tasks`` is 1 for designs without tasks."""

    design: str
    method: str
    components: tuple[Component, ...]
    persons: int
    raters: int
    tasks: int
    readings: int
    _moments: Moments = field(repr=False)

    def component(self, effect: str) -> Component:
        for one in self.components:
            if one.effect == effect:
                return one
        known = ", ".join(one.effect for one in self.components)
        raise MeasurementError("study.unknown_effect", effect=effect, known=known)

    def decide(self, *, raters: int, tasks: int = 1) -> Decision:
        """The D-study for one number of raters and tasks per person. Refuses fewer than 1."""
        _check_numbers(raters=raters, tasks=tasks)
        self._check_tasks(tasks)
        used = np.array([one.used for one in self.components])
        spread = self.components[0].used
        relative, absolute = (float(used @ one) for one in _errors(self.design, raters=raters, tasks=tasks))
        return Decision(
            raters,
            tasks,
            _coefficient(spread, relative),
            _coefficient(spread, absolute),
            math.sqrt(relative),
            math.sqrt(absolute),
        )

    def raters_for(
        self, *, reliability: float = 0.8, kind: Kind = "absolute", tasks: int = 1, most: int = 100
    ) -> Needed:
        """How many raters per person give this reliability, with so many tasks.

        None does where persons do not differ, where tasks alone make too large an error (``best`` is what endless
        raters would reach), or where it would take more than ``most``. Refuses a reliability outside ]0, 1[.
        """
        self._check_goal(reliability, kind, tasks, most)
        if self.components[0].used == 0:
            return Needed(None, None, Reason("study.no_spread"))
        if (best := self._limit(kind, tasks)) < reliability and not math.isclose(best, reliability):
            return Needed(None, None, Reason("study.tasks_limit", {"best": f"{best:.3f}"}))
        low, high = 0, most
        if not self._reaches(most, reliability, kind, tasks):
            reached = getattr(self.decide(raters=most, tasks=tasks), kind)
            return Needed(None, reached, Reason("study.too_many_raters", {"most": most}))
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._reaches(middle, reliability, kind, tasks) else (middle, high)
        return Needed(high, getattr(self.decide(raters=high, tasks=tasks), kind))

    def intervals(
        self, *, raters: int, tasks: int = 1, level: float = 0.95, samples: int = 1000, seed: int = 1
    ) -> Intervals:
        """Intervals for :meth:`decide` and every component: persons drawn with replacement, the same ones each time for
        one ``seed``. Samples that cannot be solved or in which persons do not differ count as coefficients of 0."""
        _check_numbers(raters=raters, tasks=tasks, samples=samples)
        self._check_tasks(tasks)
        _check_share("level", level)
        found = self._resampled(samples, seed)
        pairs = _coefficients(self.design, np.maximum(found, 0), raters=raters, tasks=tasks)
        tails = [(1 - level) / 2, (1 + level) / 2]
        (low_relative, low_absolute), (high_relative, high_absolute) = np.quantile(pairs, tails, axis=0)
        lows, highs = np.quantile(found, tails, axis=0)
        effects = [one.effect for one in self.components]
        bounds = {effect: (float(lows[at]), float(highs[at])) for at, effect in enumerate(effects)}
        return Intervals(
            (float(low_relative), float(high_relative)),
            (float(low_absolute), float(high_absolute)),
            bounds,
            level,
            samples,
            seed,
        )

    def _resampled(self, samples: int, seed: int) -> NDArray[np.float64]:
        lot, portion, found = np.random.default_rng(seed), max(1, _AT_ONCE // self.persons), []
        for start in range(0, samples, portion):
            drawn = np.zeros((min(portion, samples - start), self.persons))
            for row in drawn:
                row += np.bincount(lot.integers(0, self.persons, self.persons), minlength=self.persons)
            found.append(self._moments.solved(drawn))
        return unbiased(np.nan_to_num(np.concatenate(found)), design=self.design, persons=self.persons)

    def _reaches(self, raters: int, reliability: float, kind: Kind, tasks: int) -> bool:
        value = getattr(self.decide(raters=raters, tasks=tasks), kind)
        # A hair of rounding must not cost a rater.
        return bool(value >= reliability - 1e-12)

    def _limit(self, kind: Kind, tasks: int) -> float:
        """What endless raters would reach: the error of everything that raters do not divide."""
        error = sum(
            one.used / tasks
            for one in self.components[1:]
            if "r" not in one.facets and (kind == "absolute" or "p" in one.facets)
        )
        return self.components[0].used / (self.components[0].used + error)

    def _check_tasks(self, tasks: int) -> None:
        if tasks != 1 and "t" not in self.design:
            raise MeasurementError("study.out_of_range", argument="tasks", found=str(tasks), expected="1")

    def _check_goal(self, reliability: float, kind: Kind, tasks: int, most: int) -> None:
        _check_share("reliability", reliability)
        _check_numbers(tasks=tasks, most=most)
        self._check_tasks(tasks)
        if kind not in ("relative", "absolute"):
            raise MeasurementError(
                "study.out_of_range", argument="kind", found=str(kind), expected="relative or absolute"
            )


def _errors(design: str, *, raters: int, tasks: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What part of each component is relative and absolute error of means over so many raters and tasks."""
    facets = list(DESIGNS[design].values())
    parts = [1 / ((raters if "r" in one else 1) * (tasks if "t" in one else 1)) for one in facets]
    absolute = np.array([0.0 if one == "p" else part for one, part in zip(facets, parts, strict=True)])
    return absolute * np.array(["p" in one for one in facets]), absolute


def _coefficient(spread: float, error: float) -> float | None:
    return spread / (spread + error) if spread + error > 0 else None


def _coefficients(design: str, used: NDArray[np.float64], *, raters: int, tasks: int) -> NDArray[np.float64]:
    """Relative and absolute of many samples; 0 where nothing varies."""
    errors = used @ np.stack(_errors(design, raters=raters, tasks=tasks), axis=1)
    whole = used[:, :1] + errors
    return np.divide(used[:, :1], whole, out=np.zeros_like(whole), where=whole > 0)


def _check_numbers(**numbers: int) -> None:
    for argument, found in numbers.items():
        if not 1 <= found < math.inf or found != int(found):
            raise MeasurementError(
                "study.out_of_range", argument=argument, found=str(found), expected="a whole number from 1"
            )


def _check_share(argument: str, found: float) -> None:
    if not 0 < found < 1:
        raise MeasurementError(
            "study.out_of_range", argument=argument, found=f"{found:g}", expected="between 0 and 1"
        )
