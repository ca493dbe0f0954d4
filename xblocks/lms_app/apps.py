"""A Django app for edx-platform (by plugin entry points) and for any other Django LMS (by INSTALLED_APPS)."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LmsAppConfig(AppConfig):
    """`plugin_app` has the shape edx-django-utils reads; it is plain data, so nothing of edX is imported."""

    name = "xblocks.lms_app"
    label = "shijie_lms"
    verbose_name = _("Shijie: learning tools")
    default_auto_field = "django.db.models.BigAutoField"

    plugin_app: dict[str, Any] = {
        "url_config": {
            "lms.djangoapp": {
                "namespace": "shijie_lms",
                "app_name": "shijie_lms",
                "regex": r"^shijie/",
                "relative_path": "urls",
            },
        },
        "settings_config": {
            project: {
                "common": {"relative_path": "settings.common"},
                "production": {"relative_path": "settings.production"},
            }
            for project in ("lms.djangoapp", "cms.djangoapp")
        },
    }

    def ready(self) -> None:
        from . import checks  # noqa: F401  (registers the system checks)
