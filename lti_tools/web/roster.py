"""Importing a roster: upload, look at what would happen and at every wrong row, decide."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.errors import Refused
from lti_tools.people.api import require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Programme
from lti_tools.rosters import api as rosters
from lti_tools.web.screen import PageRequest, screen

PROBLEMS_ON_A_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """One file; what is in it is judged by the reader, not here."""

    file = forms.FileField(allow_empty_file=True)


def programme_to_fill(request: PageRequest, programme_id: uuid.UUID) -> Programme:
    """The programme, for those who may import into all of its area."""
    found = programmes.programme_for(request.actor, programme_id)
    require(request.actor, "roster.import", area=found.area)
    return found


@screen("roster.import", methods=("GET", "POST"))
def upload(request: PageRequest, programme_id: uuid.UUID) -> HttpResponse:
    programme = programme_to_fill(request, programme_id)
    form = UploadForm(request.POST or None, request.FILES or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            staged = _stage(request, programme, form.cleaned_data["file"])
            return redirect("roster", import_id=staged.id)
        except Refused as problem:
            refused = problem
    return _upload_page(request, programme, refused=refused)


def _stage(request: PageRequest, programme: Programme, file: Any) -> Any:
    return rosters.stage_roster(request.actor, programme, file, file_name=file.name or "")


def _upload_page(request: PageRequest, programme: Programme, *, refused: Refused | None) -> HttpResponse:
    language = get_language() or "zh-hans"
    columns = [
        (column.text(language), column.required, column.help(language))
        for column in rosters.columns()
        if column.kept
    ]
    context = {
        "programme": programme,
        "columns": columns,
        "refused": refused,
        "nothing_chosen": request.method == "POST" and refused is None,
    }
    return render(
        request, "shijie/roster_upload.html", context, status=422 if request.method == "POST" else 200
    )


@screen("roster.import")
def sample(request: PageRequest) -> HttpResponse:
    content = rosters.sample_sheet(language=get_language() or "zh-hans")
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="roster-sample.xlsx"'
    return response


@screen("roster.import")
def roster(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    """Before the decision: what would happen. After it: what happened."""
    found = rosters.roster_for(request.actor, import_id)
    problems = rosters.problems_of(found)
    context = {
        "roster": found,
        "good": sum(found.summary.get("expected", {}).values()),
        "wrong_rows": len({problem.row for problem in problems}),
        "problems": Paginator(problems, PROBLEMS_ON_A_PAGE).get_page(request.GET.get("page")),
        "counts": _counts(found.summary),
        "nothing_new": set(found.summary.get("expected", {})) == {"unchanged"},
        "nothing_changed": set(found.summary.get("outcome", {})) == {"unchanged"},
    }
    page = "roster_preview" if found.state == found.State.CHECKED else "roster_result"
    return render(request, f"shijie/{page}.html", context)


def _counts(summary: dict[str, Any]) -> list[tuple[int, str]]:
    found = summary.get("outcome") or summary.get("expected") or {}
    words = {
        "new": _("new people"),
        "changed": _("people whose details change"),
        "transferred": _("people who move to another school"),
        "unchanged": _("people who stay as they are"),
    }
    return [(found[kind], text) for kind, text in words.items() if found.get(kind)]


@screen("roster.import", methods=("POST",))
def apply(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    """All rows, or by the officer's own choice the good rows only."""
    good_rows_only = request.POST.get("choice") == "good-rows"
    count = journey.import_roster(request.actor, import_id, good_rows_only=good_rows_only)
    text = ngettext("%(count)s person taken over.", "%(count)s people taken over.", count) % {"count": count}
    messages.success(request, text)
    return redirect("roster", import_id=import_id)


@screen("roster.import", methods=("POST",))
def discard(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    found = rosters.roster_for(request.actor, import_id)
    rosters.discard_roster(request.actor, found)
    messages.success(request, _("The file was put aside. Nothing was taken over."))
    return redirect("roster-upload", programme_id=found.programme_id)


urlpatterns = [
    path("office/programmes/<uuid:programme_id>/roster", upload, name="roster-upload"),
    path("office/rosters/<uuid:import_id>", roster, name="roster"),
    path("office/rosters/<uuid:import_id>/apply", apply, name="roster-apply"),
    path("office/rosters/<uuid:import_id>/discard", discard, name="roster-discard"),
    path("office/roster-sample.xlsx", sample, name="roster-sample"),
]
