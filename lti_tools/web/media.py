"""Plays a recording from a signed address, any part of it (RFC 9110, section 14), never all in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import path

from lti_tools.lessons.api import Playable, open_media
from lti_tools.web.screen import screen

BLOCK = 64 * 1024
# A range without an end is answered up to here, and the player asks again (RFC 9110, 15.3.7): a paused video
# must not hold a worker.
OPEN_RANGE_BYTES = 4 * 1024 * 1024


@screen("media.play")
def play(request: HttpRequest, token: str) -> HttpResponseBase:
    """The whole file (200), a range of it (206), or why not: 416, and 410 or 403 for the address itself."""
    media = open_media(token)
    # Compressing a video gains nothing and would take away the lengths that seeking needs.
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    response = _answer(request, media)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = media.tag
    response["Cache-Control"] = f"private, max-age={settings.SHIJIE_MEDIA_URL_SECONDS}"
    response["Content-Disposition"] = f'inline; filename="lesson{media.path.suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _answer(request: HttpRequest, media: Playable) -> HttpResponseBase:
    if request.headers.get("If-None-Match") == media.tag:
        return HttpResponse(status=304)
    if settings.SHIJIE_ACCEL_PREFIX:
        return _by_front_server(media)
    first, last = 0, media.size - 1
    wanted = _wanted_range(request, media)
    if wanted is not None:
        first, last = wanted
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{media.size}"})
    response = _part(request, media, first=first, last=last)
    if wanted is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{media.size}"
    return response


def _by_front_server(media: Playable) -> HttpResponse:
    """nginx sends the file itself, ranges included; the internal address never reaches the browser."""
    prefix = settings.SHIJIE_ACCEL_PREFIX.rstrip("/")
    return HttpResponse(
        content_type=media.content_type, headers={"X-Accel-Redirect": f"{prefix}/{quote(media.name)}"}
    )


def _wanted_range(request: HttpRequest, media: Playable) -> tuple[int, int] | None:
    """First and last byte; None for the whole file, as for several ranges at once and for nonsense."""
    if request.headers.get("If-Range") not in {None, media.tag}:
        return None
    found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", request.headers.get("Range", "").strip())
    if not found or found.group(0) == "bytes=-":
        return None
    start, end = found.groups()
    if not start:
        return _tail(int(end), media.size)
    if end and int(end) < int(start):
        return None
    last = int(end) if end else int(start) + OPEN_RANGE_BYTES - 1
    return int(start), min(last, media.size - 1)


def _tail(length: int, size: int) -> tuple[int, int]:
    """The last `length` bytes; none of them is a range that cannot be satisfied."""
    return (max(0, size - length), size - 1) if length else (size, size - 1)


def _part(request: HttpRequest, media: Playable, *, first: int, last: int) -> HttpResponseBase:
    length = last - first + 1
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=media.content_type)
    else:
        response = StreamingHttpResponse(_blocks(media.path, first, length), content_type=media.content_type)
    response["Content-Length"] = str(length)
    return response


def _blocks(source: Path, first: int, length: int) -> Iterator[bytes]:
    with source.open("rb") as file:
        file.seek(first)
        while length > 0:
            block = file.read(min(BLOCK, length))
            if not block:
                return
            length -= len(block)
            yield block


urlpatterns = [path("media/<str:token>", play, name="media")]
