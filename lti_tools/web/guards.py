"""Asked of a request before anything else looks at it: where it comes from, and whether it is of bearable size."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.rosters.api import MAX_BYTES as MAX_ROSTER_BYTES
from lti_tools.rosters.api import too_big as _roster_too_large
from lti_tools.web import errors

Answer = Callable[[HttpRequest], HttpResponse]
# Recordings come by PATCH and are no forms.
MOST_FORM_BYTES = 12 * 1024 * 1024
# A roster of a whole prefecture, with what surrounds the file in a form: at its own address, for browsers that
# have signed in somewhere, and nowhere else.
ROSTER_ADDRESS = re.compile(r"/office/programmes/[0-9a-f-]{36}/roster")
MOST_ROSTER_BYTES = MAX_ROSTER_BYTES + 1024 * 1024


class ClientAddressMiddleware:
    """Behind our own proxy the address that limits count is the one the proxy saw, not the proxy's.

    Only the last entry of X-Forwarded-For counts: that one our proxy wrote, the others anybody can write.
    """

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SHIJIE_BEHIND_PROXY:
            last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            if _is_address(last):
                request.META["REMOTE_ADDR"] = last
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class BodyMiddleware:
    """Refuses a form larger than any of ours before a byte of it is stored, and addresses no database can read.

    Django sets no limit to files in a form and writes them to disk before a view is asked, for anonymous
    visitors too.
    """

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return errors.bad_request(request, ValueError("NUL"))
        if request.content_type == "multipart/form-data" and _length(request) > _most(request):
            return errors.refused(request, _roster_too_large() if _is_roster(request) else _too_large())
        return self.get_response(request)


def _most(request: HttpRequest) -> int:
    signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
    return MOST_ROSTER_BYTES if signed_in and _is_roster(request) else MOST_FORM_BYTES


def _is_roster(request: HttpRequest) -> bool:
    return ROSTER_ADDRESS.fullmatch(request.path) is not None


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def _too_large() -> Refused:
    return Refused(
        "request.too_large",
        _("What was sent is larger than this page accepts."),
        kept=_("Nothing of it was kept, and nothing of yours has changed."),
        todo=_("Choose a smaller file and send it again."),
        status=413,
    )
