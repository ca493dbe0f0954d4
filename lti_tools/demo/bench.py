"""The workbench of xblock-sdk inside the demo LMS: its views, behind one door that loads the scenarios first.

The workbench knows its usages only after the scenarios were loaded in this process, and two threads loading
them at once would fail; so every way in goes through `_loaded`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from workbench import views as workbench
from workbench.runtime import WorkbenchRuntime
from workbench.scenarios import get_scenarios
from xblock.core import XBlock

from lti_tools.demo import directory, services

View = Callable[..., HttpResponse]
_LOADING = Lock()


def _loaded(view: View) -> View:
    @wraps(view)
    def with_scenarios(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with _LOADING:
            get_scenarios()
        return view(request, *args, **kwargs)

    return with_scenarios


@_loaded
def index(request: HttpRequest) -> HttpResponse:
    page = {
        "scenarios": [(name, _title(name)) for name in get_scenarios() if _is_ours(name)],
        "people": directory.stories(),
        "staff": services.COURSE_STAFF,
    }
    return render(request, "lms/bench.html", page)


@_loaded
@csp_update({"style-src": settings.WORKBENCH_STYLE})
def show(request: HttpRequest, scenario_id: str, view_name: str = "student_view") -> HttpResponse:
    request.bench = {"scenario": scenario_id, "staff": services.COURSE_STAFF}  # type: ignore[attr-defined]
    return workbench.show_scenario(request, scenario_id, view_name)


handler = _loaded(workbench.handler)


def _title(scenario: str) -> str:
    return str(WorkbenchRuntime().get_block(get_scenarios()[scenario].usage_id).title())


def _is_ours(scenario: str) -> bool:
    return str(XBlock.load_class(scenario.split(".")[0]).__module__).startswith("xblocks.")
