"""The endpoint against the text of tus 1.0, and against everybody who means no good or has a bad line."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import uuid
from datetime import timedelta
from typing import Any

import pytest
import recordings
from django.db import transaction
from django.test import Client
from django.urls import reverse, set_script_prefix
from django.utils import timezone

from lti_tools.lessons import api as lessons
from lti_tools.lessons import files, room, uploads
from lti_tools.lessons.models import Upload

CONTENT = bytes(range(256)) * 40


class Sender:
    """Speaks tus through Django's test client."""

    def __init__(self, client: Any):
        self.client = client

    def call(self, method: str, url: str, body: bytes = b"", **headers: str) -> Any:
        sent = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("Content-Type", "application/offset+octet-stream")
        if not body:  # Django's client says nothing about an empty body; browsers do
            sent |= {"Content-Type": kind, "Content-Length": "0"}
        return self.client.generic(method, url, body, content_type=kind, headers=sent)

    def open(self, length: int = len(CONTENT), **headers: str) -> str:
        answer = self.call("POST", reverse("uploads"), Upload_Length=str(length), **headers)
        assert answer.status_code == 201, answer.content.decode()
        return str(answer["Location"])

    def send(self, url: str, body: bytes, *, offset: int, **headers: str) -> Any:
        return self.call("PATCH", url, body, Upload_Offset=str(offset), **headers)


@pytest.fixture
def sender(cast: Any, browse_as: Any) -> Sender:
    return Sender(browse_as("senior"))


def id_in(url: str) -> uuid.UUID:
    return uuid.UUID(url.rsplit("/", 1)[1])


def bytes_of(url: str) -> bytes:
    return files.upload_file(id_in(url)).read_bytes()


def test_a_recording_arrives_in_parts_and_is_the_same_file(sender: Sender) -> None:
    url = sender.open(Upload_Metadata="filename " + base64.b64encode("我的课.mp4".encode()).decode())
    first = sender.send(url, CONTENT[:5000], offset=0)
    assert (first.status_code, first["Upload-Offset"], first.content) == (204, "5000", b"")
    told = sender.call("HEAD", url)
    assert (told["Upload-Offset"], told["Upload-Length"]) == ("5000", str(len(CONTENT)))
    assert told["Cache-Control"] == "no-store"
    assert sender.send(url, CONTENT[5000:], offset=5000)["Upload-Offset"] == str(len(CONTENT))
    assert bytes_of(url) == CONTENT
    assert Upload.objects.get(id=id_in(url)).metadata == {"filename": "我的课.mp4"}


def test_the_server_says_what_it_can_do(sender: Sender) -> None:
    answer = sender.client.options(reverse("uploads"))
    assert (answer.status_code, answer["Tus-Version"]) == (204, "1.0.0")
    assert set(answer["Tus-Extension"].split(",")) == {
        "creation",
        "creation-defer-length",
        "checksum",
        "expiration",
        "termination",
    }
    assert "sha1" in answer["Tus-Checksum-Algorithm"].split(",")
    assert int(answer["Tus-Max-Size"]) > 0


def test_the_address_of_an_upload_respects_the_path_prefix(sender: Sender) -> None:
    url = reverse("uploads")
    set_script_prefix("/shijie/")
    try:
        answer = sender.call("POST", url, Upload_Length="5")
    finally:
        set_script_prefix("/")
    assert answer["Location"].startswith("/shijie/uploads/")


def test_another_version_of_the_protocol_is_refused_with_ours(sender: Sender) -> None:
    answer = sender.call("POST", reverse("uploads"), Tus_Resumable="0.2.2", Upload_Length="5")
    assert (answer.status_code, answer["Tus-Version"], answer["Tus-Resumable"]) == (412, "1.0.0", "1.0.0")


