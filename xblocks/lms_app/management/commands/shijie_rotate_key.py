"""Change the platform's signing key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from xblocks.lms_app import api


class Command(BaseCommand):
    help = "Issues a new LTI signing key; the earlier ones stay published for 30 days."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(api.issue_key())
