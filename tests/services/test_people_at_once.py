"""People who press at the same moment, on PostgreSQL: one decision, one result, one passback, one upload."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.errors import Refused
from lti_tools.identities import api as identities
from lti_tools.identities.models import Identity
from lti_tools.launch.api import Launch
from lti_tools.launch.models import GradeTarget, Platform, SeenLaunch
from lti_tools.lessons import api as lessons
from lti_tools.lessons.models import Lesson
from lti_tools.office import identities as office
from lti_tools.office import identity_links
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


# Accounts of an LMS


def accounts(cast: Cast, *subs: str) -> list[Identity]:
    platform = Platform.objects.create(
        issuer="https://accounts.example", client_id="client-1", authoritative_area=cast.county_a
    )
    return [
        Identity.objects.create(platform=platform, sub=sub, claimed_staff_no="T004", claimed_name="张同事")
        for sub in subs
    ]


def launch_of(account: Identity) -> Launch:
    return Launch(
        platform_id=account.platform_id,
        issuer="https://accounts.example",
        client_id="client-1",
        deployment_id="1",
        sub=account.sub,
        resource_link_id="link-1",
        target_link_uri="https://here.example/lti/launch",
        name="张同事",
        staff_no="T004",
        authoritative_area=account.platform.authoritative_area.path,
    )


@pytest.mark.parametrize("turn", range(3))
def test_two_launches_at_once_that_fit_one_person_link_one_account(cast: Cast, turn: int) -> None:
    one, other = accounts(cast, "sub-1", "sub-2")
    outcomes = together(
        lambda: identities.identify(launch_of(one)), lambda: identities.identify(launch_of(other))
    )
    assert failures(outcomes) == []
    assert Identity.objects.filter(person=cast.people.colleague).count() == 1
    assert audit.verify() is None


@pytest.mark.parametrize("turn", range(3))
def test_two_officers_who_link_two_accounts_with_one_person_at_once_link_one(cast: Cast, turn: int) -> None:
    one, other = accounts(cast, "sub-1", "sub-2")
    person = cast.people.colleague.id
    outcomes = together(
        lambda: identity_links.link(cast.actor("officer"), one.id, person),
        lambda: identity_links.link(cast.actor("officer_city"), other.id, person),
    )
    [refused] = failures(outcomes)
    assert isinstance(refused, Refused)
    assert refused.code == "identity.second_account"
    assert Identity.objects.filter(person=person).count() == 1
    assert audit.verify() is None


@pytest.mark.parametrize("turn", range(3))
def test_two_officers_who_split_one_account_at_once_split_it_once(cast: Cast, turn: int) -> None:
    [account] = accounts(cast, "sub-1")
    Identity.objects.filter(id=account.id).update(person=cast.people.senior)
    made = ready_lesson(cast, "senior")
    Lesson.objects.filter(id=made.id).update(identity=account)
    outcomes = together(
        lambda: office.hand_over(
            cast.actor("officer"), account.id, to=cast.people.colleague.id, reason="mistyped"
        ),
        lambda: office.hand_over(
            cast.actor("officer_city"), account.id, to=cast.people.middle.id, reason="mistyped"
        ),
    )
    [refused] = failures(outcomes)
    assert isinstance(refused, Refused)
    assert refused.code == "identity.already_decided"
    account.refresh_from_db()
    made.refresh_from_db()
    assert made.enrolment.person_id == account.person_id != cast.people.senior.id
    assert (audit.verify(), results.verify()) == (None, None)


@pytest.mark.parametrize("turn", range(3))
def test_a_decision_that_falls_while_its_lesson_goes_to_the_right_person_is_theirs(
    cast: Cast, turn: int
) -> None:
    [account] = accounts(cast, "sub-1")
    Identity.objects.filter(id=account.id).update(person=cast.people.senior)
    made = ready_lesson(cast, "senior")
    Lesson.objects.filter(id=made.id).update(identity=account)
    first, second = panel_cast.readings(ratings.open_case(made))
    for reading in (first, second):
        ratings.save_draft(reading.actor, reading.id, panel_cast.marks(3))
    journey.commit_reading(first.actor, first.id)
    outcomes = together(
        lambda: journey.commit_reading(second.actor, second.id),
        lambda: office.hand_over(
            cast.actor("officer_city"), account.id, to=cast.people.colleague.id, reason="mistyped"
        ),
    )
    assert failures(outcomes) == []
    assert results.lessons_of(cast.enrolment("senior").id) == []
    assert len(results.lessons_of(cast.enrolment("colleague").id)) == 1
    assert (audit.verify(), results.verify()) == (None, None)
