"""What cannot be measured is refused by name, before anything is computed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_facets import drawn, truth

from rubrics.errors import MeasurementError
from rubrics.measurement.facets import Anchors, DisconnectedError, Readings, Settings, drift, fit, islands

KNOWN = truth(lessons=30, criteria=3, raters=4, seed=8)
DRAWN = drawn(KNOWN, a_lesson=2, seed=8, periods=2)
READINGS = Readings.of(**DRAWN.columns())


def refused(**asked: Any) -> tuple[object, ...]:
    with pytest.raises(MeasurementError) as found:
        fit(READINGS, **asked)
    return (found.value.code, *found.value.values.values())


def of(**changed: Any) -> tuple[object, ...]:
    columns = {
        "lessons": ["a", "b"],
        "criteria": ["c", "c"],
        "raters": ["r", "r"],
        "levels": [1, 2],
    } | changed
    with pytest.raises(MeasurementError) as found:
        Readings.of(**columns)
    return (found.value.code, *found.value.values.values())


def test_records_that_are_none() -> None:
    assert of(lessons=["a", "a"]) == ("facets.record_twice", "a", "c", "r")
    assert of(raters=["r"]) == ("facets.lengths_differ", "raters", 1, 2)
    assert of(periods=["1"]) == ("facets.lengths_differ", "periods", 1, 2)
    assert of(levels=[1, 2.5]) == ("facets.level_not_whole", 2, "2.5")
    assert of(levels=[float("nan"), 2]) == ("facets.level_not_whole", 1, "nan")
    assert of(levels=["good", "2"])[0] == "facets.level_not_whole"
    assert of(levels=[[1], [2]]) == ("facets.level_not_whole", 1, "[1]")
    assert of(levels=[1j, 2])[0] == "facets.level_not_whole"
    assert of(levels=[0, 10**6]) == ("facets.levels_apart", "0", "1e+06", 100_000)
    assert of(levels=[1e300, 1e300])[0] == "facets.levels_apart"
    assert of(lessons=[], criteria=[], raters=[], levels=[]) == ("facets.no_records",)


@pytest.mark.parametrize("missing", [None, float("nan"), "", "  ", np.datetime64("NaT"), pd.NA])
def test_a_record_that_does_not_say_whose_it_is(missing: object) -> None:
    assert of(raters=["r", missing]) == ("facets.no_id", "raters", 2)
    assert of(lessons=[missing, "b"]) == ("facets.no_id", "lessons", 1)
    assert of(periods=["1", missing]) == ("facets.no_id", "periods", 2)
    assert of(raters=pd.Series(["r", missing])) == ("facets.no_id", "raters", 2)


def test_whoever_is_called_nan_is_a_rater_like_any_other() -> None:
    given = Readings.of(lessons=["a", "b"], criteria=["c", "c"], raters=["nan", "None"], levels=[1, 2])
    assert given.raters == ("None", "nan")


def test_the_same_lesson_may_be_read_again_in_another_period() -> None:
    again = Readings.of(
        lessons=["a", "a"], criteria=["c", "c"], raters=["r", "r"], levels=[1, 2], periods=["1", "2"]
    )
    assert len(again) == 2


def test_methods_scales_and_facets_nobody_knows() -> None:
    assert refused(method="cml") == ("facets.unknown_method", "cml", "jml, mml")
    assert refused(scale="lesson") == ("facets.unknown_scale", "lesson", "shared, criterion, rater")
    assert refused(centred=("lessons",)) == ("facets.cannot_centre", "lessons")


def test_anchors_that_are_unknown_no_numbers_or_beyond_their_scale() -> None:
    assert refused(anchors=Anchors(raters={"R9": 0.0})) == ("facets.unknown_anchor", "raters", "R9")
    assert refused(anchors=Anchors(thresholds={"R001": {2: 0.0}})) == (
        "facets.unknown_anchor",
        "thresholds",
        "R001",
    )
    not_finite = Anchors(criteria={"C00": float("inf")})
    assert refused(anchors=not_finite) == ("facets.anchor_not_finite", "criteria", "C00")
    for nothing in (None, "severe", float("nan")):
        wrong = Anchors(raters={"R000": nothing})  # type: ignore[dict-item]
        assert refused(anchors=wrong) == ("facets.anchor_not_finite", "raters", "R000")
    hole = Anchors(thresholds={"C00": {2: float("nan"), 3: 0.0, 4: 0.0}})
    assert refused(anchors=hole) == ("facets.anchor_not_finite", "thresholds", "C00")
    stranger = Anchors(lowest={"C09": 1})
    assert refused(anchors=stranger) == ("facets.unknown_anchor", "thresholds", "C09")
    steps = {2: -1.0, 3: 0.0, 4: 0.9}
    assert refused(anchors=Anchors(thresholds={"C00": steps})) == ("facets.anchor_not_centred", "C00")
    short = Anchors(thresholds={"C00": {2: -1.0, 3: 1.0}})
    assert refused(anchors=short) == ("facets.level_not_anchored", "C00", 4)
    amiss = Anchors(thresholds={"C00": steps | {4: 1.0}}, lowest={"C00": 3})
    assert refused(anchors=amiss) == ("facets.anchor_lowest", "C00", 3)


def test_anchors_may_come_back_as_decimals() -> None:
    anchors = Anchors(raters={"R000": Decimal("0.5")})  # type: ignore[dict-item]
    assert fit(READINGS, anchors=anchors).raters.by_id()["R000"].measure == 0.5


@pytest.mark.parametrize(
    ("setting", "value"),
    [("extreme", 0.0), ("extreme", -0.3), ("change", -1.0), ("rounds", 0), ("nodes", 2), ("reach", 0.0)],
)
def test_settings_with_which_nothing_can_be_found(setting: str, value: float) -> None:
    with pytest.raises(MeasurementError) as found:
        Settings(**{setting: value})  # type: ignore[arg-type]
    assert (found.value.code, found.value.values["setting"]) == ("facets.setting", setting)


def test_anchors_and_centring_that_contradict_each_other() -> None:
    raters = Anchors(raters={"R000": 0.0})
    assert refused(anchors=raters, centred=("raters",)) == ("facets.anchored_and_centred", "raters")
    assert refused(centred=("raters",)) == ("facets.origin_open", "criteria, lessons")
    lessons = Anchors(lessons={"L00001": 0.0})
    assert refused(anchors=lessons, centred=("criteria", "raters")) == (
        "facets.origin_twice",
        "criteria, raters",
    )
    assert refused(anchors=raters, settings=Settings(correct_bias=True)) == ("facets.corrected_and_anchored",)


def test_marginal_estimation_needs_free_lessons_and_more_than_one() -> None:
    assert refused(method="mml", anchors=Anchors(lessons={"L00001": 0.0})) == (
        "facets.lessons_anchored",
        "L00001",
    )
    one = READINGS.only(READINGS.lesson == 3)
    with pytest.raises(MeasurementError, match=r"facets\.one_lesson"):
        fit(one, method="mml", anchors=Anchors(raters=dict.fromkeys(READINGS.raters, 0.0)))


def test_one_rater_is_measured_as_the_origin() -> None:
    alone = drawn(truth(lessons=30, criteria=4, raters=1, seed=1), a_lesson=1, seed=2)
    fitted = fit(Readings.of(**alone.columns()))
    assert fitted.raters.measures[0].measure == pytest.approx(0.0)
    assert (fitted.raters.separation, fitted.raters.reliability, fitted.raters.df) == (None, None, 0)


def test_drift_needs_periods_and_thresholds_that_stay() -> None:
    with pytest.raises(MeasurementError, match=r"facets\.one_period"):
        drift(READINGS, fit(READINGS))
    timed = Readings.of(**DRAWN.with_periods())
    with pytest.raises(MeasurementError, match=r"facets\.drift_by_rater_scale"):
        drift(timed, fit(timed, scale="rater"))


def parts(sizes: list[int]) -> dict[str, Any]:
    """Islands of these many raters, each pair of neighbours with a lesson in common."""
    records = [
        (f"L{island}-{rater}-{turn}", "C", f"R{island}-{rater + turn}")
        for island, raters in enumerate(sizes)
        for rater in range(max(raters - 1, 1))
        for turn in (0, 1)[: min(raters, 2)]
    ]
    lessons = [one[0].rpartition("-")[0] for one in records]
    levels = np.arange(len(records)) % 3
    return {
        "lessons": lessons,
        "criteria": ["C"] * len(records),
        "raters": [one[2] for one in records],
        "levels": levels,
    }


@given(sizes=st.lists(st.integers(1, 6), min_size=2, max_size=5))
@settings(max_examples=30, deadline=None)
def test_a_design_that_falls_apart_is_refused_with_its_islands_the_smallest_first(sizes: list[int]) -> None:
    readings = Readings.of(**parts(sizes))
    with pytest.raises(DisconnectedError) as found:
        fit(readings)
    named = found.value.islands
    assert [len(one.raters) for one in named] == sorted(sizes)
    assert sorted(rater for one in named for rater in one.raters) == sorted(readings.raters)
    assert sorted(lesson for one in named for lesson in one.lessons) == sorted(readings.lessons)
    assert found.value.code == "facets.disconnected"
    assert found.value.values["number"] == len(sizes)
    assert named[0].raters[0] in str(found.value)


def test_anchored_raters_join_islands() -> None:
    one, two = (
        drawn(truth(lessons=20, criteria=3, raters=3, seed=seed), a_lesson=2, seed=seed) for seed in (1, 2)
    )
    columns: dict[str, Any] = {
        name: np.concatenate([first, np.char.add("x", second) if name in ("lessons", "raters") else second])
        for (name, first), second in zip(one.columns().items(), two.columns().values(), strict=True)
    }
    readings = Readings.of(**columns)
    assert len(islands(readings)) == 2
    with pytest.raises(DisconnectedError):
        fit(readings, anchors=Anchors(raters={"R000": 0.0}))
    fitted = fit(readings, anchors=Anchors(raters={"R000": 0.0, "xR000": 0.5}))
    assert fitted.raters.by_id()["xR000"].measure == 0.5
    assert fitted.convergence.converged


def test_criteria_that_cannot_be_told_from_raters_are_refused() -> None:
    apart = READINGS.criterion == np.where(READINGS.rater < 2, 0, 1)
    with pytest.raises(MeasurementError, match=r"facets\.criteria_confounded"):
        fit(READINGS.only(apart))


def test_criteria_shared_out_in_turns_can_be_told_from_raters() -> None:
    known = truth(lessons=120, criteria=3, raters=3, seed=4)
    whole = Readings.of(**drawn(known, a_lesson=3, seed=4).columns())
    turns = whole.only(whole.criterion == (whole.lesson + whole.rater) % 3)
    fitted = fit(turns, method="mml")
    assert fitted.convergence.converged
    for one, true in zip(fitted.criteria.measures, known.criteria, strict=True):
        assert one.error is not None
        assert abs(one.measure - true) < 4 * one.error
