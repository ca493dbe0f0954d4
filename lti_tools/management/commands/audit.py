"""`manage.py audit verify`: proves that nothing in the audit trail or the ledger was changed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.audit.api import Broken
from lti_tools.results import api as results

CHAINS: dict[str, tuple[Any, Callable[[], Broken | None]]] = {
    "audit": (gettext_lazy("audit trail"), lambda: audit.verify()),
    "results": (gettext_lazy("results ledger"), lambda: results.verify()),
}
WHAT = {
    "missing": gettext_lazy("a row is missing here"),
    "does not follow": gettext_lazy("the row does not follow from the one before it"),
    "changed": gettext_lazy("the row was changed after it was written"),
    "cut off": gettext_lazy("rows at the end were removed"),
    "head missing": gettext_lazy("the mark at the end of the chain was removed"),
    "head forged": gettext_lazy("the chain was computed anew: the mark at its end was not made with our key"),
    "head key missing": gettext_lazy(
        "the mark at the end cannot be checked: its master key is not configured"
    ),
    "erased without an order": gettext_lazy("the row was emptied, and no erasure is on the audit trail"),
}


class Command(BaseCommand):
    """Exit code 0 when every chain holds; 1 otherwise, naming the chain and its first broken row."""

    help = "Verify the hash chains of the audit trail and of the results ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify"])

    def handle(self, *_args: object, **_options: object) -> None:
        broken = [self._report(name) for name in CHAINS]
        if any(broken):
            raise CommandError(
                _("Issue nothing more, keep this database as it is, and compare it with a backup."),
                returncode=1,
            )

    def _report(self, name: str) -> bool:
        title, verify = CHAINS[name]
        broken = verify()
        if broken is None:
            self.stdout.write(_("%(chain)s (%(name)s): unbroken") % {"chain": title, "name": name})
            return False
        words = {
            "chain": title,
            "name": name,
            "row": broken.seq,
            "what": WHAT.get(broken.reason, broken.reason),
        }
        self.stderr.write(_("%(chain)s (%(name)s): broken at row %(row)s: %(what)s") % words)
        return True
