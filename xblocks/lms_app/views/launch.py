"""The two addresses a browser or a tool's key fetcher meets during a launch."""

from __future__ import annotations

import logging

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from xblocks.lti_platform import FormPost, LaunchRefused, formpost, keys
from xblocks.lti_platform import authorize as answer_request

from .. import conf
from ..platform import platform

logger = logging.getLogger(__name__)

JWKS_SECONDS = 300
MAX_QUERY = 12_000


@csrf_exempt
@xframe_options_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Answers a tool's authentication request with a signed message, or with a page that says why not.

    A POST from the tool's site arrives without a SameSite=Lax session cookie: it is turned into a GET once.
    """
    signed_in = conf.directory().current_sub(request)
    if request.method == "POST" and not signed_in:
        return _as_get(request)
    params = request.POST if request.method == "POST" else request.GET
    try:
        with transaction.atomic():
            form = answer_request(platform(), dict(params.lists()), signed_in=signed_in)
    except LaunchRefused as error:
        logger.warning("launch refused: %s", error.code)
        return _refused(request, code=error.code)
    if form.refused:
        logger.warning("launch refused to the tool: %s", form.refused)
    return _post_page(form)


def _as_get(request: HttpRequest) -> HttpResponse:
    query = request.POST.urlencode()
    if len(query) > MAX_QUERY:
        return _refused(request, code="request_too_long")
    return HttpResponse(status=303, headers={"Location": f"{request.path}?{query}"})


def _refused(request: HttpRequest, *, code: str) -> HttpResponse:
    response = render(request, "shijie_lms/refused.html", {"code": code}, status=400)
    response.headers["Cache-Control"] = "no-store"
    return response


def _post_page(form: FormPost) -> HttpResponse:
    script_url = static("shijie_lms/post.js")
    body = formpost.page(
        form,
        script_url=script_url,
        lang=get_language() or "zh-hans",
        title=_("Opening"),
        text=_("Opening the page for you. If nothing happens, press the button."),
        button=_("Continue"),
    )
    return HttpResponse(body, headers=formpost.headers(form, script_url=script_url))


@require_safe
def jwks(request: HttpRequest) -> JsonResponse:
    """Public keys only; tools may keep them for five minutes. A new key is published as it begins to sign."""
    response = JsonResponse(keys.jwks(platform().keys.published()))
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    return response
