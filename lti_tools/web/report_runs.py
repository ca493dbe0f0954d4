"""Report sets: choose, watch, download. An officer sees the runs of the own area and no others."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.errors import Denied
from lti_tools.people.api import Actor, areas_of, require
from lti_tools.programmes import api as programmes
from lti_tools.reporting import api as reporting
from lti_tools.web.screen import PageRequest, screen

TYPES = {
    "archive": "application/zip",
    "sheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class RunForm(forms.Form):
    """Which programme, which of my areas."""

    programme = forms.ModelChoiceField(queryset=None)
    area = forms.ModelChoiceField(queryset=None)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes.programmes_covering(actor)  # type: ignore[attr-defined]
        self.fields["area"].queryset = areas_of(actor, "report.run").order_by("path")  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.empty_label = None  # type: ignore[attr-defined]
            field.error_messages["invalid_choice"] = _("Please choose one from the list.")


@screen("report.run", methods=("GET", "POST"))
def runs(request: PageRequest) -> HttpResponse:
    form = RunForm(request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = journey.request_report(request.actor, **form.cleaned_data)
        return redirect("report-run", run_id=made.id)
    context = {"form": form, "runs": reporting.runs_for(request.actor)[:50]}
    return render(request, "shijie/report_runs.html", context, status=422 if form.is_bound else 200)


@screen("report.run")
def run(request: PageRequest, run_id: uuid.UUID) -> HttpResponse:
    return render(request, "shijie/report_run.html", _context(request, run_id))


@screen("report.run")
def progress(request: PageRequest, run_id: uuid.UUID) -> HttpResponse:
    """The part of the page that htmx asks for again until the set is ready."""
    return render(request, "shijie/report_progress.html", _context(request, run_id))


def _context(request: PageRequest, run_id: uuid.UUID) -> dict[str, object]:
    found = reporting.run_for(request.actor, run_id)
    return {"run": found, "state": reporting.progress(found)}


@screen("report.download")
def download(request: PageRequest, run_id: uuid.UUID, which: str) -> HttpResponse:
    if which not in TYPES:
        raise Denied("report.download")
    require(request.actor, "report.download")
    name, stored = reporting.download(request.actor, run_id, which)
    return FileResponse(stored, as_attachment=True, filename=name, content_type=TYPES[which])
