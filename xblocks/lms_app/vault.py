"""Private keys at rest: encrypted with the site's master keys, so that a database copy signs nothing."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises ImproperlyConfigured when no configured master key opens it."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ImproperlyConfigured("no master key opens the LTI signing key") from error


def _box() -> MultiFernet:
    """The first key encrypts, all decrypt: rotation is adding one in front."""
    given = getattr(settings, "SHIJIE_LMS_MASTER_KEYS", ())
    if given:
        return MultiFernet([Fernet(key) for key in given])
    secrets = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ())]
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"shijie-lms-keys:" + secret.encode()).digest())
