from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lti_peer import CLIENT, DEPLOYMENT, Peer, Scene

from lti_tools.launch.api import register_platform


@pytest.fixture(scope="session")
def _running_peer() -> Iterator[Peer]:
    peer = Peer()
    yield peer
    peer.stop()


@pytest.fixture
def peer(_running_peer: Peer) -> Peer:
    _running_peer.reset()
    return _running_peer


@pytest.fixture
def registration(peer: Peer) -> dict[str, Any]:
    return {
        "issuer": "https://lms.example",
        "client_id": CLIENT,
        "name": "County LMS",
        "auth_login_url": f"{peer.base}/auth?tenant=7",
        "token_url": f"{peer.base}/token",
        "jwks_url": f"{peer.base}/jwks",
        "deployment_ids": [DEPLOYMENT],
    }


@pytest.fixture
def platform(db: None, registration: dict[str, Any]) -> Any:
    return register_platform(**registration)


@pytest.fixture
def scene(peer: Peer, platform: Any) -> Scene:
    return Scene(peer, platform)
