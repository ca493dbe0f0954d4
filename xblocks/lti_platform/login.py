"""Third-party initiated login and the answer to the authentication request (LTI Core 1.3, section 5.1.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .errors import LaunchRefused, PlatformError
from .keys import digest, new_secret
from .message import id_token
from .model import Context, Hint, Link, Member, Tool, origin
from .stores import Platform

HINT_LIFE = timedelta(minutes=10)
NONCE_LIFE = timedelta(hours=24)
MAX_STATE = 8192
MAX_NONCE = 1024

Params = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class FormPost:
    """What the browser posts to the tool; `fields` are raw and must be escaped by whoever renders them."""

    action: str
    fields: Mapping[str, str]
    refused: str = ""


class _Answerable(PlatformError):
    """A refusal that may be told to the tool: its redirect_uri is already known to be its own."""


def begin_login(
    platform: Platform,
    *,
    sub: str,
    client_id: str,
    link_id: str,
    document_target: str = "window",
    return_url: str = "",
    locale: str = "",
) -> str:
    """The tool's login address for this person and this link.

    The two hints in it are random, stored as digests, bound to `sub`, good once and for ten minutes.
    Refuses `unknown_tool`, `unknown_link`, `not_a_member`.
    """
    tool = platform.tools.tool(client_id)
    if tool is None:
        raise PlatformError("unknown_tool")
    link = platform.tools.link(client_id, link_id)
    if link is None:
        raise PlatformError("unknown_link")
    if platform.directory.user(sub, course=link.context_id) is None:
        raise PlatformError("not_a_member")
    login_hint, message_hint = new_secret(), new_secret()
    hint = Hint(
        sub=sub,
        client_id=client_id,
        link_id=link_id,
        target_link_uri=link.target_link_uri,
        login_hint=digest(login_hint),
        document_target=document_target,
        return_url=return_url,
        locale=locale,
    )
    platform.hints.add(digest(message_hint), hint, expires=platform.now() + HINT_LIFE)
    return _with_query(
        tool.login_url,
        iss=platform.issuer,
        login_hint=login_hint,
        target_link_uri=link.target_link_uri,
        lti_message_hint=message_hint,
        client_id=client_id,
        lti_deployment_id=tool.deployment_id,
    )


def _with_query(url: str, **values: str) -> str:
    parts = urlsplit(url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), *values.items()]
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))


def authorize(platform: Platform, params: Params, *, signed_in: str | None) -> FormPost:
    """The form that carries the id_token, or an OpenID error response, to the tool's registered redirect_uri.

    Raises LaunchRefused, and posts nothing anywhere, while the client and its redirect_uri are not proven.
    Call inside a transaction: nonce and hint are used up together or not at all.
    """
    given = _once_each(params)
    tool, redirect_uri = _return_address(platform, given)
    state = given.get("state", "")
    if len(state) > MAX_STATE:
        raise LaunchRefused("state_too_long")
    try:
        _check_shape(given)
        hint = _check_hints(platform, given, tool=tool, signed_in=signed_in)
        token = _answer(platform, given, tool=tool, hint=hint)
    except _Answerable as error:
        fields = {"error": error.code, "error_description": error.description}
        return FormPost(action=redirect_uri, fields=_with_state(fields, state), refused=error.code)
    return FormPost(action=redirect_uri, fields=_with_state({"id_token": token}, state))


def _with_state(fields: dict[str, str], state: str) -> dict[str, str]:
    return fields | ({"state": state} if state else {})


def _once_each(params: Params) -> dict[str, str]:
    """RFC 6749 section 3.1: a parameter without a value counts as omitted, one sent twice is refused."""
    if any(len(values) != 1 for values in params.values()):
        raise LaunchRefused("repeated_parameter")
    return {name: values[0] for name, values in params.items() if values[0]}


def _return_address(platform: Platform, given: Mapping[str, str]) -> tuple[Tool, str]:
    """Exact string comparison with the registration (OpenID Connect Core 3.1.2.1): no prefix, no folding."""
    tool = platform.tools.tool(given.get("client_id", ""))
    if tool is None:
        raise LaunchRefused("unknown_client")
    redirect_uri = given.get("redirect_uri", "")
    if redirect_uri not in tool.redirect_uris or not origin(redirect_uri):
        raise LaunchRefused("redirect_uri_not_registered")
    return tool, redirect_uri


def _check_shape(given: Mapping[str, str]) -> None:
    if given.get("response_type") != "id_token":
        raise _Answerable("unsupported_response_type", "response_type must be id_token")
    if "openid" not in given.get("scope", "").split(" "):
        raise _Answerable("invalid_scope", "scope must contain openid")
    if given.get("response_mode") != "form_post":
        raise _Answerable("invalid_request", "response_mode must be form_post")
    if given.get("prompt") != "none":
        raise _Answerable("invalid_request", "prompt must be none")
    if not 0 < len(given.get("nonce", "")) <= MAX_NONCE:
        raise _Answerable("invalid_request", "nonce is missing or too long")


def _check_hints(platform: Platform, given: Mapping[str, str], *, tool: Tool, signed_in: str | None) -> Hint:
    """The person in this browser must be the one who began this launch, with this tool."""
    if not signed_in:
        raise _Answerable("login_required", "nobody is signed in here")
    hint = platform.hints.get(digest(given.get("lti_message_hint", "")), now=platform.now())
    if hint is None or hint.client_id != tool.client_id:
        raise _Answerable("invalid_request", "lti_message_hint is unknown, used or expired")
    if hint.login_hint != digest(given.get("login_hint", "")):
        raise _Answerable("invalid_request", "login_hint does not belong to this launch")
    if hint.sub != signed_in:
        raise _Answerable("login_required", "another person is signed in here")
    return hint


def _answer(platform: Platform, given: Mapping[str, str], *, tool: Tool, hint: Hint) -> str:
    link, member, course = _still_there(platform, hint)
    now = platform.now()
    nonce = given["nonce"]
    if not platform.once.use("nonce", tool.client_id, digest(nonce), expires=now + NONCE_LIFE):
        raise _Answerable("invalid_request", "this nonce was used before")
    if not platform.hints.use(digest(given["lti_message_hint"]), now=now):
        raise _Answerable("invalid_request", "lti_message_hint was used a moment ago")
    return id_token(platform, tool=tool, link=link, hint=hint, member=member, course=course, nonce=nonce)


def _still_there(platform: Platform, hint: Hint) -> tuple[Link, Member, Context]:
    link = platform.tools.link(hint.client_id, hint.link_id)
    if link is None:
        raise _Answerable("access_denied", "this activity was removed")
    course = platform.directory.course(link.context_id)
    member = platform.directory.user(hint.sub, course=link.context_id)
    if course is None or member is None:
        raise _Answerable("access_denied", "the person is no longer in this course")
    return link, member, course
