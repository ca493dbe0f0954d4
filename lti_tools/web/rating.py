"""The rating desk: the lessons assigned to a rater, blind, and the sheet on which one of them is judged."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lti_tools import journey
from lti_tools.errors import Refused
from lti_tools.people.api import code_label
from lti_tools.ratings import api as ratings
from lti_tools.ratings.api import Assignment, Incomplete, Problem, Sheet
from lti_tools.web import rating_sheet
from lti_tools.web.screen import PageRequest, screen


@screen("rating.desk")
def desk(request: PageRequest) -> HttpResponse:
    """One lesson to do now; the others below; those handed in at the end."""
    rows = [_shown(row) for row in ratings.assigned_to(request.actor)]
    waiting = [row for row in rows if not row["committed_at"]]
    context = {
        "next": waiting[0] if waiting else None,
        "waiting": waiting[1:],
        "done": [row for row in rows if row["committed_at"]],
    }
    return render(request, "shijie/rating.html", context)


def _shown(row: Assignment) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    return {
        "reading_id": row.reading_id,
        "code": row.blind_code,
        "rubric": row.rubric_title.text(language),
        "title": row.title,
        "subject": row.subject,
        "stage": code_label("stage", row.stage, language=language),
        "length": rating_sheet.length(row.duration_ms),
        "due": row.due,
        "late": row.late,
        "begun": row.begun,
        "committed_at": row.committed_at,
    }


@screen("rating.rate", methods=("GET", "POST"))
def sheet(request: PageRequest, reading_id: uuid.UUID) -> HttpResponse:
    """The recording beside the criteria. Everything works without a script; with one it saves by itself."""
    if request.method == "POST":
        return _sent(request, reading_id)
    found = ratings.reading(request.actor, reading_id)
    if found.committed:
        return redirect("rating-confirm", reading_id)
    return _page(request, found)


def _sent(request: PageRequest, reading_id: uuid.UUID) -> HttpResponse:
    marks = rating_sheet.entered(request.POST)
    try:
        ratings.save_draft(request.actor, reading_id, marks, revision=rating_sheet.revision(request.POST))
    except Refused as problem:
        # The page comes back as it was sent, so that nothing typed is lost with the refusal.
        found = ratings.reading(request.actor, reading_id)
        return _page(request, found, marks=marks, refusal=problem, status=problem.status)
    if request.POST.get("then") != "check":
        messages.success(request, _("Saved. You can go on later, on any device."))
        return redirect("rating-sheet", reading_id)
    found = ratings.reading(request.actor, reading_id)
    problems = found.problems()
    if problems:
        return _page(request, found, problems=problems, status=422)
    return redirect("rating-confirm", reading_id)


def _page(
    request: PageRequest,
    found: Sheet,
    *,
    marks: Any = None,
    problems: Iterable[Problem] = (),
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    criteria = rating_sheet.criteria(found, marks=marks, problems=problems)
    counted = [criterion for criterion in criteria if not criterion.feedback_only]
    context = {
        "row": _shown(found.assignment),
        "media_url": found.assignment.media_url,
        "poster_url": found.assignment.poster_url,
        "criteria": criteria,
        "counted": len(counted),
        "chosen": sum(1 for criterion in counted if criterion.chosen),
        "revision": request.POST.get("revision", "") if refusal else found.revision,
        "saved_at": found.saved_at,
        "problems": tuple(problems),
        "refusal": refusal,
    }
    return render(request, "shijie/rating_sheet.html", context, status=status)


@screen("rating.rate", methods=("POST",))
def keep(request: PageRequest, reading_id: uuid.UUID) -> HttpResponse:
    """Saving by itself while the rater works; answers in JSON what was saved, or why not."""
    marks, base = rating_sheet.entered(request.POST), rating_sheet.revision(request.POST)
    revision = ratings.save_draft(request.actor, reading_id, marks, revision=base)
    at = time_format(timezone.localtime(), "H:i")
    return JsonResponse({"revision": revision, "said": _("Saved at %(time)s") % {"time": at}})


@screen("rating.rate", methods=("GET", "POST"))
def confirm(request: PageRequest, reading_id: uuid.UUID) -> HttpResponse:
    """What will be handed in, once more on one page; after that, what was handed in."""
    if request.method == "POST":
        return _hand_in(request, reading_id)
    found = ratings.reading(request.actor, reading_id)
    problems = () if found.committed else found.problems()
    if problems:
        return _page(request, found, problems=problems, status=422)
    context = {
        "row": _shown(found.assignment),
        "criteria": rating_sheet.criteria(found),
        "committed": found.committed,
    }
    return render(request, "shijie/rating_confirm.html", context)


def _hand_in(request: PageRequest, reading_id: uuid.UUID) -> HttpResponse:
    try:
        journey.commit_reading(request.actor, reading_id)
    except Incomplete as problem:
        found = ratings.reading(request.actor, reading_id)
        return _page(request, found, problems=problem.problems, status=422)
    # The same words whatever the other raters did: a rater learns nothing about them.
    messages.success(request, _("Handed in and sealed. Thank you."))
    return redirect("rating-desk")


urlpatterns = [
    path("rating", desk, name="rating-desk"),
    path("rating/<uuid:reading_id>", sheet, name="rating-sheet"),
    path("rating/<uuid:reading_id>/draft", keep, name="rating-draft"),
    path("rating/<uuid:reading_id>/confirm", confirm, name="rating-confirm"),
]
