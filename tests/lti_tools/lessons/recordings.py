"""What the tests of lessons do again and again: bring a file in, hand it in, work it off."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from django.db import transaction

from lti_tools.definitions import api as definitions
from lti_tools.lessons import api as lessons
from lti_tools.lessons import files
from lti_tools.outbox.api import Again
from lti_tools.programmes import api as programmes

ANY_LENGTH = (0, 90)


def placed(cast: Any, who: str) -> Any:
    enrolment = cast.enrolment(who)
    programmes.place(enrolment, skill="S1", diagnosis={})
    return enrolment


def brought_in(person: Any, content: bytes) -> lessons.Upload:
    """An upload that has arrived completely, as far as the rooms behind the endpoint can tell."""
    upload = lessons.new_upload(person.id, length=len(content), metadata={"filename": "lesson.mp4"})
    files.upload_file(upload.id).write_bytes(content)
    return upload


def hand_in(
    cast: Any, who: str, source: Path, *, title: str = "二十以内的加法", rubric: str = "basic-operation"
) -> Any:
    """Submits `source` as a lesson and returns its take."""
    enrolment = cast.enrolment(who)
    upload = brought_in(enrolment.person, source.read_bytes())
    with transaction.atomic():
        lesson = lessons.submit(
            enrolment,
            title=title,
            subject="数学",
            stage="primary",
            rubric_hash=definitions.get("rubric", rubric).hash,
            upload_id=upload.id,
            owner=enrolment.person,
        )
    return lesson.takes.get()


def checked(take: Any, minutes: tuple[float, float] = ANY_LENGTH) -> str:
    """The code of the refusal; "" when the recording is accepted."""
    return lessons.check(take.id, minutes=minutes).code


def rendered(take: Any) -> int:
    """Works off every step as the outbox would; returns how many it took."""
    payload: dict[str, object] = {"take": str(take.id)}
    for step in range(1, 200):
        again = lessons.render_step(payload)
        if not isinstance(again, Again):
            return step
        payload = again.payload
    raise AssertionError("rendering does not come to an end")


def ready(cast: Any, who: str, source: Path, **more: Any) -> Any:
    take = hand_in(cast, who, source, **more)
    assert checked(take) == ""
    rendered(take)
    take.refresh_from_db()
    return take


def ffmpeg(*arguments: object) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=120)


def ffprobe(path: Path, *entries: str) -> str:
    asked = ["ffprobe", "-v", "error", "-of", "default=noprint_wrappers=1", *entries, str(path)]
    return subprocess.run(asked, check=True, capture_output=True, text=True, timeout=60).stdout
