"""The list of schools: out as a file, and in again with every problem by row and column."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lti_tools.errors import Denied, Refused
from lti_tools.office import school_list as office
from lti_tools.organisations import api as organisations
from lti_tools.web.organisation_forms import day_field, reason_field, say_at_the_field
from lti_tools.web.screen import PageRequest, screen

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MOST_SHOWN = 200


class ListForm(forms.Form):
    """The file, the day from which its new facts hold, and why."""

    file = forms.FileField(
        label=gettext_lazy("List of schools (.xlsx or .csv)"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": gettext_lazy("Please choose a file.")},
    )
    since = day_field()
    reason = reason_field()


@screen("organisation.change", methods=("GET", "POST"))
def school_list(request: PageRequest) -> HttpResponse:
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    problems: tuple[Any, ...] = ()
    if form.is_valid():
        taken = _taken(request, form)
        if taken and not taken.problems:
            messages.success(request, _told(taken))
            return redirect("schools")
        problems = taken.problems if taken else ()
    context = {
        "form": form,
        "columns": office.columns(get_language() or "zh-hans"),
        "problems": problems[:MOST_SHOWN],
        "count": len(problems),
    }
    return render(request, "shijie/organisation_list.html", context, status=422 if form.is_bound else 200)


def _taken(request: PageRequest, form: ListForm) -> office.Taken | None:
    given = form.cleaned_data
    file = given.pop("file")
    try:
        return office.take_over(request.actor, file, file_name=file.name, **given)
    except Refused as problem:
        problem.values["field"] = problem.values.get("field", "file")
        say_at_the_field(form, problem)
        return None


def _told(taken: office.Taken) -> str:
    return _("Schools opened: %(opened)s, changed: %(changed)s, as before: %(same)s.") % {
        "opened": taken.opened,
        "changed": taken.changed,
        "same": taken.same,
    }


@screen("organisation.see")
def export(request: PageRequest, kind: str) -> HttpResponse:
    """The schools of the topmost own area, or of the one named in `?area=`."""
    area = organisations.area_seen(request.actor, request.GET.get("area", "")[:6])
    if area is None or kind not in TYPES:
        raise Denied("organisation.see")
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / office.file_name(area, kind)
        office.write_list(request.actor, area, written, language=get_language() or "zh-hans")
        # Opened before the folder goes: the bytes stay readable until they are sent.
        return FileResponse(
            written.open("rb"), as_attachment=True, filename=written.name, content_type=TYPES[kind]
        )


urlpatterns = [
    path("office/schools/list", school_list, name="school-list"),
    path("office/schools/list/<str:kind>", export, name="school-list-file"),
]
