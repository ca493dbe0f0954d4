"""What crosses the boundary between the protocol core and the LMS that stores things. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from .vocabulary import ALL_SCOPES


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool as the LMS administrator registered it. `share` names the personal data it may receive."""

    client_id: str
    name: str
    login_url: str
    redirect_uris: tuple[str, ...]
    deployment_id: str
    jwks_url: str = ""
    jwks: Mapping[str, Any] | None = None
    scopes: tuple[str, ...] = ALL_SCOPES
    share: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Context:
    id: str
    title: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person in one course. `sub` is stable and at most 255 ASCII characters (OpenID Connect Core 2)."""

    sub: str
    roles: tuple[str, ...]
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    staff_number: str = ""
    status: str = "Active"

    def shared(self, share: frozenset[str]) -> dict[str, str]:
        """Only what the registration lets this tool know; empty values are left out."""
        wanted = {
            "name": ("name", "given_name", "family_name"),
            "email": ("email",),
        }
        keys = [key for group, names in wanted.items() if group in share for key in names]
        return {key: getattr(self, key) for key in keys if getattr(self, key)}

    def person_sourcedid(self, share: frozenset[str]) -> str:
        return self.staff_number if "staff_number" in share else ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """One placement of a tool in a course: the LTI resource link."""

    id: str
    client_id: str
    context_id: str
    title: str = ""
    target_link_uri: str
    custom: Mapping[str, str] = field(default_factory=dict)
    line_item_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A launch somebody began: what `lti_message_hint` stands for until it is used once or expires."""

    sub: str
    client_id: str
    link_id: str
    target_link_uri: str
    login_hint: str
    document_target: str = "window"
    return_url: str = ""
    locale: str = ""


@dataclass(frozen=True, kw_only=True)
class Key:
    """A platform signing key. `private_pem` is empty for a key that only still verifies."""

    kid: str
    public_jwk: Mapping[str, str]
    private_pem: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a bearer token opens: one client, some scopes."""

    client_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ToolKeys:
    keys: tuple[Mapping[str, Any], ...]
    fetched_at: datetime


@dataclass(frozen=True, kw_only=True)
class ScoreMessage:
    """One AGS score as received (AGS 2.0 section 3.4). `score_given` None clears the person's score."""

    user_id: str
    timestamp: datetime
    activity_progress: str
    grading_progress: str
    score_given: Decimal | None = None
    score_maximum: Decimal | None = None
    comment: str = ""
    started_at: datetime | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LineItemMessage:
    """A line item as a tool describes it (AGS 2.0 section 3.2)."""

    label: str
    score_maximum: Decimal
    resource_id: str = ""
    tag: str = ""
    resource_link_id: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def origin(url: str) -> str:
    """scheme://host[:port] of an absolute http(s) URL; empty for anything else, user info included."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError:
        return ""
    if not usable or "@" in parts.netloc or any(mark in url for mark in " \t\r\n\\"):
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}"
