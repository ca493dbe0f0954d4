from __future__ import annotations

import panel_cast
import pytest


@pytest.fixture
def town(db: None) -> panel_cast.Town:
    return panel_cast.build()
