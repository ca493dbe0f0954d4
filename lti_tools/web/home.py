"""The first page: for those who are somebody, their own; for everybody else, the way in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from lti_tools.web.navigation import first_page
from lti_tools.web.screen import PageRequest, screen
from lti_tools.web.second_factor import code_address


@screen("public.home", framed=True)
def home(request: PageRequest) -> HttpResponse:
    actor = request.actor
    if not actor.known:
        return render(request, "shijie/home.html")
    waits = actor.withheld and not actor.grants
    return redirect(code_address() if waits else first_page(actor))
