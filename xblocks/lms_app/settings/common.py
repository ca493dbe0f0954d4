"""Defaults. Values a site has already set stay."""

from __future__ import annotations

from typing import Any


def plugin_settings(settings: Any) -> None:
    defaults = {
        "SHIJIE_LMS_ISSUER": getattr(settings, "LMS_ROOT_URL", ""),
        "SHIJIE_LMS_BASE_URL": "",
        "SHIJIE_LMS_NAME": getattr(settings, "PLATFORM_NAME", ""),
        "SHIJIE_LMS_PRODUCT": "openedx",
        "SHIJIE_LMS_DIRECTORY": "",
        "SHIJIE_LMS_FETCH_HOSTS": (),
        "SHIJIE_LMS_MASTER_KEYS": (),
    }
    for name, value in defaults.items():
        if not hasattr(settings, name):
            setattr(settings, name, value)
