from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("shijie/", include("xblocks.lms_app.urls"))]
