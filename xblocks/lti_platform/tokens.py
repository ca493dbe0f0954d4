"""The token door (RFC 6749 section 4.4) and what a bearer token opens (RFC 6750)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from .assertion import authenticate
from .errors import PlatformError, ServiceRefused, bad_request
from .keys import digest, new_secret
from .model import Grant, Tool
from .stores import Platform
from .toolkeys import RETRY_SECONDS
from .vocabulary import ENDPOINT_SCOPES

TOKEN_SECONDS = 3600
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_REQUIRED = ("grant_type", "client_assertion_type", "client_assertion", "scope")


def issue_token(platform: Platform, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The JSON body of a successful token answer; the token itself is opaque and kept only as a digest.

    Grants those requested scopes that the registration allows, and says which. Raises ServiceRefused
    otherwise; the assertion is looked at before the scope, so a stranger learns nothing about scopes.
    """
    given = _single_values(form)
    if given["grant_type"] != "client_credentials":
        raise bad_request("grant_type must be client_credentials", code="unsupported_grant_type")
    if given["client_assertion_type"] != ASSERTION_TYPE:
        raise bad_request("client_assertion_type must be jwt-bearer")
    tool = _authenticated(platform, given)
    scopes = [scope for scope in dict.fromkeys(given["scope"].split()) if scope in tool.scopes]
    if not scopes:
        raise bad_request("none of these scopes is granted to this tool", code="invalid_scope")
    token = new_secret()
    grant = Grant(client_id=tool.client_id, scopes=frozenset(scopes))
    platform.tokens.add(digest(token), grant, expires=platform.now() + timedelta(seconds=TOKEN_SECONDS))
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(scopes),
    }


def _authenticated(platform: Platform, given: Mapping[str, str]) -> Tool:
    try:
        return authenticate(platform, given["client_assertion"], client_id=given.get("client_id", ""))
    except PlatformError as error:
        if error.permanent:
            raise ServiceRefused(401, "invalid_client", error.code) from error
        again = {"Retry-After": str(RETRY_SECONDS)}
        raise ServiceRefused(503, "temporarily_unavailable", error.code, again) from error


def _single_values(form: Mapping[str, Sequence[str]]) -> dict[str, str]:
    for name, values in form.items():
        if len(values) != 1:
            raise bad_request(f"{name[:40]} is given more than once")
    given = {name: values[0] for name, values in form.items() if values[0]}
    missing = [name for name in _REQUIRED if name not in given]
    if missing:
        raise bad_request(f"missing: {', '.join(missing)}")
    return given


def check_bearer(platform: Platform, authorization: str, *, endpoint: str, method: str) -> Grant:
    """The grant behind an Authorization header, if one of its scopes opens this endpoint for this method.

    Whether the thing behind the address belongs to `grant.client_id` is for the caller to check.
    """
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorised("", description="a bearer token is required")
    grant = platform.tokens.get(digest(token.strip()), now=platform.now())
    if grant is None:
        raise _unauthorised("invalid_token", description="the token is unknown or expired")
    allowed = ENDPOINT_SCOPES.get((endpoint, method), ())
    if not grant.scopes.intersection(allowed):
        raise _insufficient(allowed)
    return grant


def _unauthorised(code: str, *, description: str) -> ServiceRefused:
    """RFC 6750 section 3.1: a request without a token is told no error code in the challenge."""
    challenge = 'Bearer realm="lti"' + (f', error="{code}"' if code else "")
    return ServiceRefused(401, code or "invalid_request", description, {"WWW-Authenticate": challenge})


def _insufficient(allowed: Sequence[str]) -> ServiceRefused:
    challenge = f'Bearer realm="lti", error="insufficient_scope", scope="{" ".join(allowed)}"'
    return ServiceRefused(
        403, "insufficient_scope", "the token lacks the scope", {"WWW-Authenticate": challenge}
    )
