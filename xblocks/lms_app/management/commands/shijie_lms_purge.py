"""Daily housekeeping."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from xblocks.lms_app import api


class Command(BaseCommand):
    help = "Drops expired launch hints, nonces, assertion ids and access tokens."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(api.purge()))
