"""The packaged definitions every test here judges by."""

from __future__ import annotations

import pytest

from rubrics import library
from rubrics.model import AwardRules, DiagnosisBank, Rubric, TierPolicy


@pytest.fixture(scope="session")
def policy() -> TierPolicy:
    return library.load("tier_policy", "tier-policy-default")


@pytest.fixture(scope="session")
def rules() -> AwardRules:
    return library.load("award_rules", "award-rules-default")


@pytest.fixture(scope="session")
def bank() -> DiagnosisBank:
    return library.load("diagnosis_bank", "diagnosis-entry")


@pytest.fixture(scope="session", params=["basic-operation", "standard-lesson", "ai-homework-lesson"])
def rubric(request: pytest.FixtureRequest) -> Rubric:
    return library.load("rubric", request.param)


@pytest.fixture(scope="session")
def basic() -> Rubric:
    return library.load("rubric", "basic-operation")
