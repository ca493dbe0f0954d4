"""A teacher's account in wrong hands: how much it may pile up, and what a crafted recording may cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import recordings
from django.db import transaction
from test_uploads_protocol import Sender, id_in

from lti_tools.definitions import api as definitions
from lti_tools.errors import Refused
from lti_tools.lessons import api as lessons
from lti_tools.lessons import files, probing, room
from lti_tools.lessons.models import Lesson, Take, Upload
from lti_tools.programmes import api as programmes

pytestmark = pytest.mark.django_db
MOST = 1000


@pytest.fixture
def sender(cast: Any, browse_as: Any, settings: Any) -> Sender:
    settings.SHIJIE_UPLOAD_MAX_BYTES = MOST
    return Sender(browse_as("senior"))


def opening(sender: Sender, length: int | None) -> Any:
    how = {"Upload_Defer_Length": "1"} if length is None else {"Upload_Length": str(length)}
    return sender.call("POST", "/uploads", **how)


def test_one_person_cannot_reserve_more_than_three_of_the_largest_recordings(sender: Sender) -> None:
    answers = [opening(sender, MOST) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[-1]["X-Refusal"] == "upload.too_much"


def test_finished_uploads_that_nobody_hands_in_count_too(sender: Sender) -> None:
    for _ in range(3):
        sender.send(sender.open(MOST), b"x" * MOST, offset=0)
    assert opening(sender, 1)["X-Refusal"] == "upload.too_much"


def test_lengths_told_later_find_no_more_room_than_lengths_told_at_once(sender: Sender) -> None:
    under_way = opening(sender, None)["Location"]
    assert sender.send(under_way, b"x" * 10, offset=0).status_code == 204
    for _ in range(3):
        opening(sender, MOST - 5)
    assert sender.send(under_way, b"x" * 10, offset=10)["X-Refusal"] == "upload.too_much"
    told = sender.send(under_way, b"", offset=10, Upload_Length=str(MOST))
    assert told["X-Refusal"] == "upload.too_much"
    assert lessons.offset_of(Upload.objects.get(id=id_in(under_way))) == 10


def test_refused_recordings_count_for_a_week(sender: Sender, cast: Any) -> None:
    enrolment = recordings.placed(cast, "senior")
    for number in range(3):
        upload = recordings.brought_in(enrolment.person, b"x" * MOST)
        lesson = handed_in(enrolment, upload, title=f"课 {number}")
        lesson.takes.update(state=Take.State.REFUSED)
        Lesson.objects.update(state=Lesson.State.RETURNED)
    assert opening(sender, 1)["X-Refusal"] == "upload.too_much"


def test_another_persons_pile_is_not_mine(sender: Sender, browse_as: Any) -> None:
    for _ in range(3):
        opening(sender, MOST)
    assert opening(Sender(browse_as("middle")), MOST).status_code == 201


def test_a_part_that_would_fill_the_disk_is_refused_and_what_arrived_is_kept(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sender.open(MOST)
    sender.send(url, b"x" * 10, offset=0)
    monkeypatch.setattr(files, "free_bytes", lambda: room.SPARE_BYTES + 5)
    answer = sender.send(url, b"x" * 10, offset=10)
    assert (answer.status_code, answer["X-Refusal"]) == (507, "upload.disk_full")
    assert sender.call("HEAD", url)["Upload-Offset"] == "10"


def test_nul_in_the_metadata_is_left_out(sender: Sender) -> None:
    url = sender.open(10, Upload_Metadata="filename YQBi")  # a NUL b
    assert Upload.objects.get(id=id_in(url)).metadata == {"filename": "ab"}


# Attempts ----------------------------------------------------------------------------------------------------


def handed_in(enrolment: Any, upload: Upload, *, title: str = "认识分数") -> Lesson:
    with transaction.atomic():
        return lessons.submit(
            enrolment,
            title=title,
            subject="数学",
            stage="primary",
            rubric_hash=definitions.get("rubric", "basic-operation").hash,
            upload_id=upload.id,
            owner=enrolment.person,
        )


def test_nobody_hands_in_more_lessons_than_the_rules_allow(cast: Any) -> None:
    enrolment = recordings.placed(cast, "senior")
    most = programmes.award_rules(cast.programme).retake.attempts
    for number in range(most):
        handed_in(enrolment, recordings.brought_in(enrolment.person, bytes([number])))
    one_more = recordings.brought_in(enrolment.person, b"more")
    with pytest.raises(Refused) as refused:
        handed_in(enrolment, one_more)
    assert refused.value.code == "lesson.attempts_used"
    assert Lesson.objects.count() == most
    one_more.refresh_from_db()
    assert one_more.state == Upload.State.OPEN


def test_a_rubric_that_may_fill_two_lessons_of_the_tier_may_be_tried_for_both(cast: Any) -> None:
    enrolment = recordings.placed(cast, "senior")
    rubric = definitions.get("rubric", "standard-lesson")
    once = programmes.award_rules(cast.programme).retake.attempts
    enrolment.tier = "integrated"
    assert programmes.attempts_allowed(enrolment, rubric) == 2 * once
    enrolment.tier = "innovation"
    assert programmes.attempts_allowed(enrolment, rubric) == once


# Crafted recordings ------------------------------------------------------------------------------------------


def crafted(folder: Path, *arguments: object) -> Path:
    recordings.ffmpeg(*arguments, folder / "crafted.mkv")
    return folder / "crafted.mkv"


def test_a_picture_of_gigabytes_is_refused_before_it_is_decoded(cast: Any, tmp_path: Path) -> None:
    picture = ["-f", "lavfi", "-t", "1", "-i", "color=black:s=9000x6000:r=1"]
    sound = ["-f", "lavfi", "-t", "1", "-i", "sine"]
    source = crafted(tmp_path, *picture, *sound, "-c:v", "mjpeg", "-q:v", "31", "-c:a", "aac")
    assert recordings.checked(recordings.hand_in(cast, "senior", source)) == "too_large"


def test_every_decoder_is_told_the_largest_picture(tmp_path: Path) -> None:
    picture = ["-f", "lavfi", "-t", "1", "-i", "color=black:s=9000x6000:r=1"]
    source = crafted(tmp_path, *picture, "-c:v", "mjpeg", "-q:v", "31")
    decoded = probing.run(
        "ffmpeg",
        ["-nostdin", "-v", "error", *probing.guarded(source), "-frames:v", "1", "-f", "null", "-"],
        seconds=30,
    )
    assert "exceeds specified max pixel count" in decoded.stderr


def test_tags_of_a_recording_are_not_asked_for(clips: Any, tmp_path: Path, monkeypatch: Any) -> None:
    source = tmp_path / "tagged.mkv"
    tag = "T" * 50_000
    recordings.ffmpeg("-i", clips["lesson-jia.mp4"], "-c", "copy", "-metadata", f"comment={tag}", source)
    said: list[str] = []
    run = probing.run

    def listening(*arguments: Any, **more: Any) -> Any:
        answer = run(*arguments, **more)
        said.append(answer.stdout)
        return answer

    monkeypatch.setattr(probing, "run", listening)
    assert probing.probe(source).height == 480
    assert tag not in said[0]
    assert len(said[0]) < 2_000


def test_an_upright_recording_is_still_known_as_one(clips: Any, tmp_path: Path) -> None:
    source = tmp_path / "upright.mp4"
    recordings.ffmpeg("-i", clips["lesson-jia.mp4"], "-c", "copy", "-metadata:s:v:0", "rotate=90", source)
    facts = probing.probe(source)
    assert (facts.width, facts.height) == (480, 854)
