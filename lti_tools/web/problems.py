"""Every background failure ends here, where an administrator sees it and can try again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.audit import api as audit
from lti_tools.errors import Denied
from lti_tools.outbox import api as outbox
from lti_tools.web.screen import PageRequest, screen

KINDS = {
    "open_case": gettext_lazy("Call two raters"),
    "call_third": gettext_lazy("Call a third rater"),
    "publish_grade": gettext_lazy("Send a score to a gradebook"),
    "issue_certificate": gettext_lazy("Set a certificate"),
    "advance_report_run": gettext_lazy("Make a report set"),
    "check_take": gettext_lazy("Check a recording"),
    "render_take": gettext_lazy("Make a recording playable"),
    "read_roster": gettext_lazy("Read a roster"),
    "apply_roster": gettext_lazy("Take a roster over"),
    "carry_over": gettext_lazy("Carry over what is unfinished in a closed programme"),
    "erase_person": gettext_lazy("Erase a person"),
    "prove_chains": gettext_lazy("Prove the audit trail and the ledger"),
    "ship_heads": gettext_lazy("Carry the signed heads elsewhere"),
}


@screen("problems.see")
def problems(request: PageRequest) -> HttpResponse:
    rows = [(row, KINDS.get(row.kind, row.kind)) for row in outbox.problems()]
    context = {"rows": rows, "waiting": outbox.waiting(), "unspooled": audit.unspooled()}
    return render(request, "shijie/problems.html", context)


@screen("problems.retry", methods=("POST",))
def retry(request: PageRequest, row_id: int) -> HttpResponse:
    if not outbox.retry(row_id):
        raise Denied("problems.retry")
    audit.record("outbox.retried", actor=request.actor.pseudonym, detail={"row": row_id})
    messages.success(request, _("It will be tried again within a minute."))
    return redirect("problems")
