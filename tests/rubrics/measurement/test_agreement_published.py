"""Agreement against what papers and books print; the tables and their sources are in `published_tables`."""

from __future__ import annotations

import numpy as np
import pytest
from published_tables import (
    ABSTRACTORS,
    ANXIETY,
    FLEISS_1971,
    FLEISS_1981,
    FOUR_OBSERVERS,
    NEW_ORLEANS,
    SAS_TABLE,
    SHROUT_FLEISS_1979,
    TWO_OBSERVERS,
    WINNIPEG,
)

from rubrics.measurement.agreement import Ratings, alpha, cohen, exact, fleiss, gwet, icc


def printed(value: float | None, places: int = 3) -> float:
    assert value is not None
    return round(value, places)


@pytest.mark.parametrize(
    ("metric", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_four_observers_is_krippendorffs(metric: str, value: float) -> None:
    found = alpha(Ratings.of(FOUR_OBSERVERS), metric=metric)
    assert printed(found.value) == value
    assert (found.units, found.raters, found.pairs) == (11, 4, 55)


def test_alpha_of_two_observers_is_krippendorffs() -> None:
    assert printed(alpha(Ratings.of(TWO_OBSERVERS), metric="nominal").value) == 0.095


def test_fleiss_kappa_of_thirty_patients_is_fleisss() -> None:
    found = fleiss(Ratings.from_counts(FLEISS_1971))
    assert printed(found.value) == 0.430
    assert (found.units, found.raters, found.pairs) == (30, 6, 30 * 15)


def test_the_test_against_no_agreement_is_that_of_r_package_irr() -> None:
    found = fleiss(Ratings.from_counts(FLEISS_1971))
    assert found.value is not None
    assert found.null_error is not None
    assert printed(found.value / found.null_error, 1) == 17.7


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [  # values: Shrout & Fleiss (1979), table 4; intervals to two digits: R package psych, ICC(), on the same table
        ("1,1", 0.17, -0.13, 0.72),
        ("2,1", 0.29, 0.02, 0.76),
        ("3,1", 0.71, 0.34, 0.95),
        ("1,k", 0.44, -0.88, 0.91),
        ("2,k", 0.62, 0.07, 0.93),
        ("3,k", 0.91, 0.68, 0.99),
    ],
)
def test_the_six_icc_are_those_of_shrout_and_fleiss(form: str, value: float, low: float, high: float) -> None:
    found = icc(Ratings.of(SHROUT_FLEISS_1979), form=form)
    assert [printed(one, 2) for one in (found.value, found.low, found.high)] == [value, low, high]


@pytest.mark.parametrize(
    ("weights", "value", "error", "low", "high", "null"),
    [
        ("unweighted", 0.4842, 0.1380, 0.2137, 0.7547, 0.1484),
        ("linear", 0.4701, 0.1457, 0.1845, 0.7558, 0.1426),
    ],
)
def test_kappa_and_its_errors_are_those_sas_prints(
    weights: str, value: float, error: float, low: float, high: float, null: float
) -> None:
    found = cohen(Ratings.from_cross_table(SAS_TABLE), weights=weights)
    seen = (found.value, found.standard_error, found.low, found.high, found.null_error)
    assert [printed(one, 4) for one in seen] == [value, error, low, high, null]


def test_kappa_of_the_two_diagnoses_is_fleisss() -> None:
    found = cohen(Ratings.from_cross_table(FLEISS_1981))
    assert printed(found.value, 2) == 0.68
    assert printed(found.null_error) == 0.076
    assert found.standard_error == pytest.approx(0.087, abs=0.001)  # he rounds on the way


@pytest.mark.parametrize(
    ("coefficient", "value", "error", "low"),
    [(gwet, 0.77544, 0.14295, 0.461), (fleiss, 0.76117, 0.15302, 0.424)],
)
def test_coefficients_of_four_raters_are_those_irrcac_prints(
    coefficient: object, value: float, error: float, low: float
) -> None:
    found = coefficient(Ratings.of(FOUR_OBSERVERS))  # type: ignore[operator]
    assert (printed(found.value, 5), printed(found.standard_error, 5)) == (value, error)
    assert (printed(found.low), found.high) == (low, 1)
    assert printed(found.observed, 7) == 0.8181818


def test_weighted_ac2_of_four_raters_is_what_irrcac_prints() -> None:
    found = gwet(Ratings.of(FOUR_OBSERVERS), weights="quadratic")
    assert (printed(found.value), printed(found.observed, 5), printed(found.expected, 4)) == (
        0.914,
        0.97538,
        0.7137,
    )


def test_coefficients_of_two_abstractors_are_those_irrcac_prints() -> None:
    ratings = Ratings.from_cross_table(ABSTRACTORS, scale=["ectopic", "abnormal", "normal"])
    kappa = cohen(ratings)
    assert (printed(kappa.value, 7), printed(kappa.standard_error, 7)) == (0.7964094, 0.0589107)
    assert printed(fleiss(ratings).value, 7) == 0.7962397  # of two raters: Scott's pi
    assert printed(exact(ratings).value, 2) == 0.89


def test_kappa_is_near_nothing_and_ac1_near_the_share_where_one_level_is_common() -> None:
    # The paradox of Feinstein & Cicchetti (1990): 118 of 125 the same, all on one level.
    ratings = Ratings.from_cross_table([[118, 5], [2, 0]])
    assert printed(exact(ratings).value) == 0.944
    assert printed(cohen(ratings).value) == -0.023
    assert printed(gwet(ratings).value) == 0.941


@pytest.mark.parametrize(
    ("weights", "value", "ratio"),
    [("unweighted", -0.006289, -0.06041), ("linear", 0.145907, 1.28247), ("quadratic", 0.252033, 1.43745)],
)
def test_kappa_of_two_raters_of_anxiety_is_what_irr_prints(weights: str, value: float, ratio: float) -> None:
    # kappa2(anxiety[, 2:3]) with its z, as in the tests of statsmodels; irr takes the values that occur for its levels.
    occurring = Ratings.of([row[1:] for row in ANXIETY], scale=[1, 2, 3, 4, 6])
    found = cohen(occurring, weights=weights)
    assert found.value is not None
    assert found.null_error is not None
    assert (printed(found.value, 6), printed(found.value / found.null_error, 5)) == (value, ratio)


def test_icc_of_three_raters_of_anxiety_is_what_irr_prints() -> None:
    # icc(anxiety, model="twoway", type="agreement"): ICC(A,1) = 0.198, -0.039 to 0.494.
    found = icc(Ratings.of(ANXIETY), form="2,1")
    assert [printed(one) for one in (found.value, found.low, found.high)] == [0.198, -0.039, 0.494]


def test_coefficients_of_fifteen_patients_and_six_raters_are_those_irrcac_prints() -> None:
    # distrib.6raters in irrCAC's README: the first half of Fleiss's table.
    patients = Ratings.from_counts(FLEISS_1971[:15])
    for found, value, error, low, high in (
        (gwet(patients), 0.4448007, 0.0841876, 0.264, 0.625),
        (fleiss(patients), 0.4139265, 0.0811929, 0.240, 0.588),
    ):
        assert (printed(found.value, 7), printed(found.standard_error, 7)) == (value, error)
        assert (printed(found.low), printed(found.high)) == (low, high)
        assert printed(found.observed, 7) == 0.5511111
    assert printed(alpha(patients, metric="nominal", samples=0).value, 7) == 0.4204384


def test_ac1_and_alpha_of_two_abstractors_are_those_irrcac_prints() -> None:
    ratings = Ratings.from_cross_table(ABSTRACTORS)
    assert printed(gwet(ratings).value, 7) == 0.8493305
    assert printed(alpha(ratings, metric="nominal", samples=0).value, 7) == 0.7972585


@pytest.mark.parametrize(
    ("table", "weights", "value", "error"),
    [
        (WINNIPEG, "unweighted", 0.208, 0.050),
        (WINNIPEG, "linear", 0.380, 0.052),
        (NEW_ORLEANS, "unweighted", 0.297, 0.079),
        (NEW_ORLEANS, "linear", 0.477, 0.073),
    ],
)
def test_kappas_of_two_neurologists_are_those_of_landis_and_koch(
    table: list[list[int]], weights: str, value: float, error: float
) -> None:
    found = cohen(Ratings.from_cross_table(table), weights=weights)
    assert (printed(found.value), printed(found.standard_error)) == (value, error)


def test_weights_of_disagreement_give_cohens_own_weighted_kappa() -> None:
    # Cohen (1968), table 1: 200 cases, shares and weights of disagreement; kappa .492, weighted kappa .348.
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    ratings = Ratings.from_cross_table(table)
    assert printed(cohen(ratings).value) == 0.492
    assert printed(cohen(ratings, weights=1 - disagreement / 6).value) == 0.348