@pytest.mark.parametrize("wrong", ["-1", "five", "1e3", "9" * 16, "٣"])
def test_a_length_that_is_no_number_is_refused(sender: Sender, wrong: str) -> None:
    answer = sender.call("POST", reverse("uploads"), Upload_Length=wrong)
    assert answer.status_code == 400


def test_an_upload_without_any_length_is_refused(sender: Sender) -> None:
    assert sender.call("POST", reverse("uploads")).status_code == 400
    both = sender.call("POST", reverse("uploads"), Upload_Length="5", Upload_Defer_Length="1")
    assert both.status_code == 400


def test_metadata_that_is_not_base64_is_refused(sender: Sender) -> None:
    answer = sender.call("POST", reverse("uploads"), Upload_Length="5", Upload_Metadata="filename %%%")
    assert answer.status_code == 400


def test_a_file_larger_than_allowed_is_refused_before_a_byte_is_sent(sender: Sender, settings: Any) -> None:
    settings.SHIJIE_UPLOAD_MAX_BYTES = 1000
    answer = sender.call("POST", reverse("uploads"), Upload_Length="1001")
    assert answer.status_code == 413
    assert len(answer.content.decode().splitlines()) == 3  # what happened, what was kept, what to do


def test_a_full_disk_is_said_at_the_start(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "free_bytes", lambda: room.SPARE_BYTES)
    assert sender.call("POST", reverse("uploads"), Upload_Length="5").status_code == 507


def test_an_eleventh_unfinished_upload_is_refused(sender: Sender) -> None:
    opened = [sender.open() for _ in range(uploads.UNFINISHED_MAX)]
    assert sender.call("POST", reverse("uploads"), Upload_Length="5").status_code == 429
    sender.send(opened[0], CONTENT, offset=0)
    assert sender.call("POST", reverse("uploads"), Upload_Length="5").status_code == 201


@pytest.mark.parametrize("offset", [0, 99, 101])
def test_a_part_for_another_offset_changes_nothing(sender: Sender, offset: int) -> None:
    url = sender.open()
    sender.send(url, CONTENT[:100], offset=0)
    answer = sender.send(url, b"x" * 50, offset=offset)
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "100")
    assert bytes_of(url) == CONTENT[:100]


def test_no_byte_past_the_announced_length_is_accepted(sender: Sender) -> None:
    url = sender.open(100)
    assert sender.send(url, b"x" * 101, offset=0).status_code == 413
    assert bytes_of(url) == b""
    sender.send(url, b"x" * 100, offset=0)
    assert sender.send(url, b"y", offset=100).status_code == 413
    assert bytes_of(url) == b"x" * 100


def test_finishing_twice_is_no_mistake(sender: Sender) -> None:
    url = sender.open(4)
    sender.send(url, b"done", offset=0)
    again = sender.send(url, b"", offset=4)
    assert (again.status_code, again["Upload-Offset"]) == (204, "4")


def test_a_part_of_another_kind_or_without_offset_is_refused(sender: Sender) -> None:
    url = sender.open()
    assert sender.send(url, b"x", offset=0, Content_Type="video/mp4").status_code == 415
    assert sender.call("PATCH", url, b"x").status_code == 400
    assert bytes_of(url) == b""


def test_of_two_senders_at_once_the_second_waits(sender: Sender) -> None:
    url = sender.open()
    with files.upload_file(id_in(url)).open("r+b") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        assert sender.send(url, b"x", offset=0).status_code == 423
        assert sender.call("DELETE", url).status_code == 423
        assert sender.call("HEAD", url).status_code == 200
    assert sender.send(url, b"x", offset=0).status_code == 204


