"""Stable addresses: tools store them for years, so they change only with a redirect left behind."""

from __future__ import annotations

from django.urls import path

from .views import launch, service

app_name = "shijie_lms"

_COURSE = "lti/contexts/<path:context_id>"
_ITEM = f"{_COURSE}/lineitems/<uuid:id>"

urlpatterns = [
    path("lti/authorize", launch.authorize, name="authorize"),
    path("lti/jwks", launch.jwks, name="jwks"),
    path("lti/token", service.token, name="token"),
    path(f"{_COURSE}/lineitems", service.lineitems, name="lineitems"),
    path(_ITEM, service.lineitem, name="lineitem"),
    path(f"{_ITEM}/scores", service.scores, name="scores"),
    path(f"{_ITEM}/results", service.results, name="results"),
    path(f"{_COURSE}/memberships", service.memberships, name="memberships"),
]
