"""Doing a thing twice: by a lost answer, by an impatient finger, or because one has learnt something."""

from __future__ import annotations

from storybook import BASIC_PRACTICE, LETS_STUDENTS_ANSWER, PLAYS_SLIDES, Story

from lti_tools.lessons import api as lessons
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks


def test_the_same_upload_handed_in_twice_is_one_lesson(story: Story) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    upload = story.uploads("senior", "lesson-spare.mp4")
    first = story.hands_in("senior", upload=upload)
    assert story.hands_in("senior", upload=upload, title="按了第二次") == first

    story.background()
    assert story.hands_in("senior", upload=upload) == first
    [lesson] = lessons.lessons_of(story.cast.enrolment("senior"))
    assert (lesson.title, lesson.state) == ("二十以内的加法", "ready")


def test_a_file_of_somebody_else_comes_back_with_its_reason_and_uses_no_attempt(story: Story) -> None:
    for who in ("senior", "colleague"):
        story.launches(who)
        story.answers(who, PLAYS_SLIDES)
        story.records_a_lesson(who, clip="lesson-spare.mp4")
    [refused] = lessons.lessons_of(story.cast.enrolment("colleague"))
    assert refused.state == "refused"
    page = story.sees("colleague", "lesson")
    assert "王守田" not in page
    assert "张同事" in page
    assert lessons.attempts_used(story.cast.enrolment("colleague"), rubric_key="basic-operation") == 0


def test_a_picture_that_calls_itself_a_video_comes_back_with_its_reason(story: Story) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.records_a_lesson("senior", clip="fake-picture.mp4")
    [refused] = lessons.lessons_of(story.cast.enrolment("senior"))
    assert refused.state == "refused"
    assert refused.reason is not None
    assert str(refused.reason.what) in story.sees("senior", "lesson")


def test_a_diagnosis_done_again_moves_the_tier_keeps_the_history_and_doubles_no_hours(story: Story) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    enrolment = story.cast.enrolment("senior")
    assert (enrolment.tier, enrolment.skill) == ("basic", "S1")
    assert str(tasks.hours(enrolment).total) == "1.0"

    # A term later she annotates, records alone and reads her pupils' results.
    story.answers("senior", LETS_STUDENTS_ANSWER)
    enrolment = story.cast.enrolment("senior")
    assert (enrolment.tier, enrolment.skill) == ("integrated", "S2")
    assert "融合应用层" in story.sees("senior", "path")

    assert str(tasks.hours(enrolment).total) == "1.0"
    assert [entry.tier for entry in enrolment.placements.order_by("at")] == ["basic", "integrated"]
    recorded = [entry for entry in results.of_enrolment(enrolment.id) if entry.kind == "diagnosis"]
    assert [entry.value["tier"] for entry in recorded] == ["basic", "integrated"]


def test_what_was_signed_off_before_the_tier_moved_is_not_lost(story: Story) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.signs_in("specialist")
    story.signs_off("specialist", "senior", *BASIC_PRACTICE)
    before = tasks.hours(story.cast.enrolment("senior"))

    story.answers("senior", LETS_STUDENTS_ANSWER)
    enrolment = story.cast.enrolment("senior")
    assert tasks.hours(enrolment) == before
    assert set(BASIC_PRACTICE) <= tasks.passed(enrolment)


def test_signing_off_twice_counts_once(story: Story) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.signs_in("specialist")
    story.signs_off("specialist", "senior", "task-C1")
    hours = tasks.hours(story.cast.enrolment("senior"))
    assert story.signs_off("specialist", "senior", "task-C1").status_code == 422
    assert tasks.hours(story.cast.enrolment("senior")) == hours
