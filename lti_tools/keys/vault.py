"""Secrets at rest: sealed with Fernet under keys derived (HKDF, RFC 5869) from the master keys of the
environment.
"""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from lti_tools.errors import ShijieError

PURPOSE = b"shijie launch vault v1"


def seal(secret: str) -> str:
    """Sealed under the newest master key; `current_version` says which one that is."""
    return _fernets().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Opens what any configured master key sealed; refuses when the key that sealed it is gone."""
    try:
        return _fernets().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ShijieError("launch.master_key_missing") from error


def current_version() -> int:
    return max(settings.SHIJIE_MASTER_KEYS)


def digest(value: str) -> str:
    """SHA-256 in hex, for single-use values that carry enough randomness themselves.

    Takes whatever a browser may send: half a surrogate pair, which JSON can carry, is no error here.
    """
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def _fernets() -> MultiFernet:
    versions = sorted(settings.SHIJIE_MASTER_KEYS, reverse=True)
    return MultiFernet([_fernet(settings.SHIJIE_MASTER_KEYS[version]) for version in versions])


def _fernet(master: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(master.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
