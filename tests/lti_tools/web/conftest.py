from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from diagnosis_pages import checked_bank, specialist, teacher  # noqa: F401
from django.core.cache import cache
from slip_steps import slip  # noqa: F401

# The platform written from the specifications, shared with the tests of the launch.
sys.path.append(str(Path(__file__).parents[1] / "launch"))


@pytest.fixture(autouse=True)
def _rate_limits_begin_anew() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
