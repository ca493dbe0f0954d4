"""Typed reading of environment variables that fails loudly, naming the variable and what it should hold.

Every variable read here is documented in docs/settings.md; a test compares the two.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

READ: set[str] = set()


def _raw(name: str) -> str | None:
    READ.add(name)
    value = os.environ.get(name)
    return value.strip() if value is not None else None


def text(name: str, default: str | None = None) -> str:
    value = _raw(name)
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} is not set; see docs/settings.md")
    return default


def secret(name: str, *, least: int = 32) -> str:
    """A secret comes from the environment only, has no default and must be long enough to be one."""
    value = text(name)
    if len(value) < least:
        raise ImproperlyConfigured(f"{name} must have at least {least} characters, it has {len(value)}")
    return value


def keys(name: str) -> dict[int, str]:
    """Versioned secrets `1:secret,2:secret`; the highest version signs, all verify."""
    found: dict[int, str] = {}
    for part in text(name).split(","):
        version, _, value = part.strip().partition(":")
        if not version.isdigit() or len(value) < 32:
            raise ImproperlyConfigured(f"{name} must look like 1:<at least 32 characters>[,2:...]")
        found[int(version)] = value
    return found


def flag(name: str, default: bool) -> bool:
    value = _raw(name)
    if not value:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1/0, true/false, yes/no or on/off, not {value!r}")


def whole(name: str, default: int, *, least: int = 0) -> int:
    value = _raw(name)
    if not value:
        return default
    if not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    value = _raw(name)
    return [part.strip() for part in (default if value is None else value).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    value = _raw(name)
    return Path(value).resolve() if value else default


def web_address(name: str) -> str:
    """An origin such as https://shijie.example, without a trailing slash."""
    value = text(name).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"{name} must be a web address such as https://shijie.example, not {value!r}"
        )
    return value
