"""Resumable uploads by the rules of tus 1.0, without the HTTP: what `web/uploads.py` speaks, this keeps.

The size of the file is the offset. Every byte acknowledged is on disk; no byte past the length is accepted;
two senders never write at once. An upload belongs to one person: for everybody else it does not exist.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused
from lti_tools.lessons import files, room
from lti_tools.lessons.models import Upload

ALGORITHMS = ("sha1", "sha256")
UNFINISHED_MAX = 10
BLOCK = 256 * 1024


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes


def new_upload(owner: uuid.UUID, *, length: int | None, metadata: Mapping[str, str]) -> Upload:
    """Opens an upload. Refuses a file too large, one the disk cannot hold, an eleventh unfinished one, and more
    bytes than one person may pile up without handing them in.
    """
    room.require_allowed(length or 0)
    room.require_disk(length or 0)
    if _unfinished(owner) >= UNFINISHED_MAX:
        raise Refused("upload.too_many", _("You have too many unfinished uploads."), **_TOO_MANY, status=429)
    room.require_small_pile(owner, more=length or 0)
    upload = Upload(
        owner_id=owner, length=length, metadata=dict(metadata), expires_at=timezone.now() + room.KEPT_FOR
    )
    _open_file(files.upload_file(upload.id))
    upload.save(force_insert=True)
    return upload


def _open_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(exist_ok=False)
    files.sync_folder(path.parent)


def _unfinished(owner: uuid.UUID) -> int:
    present = Upload.objects.filter(owner_id=owner, state=Upload.State.OPEN, expires_at__gt=timezone.now())
    return sum(1 for upload in present[:50] if not is_complete(upload))


def find_upload(upload_id: uuid.UUID, *, owner: uuid.UUID) -> Upload:
    """The owner's upload. Unknown, deleted and somebody else's look the same (404); expired is 410."""
    upload = Upload.objects.filter(id=upload_id, owner_id=owner).exclude(state=Upload.State.GONE).first()
    if upload is None:
        raise _unknown()
    if upload.state == Upload.State.OPEN and upload.expires_at <= timezone.now():
        raise Refused(
            "upload.expired", _("This upload was left unfinished for too long."), **_START_AGAIN, status=410
        )
    return upload


def offset_of(upload: Upload) -> int:
    """Bytes that have arrived and are safe."""
    if upload.state == Upload.State.USED:
        return upload.length or 0
    path = files.upload_file(upload.id)
    return path.stat().st_size if path.exists() else 0


def is_complete(upload: Upload) -> bool:
    return upload.length is not None and offset_of(upload) == upload.length


def append(
    upload: Upload,
    source: Source,
    *,
    offset: int,
    size: int,
    length: int | None = None,
    checksum: Checksum | None = None,
) -> int:
    """Appends up to `size` bytes from `source` and returns the new offset once they are on disk.

    A sender that vanishes half way leaves what arrived, unless the part carries a checksum: then all or none.
    Refuses: another sender at work (423), another offset (409), bytes past the length (413), a wrong checksum
    (460).
    """
    with _locked(upload) as file:
        _require_offset(upload, offset)
        _agree_length(upload, length)
        _require_room(upload, offset=offset, size=size)
        if file is None or size == 0:
            return offset
        received = _receive(file, source, size=size, checksum=checksum)
        Upload.objects.filter(id=upload.id).update(expires_at=timezone.now() + room.KEPT_FOR)
        return offset + received


def _receive(file: BinaryIO, source: Source, *, size: int, checksum: Checksum | None) -> int:
    file.seek(0, os.SEEK_END)
    received = _copy_verified(file, source, size, checksum) if checksum else _copy(file, source, size)
    file.flush()
    os.fsync(file.fileno())
    return received


@contextmanager
def _locked(upload: Upload) -> Iterator[BinaryIO | None]:
    """The file, for one sender alone; None once the upload belongs to a take, whose file may have moved."""
    upload.refresh_from_db(fields=["state", "length"])
    if upload.state == Upload.State.USED:
        yield None
        return
    try:
        file = files.upload_file(upload.id).open("r+b")
    except FileNotFoundError as missing:
        raise _unknown() from missing
    with file:
        _lock(file)
        upload.refresh_from_db(fields=["state", "length"])
        if upload.state == Upload.State.GONE:
            raise _unknown()
        yield file


def _lock(file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as busy:
        raise Refused(
            "upload.busy", _("This upload is being received already."), **_WAIT, status=423
        ) from busy


def _unknown() -> Refused:
    return Refused("upload.unknown", _("This upload does not exist."), **_START_AGAIN, status=404)


def _require_offset(upload: Upload, offset: int) -> None:
    present = offset_of(upload)
    if offset != present:
        raise Refused(
            "upload.offset", _("The next part does not fit."), **_CONTINUE, status=409, offset=present
        )


def _agree_length(upload: Upload, length: int | None) -> None:
    """A deferred length is told once; after that it does not change."""
    if length is None or length == upload.length:
        return
    if upload.length is not None or length < offset_of(upload):
        raise Refused("upload.length", _("The length of the recording cannot change."), **_CONTINUE)
    room.require_allowed(length)
    room.require_small_pile(upload.owner_id, more=length, besides=upload.id)
    Upload.objects.filter(id=upload.id, length__isnull=True).update(length=length)
    upload.length = length


def _require_room(upload: Upload, *, offset: int, size: int) -> None:
    """An announced length found its room when the upload was opened; one not yet known asks again each time."""
    most = settings.SHIJIE_UPLOAD_MAX_BYTES if upload.length is None else upload.length
    if offset + size > most:
        raise Refused(
            "upload.too_long", _("More bytes arrived than were announced."), **_CONTINUE, status=413
        )
    room.require_disk(size)
    if upload.length is None:
        room.require_small_pile(upload.owner_id, more=offset + size, besides=upload.id)


def _copy(file: BinaryIO, source: Source, size: int) -> int:
    received = 0
    while received < size:
        try:
            block = source.read(min(BLOCK, size - received))
        except OSError:  # the line went dead: what came through counts
            break
        if not block:
            break
        file.write(block)
        received += len(block)
    return received


def _copy_verified(file: BinaryIO, source: Source, size: int, checksum: Checksum) -> int:
    """Verifies beside the file first: after a kill no unverified byte is counted."""
    aside = Path(f"{file.name}.unverified")
    try:
        with aside.open("w+b") as spool:
            received = _copy(spool, source, size)
            spool.seek(0)
            found = hashlib.file_digest(spool, lambda: hashlib.new(checksum.algorithm, usedforsecurity=False))
            if found.digest() != checksum.digest:
                raise Refused("upload.checksum", _("A part arrived damaged."), **_CONTINUE, status=460)
            spool.seek(0)
            shutil.copyfileobj(spool, file, BLOCK)
        return received
    finally:
        aside.unlink(missing_ok=True)


def delete(upload: Upload) -> None:
    """The owner gives an upload up (tus termination). Refuses one handed in, and one being received."""
    with _locked(upload) as file:
        if file is None:
            raise Refused(
                "upload.used", _("This recording has been handed in already."), **_SEE_LESSON, status=403
            )
        Upload.objects.filter(id=upload.id, state=Upload.State.OPEN).update(state=Upload.State.GONE)
        Path(file.name).unlink(missing_ok=True)


def delete_expired(*, limit: int = 100) -> int:
    """Frees the room of uploads nobody continued for a week; returns how many. Safe to run at any time."""
    late = Upload.objects.filter(state=Upload.State.OPEN, expires_at__lte=timezone.now()).order_by(
        "expires_at"
    )
    freed = 0
    for upload in late[:limit]:
        try:
            delete(upload)
        except Refused:
            continue
        freed += 1
    return freed


_START_AGAIN = {
    "kept": _("What you typed on the page is kept."),
    "todo": _("Choose the recording again; it is then sent from the beginning."),
}
_CONTINUE = {
    "kept": _("Everything that arrived is kept."),
    "todo": _("Press Continue to send the rest."),
}
_WAIT = {
    "kept": _("Everything that arrived is kept."),
    "todo": _("Wait half a minute, then press Continue."),
}
_TOO_MANY = {
    "kept": _("All of them are kept for seven days."),
    "todo": _("Choose one of those files again to finish it, or wait until the oldest is removed."),
}
_SEE_LESSON = {
    "kept": _("The recording is kept with your lesson."),
    "todo": _("See how it is doing on the page of your lessons."),
}
