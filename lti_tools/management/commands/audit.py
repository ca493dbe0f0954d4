"""`manage.py audit`: prove the chains, collect this host's views, sign where the chains end."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lti_tools.audit import api as audit
from lti_tools.audit.api import Broken
from lti_tools.office import watch

TITLES = {"audit": gettext_lazy("audit trail"), "results": gettext_lazy("results ledger")}
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
    "rolled back": gettext_lazy(
        "rolled back: a signed head names this row, and the chain does not reach it any more"
    ),
    "rewritten": gettext_lazy("a signed head names this row, and another one stands in its place"),
    "head signature": gettext_lazy("the signature of the head at this row does not hold"),
}


class Command(BaseCommand):
    """Exit code 0 when every chain holds; 1 otherwise, naming the chain and its first broken row."""

    help = "Prove the hash chains and their signed heads; collect spooled views; sign the heads now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify", "collect", "heads"])
        parser.add_argument("--heads", type=Path, help="a folder with copies of signed heads kept elsewhere")

    def handle(self, *_args: object, **options: object) -> None:
        actions = {"verify": self._verify, "collect": self._collect, "heads": self._heads}
        copies = options["heads"]
        if isinstance(copies, Path) and not copies.is_dir():
            raise CommandError(_("There is no folder %(folder)s.") % {"folder": copies})
        if isinstance(copies, Path) and not any(copies.glob("*.json")):
            raise CommandError(_("No signed head lies in %(folder)s.") % {"folder": copies})
        actions[str(options["action"])](copies if isinstance(copies, Path) else None)

    def _verify(self, copies: Path | None) -> None:
        proved = watch.prove_all(copies=copies)
        for name, broken in proved.items():
            self._report(name, broken)
        if any(proved.values()):
            raise CommandError(
                _("Issue nothing more, keep this database as it is, and compare it with a backup."),
                returncode=1,
            )

    def _report(self, name: str, broken: Broken | None) -> None:
        words = {"chain": TITLES[name], "name": name}
        if broken is None:
            self.stdout.write(_("%(chain)s (%(name)s): unbroken") % words)
            return
        words |= {"row": broken.seq, "what": WHAT.get(broken.reason, broken.reason)}
        self.stderr.write(_("%(chain)s (%(name)s): broken at row %(row)s: %(what)s") % words)

    def _collect(self, _copies: Path | None) -> None:
        made = audit.collect_views()
        text = ngettext("%(count)s event from spooled views", "%(count)s events from spooled views", made)
        self.stdout.write(text % {"count": made})

    def _heads(self, _copies: Path | None) -> None:
        self.stdout.write(_("Signed heads are in %(file)s") % {"file": watch.sign_heads()})
