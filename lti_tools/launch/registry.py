"""The platforms we are connected with, for ourselves and in the words of pylti1p3."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from pylti1p3.deployment import Deployment as LibraryDeployment
from pylti1p3.registration import Registration
from pylti1p3.tool_config import ToolConfAbstract

from lti_tools.audit import api as audit
from lti_tools.errors import ShijieError
from lti_tools.launch import keysets
from lti_tools.launch.models import AccessToken, Deployment, Platform
from lti_tools.launch.refusals import refuse
from lti_tools.launch.wire import checked, origin


def register_platform(
    *,
    issuer: str,
    client_id: str,
    name: str,
    auth_login_url: str,
    token_url: str,
    jwks_url: str,
    deployment_ids: Iterable[str] = (),
    auth_audience: str = "",
    frame_origins: Iterable[str] = (),
    actor: str = "operator",
) -> Platform:
    """Adds or updates the platform named by issuer and client id; a second call with the same words changes
    nothing.

    Deployments are added, never taken away. Refuses addresses that are not https and not on a trusted host.
    """
    for url in (auth_login_url, token_url, jwks_url):
        _require_address(url)
    wanted = {
        "name": name,
        "auth_login_url": auth_login_url,
        "token_url": token_url,
        "jwks_url": jwks_url,
        "auth_audience": auth_audience,
        "frame_origins": [origin(place) for place in frame_origins if origin(place)],
    }
    before = Platform.objects.filter(issuer=issuer, client_id=client_id).first()
    platform, created = Platform.objects.update_or_create(issuer=issuer, client_id=client_id, defaults=wanted)
    for deployment_id in deployment_ids:
        Deployment.objects.get_or_create(platform=platform, deployment_id=deployment_id)
    if before:
        _drop_what_is_outdated(before, after=platform)
    if created:
        audit.record("lti.platform_registered", actor=actor, subject=str(platform.id))
    return platform


def _require_address(url: str) -> None:
    try:
        checked(url)
    except ShijieError as error:
        raise refuse("platform.address", url=url) from error


def _drop_what_is_outdated(before: Platform, *, after: Platform) -> None:
    if before.jwks_url != after.jwks_url:
        keysets.forget(after)
    if (before.token_url, before.auth_audience) != (after.token_url, after.auth_audience):
        AccessToken.objects.filter(platform=after).delete()


def mark_authoritative(platform_id: uuid.UUID, *, area_id: uuid.UUID | None, actor: str, reason: str) -> None:
    """An officer vouches that this LMS knows the staff numbers of an area (None: no longer)."""
    Platform.objects.filter(id=platform_id).update(authoritative_area_id=area_id)
    kind = "lti.platform_authoritative" if area_id else "lti.platform_not_authoritative"
    audit.record(kind, actor=actor, subject=str(platform_id), reason=reason)


def platforms() -> list[Platform]:
    return list(Platform.objects.order_by("name", "created_at"))


def registered_origins() -> list[str]:
    """Who may frame a teacher's page (CSP frame-ancestors)."""
    found: set[str] = set()
    for platform in Platform.objects.all():
        found |= {origin(platform.issuer), origin(platform.auth_login_url), *platform.frame_origins}
    return sorted(found - {""})


def find_platform(issuer: str, *, client_id: str = "", deployment_id: str = "") -> Platform:
    """The platform a login request means. Without a client id it must be plain which one (LTI Core 1.3
    section 4.1.2).
    """
    if not issuer:
        raise refuse("login.issuer_missing")
    found = Platform.objects.filter(issuer=issuer).select_related("authoritative_area")
    if client_id:
        found = found.filter(client_id=client_id)
    elif deployment_id:
        found = found.filter(deployments__deployment_id=deployment_id)
    first_two = list(found[:2])
    if not first_two:
        raise refuse("login.platform_unknown")
    if len(first_two) > 1:
        raise refuse("login.client_needed")
    return first_two[0]


def as_registration(platform: Platform) -> Registration:
    registration = Registration()
    registration.set_issuer(platform.issuer).set_client_id(platform.client_id)
    registration.set_auth_login_url(platform.auth_login_url).set_auth_token_url(platform.token_url)
    registration.set_key_set_url(platform.jwks_url)
    if platform.auth_audience:
        registration.set_auth_audience(platform.auth_audience)
    return registration


class OnePlatform(ToolConfAbstract[Any]):
    """The library's view of our registrations: the one platform this login or launch is bound to, and no
    other.

    An issuer may have many clients, so every question names the client id too.
    """

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def check_iss_has_one_client(self, iss: str) -> bool:
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        return True

    def find_registration_by_issuer(self, iss: str, *args: Any, **kwargs: Any) -> Registration:
        raise LookupError("an issuer alone does not name a platform")

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Registration:
        if (iss, client_id) != (self._platform.issuer, self._platform.client_id):
            raise refuse("launch.issuer")
        return as_registration(self._platform)

    def find_deployment(self, iss: str, deployment_id: str) -> None:
        raise LookupError("an issuer alone does not name a platform")

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> LibraryDeployment | None:
        known = self._platform.deployments.filter(deployment_id=deployment_id).exists()
        return LibraryDeployment().set_deployment_id(deployment_id) if known else None
