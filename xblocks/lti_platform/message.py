"""The signed LTI message, built with lti1p3platform; what that gets wrong is put right here only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import RequestBase

from .keys import sign
from .model import Context, Hint, Link, Member, Tool
from .stores import Platform
from .vocabulary import AGS_SCOPES, CONTEXT_TYPE_COURSE, Claim, Scope


class _Config(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, *, registration: Registration) -> None:
        self._registration = registration

    def get_registration_by_params(self, **kwargs: Any) -> Registration:
        raise LookupError("the registration is always given")


class _Launch(LTIAdvantageMessageLaunchAbstract):
    """Only the message builder is used; the library's own request checks, signing and form are not."""

    def __init__(self, registration: Registration) -> None:
        super().__init__(RequestBase(), _Config(registration=registration))
        self._registration = registration

    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> None:
        raise LookupError("the form is rendered by xblocks.lti_platform.formpost")


def _registration(platform: Platform, *, tool: Tool, target: str) -> Registration:
    registration = Registration()
    registration.set_iss(platform.issuer).set_client_id(tool.client_id)
    return registration.set_deployment_id(tool.deployment_id).set_launch_url(target)


def id_token(
    platform: Platform, *, tool: Tool, link: Link, hint: Hint, member: Member, course: Context, nonce: str
) -> str:
    """A resource link request for one person, valid `platform.id_token_seconds` (LTI Core 1.3 section 5)."""
    launch = _Launch(_registration(platform, tool=tool, target=hint.target_link_uri))
    launch.set_user_data(member.sub, list(member.roles))
    launch.set_resource_link_claim(link.id, title=link.title or None)
    launch.set_launch_context_claim(
        course.id,
        context_types=[CONTEXT_TYPE_COURSE],
        context_title=course.title or None,
        context_label=course.label or None,
    )
    if link.custom:
        launch.set_custom_parameters_claim(dict(link.custom))
    launch.set_extra_claims(_person(tool, member=member))
    launch.set_extra_claims(_surroundings(platform, hint=hint))
    launch.set_extra_claims(_services(platform, tool=tool, link=link))
    issued = int(platform.now().timestamp())
    times = {"iat": issued, "exp": issued + platform.id_token_seconds}
    message = launch.get_launch_message() | {"nonce": nonce} | times
    return sign(message, key=platform.keys.signing_key())


def _person(tool: Tool, *, member: Member) -> dict[str, Any]:
    claims: dict[str, Any] = dict(member.shared(tool.share))
    sourcedid = member.person_sourcedid(tool.share)
    if sourcedid:
        claims[Claim.LIS] = {"person_sourcedid": sourcedid}
    return claims


def _surroundings(platform: Platform, *, hint: Hint) -> dict[str, Any]:
    presentation = {
        "document_target": hint.document_target,
        "return_url": hint.return_url,
        "locale": hint.locale,
    }
    claims: dict[str, Any] = {Claim.LAUNCH_PRESENTATION: {k: v for k, v in presentation.items() if v}}
    if hint.locale:
        claims["locale"] = hint.locale
    facts = platform.facts()
    if facts:
        claims[Claim.TOOL_PLATFORM] = dict(facts)
    return claims


def _services(platform: Platform, *, tool: Tool, link: Link) -> Mapping[str, Any]:
    """Endpoints only for scopes this tool may ask for (the library edits its scope list while reading it)."""
    claims: dict[str, Any] = {}
    scopes = [scope for scope in AGS_SCOPES if scope in tool.scopes]
    if scopes:
        endpoint = {"scope": scopes, "lineitems": platform.urls.lineitems(link.context_id)}
        claims[Claim.AGS_ENDPOINT] = endpoint | (
            {"lineitem": link.line_item_url} if link.line_item_url else {}
        )
    if Scope.MEMBERSHIP in tool.scopes:
        claims[Claim.NRPS] = {
            "context_memberships_url": platform.urls.memberships(link.context_id),
            "service_versions": ["2.0"],
        }
    return claims
