"""Time-based codes (RFC 6238, SHA-1, six digits, thirty seconds), as every authenticator app computes them."""

from __future__ import annotations

import base64
import secrets
import time
from urllib.parse import quote, urlencode

from django_otp.oath import TOTP

STEP_SECONDS = 30
DIGITS = 6
# Steps before and after the present one: a telephone's clock, and the time it takes to type.
TOLERANCE = 1
KEY_BYTES = 20


def new_key() -> str:
    """A key as an app takes it: base32 without padding."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def in_groups(key: str) -> str:
    """For copying by hand, four characters at a time."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def code_at(key: str, *, ahead: int = 0) -> str:
    """The code an app shows now, or so many steps ahead."""
    return f"{_clock(key, drift=ahead).token():0{DIGITS}d}"


def accepted_step(key: str, code: str, *, after: int) -> int | None:
    """The time step this code belongs to, if that lies within the tolerance and is later than `after`."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    clock = _clock(key)
    return clock.t() if clock.verify(int(typed), tolerance=TOLERANCE, min_t=after + 1) else None


def address(key: str, *, account: str, issuer: str) -> str:
    """What the QR code of the set-up page says (Key URI format)."""
    label = quote(f"{issuer}:{account}", safe="")
    asked = {"secret": key, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"


def _clock(key: str, *, drift: int = 0) -> TOTP:
    """Stands still at this moment, so that two questions to it are about the same step."""
    clock = TOTP(base64.b32decode(key), step=STEP_SECONDS, digits=DIGITS, drift=drift)
    clock.time = time.time()
    return clock
