"""Importing a roster: upload, say what the columns are, look at what would happen and at every wrong row, decide."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools.errors import Refused
from lti_tools.office import rosters as office
from lti_tools.people.api import require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Programme
from lti_tools.rosters import api as rosters
from lti_tools.web import roster_pages as pages
from lti_tools.web.roster_export import export
from lti_tools.web.roster_mapping import MappingPage
from lti_tools.web.screen import PageRequest, screen

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
            return redirect("roster", import_id=_received(request, programme, form.cleaned_data["file"]))
        except Refused as problem:
            refused = problem
    return _upload_page(request, programme, refused=refused)


def _received(request: PageRequest, programme: Programme, file: Any) -> uuid.UUID:
    return office.receive(request.actor, programme, file, file_name=file.name or "").id


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
    return attached(content, name="roster-sample.xlsx")


def attached(content: bytes, *, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@screen("roster.import")
def roster(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    """Whatever the import waits for: the reading, the officer's answer about its columns, the decision, nothing."""
    found = rosters.roster_for(request.actor, import_id)
    if found.state == found.State.MAPPING:
        return render(request, "shijie/roster_mapping.html", MappingPage(found).context())
    template, context = pages.page(found, page=request.GET.get("page", "1"))
    return render(request, f"shijie/{template}.html", context)


@screen("roster.import")
def progress(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    """The part of the page that htmx asks for until the worker is done; then the whole page is loaded anew."""
    found = rosters.roster_for(request.actor, import_id)
    answer = render(request, "shijie/roster_progress.html", pages.progress(found))
    if not pages.working(found):
        answer["HX-Refresh"] = "true"
    return answer


@screen("roster.import")
def rows(request: PageRequest, import_id: uuid.UUID, kind: str) -> HttpResponse:
    """Everybody whom the roster would do one thing to, with what would change."""
    found = rosters.roster_for(request.actor, import_id)
    context = pages.rows(found, kind, page=request.GET.get("page", "1"))
    return render(request, "shijie/roster_rows.html", context)


@screen("roster.import", methods=("GET", "POST"))
def mapping(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    """What each column and each unknown word of the sheet is; open until the import is decided."""
    found = rosters.roster_for(request.actor, import_id)
    if request.method == "GET":
        return render(request, "shijie/roster_mapping.html", MappingPage(found).context())
    page = MappingPage(found, given=request.POST)
    try:
        office.choose_mapping(request.actor, import_id, chosen=page.chosen, words=page.words)
    except rosters.MappingProblems as problem:
        context = MappingPage(found, given=request.POST, problems=problem.fields).context()
        return render(request, "shijie/roster_mapping.html", context | {"refused": problem}, status=422)
    return redirect("roster", import_id=import_id)


@screen("roster.import")
def errors(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    """The wrong rows of the file with a column of reasons, to be corrected and uploaded again."""
    return attached(office.export_errors(request.actor, import_id), name="roster-errors.xlsx")


@screen("roster.import", methods=("POST",))
def apply(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    """All rows, or by the officer's own choice the good rows only; the worker takes them over."""
    office.decide(
        request.actor,
        import_id,
        good_rows_only=request.POST.get("choice") == "good-rows",
        absent_left=request.POST.get("absent") == "left",
    )
    return redirect("roster", import_id=import_id)


@screen("roster.import", methods=("POST",))
def discard(request: PageRequest, import_id: uuid.UUID) -> HttpResponse:
    found = office.discard(request.actor, import_id)
    messages.success(request, _("The file was put aside. Nothing was taken over."))
    return redirect("roster-upload", programme_id=found.programme_id)


urlpatterns = [
    path("office/programmes/<uuid:programme_id>/roster", upload, name="roster-upload"),
    path("office/programmes/<uuid:programme_id>/roster.<slug:kind>", export, name="roster-export"),
    path("office/rosters/<uuid:import_id>", roster, name="roster"),
    path("office/rosters/<uuid:import_id>/progress", progress, name="roster-progress"),
    path("office/rosters/<uuid:import_id>/columns", mapping, name="roster-mapping"),
    path("office/rosters/<uuid:import_id>/rows/<slug:kind>", rows, name="roster-rows"),
    path("office/rosters/<uuid:import_id>/errors.xlsx", errors, name="roster-errors"),
    path("office/rosters/<uuid:import_id>/apply", apply, name="roster-apply"),
    path("office/rosters/<uuid:import_id>/discard", discard, name="roster-discard"),
    path("office/roster-sample.xlsx", sample, name="roster-sample"),
]
