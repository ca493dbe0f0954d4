"""A recording becomes playable in bounded steps that survive being killed and repeated."""

from __future__ import annotations

import hashlib
import itertools
from pathlib import Path
from typing import Any

import pytest
import recordings

from lti_tools.errors import ShijieError
from lti_tools.lessons import api as lessons
from lti_tools.lessons import files, rendering
from lti_tools.lessons.models import Lesson, Rendition, Take
from lti_tools.outbox.api import Again


def playable(take: Take) -> Path:
    return files.media_file(take.renditions.get(kind=Rendition.Kind.VIDEO_360P).path)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of five seconds, one part a step: what a long lesson goes through, on a short one."""
    monkeypatch.setattr(rendering, "PIECE_SECONDS", 5)
    monkeypatch.setattr(rendering, "STEP_SECONDS", 0.001)


def accepted(cast: Any, source: Path, who: str = "senior") -> Take:
    take = recordings.hand_in(cast, who, source)
    assert recordings.checked(take) == ""
    take.refresh_from_db()
    return take


def test_a_short_lesson_is_playable_after_one_step(cast: Any, clips: Any) -> None:
    take = accepted(cast, clips["lesson-jia.mp4"])
    assert recordings.rendered(take) == 1
    take.refresh_from_db()
    assert (take.state, take.progress, take.lesson.state) == (Take.State.READY, 100, Lesson.State.READY)
    shown = recordings.ffprobe(playable(take), "-show_entries", "stream=codec_name,width,height,pix_fmt")
    assert "codec_name=h264" in shown
    assert "codec_name=aac" in shown
    assert "height=360" in shown
    assert "pix_fmt=yuv420p" in shown
    poster = files.media_file(take.renditions.get(kind=Rendition.Kind.POSTER).path)
    assert poster.read_bytes()[:2] == b"\xff\xd8"
    assert not (poster.parent / "work").exists()


def test_playing_starts_before_the_whole_file_is_there(cast: Any, clips: Any) -> None:
    content = playable(recordings.ready(cast, "senior", clips["lesson-jia.mp4"])).read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


@pytest.mark.usefixtures("small_pieces")
def test_pieces_join_without_a_gap_and_without_losing_a_frame(cast: Any, clips: Any) -> None:
    take = accepted(cast, clips["lesson-yi.mp4"])
    steps = recordings.rendered(take)
    assert steps >= 6  # poster, sound, four pieces, joint: at least one step each but the last
    counted = ["-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames,duration"]
    shown = recordings.ffprobe(playable(take), *counted)
    assert f"nb_read_frames={16 * 25}" in shown
    assert "duration=16.000000" in shown
    times = recordings.ffprobe(playable(take), "-select_streams", "v", "-show_entries", "packet=pts_time")
    found = [float(line.split("=")[1]) for line in times.split()]
    assert all(abs(later - earlier - 0.04) < 0.001 for earlier, later in itertools.pairwise(found))
    sound = recordings.ffprobe(playable(take), "-select_streams", "a", "-show_entries", "stream=duration")
    assert abs(float(sound.strip().split("=")[1]) - 16) < 0.1


@pytest.mark.usefixtures("small_pieces")
def test_progress_is_seen_to_grow(cast: Any, clips: Any) -> None:
    take = accepted(cast, clips["lesson-yi.mp4"])
    seen = []
    payload: dict[str, object] = {"take": str(take.id)}
    while isinstance(lessons.render_step(payload), Again):
        take.refresh_from_db()
        seen.append(take.progress)
    assert seen == sorted(set(seen))
    assert 0 < seen[0] < seen[-1] < 100


@pytest.mark.usefixtures("small_pieces")
def test_a_step_killed_half_way_costs_one_part_and_changes_no_byte(
    cast: Any, clips: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recordings.ready(cast, "middle", clips["lesson-yi.mp4"])
    Take.objects.filter(id=whole.id).update(sha256="")
    take = accepted(cast, clips["lesson-yi.mp4"])
    payload: dict[str, object] = {"take": str(take.id)}
    work = files.media_file(files.take_folder(take.id)) / "work"

    class Killed(BaseException):
        pass

    def killed(*_arguments: object, **_more: object) -> None:
        raise Killed

    for _ in range(3):
        lessons.render_step(payload)
    before = sorted(path.name for path in work.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(rendering.os, "replace", killed)
        with pytest.raises(Killed):
            lessons.render_step(payload)
    (work / "half-0000-picture-001.mp4").write_bytes(b"left by a kill -9")
    assert sorted(path.name for path in work.iterdir() if not path.name.startswith("half-")) == before
    recordings.rendered(take)
    digests = {hashlib.sha256(playable(each).read_bytes()).hexdigest() for each in (whole, take)}
    assert len(digests) == 1


def test_killed_before_the_row_was_closed_the_step_is_repeated_without_harm(cast: Any, clips: Any) -> None:
    take = recordings.ready(cast, "senior", clips["lesson-spare.mp4"])
    before = playable(take).stat().st_mtime_ns
    assert lessons.render_step({"take": str(take.id)}) is None
    Take.objects.filter(id=take.id).update(state=Take.State.RENDERING)
    take.renditions.all().delete()
    assert lessons.render_step({"take": str(take.id)}) is None
    take.refresh_from_db()
    assert take.state == Take.State.READY
    assert take.renditions.count() == 2
    assert playable(take).stat().st_mtime_ns == before


def test_what_the_camera_wrote_about_place_and_owner_is_not_passed_on(
    cast: Any, clips: Any, tmp_path: Path
) -> None:
    told = tmp_path / "told.mp4"
    recordings.ffmpeg(
        "-i", clips["lesson-spare.mp4"], "-c", "copy", "-metadata", "title=王守田的课", "-metadata", "artist=王守田",
        "-metadata", "location=+30.1+110.2/", "-metadata", "creation_time=2026-10-01T08:00:00Z",
        "-metadata:s:v:0", "handler_name=王守田", "-movflags", "use_metadata_tags", told,
    )  # fmt: skip
    assert "王守田".encode() in told.read_bytes()
    take = recordings.ready(cast, "senior", told)
    folder = files.media_file(files.take_folder(take.id))
    shown = playable(take).read_bytes() + (folder / "poster.jpg").read_bytes()
    for secret in ("王守田", "+30.1", "2026-10"):
        assert secret.encode() not in shown
    tags = recordings.ffprobe(playable(take), "-show_entries", "format_tags:stream_tags")
    assert "creation_time" not in tags


def test_an_upright_lesson_keeps_its_shape(cast: Any, tmp_path: Path) -> None:
    upright = tmp_path / "upright.mp4"
    recordings.ffmpeg(
        "-f", "lavfi", "-t", 2, "-i", "testsrc2=s=720x1280:r=50", "-f", "lavfi", "-i", "sine=d=2", upright
    )  # fmt: skip
    take = recordings.ready(cast, "senior", upright)
    shown = recordings.ffprobe(playable(take), "-show_entries", "stream=width,height,r_frame_rate")
    assert "width=360" in shown
    assert "height=640" in shown
    assert "r_frame_rate=30/1" in shown


@pytest.mark.usefixtures("small_pieces")
def test_a_recording_from_the_browser_without_an_index_is_cut_at_the_right_places(
    cast: Any, clips: Any, tmp_path: Path
) -> None:
    live = tmp_path / "live.webm"
    recordings.ffmpeg(
        "-i", clips["lesson-jia.mp4"], "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", 8,
        "-c:a", "libopus", "-live", 1, live,
    )  # fmt: skip
    take = accepted(cast, live)
    recordings.rendered(take)
    shown = recordings.ffprobe(
        playable(take), "-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames"
    )
    assert abs(int(shown.strip().split("=")[1]) - 12 * 25) <= 1


@pytest.mark.usefixtures("small_pieces")
def test_a_picture_that_ends_before_the_sound_still_gives_a_whole_lesson(
    cast: Any, clips: Any, tmp_path: Path
) -> None:
    uneven = tmp_path / "uneven.mp4"
    recordings.ffmpeg(
        "-t", 4, "-i", clips["lesson-jia.mp4"], "-i", clips["lesson-yi.mp4"],
        "-map", "0:v", "-map", "1:a", "-c", "copy", uneven,
    )  # fmt: skip
    take = accepted(cast, uneven)
    recordings.rendered(take)
    take.refresh_from_db()
    assert take.state == Take.State.READY
    sound = recordings.ffprobe(playable(take), "-select_streams", "a", "-show_entries", "stream=duration")
    assert abs(float(sound.strip().split("=")[1]) - 16) < 0.1


def test_a_part_that_fails_is_tried_again_and_leaves_nothing_half_done(
    cast: Any, clips: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = accepted(cast, clips["lesson-spare.mp4"])
    with monkeypatch.context() as patched:
        patched.setattr(rendering, "LINES", "nonsense")
        with pytest.raises(ShijieError) as failed:
            lessons.render_step({"take": str(take.id)})
    assert (failed.value.code, failed.value.permanent) == ("media.part_failed", False)
    assert list(files.media_file(files.take_folder(take.id)).rglob("half-*")) == []
    recordings.rendered(take)
    take.refresh_from_db()
    assert take.state == Take.State.READY


def test_a_refused_recording_is_never_rendered(cast: Any, clips: Any) -> None:
    take = recordings.hand_in(cast, "senior", clips["fake-no-sound.mp4"])
    recordings.checked(take)
    assert lessons.render_step({"take": str(take.id)}) is None
    assert take.renditions.count() == 0
