"""Both sides of the wire meet: the platform core the blocks use, and the tool."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from lti_peer import TOOL, Browser, Peer

from lti_tools.errors import Refused
from lti_tools.launch.api import Launch, launch_url, register_platform, verify_platform_jwt
from tests.xblocks.lti_platform.memory import ISSUER, KEY, link_for, platform_with, tool_for
from tests.xblocks.mini_tool import MiniTool
from xblocks.lti_platform import authorize, begin_login
from xblocks.lti_platform.keys import jwks, sign_service_jwt

MINI = MiniTool()


@pytest.fixture
def lms(peer: Peer, db: None) -> Any:
    """The platform core with our tool in its course; its keys are published where the tool fetches them."""
    lms = platform_with(MINI)
    lms.tools.tools["client-1"] = tool_for(MINI, redirect_uris=(launch_url(),))
    lms.tools.links["client-1", "block-1"] = link_for(MINI, target_link_uri=f"{TOOL}/lti/launch")
    peer.published = jwks(lms.keys.published())
    register_platform(
        issuer=ISSUER,
        client_id="client-1",
        name="Our own platform",
        auth_login_url="https://lms.example/authorize",
        token_url="https://lms.example/token",
        jwks_url=f"{peer.base}/jwks",
        deployment_ids=["1"],
    )
    return lms


def _launch(lms: Any, *, signed_in: str | None = "teacher-1") -> Launch:
    address = begin_login(lms, sub="teacher-1", client_id="client-1", link_id="block-1", locale="zh-CN")
    browser = Browser()
    asked = browser.login("", **dict(parse_qsl(urlsplit(address).query)))
    form = authorize(lms, {k: [v] for k, v in asked.items()}, signed_in=signed_in)
    assert form.action == launch_url()
    return browser.post(**form.fields)


def test_a_launch_passes_from_one_to_the_other(lms: Any) -> None:
    launch = _launch(lms)
    assert (launch.issuer, launch.client_id, launch.sub) == (ISSUER, "client-1", "teacher-1")
    assert (launch.resource_link_id, launch.resource_title) == ("block-1", "我的路径")
    assert launch.custom == {"page": "path"}
    assert launch.locale == "zh-CN"
    assert launch.staff_no
    assert launch.ags
    assert launch.ags.lineitems.startswith("https://lms.example/")


def test_a_teacher_signed_out_of_the_lms_reads_so(lms: Any) -> None:
    with pytest.raises(Refused) as refused:
        _launch(lms, signed_in=None)
    assert refused.value.code == "launch.signed_out"


def test_a_service_token_of_one_is_understood_by_the_other(lms: Any) -> None:
    token = sign_service_jwt(
        {},
        key=KEY,
        issuer=ISSUER,
        client_id="client-1",
        sub="teacher-1",
        audience=TOOL,
        now=datetime.now(UTC),
        seconds=60,
    )
    platform, sub = verify_platform_jwt(token, audience=TOOL)
    assert (platform.issuer, sub) == (ISSUER, "teacher-1")
