"""The LMS's own pages, the platform side of LTI, and the workbench under its own path.

The workbench's views are its own; its URL table is not included because it brings the Django admin and its
own home page along. The names of its routes are those its runtime reverses.
"""

from __future__ import annotations

from django.urls import include, path, re_path
from workbench import views as workbench

from lti_tools.demo import bench, views

HANDLER = r"(?P<usage_id>[^/]+)/(?P<handler_slug>[^/]*)(?:/(?P<suffix>.*))?$"

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.choose_language, name="choose_language"),
    path("act-as/", views.act_as, name="act_as"),
    path("course/", views.course, name="course"),
    path("course/open/", views.open_tool, name="open_tool"),
    path("gradebook/", views.gradebook, name="gradebook"),
    path("shijie/", include("xblocks.lms_app.urls")),
    path("workbench/", bench.index, name="workbench_index"),
    path("workbench/scenario/<str:scenario_id>/", bench.show, name="workbench_show_scenario"),
    path("workbench/scenario/<str:scenario_id>/<str:view_name>/", bench.show, name="scenario"),
    re_path(rf"^workbench/handler/{HANDLER}", bench.handler, {"authenticated": True}, name="handler"),
    re_path(
        rf"^workbench/unauth_handler/{HANDLER}",
        bench.handler,
        {"authenticated": False},
        name="unauth_handler",
    ),
    path(
        "workbench/resource/<str:block_type>/<path:resource>",
        workbench.package_resource,
        name="package_resource",
    ),
]
handler404 = "lti_tools.demo.views.not_found"
