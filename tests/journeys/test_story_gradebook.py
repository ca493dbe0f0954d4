"""The score goes back to every course from which the teacher came, whenever that course was connected."""

from __future__ import annotations

import pytest
from django.utils import timezone
from lti_peer import Said
from storybook import PLAYS_SLIDES, Lms, Story, numbers_in

from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow


@pytest.fixture
def judged(story: Story) -> Story:
    """Her lesson is decided with 80 points; nothing has left the house yet."""
    story.launches("senior")
    story.answers("senior", PLAYS_SLIDES)
    story.signs_in("specialist")
    story.signs_off("specialist", "senior", "task-B1", "task-B3")
    story.records_a_lesson("senior", clip="lesson-spare.mp4")
    story.everybody_rates(level=3)
    return story


def test_an_lms_that_joins_after_the_decision_still_gets_the_score(judged: Story) -> None:
    story, sub = judged, "user-of-another-lms"
    story.background()
    late = Lms.connect(judged.lms.peer, "https://second-lms.example", area=story.cast.city)
    assert late.gradebook(sub) == []

    assert story.launches("senior", lms=late, link="link-9", sub=sub)["Location"] == "/path"
    story.background()

    assert numbers_in(late.gradebook(sub)) == [80.0]
    assert len(story.lms.gradebook(story.sub("senior"))) == 1
    assert outbox.problems() == []


def test_coming_back_through_the_course_sends_no_score_twice(judged: Story) -> None:
    for _visit in range(3):
        judged.launches("senior")
        judged.background()
    assert numbers_in(judged.lms.gradebook(judged.sub("senior"))) == [80.0]


def test_a_second_activity_in_the_same_course_gets_the_score_as_well(judged: Story) -> None:
    judged.background()
    judged.launches("senior", link="link-2")
    judged.background()
    assert numbers_in(judged.lms.gradebook(judged.sub("senior"))) == [80.0, 80.0]


def test_an_lms_whose_person_nobody_confirmed_gets_nothing(judged: Story) -> None:
    stranger = Lms.connect(judged.lms.peer, "https://unconfirmed-lms.example")
    page = judged.launches("senior", lms=stranger, sub="claims-to-be-her")
    judged.background()
    assert page.status_code == 200
    assert "二十以内的加法" not in page.content.decode()
    assert stranger.gradebook("claims-to-be-her") == []


def test_a_gradebook_that_is_down_gets_the_same_bytes_later(judged: Story) -> None:
    path = "/lineitems/1/lineitem/scores"
    judged.lms.peer.script = {path: [Said(503)]}
    judged.background()
    [waiting] = OutboxRow.objects.filter(kind="publish_grade")
    assert (waiting.state, waiting.error_code) == ("waiting", "grade.refused")

    OutboxRow.objects.filter(id=waiting.id).update(not_before=timezone.now())
    judged.background()
    first, second = judged.lms.peer.asked(path)
    assert first.body == second.body
    assert numbers_in(judged.lms.gradebook(judged.sub("senior"))) == [80.0]