def test_a_line_that_goes_dead_keeps_what_came_through(sender: Sender) -> None:
    class DeadLine:
        parts = [CONTENT[:3000], CONTENT[3000:4500]]

        def read(self, size: int, /) -> bytes:
            if not self.parts:
                raise OSError("connection reset by peer")
            return self.parts.pop(0)

    url = sender.open()
    upload = Upload.objects.get(id=id_in(url))
    assert lessons.append(upload, DeadLine(), offset=0, size=len(CONTENT)) == 4500
    assert sender.call("HEAD", url)["Upload-Offset"] == "4500"
    assert sender.send(url, CONTENT[4500:], offset=4500).status_code == 204
    assert bytes_of(url) == CONTENT


@pytest.mark.parametrize("algorithm", lessons.ALGORITHMS)
def test_a_part_with_a_right_checksum_counts_and_a_damaged_one_does_not(
    sender: Sender, algorithm: str
) -> None:
    url = sender.open()
    digest = base64.b64encode(hashlib.new(algorithm, CONTENT[:100]).digest()).decode()
    damaged = sender.send(url, b"?" * 100, offset=0, Upload_Checksum=f"{algorithm} {digest}")
    assert (damaged.status_code, damaged.reason_phrase) == (460, "Checksum Mismatch")
    assert bytes_of(url) == b""
    assert (
        sender.send(url, CONTENT[:100], offset=0, Upload_Checksum=f"{algorithm} {digest}").status_code == 204
    )
    assert bytes_of(url) == CONTENT[:100]
    assert list(files.upload_file(id_in(url)).parent.glob("*.unverified")) == []


@pytest.mark.parametrize("header", ["md4 AAAA", "sha1 %%%", "sha1"])
def test_a_checksum_we_do_not_understand_is_refused(sender: Sender, header: str) -> None:
    url = sender.open()
    assert sender.send(url, b"x", offset=0, Upload_Checksum=header).status_code == 400
    assert bytes_of(url) == b""


def test_a_recording_under_way_tells_its_length_at_the_end(sender: Sender, settings: Any) -> None:
    settings.SHIJIE_UPLOAD_MAX_BYTES = 1000
    opened = sender.call("POST", reverse("uploads"), Upload_Defer_Length="1")
    url = opened["Location"]
    sender.send(url, b"x" * 600, offset=0)
    assert sender.call("HEAD", url)["Upload-Defer-Length"] == "1"
    assert sender.send(url, b"x" * 401, offset=600).status_code == 413
    assert sender.send(url, b"", offset=600, Upload_Length="599").status_code == 400
    assert sender.send(url, b"", offset=600, Upload_Length="1001").status_code == 413
    assert sender.send(url, b"x" * 10, offset=600, Upload_Length="610").status_code == 204
    assert sender.call("HEAD", url)["Upload-Length"] == "610"
    assert sender.send(url, b"", offset=610, Upload_Length="700").status_code == 400


@pytest.mark.parametrize("who", ["colleague", "outsider", "officer", "specialist"])
def test_for_everybody_else_an_upload_does_not_exist(sender: Sender, browse_as: Any, who: str) -> None:
    url = sender.open()
    other = Sender(browse_as(who))
    for answer in (other.call("HEAD", url), other.send(url, b"x", offset=0), other.call("DELETE", url)):
        assert (answer.status_code, answer["Tus-Resumable"]) == (404, "1.0.0")
    unknown = other.call("HEAD", reverse("upload", args=[uuid.uuid4()]))
    assert unknown.status_code == 404
    assert bytes_of(url) == b""


def test_nobody_in_particular_opens_no_upload(cast: Any, browse_as: Any) -> None:
    nobody = Sender(browse_as("nobody"))
    answer = nobody.call("POST", reverse("uploads"), Upload_Length="5")
    assert answer.status_code == 404
    assert not answer.has_header("Tus-Resumable")  # so that the browser does not forget what it has sent
    assert Upload.objects.count() == 0


