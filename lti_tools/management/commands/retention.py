"""`manage.py retention [--dry-run]`: what has had its time, as a table; without `--dry-run` it goes now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.privacy import api as privacy


class Command(BaseCommand):
    """The housekeeping does the same once a day; this is for looking beforehand, and for not waiting."""

    help = "Show, or carry out, the rules of retention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count, change nothing")

    def handle(self, *_args: object, **options: Any) -> None:
        dry_run = options["dry_run"]
        found = privacy.due()
        counts = {} if dry_run else privacy.run()
        for due in found:
            self.stdout.write(_line(due.rule, due.count if dry_run else counts.get(due.rule.code)))
        self.stdout.write(_("Nothing was changed.") if dry_run else _("Done, and noted on the audit trail."))


def _line(rule: privacy.Rule, count: int | None) -> str:
    language = get_language() or "en"
    days = "" if rule.days is None else str(rule.days)
    number = "-" if count is None else str(count)
    return f"{rule.code:<22}{days:>6}{number:>8}  {rule.covers.text(language)}: {rule.happens.text(language)}"
