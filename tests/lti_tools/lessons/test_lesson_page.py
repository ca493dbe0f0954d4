"""The teacher's page: what it offers, what it takes, and to whom it shows which lesson."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import recordings
from django.urls import reverse

from lti_tools.definitions import api as definitions
from lti_tools.lessons import api as lessons
from lti_tools.lessons.models import Lesson
from lti_tools.outbox import api as outbox


@pytest.fixture
def teacher(cast: Any, browse_as: Any) -> Any:
    recordings.placed(cast, "senior")
    return browse_as("senior")


def given(cast: Any, content: bytes = b"bytes of a lesson", **other: object) -> dict[str, object]:
    upload = recordings.brought_in(cast.people.senior, content)
    return {
        "title": "二十以内的加法",
        "subject": "数学",
        "stage": "primary",
        "rubric": definitions.get("rubric", "basic-operation").hash,
        "consent": "on",
        "private": "on",
        "upload": str(upload.id),
    } | other


def hand_in(client: Any, facts: dict[str, object]) -> Any:
    return client.post(reverse("lesson-submit"), facts, headers={"Accept": "application/json"})


def test_the_page_offers_the_rubrics_of_the_tier_with_the_minutes_agreed(teacher: Any) -> None:
    page = teacher.get(reverse("lesson")).content.decode()
    for key in ("basic-operation", "standard-lesson"):
        assert definitions.get("rubric", key).title.zh in page
    assert definitions.get("rubric", "ai-homework-lesson").title.zh not in page
    # This programme asks for no least length; the most is the rubric's.
    assert 'data-stage="primary" hidden>视频最长 45 分钟。' in page
    assert '<option value="primary" selected>小学</option>' in page
    assert 'value="语文"' in page
    assert "已上传 {percent}%：{sent} / {total} MB" in page


def test_the_page_runs_nothing_that_a_strict_policy_would_stop(teacher: Any) -> None:
    page = teacher.get(reverse("lesson")).content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_in_english_the_page_is_english(teacher: Any) -> None:
    teacher.cookies["shijie_language"] = "en"
    page = teacher.get(reverse("lesson")).content.decode()
    body = re.sub(r'value="[^"]*"', "", page[page.index("<main") : page.index("</main")])
    assert "Send my lesson" in body
    assert not re.search("[\u4e00-\u9fff]", body)


def test_a_teacher_who_was_not_placed_yet_is_sent_to_the_questions(cast: Any, browse_as: Any) -> None:
    page = browse_as("senior").get(reverse("lesson")).content.decode()
    assert reverse("diagnosis") in page
    assert "lesson-form" not in page.replace("lesson-form.js", "")


def test_a_person_without_programme_gets_a_plain_answer(cast: Any, browse_as: Any) -> None:
    assert browse_as("chair").get(reverse("lesson")).status_code == 200


def test_a_lesson_handed_in_is_checked_and_appears_on_the_page(cast: Any, teacher: Any) -> None:
    answer = hand_in(teacher, given(cast))
    assert answer.status_code == 201
    lesson = Lesson.objects.get()
    assert (lesson.title, lesson.rubric_key, lesson.attempt) == ("二十以内的加法", "basic-operation", 1)
    assert lesson.submitted_by == cast.people.senior
    assert lesson.consented_at is not None
    assert outbox.state_of("check_take", key=f"take:{lesson.takes.get().id}") == "waiting"
    page = teacher.get(answer.json()["url"]).content.decode()
    assert "您的课已经提交" in page
    assert reverse("lesson-state", args=[lesson.id]) in page


def test_an_answer_that_was_lost_does_not_make_a_second_lesson(cast: Any, teacher: Any) -> None:
    facts = given(cast)
    first, second = hand_in(teacher, facts), hand_in(teacher, facts)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Lesson.objects.count() == 1


@pytest.mark.parametrize("missing", ["title", "subject", "stage", "rubric", "consent", "private", "upload"])
def test_what_is_missing_is_named_and_nothing_is_handed_in(cast: Any, teacher: Any, missing: str) -> None:
    facts = given(cast)
    del facts[missing]
    answer = hand_in(teacher, facts)
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == [missing]
    assert all(answer.json()[part] for part in ("happened", "kept", "todo"))
    assert Lesson.objects.count() == 0


def test_a_rubric_of_another_tier_cannot_be_chosen(cast: Any, teacher: Any) -> None:
    answer = hand_in(teacher, given(cast, rubric=definitions.get("rubric", "ai-homework-lesson").hash))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["rubric"])
    assert hand_in(teacher, given(cast, stage="university")).status_code == 422


def test_a_colleagues_upload_cannot_be_handed_in(cast: Any, browse_as: Any, teacher: Any) -> None:
    recordings.placed(cast, "colleague")
    answer = hand_in(browse_as("colleague"), given(cast))
    assert answer.status_code == 404
    assert Lesson.objects.count() == 0


def test_an_upload_that_is_not_complete_is_refused_with_what_to_do(cast: Any, teacher: Any) -> None:
    half = lessons.new_upload(cast.people.senior.id, length=100, metadata={})
    answer = hand_in(teacher, given(cast, upload=str(half.id)))
    assert (answer.status_code, answer.json()["code"]) == (409, "lesson.incomplete")
    assert Lesson.objects.count() == 0
    unknown = hand_in(teacher, given(cast, upload=str(uuid.uuid4())))
    assert unknown.status_code == 404


def test_nobody_in_particular_hands_in_nothing(cast: Any, browse_as: Any) -> None:
    assert hand_in(browse_as("nobody"), given(cast)).status_code == 404
    assert browse_as("nobody").get(reverse("lesson")).status_code == 302


@pytest.mark.parametrize("who", ["colleague", "outsider", "rater1", "officer_b", "specialist", "officer"])
def test_only_the_teacher_sees_how_the_own_lesson_is_doing(
    cast: Any, browse_as: Any, teacher: Any, clips: dict[str, Path], who: str
) -> None:
    take = recordings.hand_in(cast, "senior", clips["lesson-spare.mp4"])
    url = reverse("lesson-state", args=[take.lesson_id])
    assert teacher.get(url).status_code == 200
    assert browse_as(who).get(url).status_code == 404
    assert browse_as(who).get(reverse("lesson-state", args=[uuid.uuid4()])).status_code == 404


def test_the_state_goes_from_checking_to_playing(cast: Any, teacher: Any, clips: dict[str, Path]) -> None:
    take = recordings.hand_in(cast, "senior", clips["lesson-spare.mp4"])
    url = reverse("lesson-state", args=[take.lesson_id])
    assert "hx-trigger" in teacher.get(url).content.decode()
    recordings.checked(take)
    assert "正在转换" in teacher.get(url).content.decode()
    recordings.rendered(take)
    page = teacher.get(url).content.decode()
    assert "hx-trigger" not in page
    play = re.search(r' src="([^"]+)"', page)
    assert play is not None
    assert teacher.get(play.group(1)).status_code == 200


def test_a_refused_recording_says_why_in_the_teachers_words(
    cast: Any, teacher: Any, clips: dict[str, Path]
) -> None:
    take = recordings.hand_in(cast, "senior", clips["fake-picture.mp4"])
    recordings.checked(take)
    page = teacher.get(reverse("lesson")).content.decode()
    assert "您上传的文件不是视频" in page
    assert "这次不占用提交次数" in page
    assert "<video" not in page
