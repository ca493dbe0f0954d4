"""A village teacher of 58: from the course to a certificate that anyone can check."""

from __future__ import annotations

import io

import pikepdf
from django.test import Client
from storybook import BASIC_PRACTICE, PLAYS_SLIDES, Story, numbers_in, readable

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.outbox import api as outbox
from lti_tools.results import api as results


def test_a_village_teacher_of_58_goes_from_the_first_question_to_a_certificate(story: Story) -> None:
    # She opens the activity in her course and is greeted by name; there is one thing to do.
    assert story.launches("senior")["Location"] == "/path"
    start = story.sees("senior", "path")
    assert "王守田老师，先看看您已经会做哪些" in start

    # Twelve plain questions later she knows her tier, why, and what is still missing.
    assert story.answers("senior", PLAYS_SLIDES)["Location"] == "/path"
    path = story.sees("senior", "path")
    assert "基础操作层" in path
    assert "58" in path
    assert "会播放课件" in path
    assert "设备连接与投屏" in path

    # The specialist of her school watches her work and signs off what she saw.
    story.signs_in("specialist")
    assert "王守田" in story.sees("specialist", "specialist-desk")
    assert story.signs_off("specialist", "senior", *BASIC_PRACTICE).status_code == 302

    # She hands in her recorded lesson over a line that breaks once; it becomes playable.
    lesson = story.records_a_lesson("senior", title="二十以内的加法")
    page = story.browser("senior").get("/lesson").content.decode()
    assert "<video" in page

    # Two raters from other schools judge it without knowing whose it is.
    called = story.desks()
    assert len(called) == 2
    assert "rater_same_school" not in called
    for rater, [reading] in called.items():
        sheet = story.sees(rater, "rating-sheet", reading)
        assert "二十以内的加法" in sheet
        assert "王守田" not in sheet
        assert "甲县村小" not in sheet
        story.rates(rater, reading, level=3, BO1=4)

    # She reads the result with the raters' remarks at their place in the recording.
    result = story.sees("senior", "lesson-result", lesson)
    assert "84 / 100" in result
    assert "0:02" in result
    assert "这里能看出投屏与画面切换" in result

    # Behind: the score is in the gradebook of her course, the paper is set, nothing has failed.
    story.background()
    assert numbers_in(story.lms.gradebook(story.sub("senior"))) == [84.0]
    assert outbox.problems() == []

    # She downloads her certificate, and anybody finds it genuine by number and name.
    certificate = certificates.of_enrolment(story.cast.enrolment("senior"))
    assert certificate is not None
    paper = b"".join(story.browser("senior").get(f"/certificates/{certificate.id}.pdf"))
    assert len(pikepdf.open(io.BytesIO(paper)).pages) == 1
    stranger = Client()
    given = {"number": certificates.shown(certificate.number), "name": "王守田"}
    checked = readable(stranger.post("/verify", given).content.decode())
    assert "甲县村小" in checked
    assert "基础操作层" in checked
    assert "26" in checked
    assert "1968" not in checked

    # What was recorded on the way can be proved, row by row.
    assert audit.verify() is None
    assert results.verify() is None
    kinds = [entry.kind for entry in results.of_enrolment(story.cast.enrolment("senior").id)]
    assert kinds.count("diagnosis") == kinds.count("lesson") == kinds.count("award") == 1
