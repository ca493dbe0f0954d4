"""Who judges a lesson, when, and what happens when they do not agree."""

from __future__ import annotations

import pytest
from storybook import BASIC_PRACTICE, PLAYS_SLIDES, RATERS, Story, numbers_in

from lti_tools.certificates import api as certificates


@pytest.fixture
def prepared(story: Story) -> Story:
    """She is placed, has practised, and everything is signed off; only the lesson is missing."""
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.signs_in("specialist")
    story.signs_off("specialist", "senior", *BASIC_PRACTICE)
    return story


def test_two_who_differ_by_two_levels_call_a_third_who_sees_nothing_of_them(prepared: Story) -> None:
    story = prepared
    lesson = story.records_a_lesson("senior", clip="lesson-spare.mp4")
    first, second = story.desks().items()
    story.rates(first[0], first[1][0], level=3)
    story.rates(second[0], second[1][0], level=3, BO2=1)

    # Nothing is decided, and she hears nothing before it is.
    assert story.browser("senior").get(f"/lessons/{lesson}/result").status_code == 404
    assert "您的课正在评审" in story.sees("senior", "path")
    assert story.lms.gradebook(story.sub("senior")) == []

    # One more rater finds the lesson on the desk: an empty sheet, and no word about the other two.
    [(third, [reading])] = story.desks().items()
    assert third not in {first[0], second[0]}
    sheet = story.sees(third, "rating-sheet", reading)
    assert "整节课都看得清楚" not in sheet
    assert "第三" not in sheet

    story.rates(third, reading, level=3)
    story.background()

    # 80, 72.5 and 80: the two closest count, and the median of the three levels of each criterion.
    result = story.sees("senior", "lesson-result", lesson)
    assert "80 / 100" in result
    assert "第三位评审" in result
    assert numbers_in(story.lms.gradebook(story.sub("senior"))) == [80.0]


def test_a_rater_of_her_own_school_is_never_called(prepared: Story) -> None:
    prepared.records_a_lesson("senior", clip="lesson-spare.mp4")
    prepared.signs_in("rater_same_school")
    assert "二十以内的加法" not in prepared.sees("rater_same_school", "rating-desk")


def test_a_lesson_that_fails_is_handed_in_again_to_new_raters_and_the_best_counts(prepared: Story) -> None:
    story = prepared

    # The sound cannot be followed: the lesson misses a gate and fails, though its total would do.
    failed = story.records_a_lesson("senior", clip="lesson-spare.mp4", title="第一次")
    first_raters = story.everybody_rates(level=3, BO4=1)
    story.background()
    result = story.sees("senior", "lesson-result", failed)
    assert "不合格" in result
    assert certificates.of_enrolment(story.cast.enrolment("senior")) is None
    assert "提交您的公开课录像" in story.sees("senior", "path")

    # She records it again. Nobody who saw the first one is called.
    again = story.records_a_lesson("senior", clip="lesson-jia.mp4", title="第二次")
    second_raters = story.everybody_rates(level=2, BO1=3)
    story.background()
    assert set(first_raters) | set(second_raters) == set(RATERS)
    assert not set(first_raters) & set(second_raters)

    # 72.5 without passing, then 64 that passes: the one that passes is hers, in the gradebook too.
    assert "64 / 100" in story.sees("senior", "lesson-result", again)
    assert numbers_in(story.lms.gradebook(story.sub("senior"))) == [72.5, 64.0]
    certificate = certificates.of_enrolment(story.cast.enrolment("senior"))
    assert certificate is not None
    page = story.sees("senior", "path")
    assert certificates.shown(certificate.number) in page


def test_a_lesson_waits_for_the_raters_until_casting_and_recording_are_signed_off(story: Story) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.records_a_lesson("senior", clip="lesson-spare.mp4")
    story.signs_in("specialist")
    assert story.desks() == {}

    # Casting alone is not enough, and other practice does not stand in for recording.
    story.signs_off("specialist", "senior", "task-B1", "task-C1")
    story.background()
    assert story.desks() == {}

    story.signs_off("specialist", "senior", "task-B3")
    story.background()
    assert len(story.desks()) == 2


def test_a_teacher_is_told_to_practise_while_the_lesson_waits_for_it(story: Story) -> None:
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.records_a_lesson("senior", clip="lesson-spare.mp4")
    assert "练一练，请专员看" in story.sees("senior", "path")
    assert "您的课正在评审" not in story.sees("senior", "path")
