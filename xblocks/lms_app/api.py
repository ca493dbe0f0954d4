"""The door: what an LMS's own pages and the blocks may call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from xblocks.lti_platform import begin_login
from xblocks.lti_platform import keys as platform_keys

from .connecting import connect_tool, issue_key, place_link, purge, tool_settings
from .gradebook import Cell, Column, Gradebook, ScoreEntry, gradebook, history
from .platform import platform

__all__ = [
    "Cell",
    "Column",
    "Gradebook",
    "ScoreEntry",
    "connect_tool",
    "gradebook",
    "history",
    "issue_key",
    "place_link",
    "purge",
    "sign_service_jwt",
    "start_launch",
    "tool_settings",
]


def start_launch(
    sub: str,
    *,
    client_id: str,
    link_id: str,
    document_target: str = "window",
    return_url: str = "",
    locale: str = "",
) -> str:
    """The address to send this person's browser to. Valid once, for ten minutes, and for this person only.

    `document_target` is "window" or "iframe". Raises PlatformError `unknown_tool`, `unknown_link`,
    `not_a_member`.
    """
    return begin_login(
        platform(),
        sub=sub,
        client_id=client_id,
        link_id=link_id,
        document_target=document_target,
        return_url=return_url,
        locale=locale,
    )


def sign_service_jwt(
    client_id: str,
    *,
    sub: str,
    audience: str,
    claims: Mapping[str, Any] | None = None,
    seconds: int = 60,
) -> str:
    """A block's proof to the tool's own API that this LMS speaks about `sub`; checked with our JWKS.

    `claims` cannot replace iss, sub, aud, azp, iat, exp or jti.
    """
    here = platform()
    return platform_keys.sign_service_jwt(
        claims or {},
        key=here.keys.signing_key(),
        issuer=here.issuer,
        client_id=client_id,
        sub=sub,
        audience=audience,
        now=timezone.now(),
        seconds=seconds,
    )
