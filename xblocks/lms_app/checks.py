"""What `manage.py check` says before a teacher would find out."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from xblocks.lti_platform.model import origin

from . import conf

_FUNCTIONS = ("current_sub", "course", "user", "members")


@register()
def settings_are_complete(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [*_issuer(), *_directory()]


def _issuer() -> list[CheckMessage]:
    try:
        issuer = conf.issuer()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="shijie_lms.E001")]
    if not origin(issuer) or "?" in issuer or "#" in issuer:
        text = "SHIJIE_LMS_ISSUER must be an http(s) address without query or fragment"
        return [Error(text, id="shijie_lms.E002")]
    return []


def _directory() -> list[CheckMessage]:
    try:
        found = conf.directory()
    except (ImproperlyConfigured, ImportError, AttributeError) as error:
        return [Error(f"SHIJIE_LMS_DIRECTORY: {error}", id="shijie_lms.E003")]
    missing = [name for name in _FUNCTIONS if not callable(getattr(found, name, None))]
    if missing:
        return [Error(f"SHIJIE_LMS_DIRECTORY lacks {', '.join(missing)}", id="shijie_lms.E004")]
    return []
