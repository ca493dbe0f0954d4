from __future__ import annotations

from django.apps import AppConfig


class ShijieConfig(AppConfig):
    """The one Django app of the service; its rooms are the applets beside this file."""

    name = "lti_tools"
    label = "shijie"
    verbose_name = "Shijie 师阶"
    default_auto_field = "django.db.models.BigAutoField"
