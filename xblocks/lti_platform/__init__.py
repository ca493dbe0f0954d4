"""The platform side of LTI 1.3, strict by construction and without a web framework.

A launch, in order: `login.begin_login` > the tool's login page > `login.authorize` > `message.id_token` >
`formpost.page`. A score, in order: `tokens.issue_token` (`assertion` > `toolkeys` > `fetching`) >
`tokens.check_bearer` > `grades.read_score`. What must be remembered goes through the protocols in `stores`.
"""

from __future__ import annotations

from .errors import LaunchRefused, PlatformError, ServiceRefused
from .fetching import FetchRules
from .login import FormPost, authorize, begin_login
from .model import Context, Grant, Hint, Key, LineItemMessage, Link, Member, ScoreMessage, Tool, ToolKeys
from .stores import Directory, Platform, Urls
from .tokens import check_bearer, issue_token
from .vocabulary import ALL_SCOPES, Claim, MediaType, Roles, Scope

__all__ = [
    "ALL_SCOPES",
    "Claim",
    "Context",
    "Directory",
    "FetchRules",
    "FormPost",
    "Grant",
    "Hint",
    "Key",
    "LaunchRefused",
    "LineItemMessage",
    "Link",
    "MediaType",
    "Member",
    "Platform",
    "PlatformError",
    "Roles",
    "Scope",
    "ScoreMessage",
    "ServiceRefused",
    "Tool",
    "ToolKeys",
    "Urls",
    "authorize",
    "begin_login",
    "check_bearer",
    "issue_token",
]
