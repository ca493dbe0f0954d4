"""Third-party initiated login (1EdTech Security Framework 1.0 section 5.1.1): the platform asks us to ask
it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.registration import Registration

from lti_tools.launch.adapters import BindingCookie, Incoming, SeeOther, Storage
from lti_tools.launch.addresses import launch_url, ours
from lti_tools.launch.models import Platform
from lti_tools.launch.refusals import refuse
from lti_tools.launch.registry import OnePlatform, find_platform


def begin_login(request: HttpRequest) -> HttpResponse:
    """Sends the browser to the platform's login page with a state and nonce that work once, in this browser
    only.

    Refuses an unknown issuer or client, a missing login_hint, and a target that is not on our site.
    """
    asked = Incoming(request)
    platform = find_platform(
        asked.get_param("iss"),
        client_id=asked.get_param("client_id"),
        deployment_id=asked.get_param("lti_deployment_id"),
    )
    cookie = BindingCookie(request)
    storage = Storage(platform, binding=cookie.binding)
    login = _Login(asked, OnePlatform(platform), session_service=storage, cookie_service=cookie)
    login.name_platform(platform)
    # The library stores nothing without parameters to pass on.
    return login.pass_params_to_launch({"platform": str(platform.id)}).redirect(launch_url())


class _Login(OIDCLogin[Incoming, OnePlatform, Storage, BindingCookie, HttpResponse]):
    _platform: Platform

    def name_platform(self, platform: Platform) -> None:
        self._platform = platform

    def get_redirect(self, url: str) -> SeeOther:
        return SeeOther(url, self._cookie_service)

    def validate_oidc_login(self) -> Registration:
        if not self._get_request_param("login_hint"):
            raise refuse("login.hint_missing")
        if not ours(self._get_request_param("target_link_uri")):
            raise refuse("login.target_foreign")
        # Asked by the platform we found: a login request may leave the client id out.
        conf: Any = self._tool_config
        return conf.find_registration_by_params(self._platform.issuer, self._platform.client_id)
