"""Views of personal data, kept outside the database until a job chains them: a page that is read stays a read.

One file a process, one line a page, appended in one write. Whoever collects takes a file away by renaming it and
then waits for the lock, so that a writer who had it open a moment before has finished its line.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import socket
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lti_tools.audit.events import NewEvent, record_many

log = logging.getLogger(__name__)
SEEN = "viewed"
UNSPOOLED = "views.unspooled"
# Where nobody collects for days, files stay so small that one of them fits into memory with ease.
FULL_BYTES = 8 * 1024 * 1024


def viewed(*, actor: str, subjects: Iterable[str], what: str) -> None:
    """Notes that `actor` was shown data of these people; `what` is a code such as "programme.people".

    Never breaks the page. Where the file cannot be written the view enters the trail at once and counts as a
    problem (`trail.unspooled`); where that fails too, the log says so.
    """
    people = sorted({str(subject) for subject in subjects})
    if not people:
        return
    line = {"at": timezone.now().isoformat(), "actor": actor, "what": what, "subjects": people}
    try:
        _append(f"{json.dumps(line, separators=(',', ':'))}\n".encode())
    except OSError as error:
        log.error("a view could not be spooled", extra={"code": "audit.spool", "errno": error.errno})
        _record_at_once(seen(actor=actor, people=people, detail={"what": what}), errno=error.errno or 0)


def seen(
    *, actor: str, people: Sequence[str], detail: Mapping[str, str | int], at: datetime | None = None
) -> NewEvent:
    """The event of a view: of one person as its subject, of many as its mentions."""
    alone = len(people) == 1
    return NewEvent(
        SEEN,
        actor=actor,
        subject=people[0] if alone else "",
        detail=detail,
        mentions=() if alone else tuple(people),
        at=at,
    )


def _record_at_once(event: NewEvent, *, errno: int) -> None:
    trouble = NewEvent(UNSPOOLED, actor="system", detail={"errno": errno})
    try:
        with transaction.atomic():
            record_many([event, trouble])
    except Exception:
        log.exception("a view could not be recorded", extra={"code": "audit.view_lost"})


def root() -> Path:
    return Path(settings.SHIJIE_SPOOL_ROOT)


def _own_file() -> Path:
    return root() / f"views-{socket.gethostname()}-{os.getpid()}.jsonl"


def _append(line: bytes) -> None:
    path = _own_file()
    while True:
        handle = _opened(path)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            if os.fstat(handle).st_size >= FULL_BYTES:
                _put_aside(path)
            elif _still(handle, path):
                if os.write(handle, line) != len(line):
                    raise OSError(28, "written in part")
                return
        finally:
            os.close(handle)


def _put_aside(path: Path) -> None:
    """Under a name that is collected like any other; another thread may have done it a moment before."""
    with suppress(FileNotFoundError):
        path.rename(path.with_name(f"{path.stem}-{uuid.uuid4().hex}{path.suffix}"))


def _opened(path: Path) -> int:
    """For appending, by us alone. What lies there as a link is somebody else's and is refused."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)


def _still(handle: int, path: Path) -> bool:
    """Whether the open file is the one of that name: a collector may have taken it away meanwhile."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
