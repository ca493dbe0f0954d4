"""Values from the environment, then from the site's YAML (ENV_TOKENS); lists are separated by commas."""

from __future__ import annotations

import os
from typing import Any

_TEXTS = ("ISSUER", "BASE_URL", "NAME", "PRODUCT", "DIRECTORY")
_LISTS = ("FETCH_HOSTS", "MASTER_KEYS")


def plugin_settings(settings: Any) -> None:
    tokens = getattr(settings, "ENV_TOKENS", {})
    for name in (f"SHIJIE_LMS_{short}" for short in (*_TEXTS, *_LISTS)):
        value = os.environ.get(name, tokens.get(name))
        if value is not None:
            setattr(settings, name, _split(value) if name.endswith(_LISTS) else value)


def _split(value: str | list[str]) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    return tuple(part.strip() for part in parts if part.strip())
