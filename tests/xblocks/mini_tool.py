"""A tool written from the specifications with PyJWT and jwcrypto only: an independent peer for the tests."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from jwcrypto.jwk import JWK

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REDIRECT = "https://tool.example/lti/launch"
LOGIN = "https://tool.example/lti/login?brand=a%26b"
TARGET = "https://tool.example/me"


class MiniTool:
    def __init__(self, client_id: str = "client-1") -> None:
        self.client_id = client_id
        self.key = JWK.generate(kty="RSA", size=2048, kid=f"{client_id}-key")
        self.pem = self.key.export_to_pem(private_key=True, password=None)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [json.loads(self.key.export_public()) | {"alg": "RS256", "use": "sig"}]}

    def auth_request(self, login_url: str, **changes: str | None) -> dict[str, str]:
        """What this tool asks the platform after being sent to its login address; None drops a parameter."""
        given = dict(parse_qsl(urlsplit(login_url).query))
        params: dict[str, str | None] = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "state": "state-" + uuid.uuid4().hex,
            "nonce": uuid.uuid4().hex,
            "login_hint": given["login_hint"],
            "lti_message_hint": given["lti_message_hint"],
        } | changes
        return {name: value for name, value in params.items() if value is not None}

    def assertion(
        self,
        audience: Any,
        *,
        headers: Mapping[str, Any] | None = None,
        algorithm: str = "RS256",
        key: Any = None,
        **changes: Any,
    ) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": audience,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        } | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        head = {"kid": self.key["kid"]} if headers is None else dict(headers)
        return jwt.encode(claims, self.pem if key is None else key, algorithm=algorithm, headers=head)

    def read_message(
        self, id_token: str, *, jwks: Mapping[str, Any], nonce: str, issuer: str
    ) -> dict[str, Any]:
        kid = jwt.get_unverified_header(id_token)["kid"]
        [key] = [jwt.PyJWK(dict(key)) for key in jwks["keys"] if key["kid"] == kid]
        claims = jwt.decode(id_token, key, algorithms=["RS256"], audience=self.client_id, issuer=issuer)
        assert claims["nonce"] == nonce
        return claims


def form_of(html: str) -> tuple[str, dict[str, str]]:
    """Action and fields of the one form of a page, as a browser would post them."""
    [action] = re.findall(r'<form[^>]* action="([^"]*)"', html)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', html)
    return unescape(action), {unescape(name): unescape(value) for name, value in fields}
