"""Our own addresses in the protocol. A platform is given exactly these when it is connected."""

from __future__ import annotations

from django.conf import settings


def login_url() -> str:
    return f"{settings.BASE_URL}/lti/login"


def launch_url() -> str:
    """The only redirect_uri we ever name."""
    return f"{settings.BASE_URL}/lti/launch"


def jwks_url() -> str:
    return f"{settings.BASE_URL}/lti/jwks"


def ours(url: str) -> bool:
    """True for an absolute address on this very site; the slash keeps https://ours.evil.example out."""
    plain = url.isprintable() and "\\" not in url and " " not in url
    return plain and (url == settings.BASE_URL or url.startswith(f"{settings.BASE_URL}/"))
