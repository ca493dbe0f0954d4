"""What agreement refuses, and what it leaves undefined with a reason instead of a silent 0 or 1."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rubrics.errors import MeasurementError
from rubrics.measurement.agreement import (
    FORMS,
    METRICS,
    Agreement,
    Ratings,
    adjacent,
    alpha,
    cohen,
    exact,
    fleiss,
    gwet,
    icc,
)

TABLE = [[1, 2], [2, 2], [3, 1], [3, 3]]
EVERY: list[Callable[[Ratings], Agreement]] = [
    exact,
    adjacent,
    cohen,
    fleiss,
    gwet,
    *(lambda ratings, metric=metric: alpha(ratings, metric=metric) for metric in METRICS),
    *(lambda ratings, form=form: icc(ratings, form=form) for form in FORMS),
]


def refused(make: Callable[[], Any]) -> dict[str, object]:
    with pytest.raises(MeasurementError) as problem:
        make()
    return {"code": problem.value.code, **problem.value.values}


@pytest.mark.parametrize("table", [[], [[]], [[None, float("nan")], ["", "  "]]])
def test_nothing_at_all_is_refused(table: list[list[Any]]) -> None:
    assert refused(lambda: Ratings.of(table))["code"] == "agreement.empty"


def test_a_single_rater_is_refused() -> None:
    assert refused(lambda: Ratings.of([[1], [2]])) == {"code": "agreement.too_few_raters", "found": 1}
    assert refused(lambda: Ratings.from_records([("a", "r1", 1), ("b", "r1", 2)]))["found"] == 1


def test_rows_of_unequal_length_are_refused() -> None:
    assert refused(lambda: Ratings.of([[1, 2], [1]])) == {
        "code": "agreement.ragged",
        "expected": 2,
        "found": 1,
    }
    assert refused(lambda: Ratings.from_columns([1, 2], [1, 2], [3]))["code"] == "agreement.ragged"
    assert refused(lambda: Ratings.from_cross_table([[1, 2, 3], [4, 5, 6]]))["code"] == "agreement.ragged"
    assert refused(lambda: Ratings.from_counts([[1, 1]], scale=["a", "b", "c"]))["code"] == "agreement.ragged"


def test_a_unit_read_twice_by_one_rater_is_refused_by_name() -> None:
    records = [("lesson-1", "wang", 1), ("lesson-1", "li", 1), ("lesson-1", "wang", 2)]
    found = refused(lambda: Ratings.from_records(records))
    assert found == {"code": "agreement.twice", "unit": "lesson-1", "rater": "wang"}


@pytest.mark.parametrize("value", ["good", float("inf"), Decimal("Infinity"), object()])
def test_what_is_no_number_beside_numbers_is_refused(value: object) -> None:
    assert refused(lambda: Ratings.of([[1, 2], [value, 2]]))["code"] == "agreement.unknown_value"
    assert refused(lambda: Ratings.of(np.array([[1.0, np.inf]])))["code"] == "agreement.unknown_value"


def test_a_value_that_is_not_on_the_scale_is_refused_by_name() -> None:
    found = refused(lambda: Ratings.of(TABLE, scale=[1, 2]))
    assert found == {"code": "agreement.unknown_value", "value": "3", "known": "1, 2"}
    found = refused(lambda: Ratings.of([["good", "bad"]], scale=["poor", "good"]))
    assert found == {"code": "agreement.unknown_value", "value": "bad", "known": "poor, good"}


@pytest.mark.parametrize("scale", [[1, 2, 3, 3], []])
def test_a_scale_that_names_a_value_twice_or_none_is_refused(scale: list[int]) -> None:
    assert refused(lambda: Ratings.of(TABLE, scale=scale))["code"] in {
        "agreement.scale_repeats",
        "agreement.unknown_value",
    }


def test_counts_below_zero_or_in_parts_are_refused() -> None:
    assert refused(lambda: Ratings.from_counts([[2, -1], [1, 1]]))["code"] == "agreement.not_counts"
    assert refused(lambda: Ratings.from_cross_table([[2.5, 1], [1, 1]]))["code"] == "agreement.not_counts"


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_confidence_level_outside_nought_to_one_is_refused(level: float) -> None:
    for coefficient in (exact, fleiss, gwet, cohen):
        assert refused(lambda one=coefficient: one(Ratings.of(TABLE), level=level))["argument"] == "level"


def test_negative_reach_unknown_weights_metrics_and_forms_are_refused() -> None:
    ratings = Ratings.of(TABLE)
    assert refused(lambda: adjacent(ratings, within=-1))["argument"] == "within"
    assert refused(lambda: adjacent(ratings, within=float("nan")))["argument"] == "within"
    assert refused(lambda: cohen(ratings, weights="cubic"))["found"] == "cubic"
    assert refused(lambda: alpha(ratings, metric="circular"))["argument"] == "metric"
    assert refused(lambda: alpha(ratings, metric="nominal", samples=-1))["argument"] == "samples"
    assert refused(lambda: icc(ratings, form="2,2"))["known"] == "; ".join(FORMS)


@pytest.mark.parametrize(
    "weights",
    [
        [[1, 0], [0, 1]],
        [[1, 0, 0], [0, 0.9, 0], [0, 0, 1]],
        [[1, 2, 0], [2, 1, 0], [0, 0, 1]],
        [[1, -0.5, 0], [-0.5, 1, 0], [0, 0, 1]],
    ],
)
def test_tables_of_weights_that_do_not_fit_are_refused(weights: list[list[float]]) -> None:
    for coefficient in (cohen, fleiss, gwet):
        found = refused(lambda one=coefficient: one(Ratings.of(TABLE), weights=weights))
        assert found["code"] == "agreement.wrong_weights"


def test_only_cohen_takes_weights_that_differ_by_who_said_which() -> None:
    weights = [[1, 0.5, 0], [0, 1, 0], [0, 0, 1]]
    assert cohen(Ratings.of(TABLE), weights=weights).value is not None
    assert refused(lambda: gwet(Ratings.of(TABLE), weights=weights))["code"] == "agreement.wrong_weights"


def test_words_have_no_order_unless_it_is_declared_and_are_never_numbers() -> None:
    words = Ratings.of([["good", "poor"], ["good", "good"], ["poor", "poor"]])
    assert cohen(words).value == pytest.approx(0.4)
    assert alpha(words, metric="nominal").value is not None
    for ask in (
        lambda: adjacent(words),
        lambda: alpha(words, metric="ordinal"),
        lambda: gwet(words, weights="linear"),
    ):
        assert refused(ask)["code"] == "agreement.no_order"
    for ask in (lambda: alpha(words, metric="interval"), lambda: icc(words, form="1,1")):
        assert refused(ask)["code"] == "agreement.not_numbers"


def test_cohen_refuses_a_third_rater_and_takes_two_of_many() -> None:
    three = Ratings.from_records(
        [
            (unit, rater, value)
            for unit, row in enumerate([[1, 1, 2], [2, 2, 1]])
            for rater, value in zip("abc", row, strict=True)
        ]
    )
    assert refused(lambda: cohen(three)) == {"code": "agreement.two_raters", "found": 3, "named": "True"}
    assert cohen(three.between("a", "b")).value == 1
    assert cohen(three.between("b", "c")).value == -1
    assert refused(lambda: three.between("a", "z")) == {"code": "agreement.unknown_rater", "rater": "z"}


def test_counts_do_not_say_who_so_what_needs_to_know_refuses() -> None:
    counts = Ratings.from_counts([[2, 0], [1, 1], [0, 2]])
    assert refused(lambda: cohen(counts))["code"] == "agreement.two_raters"
    assert refused(lambda: icc(counts, form="2,1"))["code"] == "agreement.anonymous"
    assert icc(counts, form="1,1").value is not None


def test_a_two_way_icc_refuses_gaps_and_a_one_way_icc_uneven_units() -> None:
    gappy = Ratings.of([[1, 2, None], [2, None, 3], [None, 1, 1]])
    assert refused(lambda: icc(gappy, form="2,1")) == {
        "code": "agreement.incomplete",
        "method": "icc.2,1",
        "missing": 3,
    }
    assert icc(gappy, form="1,1").value is not None  # every unit has two raters, whoever they are
    uneven = Ratings.of([[1, 2, 3], [2, None, 3]])
    assert refused(lambda: icc(uneven, form="1,k")) == {"code": "agreement.uneven", "least": 2, "most": 3}


def test_ratio_alpha_refuses_what_lies_below_nought() -> None:
    assert refused(lambda: alpha(Ratings.of([[-1, 2], [2, 2]]), metric="ratio"))["value"] == "-1"


def test_a_table_of_weights_as_large_as_the_machine_is_refused() -> None:
    ratings = Ratings.of(np.arange(10_000.0).reshape(-1, 2))
    assert refused(lambda: gwet(ratings)) == {
        "code": "agreement.too_many_values",
        "found": 10_000,
        "most": 4000,
    }
    assert alpha(ratings, metric="interval", samples=0).value == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("coefficient", EVERY)
def test_nothing_read_twice_leaves_every_coefficient_undefined(coefficient: Any) -> None:
    found = coefficient(Ratings.of([[1, None], [None, 2], [3, None]]))
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.why is not None
    assert found.why.code == "agreement.no_pairs"
    assert (found.units, found.raters, found.pairs) == (0, 0, 0)


@pytest.mark.parametrize("coefficient", EVERY[2:])
def test_one_value_only_leaves_every_coefficient_undefined(coefficient: Any) -> None:
    found = coefficient(Ratings.of([[2, 2], [2, 2], [2, 2]]))
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.why is not None
    assert found.why.code == "agreement.one_value"


def test_one_unit_has_a_coefficient_without_an_interval_or_none_at_all() -> None:
    one = Ratings.of([[1, 2, 2]], scale=[1, 2])
    found = gwet(one)
    assert found.value is not None
    assert (found.low, found.high) == (None, None)
    assert found.why is not None
    assert (found.why.code, found.why.values) == ("agreement.no_interval", {"units": 1})
    assert alpha(one, metric="nominal").low is None
    undefined = icc(one, form="2,1").why
    assert undefined is not None
    assert undefined.code == "agreement.one_unit"


def test_an_icc_of_means_is_undefined_where_units_do_not_differ() -> None:
    found = icc(Ratings.of([[1, 2], [2, 1]]), form="1,k")
    assert found.value is None
    assert found.why is not None
    assert found.why.code == "agreement.units_alike"


def test_decimals_whole_numbers_and_truth_values_are_numbers() -> None:
    plain = alpha(Ratings.of([[1, 0], [1, 1], [0, 0]]), metric="interval")
    assert alpha(Ratings.of([[Decimal("1.0"), Decimal(0)], [1, 1.0], [0, 0]]), metric="interval") == plain
    assert alpha(Ratings.of([[True, False], [True, True], [False, False]]), metric="interval") == plain
    assert alpha(Ratings.of(np.array([[1, 0], [1, 1], [0, 0]])), metric="interval") == plain


def test_levels_of_a_declared_scale_are_steps_whatever_their_numbers() -> None:
    rows = [[0, 10], [10, 30], [30, 30]]
    assert adjacent(Ratings.of(rows, scale=[0, 10, 30])).value == 1
    assert adjacent(Ratings.of(rows)).value == pytest.approx(1 / 3)
    steps, numbers = Ratings.of(rows, scale=[0, 10, 30]), Ratings.of(rows)
    assert gwet(steps, weights="linear").observed == pytest.approx((0.5 + 0.5 + 1) / 3)
    assert gwet(numbers, weights="linear").observed == pytest.approx((2 / 3 + 1 / 3 + 1) / 3)


def test_a_level_nobody_gave_counts_for_ac1_once_it_is_declared() -> None:
    rows = [[1, 2], [2, 2], [1, 1]]
    assert gwet(Ratings.of(rows)).value != gwet(Ratings.of(rows, scale=[1, 2, 3, 4])).value
    everyone_alike = gwet(Ratings.of([[1, 1], [1, 1]], scale=[1, 2]))
    assert (everyone_alike.value, everyone_alike.low, everyone_alike.high) == (1, 1, 1)


def test_a_data_frame_is_read_by_rows_and_keeps_its_names() -> None:
    rows = [["good", None], ["good", "poor"], ["poor", "poor"], ["good", "good"]]
    frame = pd.DataFrame(rows, index=list("abcd"), columns=["li", "wang"])
    assert alpha(Ratings.of(frame), metric="nominal") == alpha(Ratings.of(rows), metric="nominal")
    assert Ratings.of(frame).raters == ("li", "wang")
    numbers = pd.DataFrame({"li": pd.array([1, None, 2], dtype="Int64"), "wang": [1, 2, 3]})
    assert exact(Ratings.of(numbers)).value == 0.5


def test_arrays_of_the_wrong_dimensions_are_refused() -> None:
    assert refused(lambda: Ratings.of(np.ones((2, 2, 2))))["code"] == "agreement.ragged"
    assert refused(lambda: Ratings.of(np.ones(4)))["code"] == "agreement.ragged"
    assert refused(lambda: Ratings.of(np.ones((0, 2))))["code"] == "agreement.empty"


def test_a_printed_table_may_have_its_levels_in_any_order() -> None:
    up, down = [[5, 2, 0], [1, 6, 3], [0, 2, 7]], [[7, 2, 0], [3, 6, 1], [0, 2, 5]]
    first, second = Ratings.from_cross_table(up), Ratings.from_cross_table(down, scale=[3, 2, 1])
    assert cohen(first, weights="linear") == cohen(second, weights="linear")
    assert refused(lambda: Ratings.from_cross_table(up, scale=[1, 2, 2]))["code"] == "agreement.scale_repeats"


@pytest.mark.parametrize("missing", [None, float("nan"), "", pd.NaT])
def test_a_reading_of_no_unit_or_by_nobody_is_refused_by_its_place(missing: object) -> None:
    records = [("a", "li", 1), ("a", "wang", 1), ("b", missing, 2), ("c", missing, 2)]
    found = refused(lambda: Ratings.from_records(records))
    assert found == {"code": "agreement.no_name", "column": "raters", "record": 3}
    turned = [(rater, unit, value) for unit, rater, value in records]
    assert refused(lambda: Ratings.from_records(turned))["column"] == "units"


@pytest.mark.parametrize("value", [1e101, -1e300, 10**400, Decimal("1e200"), np.float64(1e150)])
def test_numbers_whose_squares_are_none_are_refused(value: Any) -> None:
    assert refused(lambda: Ratings.of([[1, 2], [value, 2]]))["known"] == "numbers up to 1e+100"
    if isinstance(value, float):
        assert refused(lambda: Ratings.of(np.array([[1, value]])))["known"] == "numbers up to 1e+100"


def test_a_decimal_that_is_no_number_is_a_missing_reading() -> None:
    for nothing in (Decimal("NaN"), Decimal("sNaN")):
        assert exact(Ratings.of([[Decimal(1), nothing], [1, 1]])).units == 1


@pytest.mark.parametrize("cell", ["many", None, float("nan"), float("inf"), 1e12])
def test_a_cell_of_counts_that_is_no_count_is_refused(cell: Any) -> None:
    for make in (Ratings.from_counts, Ratings.from_cross_table):
        assert refused(lambda one=make: one([[cell, 1], [1, 1]]))["code"] == "agreement.not_counts"


def test_shapes_that_are_no_records_columns_or_weights_are_refused() -> None:
    assert refused(lambda: Ratings.from_records([("a", "li")]))["code"] == "agreement.ragged"  # type: ignore[list-item]
    flat = np.array([1, 2])
    assert refused(lambda: Ratings.from_columns(flat[:, None], flat, flat))["code"] == "agreement.ragged"
    for weights in ([[1, 2], [1]], [["a", "b"], ["c", "d"]]):
        assert (
            refused(lambda one=weights: cohen(Ratings.of(TABLE), weights=one))["code"]
            == "agreement.wrong_weights"
        )


def test_a_bootstrap_of_part_samples_or_an_impossible_seed_is_refused_and_one_sample_is_no_interval() -> None:
    ratings = Ratings.of(TABLE)
    assert refused(lambda: alpha(ratings, metric="nominal", samples=2.5))["argument"] == "samples"  # type: ignore[arg-type]
    assert refused(lambda: alpha(ratings, metric="nominal", seed=-1))["argument"] == "seed"
    single = alpha(ratings, metric="nominal", samples=1)
    assert (single.low, single.standard_error) == (None, None)
    assert single.why is not None
    assert single.why.code == "agreement.no_interval"
