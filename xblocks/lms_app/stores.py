"""The protocols of `xblocks.lti_platform.stores` over this app's tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from xblocks.lti_platform import Grant, Hint, Key, Link, PlatformError, Tool, ToolKeys

from . import models, vault
from .addresses import line_item_url


class Tools:
    def tool(self, client_id: str) -> Tool | None:
        row = _enabled(client_id)
        return row and tool_of(row)

    def link(self, client_id: str, link_id: str) -> Link | None:
        rows = models.ResourceLink.objects.select_related("tool")
        row = rows.filter(tool__client_id=client_id, tool__enabled=True, link_id=link_id).first()
        return row and _link_of(row)

    def cached_keys(self, client_id: str) -> ToolKeys | None:
        row = models.Tool.objects.filter(client_id=client_id).first()
        if row is None or row.cached_keys is None:
            return None
        return ToolKeys(keys=tuple(row.cached_keys), fetched_at=row.keys_fetched_at)

    def save_keys(self, client_id: str, keys: ToolKeys) -> None:
        found = models.Tool.objects.filter(client_id=client_id)
        found.update(cached_keys=list(keys.keys), keys_fetched_at=keys.fetched_at)

    def may_fetch(self, client_id: str, *, now: datetime, wait: int) -> bool:
        due = Q(keys_asked_at=None) | Q(keys_asked_at__lt=now - timedelta(seconds=wait))
        return models.Tool.objects.filter(due, client_id=client_id).update(keys_asked_at=now) == 1


def _enabled(client_id: str) -> models.Tool | None:
    """Client ids come from strangers: what no registration can hold is not even asked for."""
    if not (client_id.isascii() and client_id.isprintable()):
        return None
    return models.Tool.objects.filter(client_id=client_id, enabled=True).first()


def tool_of(row: models.Tool) -> Tool:
    return Tool(
        client_id=row.client_id,
        name=row.name,
        login_url=row.login_url,
        redirect_uris=tuple(row.redirect_uris),
        deployment_id=row.deployment_id,
        jwks_url=row.jwks_url,
        jwks=row.jwks,
        scopes=tuple(row.scopes),
        share=frozenset(row.share),
    )


def _link_of(row: models.ResourceLink) -> Link:
    """`line_item_url` only where exactly one column belongs to the link (AGS 2.0 section 3.1.2)."""
    columns = row.line_items.filter(removed_at=None)[:2]
    return Link(
        id=row.link_id,
        client_id=row.tool.client_id,
        context_id=row.context_id,
        title=row.title,
        target_link_uri=row.target_link_uri,
        custom=row.custom,
        line_item_url=line_item_url(columns[0]) if len(columns) == 1 else "",
    )


class Keys:
    def signing_key(self) -> Key:
        row = models.SigningKey.objects.filter(retired_at=None).order_by("-created_at").first()
        if row is None:
            raise PlatformError("no_signing_key", "connect a tool or run shijie_rotate_key")
        pem = vault.unseal(row.sealed_private_pem)
        return Key(kid=row.kid, public_jwk=row.public_jwk, private_pem=pem)

    def published(self) -> Sequence[Key]:
        honoured = Q(retired_at=None) | Q(published_until__gt=timezone.now())
        rows = models.SigningKey.objects.filter(honoured).order_by("-created_at")
        return [Key(kid=row.kid, public_jwk=row.public_jwk) for row in rows]


class Hints:
    def add(self, digest: str, hint: Hint, *, expires: datetime) -> None:
        link = models.ResourceLink.objects.get(tool__client_id=hint.client_id, link_id=hint.link_id)
        models.LaunchHint.objects.create(
            digest=digest,
            link=link,
            sub=hint.sub,
            login_hint=hint.login_hint,
            target_link_uri=hint.target_link_uri,
            document_target=hint.document_target,
            return_url=hint.return_url,
            locale=hint.locale,
            expires_at=expires,
        )

    def get(self, digest: str, *, now: datetime) -> Hint | None:
        rows = models.LaunchHint.objects.select_related("link__tool")
        row = rows.filter(digest=digest, used_at=None, expires_at__gt=now).first()
        return row and _hint_of(row)

    def use(self, digest: str, *, now: datetime) -> bool:
        fresh = models.LaunchHint.objects.filter(digest=digest, used_at=None, expires_at__gt=now)
        return fresh.update(used_at=now) == 1


def _hint_of(row: models.LaunchHint) -> Hint:
    return Hint(
        sub=row.sub,
        client_id=row.link.tool.client_id,
        link_id=row.link.link_id,
        target_link_uri=row.target_link_uri,
        login_hint=row.login_hint,
        document_target=row.document_target,
        return_url=row.return_url,
        locale=row.locale,
    )


class Once:
    def use(self, kind: str, client_id: str, digest: str, *, expires: datetime) -> bool:
        try:
            with transaction.atomic():
                models.UsedValue.objects.create(
                    kind=kind, client_id=client_id, digest=digest, expires_at=expires
                )
        except IntegrityError:
            return False
        return True


class Tokens:
    def add(self, digest: str, grant: Grant, *, expires: datetime) -> None:
        tool = models.Tool.objects.get(client_id=grant.client_id)
        models.AccessToken.objects.create(
            digest=digest, tool=tool, scopes=sorted(grant.scopes), expires_at=expires
        )

    def get(self, digest: str, *, now: datetime) -> Grant | None:
        rows = models.AccessToken.objects.select_related("tool")
        row = rows.filter(digest=digest, expires_at__gt=now, tool__enabled=True).first()
        return row and Grant(client_id=row.tool.client_id, scopes=frozenset(row.scopes))
