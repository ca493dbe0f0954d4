"""Addresses under which a recording plays: signed, expiring, and silent about whose lesson it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.lessons import files
from lti_tools.lessons.models import Rendition
from lti_tools.people.api import Actor

Viewer = Actor | str

SALT = "shijie.lessons.media"
TYPES = {Rendition.Kind.VIDEO_360P: "video/mp4", Rendition.Kind.POSTER: "image/jpeg"}


@dataclass(frozen=True)
class Playable:
    """A file that may be sent now. `name` is its place in the media storage."""

    name: str
    path: Path
    size: int
    content_type: str
    tag: str


def media_url(rendition: Rendition, *, viewer: Viewer) -> str:
    """A path that plays this rendition for `SHIJIE_MEDIA_URL_SECONDS`, for whoever holds it.

    It names the rendition and, as a keyed hash, for whom it was made, so that a leaked address can be traced.
    """
    named = [rendition.id.hex, viewer_mark(viewer)]
    return reverse("media", args=[signing.TimestampSigner(salt=SALT).sign_object(named)])


def viewer_mark(viewer: Viewer) -> str:
    pseudonym = viewer.pseudonym if isinstance(viewer, Actor) else viewer
    return salted_hmac(SALT, pseudonym, algorithm="sha256").hexdigest()[:16]


def open_media(token: str) -> Playable:
    """What a signed address stands for. Refuses an expired (410), an altered (403), an emptied one (404)."""
    seconds = settings.SHIJIE_MEDIA_URL_SECONDS
    try:
        named = signing.TimestampSigner(salt=SALT).unsign_object(token, max_age=seconds)
    except signing.SignatureExpired as late:
        raise Refused(
            "media.expired", _("The address of this recording has expired."), **_RELOAD, status=410
        ) from late
    except signing.BadSignature as altered:
        message = _("The address of this recording is not one we gave out.")
        raise Refused("media.altered", message, **_RELOAD, status=403) from altered
    return _playable(uuid.UUID(named[0]))


def _playable(rendition_id: uuid.UUID) -> Playable:
    rendition = Rendition.objects.filter(id=rendition_id).first()
    path = files.media_file(rendition.path) if rendition else None
    if rendition is None or path is None or not path.is_file():
        raise Refused("media.gone", _("This recording is no longer there."), **_GONE, status=404)
    size = path.stat().st_size
    kind = TYPES[Rendition.Kind(rendition.kind)]
    return Playable(
        name=rendition.path, path=path, size=size, content_type=kind, tag=f'"{rendition.id.hex}-{size:x}"'
    )


_RELOAD = {
    "kept": _("The recording itself is kept."),
    "todo": _("Go back to the page with the recording and load it again."),
}
_GONE = {
    "kept": _("The lesson and its marks are kept."),
    "todo": _("Tell your administrator the title of the lesson."),
}
