from __future__ import annotations

from pathlib import Path

import pytest

from fixtures import clips as sample_clips


@pytest.fixture(scope="session")
def clips() -> dict[str, Path]:
    """The sample recordings and the fakes, made by the real ffmpeg where `make setup` did not yet."""
    return sample_clips.make(Path(__file__).parents[3] / "var" / "clips")
