"""How much may lie here: the largest recording, room on the disk, and what one person may pile up."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.lessons import files
from lti_tools.lessons.models import Upload

KEPT_FOR = timedelta(days=7)
SPARE_BYTES = 512 * 1024 * 1024
# What one person may have lying here that is no lesson (open, or refused within the week), in largest recordings.
PILE_MAX = 3


def require_allowed(length: int) -> None:
    most = settings.SHIJIE_UPLOAD_MAX_BYTES
    if length > most:
        message = format_lazy(
            _("This file is too large: at most {gib} GiB are accepted."), gib=f"{most / 1024**3:.3g}"
        )
        raise Refused("upload.too_large", message, **_SMALLER, status=413, most=most)


def require_disk(size: int) -> None:
    if files.free_bytes() - size < SPARE_BYTES:
        raise Refused(
            "upload.disk_full", _("The server has no room for this recording."), **_NO_ROOM, status=507
        )


def require_small_pile(owner: uuid.UUID, *, more: int, besides: uuid.UUID | None = None) -> None:
    """Announced lengths count as if they had arrived, so that ten openings at once do not each find the room."""
    lying = sum(_size(upload) for upload in _pile(owner).exclude(id=besides))
    if lying + more > PILE_MAX * settings.SHIJIE_UPLOAD_MAX_BYTES:
        raise Refused(
            "upload.too_much",
            _("You have sent more recordings than can be kept without a lesson."),
            **_TOO_MUCH,
            status=429,
        )


def _pile(owner: uuid.UUID) -> QuerySet[Upload]:
    now = timezone.now()
    open_still = Q(state=Upload.State.OPEN, expires_at__gt=now)
    refused = Q(take__state="refused", take__received_at__gt=now - KEPT_FOR)
    return Upload.objects.filter(open_still | refused, owner_id=owner)


def _size(upload: Upload) -> int:
    """As announced; of a recording under way what has arrived."""
    if upload.length is not None:
        return upload.length
    path = files.upload_file(upload.id)
    return path.stat().st_size if path.exists() else 0


_SMALLER = {
    "kept": _("What you typed on the page is kept."),
    "todo": _(
        "Record at 720p, or ask your school's specialist to make the file smaller, and choose it again."
    ),
}
_NO_ROOM = {
    "kept": _("What you typed on the page is kept, and the recording is still on your device."),
    "todo": _("Tell your school's specialist, and try again tomorrow."),
}
_TOO_MUCH = {
    "kept": _("Those that arrived are kept for seven days."),
    "todo": _("Hand in one of them first, or wait until the oldest is removed."),
}
