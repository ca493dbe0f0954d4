"""Ways to bend a launch, each one small thing wrong, for the table of refused launches."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import jwt
from django.utils import timezone
from jwcrypto.jwk import JWK
from lti_peer import CLIENT, KEY, Act, Browser, Said, Scene, private

from lti_tools.launch.api import register_platform
from lti_tools.launch.models import PendingLogin, Platform

GUIDE = "1EdTech certification guide 6.1.1"
CORE = "LTI Core 1.3"
OIDC = "OpenID Connect Core 1.0"
SECURITY = "1EdTech Security Framework 1.0"
JWT_BCP = "RFC 8725"
OURS = "stricter than the standard"


@dataclass(frozen=True)
class Case:
    what: str
    rule: str
    code: str
    act: Act


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def raw(s: Scene, *, header: object = None, body: object = None) -> str:
    """A token of any JSON with a real signature over it."""
    head = segment({"alg": "RS256", "kid": "key-1"} if header is None else header)
    signed = f"{head}.{segment(s.claims() if body is None else body)}"
    algorithm = jwt.get_algorithm_by_name("RS256")
    signature = algorithm.sign(signed.encode(), algorithm.prepare_key(private("key-1")))
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def tampered(s: Scene) -> str:
    head, _body, signature = s.token().split(".")
    return f"{head}.{segment(s.claims(sub='somebody-else'))}.{signature}"


def public_pem(key: JWK) -> bytes:
    return key.export_to_pem()


def hs256(s: Scene) -> str:
    """Signed with our peer's public key as if it were a shared secret; PyJWT itself would refuse to make
    it.
    """
    hmac = jwt.get_algorithm_by_name("HS256")
    signed = f"{segment({'alg': 'HS256', 'kid': 'key-1'})}.{segment(s.claims())}"
    signature = hmac.sign(signed.encode(), public_pem(KEY))
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def swapped(s: Scene) -> object:
    """Two logins under way in one browser; the state of one comes with the nonce of the other."""
    first = s.asked
    s.asked = s.browser.login(s.platform.issuer)
    return s.launch(state=first["state"])


def replayed(s: Scene) -> object:
    token = s.token()
    s.send(token)
    return s.send(token)


def old_state(s: Scene) -> object:
    s.launch()
    return s.launch(sub="user-8")


def old_nonce(s: Scene) -> object:
    spent = s.asked["nonce"]
    s.launch()
    s.asked = s.browser.login(s.platform.issuer)
    return s.launch(nonce=spent)


def other_client(s: Scene, **changes: object) -> object:
    """A second registration of the same issuer answers a login that was sent to the first."""
    register_platform(
        issuer=s.platform.issuer,
        client_id="client-2",
        name="Second",
        auth_login_url=s.platform.auth_login_url,
        token_url=s.platform.token_url,
        jwks_url=s.platform.jwks_url,
        deployment_ids=["deployment-1"],
    )
    return s.launch(aud="client-2", **changes)


def other_issuer(s: Scene) -> object:
    """Issuer mix-up: another registered platform, with its own valid key, answers for the first."""
    register_platform(
        issuer="https://evil.example",
        client_id=CLIENT,
        name="Evil",
        auth_login_url=f"{s.peer.base}/auth",
        token_url=f"{s.peer.base}/token",
        jwks_url=f"{s.peer.base}/jwks",
        deployment_ids=["deployment-1"],
    )
    return s.launch(iss="https://evil.example")


def stolen(s: Scene) -> object:
    """Login CSRF: the attacker's own login, finished in the victim's browser."""
    token, state = s.token(), s.asked["state"]
    victim = Browser()
    victim.login(s.platform.issuer)
    return victim.post(id_token=token, state=state)


def wrong_cookie(s: Scene) -> object:
    s.browser.cookies = dict.fromkeys(s.browser.cookies, "guess")
    return s.launch()


def too_late(s: Scene) -> object:
    PendingLogin.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    return s.launch()


def publishing(*keys: dict[str, object]) -> Callable[[Scene], None]:
    def publish(s: Scene) -> None:
        s.peer.published = {"keys": list(keys)}

    return publish


def prepared(before: Callable[[Scene], None], act: Act) -> Act:
    def run(s: Scene) -> object:
        before(s)
        return act(s)

    return run


def jwks(*answers: Said) -> Callable[[Scene], None]:
    def script(s: Scene) -> None:
        s.peer.script["/jwks"] = list(answers)

    return script


def moved(address: str) -> Callable[[Scene], None]:
    return lambda s: Platform.objects.update(jwks_url=address) and None


def error(s: Scene, error: str, description: str = "") -> object:
    return s.browser.post(error=error, error_description=description, state=s.asked["state"])


def now(seconds: int) -> int:
    return int(time.time()) + seconds
