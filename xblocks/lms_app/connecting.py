"""Registering tools, placing them in courses, issuing keys."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from xblocks.lti_platform import ALL_SCOPES, PlatformError
from xblocks.lti_platform.keys import generate_key
from xblocks.lti_platform.model import Tool, origin

from . import addresses, conf, models, vault
from .stores import tool_of

SHAREABLE = frozenset({"name", "email", "staff_number"})
KEY_OVERLAP = timedelta(days=30)


@transaction.atomic
def connect_tool(
    name: str,
    *,
    login_url: str,
    redirect_uris: Sequence[str],
    client_id: str = "",
    jwks_url: str = "",
    jwks: Mapping[str, Any] | None = None,
    deployment_id: str = "1",
    scopes: Sequence[str] = ALL_SCOPES,
    share: Collection[str] = ("name", "staff_number"),
) -> Tool:
    """Registers a tool, or changes the registration of `client_id`; makes the first signing key if need be.

    Refuses (PlatformError `bad_registration`) addresses that are not http(s), a registration without redirect
    URIs, one with both or neither of `jwks_url` and `jwks`, and unknown scopes or shares.
    """
    _check(login_url, redirect_uris=redirect_uris, jwks_url=jwks_url, jwks=jwks)
    if not set(scopes) <= set(ALL_SCOPES) or not set(share) <= SHAREABLE:
        raise PlatformError("bad_registration", "unknown scope or share")
    values = {
        "name": name,
        "deployment_id": deployment_id,
        "login_url": login_url,
        "redirect_uris": list(redirect_uris),
        "jwks_url": jwks_url,
        "jwks": None if jwks is None else dict(jwks),
        "scopes": list(scopes),
        "share": sorted(share),
        "cached_keys": None,
        "keys_asked_at": None,
    }
    wanted = client_id or uuid.uuid4().hex
    row, _ = models.Tool.objects.update_or_create(client_id=wanted, defaults=values)
    if not models.SigningKey.objects.filter(retired_at=None).exists():
        issue_key()
    return tool_of(row)


def _check(
    login_url: str, *, redirect_uris: Sequence[str], jwks_url: str, jwks: Mapping[str, Any] | None
) -> None:
    if isinstance(redirect_uris, str) or not redirect_uris:
        raise PlatformError("bad_registration", "at least one redirect URI is needed")
    if bool(jwks_url) == (jwks is not None):
        raise PlatformError("bad_registration", "give either a JWKS address or a JWKS")
    for url in [login_url, *redirect_uris, *([jwks_url] if jwks_url else [])]:
        if not origin(url) or "#" in url:
            raise PlatformError("bad_registration", "not an http(s) address, or one with a fragment")


def tool_settings(client_id: str) -> dict[str, str]:
    """What an administrator types into the tool's registration page."""
    row = models.Tool.objects.get(client_id=client_id)
    urls = addresses.urls()
    return {
        "issuer": conf.issuer(),
        "client_id": row.client_id,
        "deployment_id": row.deployment_id,
        "auth_url": urls.authorize,
        "token_url": urls.token,
        "jwks_url": urls.jwks,
    }


@transaction.atomic
def place_link(
    client_id: str,
    *,
    course: str,
    link_id: str,
    target_link_uri: str,
    title: str = "",
    custom: Mapping[str, str] | None = None,
    score_maximum: Decimal | None = None,
    label: str = "",
    tag: str = "",
    resource_id: str = "",
) -> uuid.UUID | None:
    """Puts a tool into a course, or changes that placement; the id of its gradebook column, if it has one.

    A link never moves to another course: its scores would move with it. PlatformError `link_elsewhere`,
    `bad_target`, `unknown_tool`.
    """
    tool = models.Tool.objects.filter(client_id=client_id).first()
    if tool is None:
        raise PlatformError("unknown_tool")
    if not origin(target_link_uri):
        raise PlatformError("bad_target")
    link, _ = models.ResourceLink.objects.get_or_create(
        tool=tool, link_id=link_id, defaults={"context_id": course, "target_link_uri": target_link_uri}
    )
    if link.context_id != course:
        raise PlatformError("link_elsewhere")
    link.title, link.target_link_uri, link.custom = title, target_link_uri, dict(custom or {})
    link.save()
    if score_maximum is None:
        return None
    return _column(
        link, label=label or title or link_id, maximum=score_maximum, tag=tag, resource_id=resource_id
    )


def _column(
    link: models.ResourceLink, *, label: str, maximum: Decimal, tag: str, resource_id: str
) -> uuid.UUID:
    values = {"label": label, "score_maximum": maximum, "tag": tag, "resource_id": resource_id}
    row, _ = models.LineItem.objects.update_or_create(
        tool=link.tool, link=link, context_id=link.context_id, made_by_tool=False, defaults=values
    )
    return row.id


@transaction.atomic
def issue_key(*, now: datetime | None = None) -> str:
    """A new signing key; its kid. Earlier ones stop signing now and leave the JWKS after 30 days."""
    moment = now or timezone.now()
    earlier = models.SigningKey.objects.filter(retired_at=None)
    earlier.update(retired_at=moment, published_until=moment + KEY_OVERLAP)
    key = generate_key()
    models.SigningKey.objects.create(
        kid=key.kid,
        public_jwk=dict(key.public_jwk),
        sealed_private_pem=vault.seal(key.private_pem),
        created_at=moment,
    )
    return key.kid


def purge(*, now: datetime | None = None) -> int:
    """Drops what has expired: hints, nonces, jtis, tokens. The number of rows."""
    moment = now or timezone.now()
    kinds = (models.LaunchHint, models.UsedValue, models.AccessToken)
    return sum(kind.objects.filter(expires_at__lt=moment).delete()[0] for kind in kinds)
