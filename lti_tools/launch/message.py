"""A launch as the rest of the house sees it, and how it is read out of verified claims (LTI Core 1.3 section
5).

The platform vouches for what is here; it is still only what the platform says.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lti_tools.launch.addresses import ours
from lti_tools.launch.models import Platform
from lti_tools.launch.proof import storable
from lti_tools.launch.refusals import refuse
from lti_tools.launch.wire import origin

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
RESOURCE_LINK = "LtiResourceLinkRequest"
OTHER_MESSAGES = frozenset(
    {"LtiDeepLinkingRequest", "LtiSubmissionReviewRequest", "DataPrivacyLaunchRequest"}
)
LONGEST_ID = 255
LONGEST_TEXT = 1000


@dataclass(frozen=True, kw_only=True)
class Ags:
    """Where scores go (AGS 2.0 section 3.1). Either address may be empty."""

    lineitem: str = ""
    lineitems: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Launch:
    """One verified launch. Texts a platform may leave out are empty; `roles` are its words and grant nothing
    here.

    `authoritative_area` is the path of the area for which an officer marked the platform authoritative, else
    "".
    """

    platform_id: uuid.UUID
    issuer: str
    client_id: str
    deployment_id: str
    sub: str
    resource_link_id: str
    target_link_uri: str
    message_type: str = RESOURCE_LINK
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    staff_no: str = ""
    school_code: str = ""
    roles: tuple[str, ...] = ()
    context_id: str = ""
    context_title: str = ""
    resource_title: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    locale: str = ""
    return_url: str = ""
    ags: Ags | None = None
    authoritative_area: str = ""


Claims = Mapping[str, Any]


def read(body: Claims, *, platform: Platform) -> Launch:
    """Refuses a message that breaks a rule of the specification; signature, time and nonce are checked
    before.
    """
    deployment_id = _deployment(body, platform=platform)
    _kind(body)
    link = _object(body, CLAIM + "resource_link", code="launch.resource_link")
    context = _object(body, CLAIM + "context")
    custom = _custom(body)
    return Launch(
        platform_id=platform.id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        deployment_id=deployment_id,
        sub=_text(body, "sub", most=LONGEST_ID, code="launch.sub", needed=True),
        resource_link_id=_text(link, "id", most=LONGEST_ID, code="launch.resource_link", needed=True),
        resource_title=_text(link, "title"),
        target_link_uri=_target(body),
        roles=_words(body.get(CLAIM + "roles"), code="launch.roles"),
        context_id=_text(context, "id", most=LONGEST_ID),
        context_title=_text(context, "title") or _text(context, "label"),
        custom=custom,
        school_code=_school_code(custom),
        ags=_ags(body),
        authoritative_area=platform.authoritative_area.path if platform.authoritative_area else "",
        **_person(body),
        **_presentation(body),
    )


def _kind(body: Claims) -> None:
    if body.get(CLAIM + "version") != "1.3.0":
        raise refuse("launch.version")
    message_type = body.get(CLAIM + "message_type")
    if not message_type:
        raise refuse("launch.message_type_missing")
    if not isinstance(message_type, str):
        raise refuse("launch.message_type")
    if message_type in OTHER_MESSAGES:
        raise refuse("launch.unsupported", message_type=message_type)
    if message_type != RESOURCE_LINK:
        raise refuse("launch.message_type")


def _deployment(body: Claims, *, platform: Platform) -> str:
    named = _text(
        body, CLAIM + "deployment_id", most=LONGEST_ID, code="launch.deployment_missing", needed=True
    )
    if not platform.deployments.filter(deployment_id=named).exists():
        raise refuse("launch.deployment_unknown")
    return named


def _target(body: Claims) -> str:
    """The signed address counts, not the one of the login request; it must lie on our own site."""
    target = _text(body, CLAIM + "target_link_uri", code="launch.target", needed=True)
    if not ours(target):
        raise refuse("launch.target")
    return target


def _person(body: Claims) -> dict[str, str]:
    found = {key: _text(body, key) for key in ("name", "given_name", "family_name", "email")}
    found["name"] = found["name"] or _joined(found["family_name"], found["given_name"])
    found["staff_no"] = _text(_object(body, CLAIM + "lis"), "person_sourcedid", most=LONGEST_ID)
    return found


def _joined(family: str, given: str) -> str:
    """A Chinese name is written family first and without a space; any other the way its owner signs."""
    chinese = all("\u3400" <= sign <= "\u9fff" or sign == "·" for sign in family + given)
    return (family + given) if chinese else f"{given} {family}".strip()


def _presentation(body: Claims) -> dict[str, str]:
    found = _object(body, CLAIM + "launch_presentation")
    back = _text(found, "return_url")
    return {
        "locale": _text(body, "locale") or _text(found, "locale"),
        "return_url": back if origin(back) else "",
    }


def _custom(body: Claims) -> dict[str, str]:
    """Strings by the specification; some platforms send numbers, which are read as text."""
    found = _object(body, CLAIM + "custom")
    if any(isinstance(value, dict | list) for value in found.values()):
        raise refuse("launch.malformed", claim="custom")
    return {key: "" if value is None else str(value) for key, value in found.items()}


def _school_code(custom: Mapping[str, str]) -> str:
    """The custom parameter `school_code`. One that the platform did not fill in ($ResourceLink... and the like) is
    none.
    """
    code = unicodedata.normalize("NFKC", custom.get("school_code", "")).strip()
    return "" if code.startswith("$") or len(code) > LONGEST_ID or not storable(code) else code


def _ags(body: Claims) -> Ags | None:
    found = _object(body, AGS)
    if not found:
        return None
    return Ags(
        lineitem=_text(found, "lineitem"),
        lineitems=_text(found, "lineitems"),
        scopes=_words(found.get("scope", []), code="launch.malformed"),
    )


def _object(body: Claims, claim: str, *, code: str = "launch.malformed") -> Claims:
    """A claim that is an object, empty when it is not there."""
    found = body.get(claim)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise refuse(code, claim=claim)
    return found


def _text(
    body: Claims, key: str, *, most: int = LONGEST_TEXT, code: str = "launch.malformed", needed: bool = False
) -> str:
    """Refuses text that no database could store."""
    found = body.get(key)
    if found is None and not needed:
        return ""
    fits = isinstance(found, str) and len(found) <= most and storable(found)
    if not fits or (needed and not found.strip()):
        raise refuse(code, claim=key)
    return found


def _words(found: object, *, code: str) -> tuple[str, ...]:
    """An empty list is fine, a bare string is not."""
    if not isinstance(found, list) or not all(isinstance(word, str) and storable(word) for word in found):
        raise refuse(code)
    return tuple(found)
