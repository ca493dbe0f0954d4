"""A recording plays from any place in it, for whom it was meant, and for as long as was meant."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import recordings
from django.test import Client
from django.utils import timezone

from lti_tools.lessons import api as lessons
from lti_tools.lessons import files
from lti_tools.lessons.models import Rendition
from lti_tools.web import media

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What rendering made for the first test, laid out for the others: seconds of ffmpeg for each otherwise."""
    return tmp_path_factory.mktemp("shelf") / "made"


@pytest.fixture
def video(cast: Any, clips: Any, shelf: Path) -> Rendition:
    take = recordings.hand_in(cast, "senior", clips["lesson-spare.mp4"])
    assert recordings.checked(take) == ""
    folder = files.media_file(files.take_folder(take.id))
    if shelf.exists():
        shutil.copytree(shelf, folder, dirs_exist_ok=True)
    recordings.rendered(take)
    if not shelf.exists():
        shutil.copytree(folder, shelf, ignore=shutil.ignore_patterns("source", "work"))
    return Rendition.objects.get(take=take, kind="360p")


@pytest.fixture
def content(video: Rendition) -> bytes:
    return files.media_file(video.path).read_bytes()


def ask(video: Rendition, method: str = "GET", **headers: str) -> Any:
    url = lessons.media_url(video, viewer="rater-1")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().generic(method, url, headers={"Accept-Encoding": "gzip", **sent})


def test_the_whole_file_comes_with_what_a_player_needs(video: Rendition, content: bytes) -> None:
    answer = ask(video)
    assert answer.status_code == 200
    assert b"".join(answer) == content
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Length"] == str(len(content))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert not answer.has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=100-299", 100, 299), ("bytes=5-", 5, None), ("bytes=-50", -50, None)],
)
def test_a_range_is_exactly_that_range(
    video: Rendition, content: bytes, asked: str, first: int, last: int | None
) -> None:
    size = len(content)
    start = first if first >= 0 else size + first
    end = size - 1 if last is None else last
    answer = ask(video, Range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (206, f"bytes {start}-{end}/{size}")
    assert b"".join(answer) == content[start : end + 1]
    assert answer["Content-Length"] == str(end + 1 - start)


def test_a_range_that_goes_too_far_stops_at_the_end(video: Rendition, content: bytes) -> None:
    answer = ask(video, Range=f"bytes={len(content) - 10}-99999999")
    assert b"".join(answer) == content[-10:]


def test_an_open_range_is_answered_in_bounded_pieces(
    video: Rendition, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "OPEN_RANGE_BYTES", 1000)
    answer = ask(video, Range="bytes=10-")
    assert answer["Content-Range"] == f"bytes 10-1009/{len(content)}"
    assert b"".join(answer) == content[10:1010]


@pytest.mark.parametrize("asked", ["bytes={size}-", "bytes=-0", "bytes=99999999-"])
def test_a_range_outside_the_file_is_refused_with_its_size(
    video: Rendition, content: bytes, asked: str
) -> None:
    answer = ask(video, Range=asked.format(size=len(content)))
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(content)}")


@pytest.mark.parametrize("asked", ["bytes=5-3", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"])
def test_nonsense_and_many_ranges_at_once_get_the_whole_file(video: Rendition, asked: str) -> None:
    assert ask(video, Range=asked).status_code == 200


def test_a_range_of_a_file_that_changed_meanwhile_gets_the_whole_file(video: Rendition) -> None:
    tag = ask(video)["ETag"]
    assert ask(video, Range="bytes=0-9", If_Range=tag).status_code == 206
    assert ask(video, Range="bytes=0-9", If_Range='"another"').status_code == 200
    assert ask(video, If_None_Match=tag).status_code == 304


def test_head_tells_the_size_and_sends_nothing(video: Rendition, content: bytes) -> None:
    answer = ask(video, "HEAD")
    assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(len(content)), b"")


def test_an_expired_address_says_so(video: Rendition, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    url = lessons.media_url(video, viewer="rater-1")
    later = (timezone.now() + timedelta(seconds=settings.SHIJIE_MEDIA_URL_SECONDS + 5)).timestamp()
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    answer = Client().get(url, headers={"Accept": "application/json"})
    assert answer.status_code == 410
    assert all(answer.json()[part] for part in ("happened", "kept", "todo"))


def test_an_altered_address_plays_nothing(video: Rendition) -> None:
    url = lessons.media_url(video, viewer="rater-1")
    other = lessons.media_url(Rendition(id=Rendition.objects.get(kind="poster").id), viewer="rater-1")
    mixed = other.split(":")[0] + ":" + url.split(":", 1)[1]
    for wrong in (url[:-1] + ("A" if url[-1] != "A" else "B"), mixed, "/media/" + "x" * 60, "/media/a:b:c"):
        assert Client().get(wrong).status_code == 403, wrong


def test_a_recording_whose_file_is_gone_says_so(video: Rendition) -> None:
    files.media_file(video.path).unlink()
    assert ask(video).status_code == 404


def test_the_address_names_neither_the_teacher_nor_the_viewer(video: Rendition, cast: Any) -> None:
    from django.core import signing

    teacher, viewer = str(cast.people.senior.id), str(cast.people.rater1.id)
    url = lessons.media_url(video, viewer=cast.actor("rater1"))
    inside = str(signing.loads(url.rsplit("/", 1)[1], salt=lessons_salt(), max_age=60))
    for secret in (teacher, viewer):
        assert secret.replace("-", "") not in (url + inside).replace("-", "")
    assert lessons.viewer_mark(viewer) in inside  # a leaked address can be traced by trying


def lessons_salt() -> str:
    from lti_tools.lessons import playback

    return playback.SALT


def test_the_front_server_sends_the_file_where_there_is_one(video: Rendition, settings: Any) -> None:
    settings.SHIJIE_ACCEL_PREFIX = "/protected/"
    answer = ask(video, Range="bytes=0-9")
    assert answer.status_code == 200
    assert re.fullmatch(r"/protected/lessons/[0-9a-f]{32}/360p\.mp4", answer["X-Accel-Redirect"])
    assert answer.content == b""
    assert answer["Content-Type"] == "video/mp4"
