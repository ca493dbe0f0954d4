"""The tus 1.0 endpoint: recordings arrive in parts, over a bad line, and are never sent twice.

Extensions: creation (with deferred length), checksum, expiration, termination. An upload belongs to the person
signed in; CSRF protection stays on, so the browser sends X-CSRFToken with every request. Refusals are short
texts in the person's language. https://tus.io/protocols/resumable-upload
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable, Mapping
from functools import wraps

from django.conf import settings
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.lessons import api as lessons
from lti_tools.web.screen import PageRequest, View, screen

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-defer-length,checksum,expiration,termination"
PART = "application/offset+octet-stream"
METADATA_MAX = 4096
# A line that went dead without a word must not hold the upload: the sender comes back on another one.
SILENCE_SECONDS = 30
REASONS = {460: "Checksum Mismatch"}


def tus(view: View) -> View:
    """What every answer of the protocol has in common: the version, no caching, refusals as plain text."""

    @wraps(view)
    def answered(request: PageRequest, **kwargs: object) -> HttpResponse:
        try:
            if request.method != "OPTIONS":
                _require_version(request)
            response = view(request, **kwargs)
        except Refused as problem:
            response = _refusal(problem)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return answered


def _require_version(request: PageRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise _misunderstood("tus.version", status=412)


def _refusal(problem: Refused) -> HttpResponse:
    text = "\n".join(str(part) for part in (problem.message, problem.kept, problem.todo) if part)
    response = HttpResponse(text, status=problem.status, content_type="text/plain; charset=utf-8")
    response.reason_phrase = REASONS.get(problem.status, response.reason_phrase)
    response["X-Refusal"] = problem.code
    if problem.status == 412:
        response["Tus-Version"] = VERSION
    if "offset" in problem.values:
        response["Upload-Offset"] = str(problem.values["offset"])
    return response


def _misunderstood(code: str, *, status: int = 400) -> Refused:
    return Refused(
        code,
        _("The browser and the server did not understand each other."),
        kept=_("Everything that arrived is kept."),
        todo=_("Load the page again and choose the same file; it goes on where it stopped."),
        status=status,
    )


@screen("lesson.submit", methods=("POST", "OPTIONS"))
@tus
def uploads(request: PageRequest) -> HttpResponse:
    """POST opens an upload and names its address; OPTIONS says what this server can do."""
    if request.method == "OPTIONS":
        return _abilities()
    upload = lessons.new_upload(_owner(request), length=_announced(request), metadata=_metadata(request))
    response = HttpResponse(status=201)
    # A path without host: right behind any proxy, and under any prefix.
    response["Location"] = reverse("upload", args=[upload.id])
    return _with_expiry(response, upload)


def _abilities() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(settings.SHIJIE_UPLOAD_MAX_BYTES)
    response["Tus-Checksum-Algorithm"] = ",".join(lessons.ALGORITHMS)
    return response


@screen("lesson.submit", methods=("HEAD", "PATCH", "POST", "DELETE", "OPTIONS"))
@tus
def upload(request: PageRequest, upload_id: uuid.UUID) -> HttpResponse:
    """HEAD tells how much has arrived, PATCH brings more, DELETE gives the upload up."""
    method = _meant(request)
    if method == "OPTIONS":
        return _abilities()
    found = lessons.find_upload(upload_id, owner=_owner(request))
    return ANSWERS[method](request, found)


def _meant(request: PageRequest) -> str:
    """A proxy that knows no PATCH is passed by naming the method in a POST: only there, for CSRF guards it."""
    method = request.headers.get("X-HTTP-Method-Override", "") if request.method == "POST" else request.method
    if method not in {*ANSWERS, "OPTIONS"}:
        raise _misunderstood("tus.method", status=405)
    return str(method)


def _tell(_request: PageRequest, found: lessons.Upload) -> HttpResponse:
    response = HttpResponse(status=200)
    response["Upload-Offset"] = str(lessons.offset_of(found))
    if found.length is None:
        response["Upload-Defer-Length"] = "1"
    else:
        response["Upload-Length"] = str(found.length)
    return _with_expiry(response, found)


def _receive(request: PageRequest, found: lessons.Upload) -> HttpResponse:
    if request.content_type != PART:
        raise _misunderstood("tus.content_type", status=415)
    size = _whole(request, "Content-Length")
    if size is None:
        raise _misunderstood("tus.length_required", status=411)
    offset = _whole(request, "Upload-Offset")
    if offset is None:
        raise _misunderstood("tus.offset_required")
    _bound_silence(request)
    length, checksum = _whole(request, "Upload-Length"), _checksum(request)
    reached = lessons.append(found, request, offset=offset, size=size, length=length, checksum=checksum)
    response = HttpResponse(status=204)
    response["Upload-Offset"] = str(reached)
    found.refresh_from_db(fields=["expires_at"])
    return _with_expiry(response, found)


def _delete(_request: PageRequest, found: lessons.Upload) -> HttpResponse:
    lessons.delete(found)
    return HttpResponse(status=204)


ANSWERS: Mapping[str, Callable[[PageRequest, lessons.Upload], HttpResponse]] = {
    "HEAD": _tell,
    "PATCH": _receive,
    "DELETE": _delete,
}


def _with_expiry(response: HttpResponse, found: lessons.Upload) -> HttpResponse:
    if found.state == lessons.Upload.State.OPEN:
        response["Upload-Expires"] = http_date(found.expires_at.timestamp())
    return response


def _owner(request: PageRequest) -> uuid.UUID:
    """Known: the screen lets nobody in who is not somebody."""
    assert request.actor.person_id is not None  # noqa: S101
    return request.actor.person_id


def _announced(request: PageRequest) -> int | None:
    """The length of the file, or None when the sender says that it comes later; one of the two it must."""
    length, deferred = _whole(request, "Upload-Length"), request.headers.get("Upload-Defer-Length")
    if (length is None) == (deferred is None) or deferred not in {None, "1"}:
        raise _misunderstood("tus.length")
    return length


def _whole(request: PageRequest, header: str) -> int | None:
    value = request.headers.get(header)
    if value in {None, ""}:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", value or ""):
        raise _misunderstood(f"tus.{header.lower()}")
    return int(value or 0)


def _metadata(request: PageRequest) -> dict[str, str]:
    header = request.headers.get("Upload-Metadata", "")
    if len(header) > METADATA_MAX:
        raise _misunderstood("tus.metadata")
    return dict(_entry(pair) for pair in header.split(",") if pair.strip())


def _entry(pair: str) -> tuple[str, str]:
    key, _space, value = pair.strip().partition(" ")
    try:
        text = base64.b64decode(value, validate=True).decode("utf-8", errors="replace")
    except binascii.Error as broken:
        raise _misunderstood("tus.metadata") from broken
    return key, text.replace("\x00", "")


def _checksum(request: PageRequest) -> lessons.Checksum | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _space, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error as broken:
        raise _misunderstood("tus.checksum") from broken
    if algorithm not in lessons.ALGORITHMS or not digest:
        raise _misunderstood("tus.checksum")
    return lessons.Checksum(algorithm=algorithm, digest=digest)


def _bound_silence(request: PageRequest) -> None:
    """Gunicorn lends its socket; with a time limit a dead line ends the request and frees the file's lock."""
    line = request.META.get("gunicorn.socket")
    if line is not None:
        line.settimeout(SILENCE_SECONDS)


urlpatterns = [
    path("uploads", uploads, name="uploads"),
    path("uploads/<uuid:upload_id>", upload, name="upload"),
]
