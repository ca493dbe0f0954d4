"""The first page: for those who are somebody, their own; for everybody else, the way in."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from lti_tools.web.navigation import links_for
from lti_tools.web.screen import PageRequest, screen


@screen("public.home", framed=True)
def home(request: PageRequest) -> HttpResponse:
    links = links_for(request.actor)
    if links:
        return redirect(links[0][0])
    return render(request, "shijie/home.html")
