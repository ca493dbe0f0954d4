"""This app's settings, read when needed and refused loudly when missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def issuer() -> str:
    return _required("SHIJIE_LMS_ISSUER")


def base_url() -> str:
    """Scheme and host of every address we hand out; never taken from a request."""
    return (getattr(settings, "SHIJIE_LMS_BASE_URL", "") or issuer()).rstrip("/")


def fetch_hosts() -> frozenset[str]:
    return frozenset(host.rstrip("/").lower() for host in getattr(settings, "SHIJIE_LMS_FETCH_HOSTS", ()))


def facts() -> dict[str, str]:
    """The tool_platform claim (LTI Core 1.3 section 5.4.2); `guid` is required there and is our issuer."""
    named = {
        "guid": issuer()[:255],
        "name": getattr(settings, "SHIJIE_LMS_NAME", ""),
        "product_family_code": getattr(settings, "SHIJIE_LMS_PRODUCT", ""),
    }
    return {name: value for name, value in named.items() if value}


def directory() -> Any:
    """The module ("pkg.module") or object ("pkg.module:name") that knows this LMS's people and courses."""
    module, _, attribute = _required("SHIJIE_LMS_DIRECTORY").partition(":")
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def _required(name: str) -> str:
    value = getattr(settings, name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set")
    return value
