from __future__ import annotations

from typing import Any

import one_of_each
import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_lot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third reading is drawn where a test sets the share to one, and never by chance."""
    monkeypatch.setattr("lti_tools.ratings.opening._drawn", lambda share: share >= 1)


@pytest.fixture
def each(cast: Any) -> one_of_each.OneOfEach:
    """One of each thing somebody might try to reach. Rate limits begin anew."""
    cache.clear()
    return one_of_each.make(cast)
