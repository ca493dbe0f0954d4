"""Every reason for which a recording goes back to its teacher, each on a real file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import recordings
from django.utils import translation

from lti_tools.audit import api as audit
from lti_tools.lessons import api as lessons
from lti_tools.lessons import checks, probing
from lti_tools.lessons.models import Lesson, Take
from lti_tools.lessons.refusals import SENTENCES
from lti_tools.outbox import api as outbox


def made(folder: Path, name: str, *arguments: object) -> Path:
    recordings.ffmpeg(*arguments, folder / name)
    return folder / name


def black(size: str = "854x480", seconds: int = 2) -> list[object]:
    return ["-f", "lavfi", "-t", seconds, "-i", f"color=black:s={size}:r=10"]


def tone(seconds: int = 2, volume: float = 0.3) -> list[object]:
    return ["-f", "lavfi", "-i", f"aevalsrc={volume}*sin(2*PI*440*t):d={seconds}"]


def test_a_real_lesson_passes_and_its_facts_are_kept(cast: Any, clips: Any) -> None:
    take = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])
    assert outbox.state_of("check_take", key=f"take:{take.id}") == "waiting"
    assert recordings.checked(take) == ""
    take.refresh_from_db()
    assert take.state == Take.State.RENDERING
    assert (take.width, take.height, take.frame_rate) == (854, 480, 25)
    assert abs(take.duration_ms - 12_000) < 100
    assert len(take.sha256) == 64


def test_checking_twice_gives_the_same_answer_without_looking_again(
    cast: Any, clips: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])
    bad = recordings.hand_in(cast, "middle", clips["fake-picture.mp4"])
    first = [recordings.checked(good), recordings.checked(bad)]
    monkeypatch.setattr(probing, "run", lambda *_: pytest.fail("looked again"))
    assert [recordings.checked(good), recordings.checked(bad)] == first == ["", "not_video"]


def test_a_check_killed_half_way_is_done_anew(cast: Any, clips: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    take = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])

    class Killed(BaseException):
        pass

    def killed(*_arguments: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(probing, "read_through", killed)
        with pytest.raises(Killed):
            recordings.checked(take)
    take.refresh_from_db()
    assert take.state == Take.State.CHECKING
    assert recordings.checked(take) == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("fake-picture.mp4", "not_video"),
        ("fake-broken-off.mp4", "truncated"),
        ("fake-no-sound.mp4", "no_sound"),
    ],
)
def test_the_fakes_are_seen_through(cast: Any, clips: Any, name: str, code: str) -> None:
    take = recordings.hand_in(cast, "senior", clips[name])
    assert recordings.checked(take) == code
    take.refresh_from_db()
    assert take.lesson.state == Lesson.State.RETURNED
    event = audit.events_about(str(take.lesson_id))[0]
    assert (event.kind, event.detail) == ("lesson.refused", {"code": code})


def test_words_in_a_file_named_video_are_no_video(cast: Any, tmp_path: Path) -> None:
    (tmp_path / "lesson.mp4").write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")
    assert recordings.checked(recordings.hand_in(cast, "senior", tmp_path / "lesson.mp4")) == "not_video"


def test_a_list_that_points_to_other_files_is_not_opened(cast: Any, tmp_path: Path) -> None:
    (tmp_path / "lesson.mp4").write_text("ffconcat version 1.0\nfile /etc/hostname\n")
    assert recordings.checked(recordings.hand_in(cast, "senior", tmp_path / "lesson.mp4")) == "not_video"


def test_a_head_without_its_index_is_incomplete(cast: Any, clips: Any, tmp_path: Path) -> None:
    late_index = made(tmp_path, "late.mp4", "-i", clips["lesson-jia.mp4"], "-c", "copy")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(late_index.read_bytes()[:60_000])
    assert recordings.checked(recordings.hand_in(cast, "senior", cut)) == "truncated"


def test_sound_with_a_cover_picture_has_no_picture(cast: Any, clips: Any, tmp_path: Path) -> None:
    cover = made(tmp_path, "cover.png", *black(), "-frames:v", 1)
    song = made(
        tmp_path, "song.m4a", "-i", clips["lesson-jia.mp4"], "-i", cover, "-map", "0:a", "-map", "1:v",
        "-c", "copy", "-disposition:v", "attached_pic",
    )  # fmt: skip
    assert recordings.checked(recordings.hand_in(cast, "senior", song)) == "no_picture"


def test_a_codec_no_phone_writes_is_refused_by_name(cast: Any, tmp_path: Path) -> None:
    odd = made(tmp_path, "odd.avi", *black(), *tone(), "-c:v", "ffv1", "-c:a", "pcm_s16le")
    take = recordings.hand_in(cast, "senior", odd)
    assert recordings.checked(take) == "codec_unknown"
    take.refresh_from_db()
    assert take.refusal_values == {"codec": "ffv1"}


def test_a_picture_too_small_to_judge_is_refused_with_both_numbers(cast: Any, tmp_path: Path) -> None:
    small = made(tmp_path, "small.mp4", *black("640x360"), *tone())
    take = recordings.hand_in(cast, "senior", small)
    assert recordings.checked(take) == "too_small"
    take.refresh_from_db()
    assert take.refusal_values == {"height": 360, "least": 480}


def test_a_lesson_filmed_upright_counts_by_its_shorter_side(cast: Any, tmp_path: Path) -> None:
    upright = made(tmp_path, "upright.mp4", *black("480x854"), *tone())
    assert recordings.checked(recordings.hand_in(cast, "senior", upright)) == ""
    narrow = made(tmp_path, "narrow.mp4", *black("360x854"), *tone())
    assert recordings.checked(recordings.hand_in(cast, "middle", narrow)) == "too_small"


def test_silence_is_refused_and_a_quiet_room_is_not(cast: Any, tmp_path: Path) -> None:
    silent = made(tmp_path, "silent.mp4", *black(), *tone(volume=0))
    assert recordings.checked(recordings.hand_in(cast, "senior", silent)) == "silent"
    quiet = made(tmp_path, "quiet.mp4", *black(), *tone(volume=0.01))
    assert recordings.checked(recordings.hand_in(cast, "middle", quiet)) == ""


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        ((0.2, 1), ""),
        ((0.25, 1), "too_short"),
        ((0, 0.2), ""),
        ((0, 0.19), "too_long"),
        ((1, 2), "too_short"),
    ],
)
def test_the_length_is_measured_against_the_minutes_asked_for(
    cast: Any, clips: Any, minutes: tuple[float, float], code: str
) -> None:
    """The lesson of 甲 lasts twelve seconds: 0.2 minutes."""
    take = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])
    assert recordings.checked(take, minutes) == code


def test_without_minutes_of_the_programme_those_of_the_rubric_hold(cast: Any, clips: Any) -> None:
    take = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])
    outcome = lessons.check(take.id)
    assert (outcome.code, outcome.values["least"], outcome.values["most"]) == ("too_short", 15, 45)


def test_a_recording_that_does_not_say_its_length_is_measured(cast: Any, clips: Any, tmp_path: Path) -> None:
    """Browsers write webm without a duration."""
    live = made(
        tmp_path, "live.webm", "-t", 3, "-i", clips["lesson-jia.mp4"],
        "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", 8, "-c:a", "libopus", "-live", 1,
    )  # fmt: skip
    assert "duration=N/A" in recordings.ffprobe(live, "-show_entries", "format=duration")
    take = recordings.hand_in(cast, "senior", live)
    assert recordings.checked(take) == ""
    take.refresh_from_db()
    assert abs(take.duration_ms - 3000) < 200


def test_the_same_file_counts_for_the_first_teacher_only(cast: Any, clips: Any) -> None:
    first = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])
    second = recordings.hand_in(cast, "colleague", clips["lesson-jia.mp4"])
    # The order of handing in decides, not the order of the checks.
    assert recordings.checked(first) == ""
    assert recordings.checked(second) == "same_file_other"
    second.refresh_from_db()
    assert second.refusal_values == {}
    assert "王守田" not in str(lessons.refusal_text(second))


def test_the_same_file_of_the_same_teacher_names_the_earlier_lesson(cast: Any, clips: Any) -> None:
    first = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"], title="十以内的加法")
    assert recordings.checked(first) == ""
    second = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"], rubric="standard-lesson")
    assert recordings.checked(second) == "same_file_own"
    second.refresh_from_db()
    text = lessons.refusal_text(second)
    assert text is not None
    assert "十以内的加法" in str(text.what)


def test_a_file_refused_before_is_refused_for_its_own_fault_again(cast: Any, clips: Any) -> None:
    first = recordings.hand_in(cast, "senior", clips["fake-no-sound.mp4"])
    assert recordings.checked(first) == "no_sound"
    second = recordings.hand_in(cast, "senior", clips["fake-no-sound.mp4"])
    assert recordings.checked(second) == "no_sound"


def test_a_refused_recording_uses_up_no_attempt(cast: Any, clips: Any) -> None:
    enrolment = cast.enrolment("senior")
    refused = recordings.hand_in(cast, "senior", clips["fake-no-sound.mp4"])
    recordings.checked(refused)
    assert lessons.attempts_used(enrolment, rubric_key="basic-operation") == 0
    good = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])
    assert good.lesson.attempt == 1
    assert lessons.attempts_used(enrolment, rubric_key="basic-operation") == 1


def test_every_refusal_says_what_happened_what_was_kept_and_what_to_do_in_both_languages() -> None:
    values = {"seconds": 95, "least": 15, "most": 45, "height": 360, "codec": "ffv1", "title": "加法"}
    for code in SENTENCES:
        take = Take(state=Take.State.REFUSED, refusal=code, refusal_values=values)
        text = lessons.refusal_text(take)
        assert text is not None
        for language in ("zh-hans", "en"):
            with translation.override(language):
                said = [str(text.what), str(text.kept), str(text.todo)]
            assert all(said), code
            assert "{" not in "".join(said), code
            chinese = any("\u4e00" <= letter <= "\u9fff" for letter in "".join(said).replace("加法", ""))
            assert chinese == (language == "zh-hans"), (code, language)


def test_every_code_a_check_may_give_has_its_sentences() -> None:
    source = "".join(Path(module.__file__ or "").read_text() for module in (checks, probing))
    raised = {part.split('"')[0] for part in source.split('Unusable("')[1:]} - {""}
    assert raised <= SENTENCES.keys()
    assert {"no_picture", "no_sound"} <= SENTENCES.keys()


def test_a_check_that_takes_too_long_is_tried_again_later(
    cast: Any, clips: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lti_tools.errors import ShijieError

    take = recordings.hand_in(cast, "senior", clips["lesson-jia.mp4"])
    monkeypatch.setattr(probing, "PROBE_SECONDS", 0.001)
    with pytest.raises(ShijieError) as slow:
        recordings.checked(take)
    assert (slow.value.code, slow.value.permanent) == ("media.too_slow", False)
    take.refresh_from_db()
    assert take.state == Take.State.CHECKING
