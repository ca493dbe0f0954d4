"""The stories run through the pages a browser would open; only the LMS is a small server on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures import clips as sample_clips

# The platform written from the specifications, shared with the tests of the launch.
sys.path.append(str(Path(__file__).parents[1] / "lti_tools" / "launch"))

from lti_peer import Peer
from storybook import Lms, Story, no_lot, our_keys


@pytest.fixture(scope="session")
def clips() -> dict[str, Path]:
    """Recordings of a few seconds, with picture and sound, made by the real ffmpeg where `make setup` did not yet."""
    return sample_clips.make(Path(__file__).parents[2] / "var" / "clips")


@pytest.fixture(scope="session")
def _running_peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.stop()


@pytest.fixture
def lms(cast: Any, _running_peer: Peer) -> Lms:
    """The county's LMS. The city vouches that it knows the staff numbers of its teachers."""
    _running_peer.reset()
    _running_peer.tool_keys = our_keys()
    return Lms.connect(_running_peer, "https://lms.county.example", area=cast.city)


@pytest.fixture
def story(cast: Any, lms: Lms, clips: dict[str, Path]) -> Story:
    no_lot(cast.programme)
    return Story(cast=cast, lms=lms, clips=clips)
