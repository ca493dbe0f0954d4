"""People who press at the same moment, on PostgreSQL: one decision, one result, one passback, one upload."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.identities.models import Identity
from lti_tools.launch.models import GradeTarget, Platform, SeenLaunch
from lti_tools.lessons import api as lessons
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Person
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Decision
from lti_tools.results import api as results
from lti_tools.results.models import LedgerEntry
from rubrics import diagnosis
from tests.conftest import Cast
from tests.lti_tools.ratings import panel_cast
from tests.services.moments import failures, together

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def from_an_lms(person: Person) -> None:
    """As if this person had opened the training in an LMS that takes scores."""
    platform = Platform.objects.create(issuer="https://lms.example", client_id="client-1")
    Identity.objects.create(platform=platform, sub="sub-1", person=person)
    target = GradeTarget.objects.create(platform=platform, deployment_id="1", resource_link_id="link-1")
    SeenLaunch.objects.create(target=target, sub="sub-1", seen_at=timezone.now())


def answers(cast: Cast) -> dict[str, list[str]]:
    """The first card of every question."""
    items = diagnosis.short_form(programmes.diagnosis_bank(cast.programme))
    return {item.id: [item.options[0].id] for item in items}


def ready_lesson(cast: Cast, name: str) -> Any:
    town = panel_cast.Town(people=vars(cast.people), programme=cast.programme)
    ratings.ensure_round(cast.programme, panel_cast.rubric().hash, rules=panel_cast.NO_LOT)
    return panel_cast.lesson(town, teacher=name)


@pytest.mark.parametrize("turn", range(3))
def test_two_raters_who_hand_in_at_once_bring_one_decision_one_result_and_one_passback(
    cast: Cast, turn: int
) -> None:
    from_an_lms(cast.people.senior)
    case = ratings.open_case(ready_lesson(cast, "senior"))
    readings = panel_cast.readings(case)
    for reading in readings:
        ratings.save_draft(reading.actor, reading.id, panel_cast.marks(3))
    outcomes = together(*(lambda one=one: journey.commit_reading(one.actor, one.id) for one in readings))
    assert failures(outcomes) == []
    assert sorted(outcome.state for outcome in outcomes) == ["decided", "waiting"]
    assert Decision.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="lesson").count() == 1
    assert OutboxRow.objects.filter(kind="publish_grade").count() == 1


def test_a_diagnosis_and_a_rating_handed_in_at_the_same_moment_are_both_kept(cast: Cast) -> None:
    """They touch the same chains in opposite order."""
    case = ratings.open_case(ready_lesson(cast, "senior"))
    first, _second = panel_cast.readings(case)
    ratings.save_draft(first.actor, first.id, panel_cast.marks(3))
    young = cast.enrolment("young")
    outcomes = together(
        lambda: journey.commit_reading(first.actor, first.id),
        lambda: journey.diagnose(cast.actor("young"), young, answers(cast), seconds={}),
    )
    assert failures(outcomes) == []
    assert cast.enrolment("young").tier
    assert (audit.verify(), results.verify()) == (None, None)


class Slow:
    """A line that sends half of a part, then nothing until it is told to go on."""

    def __init__(self) -> None:
        self.stuck, self.go_on = threading.Event(), threading.Event()
        self._parts = [b"12345", b"67890"]

    def read(self, size: int, /) -> bytes:
        if len(self._parts) == 1:
            self.stuck.set()
            self.go_on.wait(30)
        return self._parts.pop(0) if self._parts else b""


def test_of_two_senders_of_one_recording_the_second_is_told_to_wait_and_no_byte_is_lost(cast: Cast) -> None:
    upload = lessons.new_upload(cast.people.senior.id, length=10, metadata={})
    line = Slow()

    def first() -> int:
        mine = lessons.find_upload(upload.id, owner=cast.people.senior.id)
        return lessons.append(mine, line, offset=0, size=10)

    def second() -> int:
        line.stuck.wait(30)
        mine = lessons.find_upload(upload.id, owner=cast.people.senior.id)
        try:
            return lessons.append(mine, Slow(), offset=0, size=10)
        finally:
            line.go_on.set()

    arrived, refused = together(first, second)
    assert arrived == 10
    assert isinstance(refused, Refused)
    assert (refused.code, refused.status) == ("upload.busy", 423)
    assert lessons.is_complete(lessons.find_upload(upload.id, owner=cast.people.senior.id))
