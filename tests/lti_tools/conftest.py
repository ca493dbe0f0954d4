from __future__ import annotations

from typing import Any

import one_of_each
import pytest
from django.core.cache import cache


@pytest.fixture
def each(cast: Any) -> one_of_each.OneOfEach:
    """One of each thing somebody might try to reach. Rate limits begin anew."""
    cache.clear()
    return one_of_each.make(cast)
