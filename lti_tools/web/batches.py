"""The batches of a programme: made, changed, and filled school by school or person by person."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.office import programmes as office
from lti_tools.people.api import require
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Batch, Enrolment, Programme
from lti_tools.web.fields import Day, Line
from lti_tools.web.screen import PageRequest, screen

PEOPLE_ON_A_PAGE = 100
# What the doors refuse is shown at the field it is about.
FIELD_OF = {"batch.title_taken": "title", "batch.outside_programme": "ends"}


class BatchForm(forms.Form):
    title = Line(
        label=gettext_lazy("Name of the batch"),
        max_length=80,
        error_messages={"required": gettext_lazy("Please give the batch a name.")},
    )
    starts = Day(gettext_lazy("First day"))
    ends = Day(gettext_lazy("Last day"))


@screen("programme.open", methods=("GET", "POST"))
def batches(request: PageRequest, programme_id: uuid.UUID) -> HttpResponse:
    found = programmes.programme_for(request.actor, programme_id)
    require(request.actor, "programme.open", area=found.area)
    form = BatchForm(request.POST or None, initial={"starts": found.starts, "ends": found.ends})
    if request.method == "POST" and form.is_valid() and (made := _opened(request, found, form)):
        messages.success(request, _("The batch is there. Now choose who is in it."))
        return redirect("programme-batch", batch_id=made.id)
    context = {
        "programme": found,
        "form": form,
        "counts": programmes.batch_counts(programmes.part_of(request.actor, found), found),
    }
    return render(request, "shijie/programme_batches.html", context, status=_status(request))


def _status(request: PageRequest) -> int:
    """A form that is shown again after it was sent was not accepted."""
    return 422 if request.method == "POST" else 200


def _opened(request: PageRequest, found: Programme, form: BatchForm) -> Batch | None:
    try:
        return office.open_batch(request.actor, found, **form.cleaned_data)
    except Refused as problem:
        return _say(form, problem)


def _say(form: forms.Form, problem: Refused) -> None:
    if problem.code not in FIELD_OF:
        raise problem
    form.add_error(FIELD_OF[problem.code], f"{problem.message} {problem.todo}")


@screen("programme.open", methods=("GET", "POST"))
def batch(request: PageRequest, batch_id: uuid.UUID) -> HttpResponse:
    found = programmes.batch_for(request.actor, batch_id)
    fields = ("title", "starts", "ends")
    initial = {key: getattr(found, key) for key in fields}
    form = BatchForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _changed(request, found, form):
        messages.success(request, _("The batch was changed."))
        return redirect("programme-batch", batch_id=found.id)
    return render(
        request, "shijie/programme_batch.html", _filling(request, found, form), status=_status(request)
    )


def _changed(request: PageRequest, found: Batch, form: BatchForm) -> bool:
    try:
        office.change_batch(request.actor, found, **form.cleaned_data)
    except Refused as problem:
        _say(form, problem)
        return False
    return True


def _filling(request: PageRequest, found: Batch, form: BatchForm) -> dict[str, Any]:
    school = request.GET.get("school", "").strip()
    rows = _people(request, found.programme, school)
    people = Paginator(rows, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page", "1"))
    shown = [str(enrolment.person_id) for enrolment in people.object_list]
    audit.viewed(actor=request.actor.pseudonym, subjects=shown, what="programme.batch")
    return {
        "batch": found,
        "programme": found.programme,
        "form": form,
        "school": school,
        "people": people,
    }


def _people(request: PageRequest, found: Programme, school: str) -> QuerySet[Enrolment]:
    """The people of the programme, narrowed to one school by its code where one is given."""
    rows = programmes.part_of(request.actor, found).select_related("batch")
    if not school:
        return rows
    return rows.filter(person__affiliations__school__code=school, person__affiliations__until__isnull=True)


@screen("programme.open", methods=("POST",))
def assign(request: PageRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Those who were ticked, or everybody of the school that was asked for."""
    found = programmes.batch_for(request.actor, batch_id)
    school = request.POST.get("school", "").strip()
    rows = _people(request, found.programme, school)
    if not (request.POST.get("everybody") and school):
        rows = rows.filter(id__in=_ids(request.POST.getlist("enrolment")))
    changed = office.assign_batch(request.actor, found, rows)
    text = ngettext("%(new)s person is new in the batch.", "%(new)s people are new in the batch.", changed)
    messages.success(request, text % {"new": changed})
    return redirect(
        f"{reverse('programme-batch', args=[found.id])}{f'?school={school}' if school.isalnum() else ''}"
    )


def _ids(given: list[str]) -> list[uuid.UUID]:
    """What is no id at all was not on the page."""
    found = []
    for text in given:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


urlpatterns = [
    path("office/programmes/<uuid:programme_id>/batches", batches, name="programme-batches"),
    path("office/batches/<uuid:batch_id>", batch, name="programme-batch"),
    path("office/batches/<uuid:batch_id>/people", assign, name="programme-batch-assign"),
]
