"""An officer's first page: the own area, its programmes, and what waits for a decision."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from lti_tools.identities.api import waiting_for
from lti_tools.people.api import Actor, areas_of, may
from lti_tools.privacy import api as privacy
from lti_tools.programmes import api as programmes
from lti_tools.rosters.api import rosters_to_decide
from lti_tools.web.screen import PageRequest, screen


@screen("programme.see")
def home(request: PageRequest) -> HttpResponse:
    actor = request.actor
    context = {
        "areas": top_areas(actor),
        "programmes": programmes.programmes_in_sight(actor),
        "accounts_waiting": waiting_for(actor).count(),
        "confirms": may(actor, "identity.confirm"),
        "leaves_waiting": programmes.proposals_for(actor).count(),
        "rosters_waiting": rosters_to_decide(actor),
        "corrections_waiting": privacy.corrections.waiting_for(actor).count(),
        "erasures_waiting": privacy.orders.waiting_for(actor).count(),
    }
    return render(request, "shijie/officer_home.html", context)


def top_areas(actor: Actor) -> list[Any]:
    """The areas the officer was given, without all those below them."""
    mine = list(areas_of(actor, "programme.see").order_by("path"))
    inside = {area.id for area in mine}
    return [area for area in mine if area.parent_id not in inside]


urlpatterns = [path("office", home, name="officer-home")]
