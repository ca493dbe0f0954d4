"""The rules of retention for administrators: what is due, and what the last run took away."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language

from lti_tools.privacy import api as privacy
from lti_tools.web.screen import PageRequest, screen


@screen("retention.see")
def retention(request: PageRequest) -> HttpResponse:
    language = get_language() or "zh-hans"
    last = privacy.last_run()
    taken = last.counts if last else {}
    rows = [
        {
            "code": due.rule.code,
            "covers": due.rule.covers.text(language),
            "since": due.rule.since.text(language),
            "happens": due.rule.happens.text(language),
            "basis": due.rule.basis.text(language),
            "days": due.rule.days,
            "due": due.count,
            "taken": taken.get(due.rule.code),
        }
        for due in privacy.due(privacy.next_run())
    ]
    context = {"rows": rows, "last": last, "next": privacy.next_run()}
    return render(request, "shijie/retention.html", context)


urlpatterns = [path("retention", retention, name="retention")]
