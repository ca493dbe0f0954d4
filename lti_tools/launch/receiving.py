"""The launch itself: pylti1p3 walks the steps, and every step it leaves open is closed here.

The steps are the library's public ones (`validate_state` .. `save_launch_data`), in its order.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch

from lti_tools.errors import Refused
from lti_tools.keys.api import digest
from lti_tools.launch import pending, proof
from lti_tools.launch.adapters import BindingCookie, Incoming, Storage
from lti_tools.launch.message import Launch, read
from lti_tools.launch.models import PendingLogin
from lti_tools.launch.refusals import ASK, KEPT, refuse
from lti_tools.launch.registry import OnePlatform
from lti_tools.launch.service_jwt import SERVICE_TYPE

SIGNED_OUT = frozenset({"login_required", "interaction_required", "account_selection_required"})
MOST_SAID = 200
MOST_CHARACTERS = 128 * 1024


def receive(request: HttpRequest) -> Launch:
    """A verified launch, used up by this call; a second call with the same message is refused as a replay.

    Everything is bound together: state, nonce, issuer, client and browser. Raises Refused and nothing else
    for whatever a browser may send. May fetch the platform's keys, so it never runs inside a transaction.
    """
    incoming = Incoming(request, post_only=True)
    if request.method != "POST":
        raise refuse("launch.not_posted")
    if incoming.get_param("error") and not incoming.get_param("state"):
        raise refuse("launch.platform_error")
    login = pending.find(incoming.get_param("state"), cookies=request.COOKIES)
    if incoming.get_param("error"):
        raise _platform_error(incoming, login)
    try:
        return HardenedLaunch(incoming, login).verified()
    except LtiException as error:
        # What the library finds beyond our own rules; its text is English and for the log.
        raise refuse("launch.invalid") from error


def _platform_error(incoming: Incoming, login: PendingLogin) -> Refused:
    """OpenID Connect Core 3.1.2.6. What was said is shown only in answer to a login this browser began."""
    pending.use_up(login)
    code = incoming.get_param("error")
    if code in SIGNED_OUT:
        return refuse("launch.signed_out")
    said = " ".join(f"{code} {incoming.get_param('error_description')}".split())[:MOST_SAID]
    happened = format_lazy(_("Your learning site stopped before you reached us. It said: {said}"), said=said)
    return Refused("launch.platform_error", happened, kept=KEPT, todo=ASK)


class _NoNetwork:
    """Stands where the library keeps its HTTP session: it must not fetch anything by itself."""

    def __getattr__(self, name: str) -> Any:
        raise LookupError("outgoing requests go through lti_tools.launch.wire")


class HardenedLaunch(MessageLaunch[Incoming, OnePlatform, Storage, BindingCookie]):
    """A resource link launch checked against one pending login."""

    def __init__(self, incoming: Incoming, login: PendingLogin) -> None:
        super().__init__(
            incoming,
            OnePlatform(login.platform),
            session_service=Storage(login.platform),
            cookie_service=BindingCookie(incoming.django),
            requests_session=_NoNetwork(),  # type: ignore[arg-type]
        )
        self._login = login
        self._read: list[Launch] = []

    def verified(self) -> Launch:
        self.validate()
        return self._read[0]

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    @property
    def _body(self) -> dict[str, Any]:
        return self._jwt["body"]  # type: ignore[return-value]

    def validate_state(self) -> HardenedLaunch:
        """Done when the pending login was found; the library's own check knows no browser and no client."""
        id_token = self._get_request_param("id_token")
        if not id_token:
            raise refuse("launch.token_missing")
        if len(id_token) > MOST_CHARACTERS:
            raise refuse("launch.malformed")
        return self

    def validate_jwt_format(self) -> HardenedLaunch:
        """Three parts, both JSON objects, and not one of our service tokens (RFC 8725 section 3.11)."""
        try:
            super().validate_jwt_format()
        except LtiException as error:
            raise refuse("launch.malformed") from error
        header, body = self._jwt["header"], self._jwt["body"]
        if not isinstance(header, dict) or not isinstance(body, dict):
            raise refuse("launch.malformed")
        if header.get("typ") == SERVICE_TYPE:
            raise refuse("launch.token_type")
        return self

    def validate_nonce(self) -> HardenedLaunch:
        """The nonce of this very login; it is used up together with the state."""
        nonce = self._body.get("nonce")
        if not isinstance(nonce, str) or digest(nonce) != self._login.nonce_hash:
            raise refuse("launch.nonce")
        return self

    def get_client_id(self) -> str:
        return self._login.platform.client_id

    def validate_registration(self) -> HardenedLaunch:
        """Issuer and client are those the login was sent to: an answer from another platform is a mix-up."""
        if self._body.get("iss") != self._login.platform.issuer:
            raise refuse("launch.issuer")
        proof.check_audience(self._body, client_id=self.get_client_id())
        super().validate_registration()
        return self

    def get_public_key(self) -> tuple[Any, str]:
        header: Any = self._jwt["header"]
        return proof.public_key(header, platform=self._login.platform), proof.ALGORITHM

    def validate_jwt_signature(self) -> HardenedLaunch:
        """A token older than the login it answers is stale, however long it says it lives."""
        body: Any = proof.signed_body(self._get_id_token(), key=self.get_public_key()[0])
        proof.check_times(body, not_before=self._login.created_at)
        self._jwt["body"] = body
        return self

    def validate_deployment(self) -> HardenedLaunch:
        """Read with the message, where a missing and an unknown deployment get different codes."""
        return self

    def validate_message(self) -> HardenedLaunch:
        self._read = [read(self._body, platform=self._login.platform)]
        super().validate_message()
        return self

    def save_launch_data(self) -> HardenedLaunch:
        """Nothing is saved: the pending login is used up, last, so that an outage costs nobody their
        launch.
        """
        pending.use_up(self._login)
        return self