def test_without_the_token_of_the_page_nothing_is_opened(cast: Any, browse_as: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browse_as("senior").cookies
    answer = Sender(strict).call("POST", reverse("uploads"), Upload_Length="5")
    assert answer.status_code == 403
    assert Upload.objects.count() == 0


def test_an_upload_given_up_is_gone(sender: Sender) -> None:
    url = sender.open()
    sender.send(url, b"x", offset=0)
    assert sender.call("DELETE", url).status_code == 204
    assert not files.upload_file(id_in(url)).exists()
    assert sender.call("HEAD", url).status_code == 404
    assert sender.send(url, b"x", offset=1).status_code == 404


def test_an_upload_left_alone_for_a_week_expires_and_frees_its_room(sender: Sender) -> None:
    url = sender.open()
    sender.send(url, b"x", offset=0)
    kept = sender.open()
    assert sender.call("HEAD", url).has_header("Upload-Expires")
    Upload.objects.filter(id=id_in(url)).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert sender.call("HEAD", url).status_code == 410
    assert sender.send(url, b"x", offset=1).status_code == 410
    assert lessons.delete_expired() == 1
    assert not files.upload_file(id_in(url)).exists()
    assert sender.call("HEAD", kept).status_code == 200


def test_every_part_that_arrives_gives_the_upload_another_week(sender: Sender) -> None:
    url = sender.open()
    Upload.objects.filter(id=id_in(url)).update(expires_at=timezone.now() + timedelta(hours=1))
    sender.send(url, b"x", offset=0)
    assert Upload.objects.get(id=id_in(url)).expires_at > timezone.now() + timedelta(days=6)


def test_a_recording_handed_in_is_no_longer_the_uploaders_to_delete(
    cast: Any, sender: Sender, clips: Any
) -> None:
    take = recordings.hand_in(cast, "senior", clips["lesson-spare.mp4"])
    url = reverse("upload", args=[take.upload_id])
    assert sender.call("DELETE", url).status_code == 403
    assert sender.call("HEAD", url)["Upload-Offset"] == str(take.bytes)
    assert sender.send(url, b"x", offset=take.bytes).status_code == 413
    assert lessons.delete_expired() == 0


def test_a_proxy_that_knows_no_patch_is_passed_by_post_only(sender: Sender) -> None:
    url = sender.open(4)
    answer = sender.call("POST", url, b"done", Upload_Offset="0", X_HTTP_Method_Override="PATCH")
    assert answer.status_code == 204
    assert bytes_of(url) == b"done"
    sneaky = sender.call("HEAD", url, X_HTTP_Method_Override="DELETE")
    assert (sneaky.status_code, sneaky["Upload-Offset"]) == (200, "4")
    assert sender.call("POST", url, X_HTTP_Method_Override="TRACE").status_code == 405


def test_a_refusal_speaks_the_language_of_the_person(sender: Sender, settings: Any) -> None:
    settings.SHIJIE_UPLOAD_MAX_BYTES = 1000
    sender.client.cookies["shijie_language"] = "en"
    english = sender.call("POST", reverse("uploads"), Upload_Length="1001").content.decode()
    assert "too large" in english
    sender.client.cookies["shijie_language"] = "zh-hans"
    chinese = sender.call("POST", reverse("uploads"), Upload_Length="1001").content.decode()
    assert "太大" in chinese


@pytest.mark.django_db(transaction=True)
def test_an_incomplete_upload_cannot_be_handed_in(cast: Any, clips: Any) -> None:
    from lti_tools.definitions import api as definitions
    from lti_tools.errors import Refused

    enrolment = cast.enrolment("senior")
    upload = lessons.new_upload(enrolment.person.id, length=10, metadata={})
    facts = {
        "title": "x",
        "subject": "x",
        "stage": "primary",
        "upload_id": upload.id,
        "owner": enrolment.person,
    }
    rubric = definitions.get("rubric", "basic-operation").hash
    with pytest.raises(Refused) as refused, transaction.atomic():
        lessons.submit(enrolment, rubric_hash=rubric, **facts)
    assert (refused.value.code, refused.value.status) == ("lesson.incomplete", 409)
