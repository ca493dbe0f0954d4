"""An account was linked with the wrong person: it goes, and what was done through it goes where it belongs."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import one_of_each
import pytest
from split_scene import REASON, acting, diagnosed, handed_in, kinds, proved, split

from lti_tools import journey
from lti_tools.audit.models import AuditEvent
from lti_tools.certificates import api as certificates
from lti_tools.identities.models import Identity
from lti_tools.lessons.models import Lesson, Upload
from lti_tools.office import identities as office
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import actor_for
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import PlacementEntry
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Case
from lti_tools.results import api as results
from lti_tools.results.models import LedgerEntry
from lti_tools.tasks import api as tasks
from lti_tools.tasks.models import Attempt, HoursEntry

pytestmark = pytest.mark.django_db


# Where something came from


def test_a_launch_leaves_its_account_beside_what_was_done(cast: Any, account: Identity) -> None:
    enrolment = diagnosed(cast, acting(account))
    assert PlacementEntry.objects.get(enrolment=enrolment).identity == account
    assert Attempt.objects.get(enrolment=enrolment, evidence="diagnosis").identity == account
    [work] = office.linked(cast.actor("officer"), account.id).work
    assert (len(work.placements), work.tasks, work.lessons, len(work.entries)) == (1, ("task-D0",), (), 2)


def test_what_was_done_without_the_account_is_not_its_work(cast: Any, account: Identity) -> None:
    diagnosed(cast, cast.actor("senior"))
    handed_in(cast, "senior")
    assert office.linked(cast.actor("officer"), account.id).work == ()


# Back to the queue


def test_sent_back_the_account_opens_nothing_and_the_results_stay(cast: Any, account: Identity) -> None:
    enrolment = diagnosed(cast, acting(account))
    before = LedgerEntry.objects.count()
    office.send_back(cast.actor("officer"), account.id, reason=REASON)
    account.refresh_from_db()
    assert (account.person, account.matched_by, account.linked_at) == (None, "split", None)
    assert tasks.passed(enrolment) == {"task-D0"}
    assert LedgerEntry.objects.count() == before
    event = AuditEvent.objects.get(kind="identity.split")
    assert (event.subject, event.reason, event.detail["to"]) == (
        str(cast.people.senior.id),
        REASON,
        "queue",
    )
    assert proved()


def test_a_session_that_began_before_the_split_ends_with_it(
    cast: Any, account: Identity, client: Any
) -> None:
    session = client.session
    session["launched_person"], session["launched_identity"] = str(cast.people.senior.id), str(account.id)
    session.save()
    assert "王守田" in client.get("/path").content.decode()
    office.send_back(cast.actor("officer"), account.id, reason=REASON)
    assert client.get("/path").status_code == 302
    other = Identity.objects.get(id=account.id)
    other.person = cast.people.colleague
    other.save()
    assert client.get("/path").status_code == 302


def test_the_gradebook_of_the_account_forgets_a_score_that_was_never_its_own(
    cast: Any, account: Identity
) -> None:
    diagnosed(cast, acting(account))
    handed_in(cast, "senior")
    office.send_back(cast.actor("officer"), account.id, reason=REASON)
    rows = [
        (row.state, row.payload["score"].get("scoreGiven"))
        for row in OutboxRow.objects.filter(kind="publish_grade").order_by("id")
    ]
    assert rows == [("cancelled", 80.0), ("waiting", None)]


# To the right person


def test_diagnosis_lesson_tasks_and_hours_go_to_the_right_person(cast: Any, account: Identity) -> None:
    wrong, right = diagnosed(cast, acting(account)), cast.enrolment("colleague")
    made = handed_in(cast, "senior", through=account)
    hours = tasks.hours(wrong)
    counts = split(cast, account)
    wrong.refresh_from_db()
    right.refresh_from_db()
    account.refresh_from_db()
    assert account.person == cast.people.colleague
    assert (counts["lessons"], counts["placements"], counts["tasks"], counts["tasks_dropped"]) == (1, 1, 2, 0)
    assert (tasks.passed(wrong), tasks.hours(wrong).total) == (frozenset(), Decimal(0))
    assert tasks.hours(right) == hours
    assert (wrong.tier, wrong.skill, wrong.age_band) == ("", "", "")
    assert (right.skill, right.age_band) == (PlacementEntry.objects.get().skill, "middle")
    assert certificates.lessons(wrong) == []
    assert [lesson.lesson_id for lesson in certificates.lessons(right)] == [str(made.id)]
    made.refresh_from_db()
    assert (made.enrolment, made.submitted_by) == (right, cast.people.colleague)
    assert Case.objects.get(lesson=made).enrolment == right
    assert set(Upload.objects.filter(take__lesson=made).values_list("owner", flat=True)) == {right.person_id}
    assert proved()


def test_the_ledger_only_grows_and_says_what_took_the_place_of_what(cast: Any, account: Identity) -> None:
    wrong, right = diagnosed(cast, acting(account)), cast.enrolment("colleague")
    handed_in(cast, "senior", through=account)
    before = list(LedgerEntry.objects.order_by("seq").values("seq", "hash", "value", "person_id"))
    held = kinds(wrong)
    split(cast, account)
    after = list(LedgerEntry.objects.order_by("seq").values("seq", "hash", "value", "person_id"))
    assert after[: len(before)] == before
    assert kinds(right) == held
    assert kinds(wrong) == Counter(correction=sum(held.values()))
    voided = {entry.value["voids"] for entry in results.of_enrolment(wrong.id)}
    moved = {entry.value["moved_from"] for entry in results.of_enrolment(right.id)}
    assert voided == moved == {row["seq"] for row in before}
    assert len(results.history_of(wrong.id)) == 2 * sum(held.values())
    assert str(cast.people.colleague.id) not in str([entry.value for entry in results.history_of(wrong.id)])
    times = {entry.at for entry in results.of_enrolment(right.id) if entry.kind == "lesson"}
    assert times == {LedgerEntry.objects.get(kind="lesson", enrolment=wrong).at}
    assert proved()


def test_both_trails_say_that_it_was_split_and_neither_names_anybody(cast: Any, account: Identity) -> None:
    diagnosed(cast, acting(account))
    split(cast, account)
    gone = AuditEvent.objects.get(kind="identity.split")
    come = AuditEvent.objects.get(kind="identity.linked")
    assert (gone.subject, come.subject) == (str(cast.people.senior.id), str(cast.people.colleague.id))
    assert gone.detail["placements"] == come.detail["placements"] == 1
    assert str(cast.people.colleague.id) not in str(gone.detail)
    assert "王守田" not in str(gone.detail) + str(come.detail)


def test_the_tier_is_that_of_the_right_persons_age_and_the_one_before_comes_back(
    cast: Any, account: Identity
) -> None:
    programmes.place(cast.enrolment("senior"), skill="S1", diagnosis={})
    first = cast.enrolment("senior").tier
    wrong = diagnosed(cast, acting(account))
    right = cast.enrolment("colleague")
    expected = programmes.placement(right, skill=wrong.skill)
    split(cast, account)
    right.refresh_from_db()
    wrong.refresh_from_db()
    assert (right.tier, right.age_band) == (expected.tier, expected.age_band)
    assert (wrong.tier, wrong.skill) == (first, "S1")
    entry = next(each for each in results.of_enrolment(right.id) if each.kind == "diagnosis")
    assert entry.value["tier"] == expected.tier


def test_a_newer_placement_of_the_right_person_stays_theirs(cast: Any, account: Identity) -> None:
    diagnosed(cast, acting(account))
    right = cast.enrolment("colleague")
    newer = programmes.place(right, skill="S3", diagnosis={})
    split(cast, account)
    right.refresh_from_db()
    assert (right.tier, right.skill) == (newer.tier, "S3")


def test_hours_the_right_person_has_already_are_not_doubled(cast: Any, account: Identity) -> None:
    wrong, right = diagnosed(cast, acting(account)), diagnosed(cast, cast.actor("colleague"))
    hours = tasks.hours(right)
    counts = split(cast, account)
    assert (counts["tasks"], counts["tasks_dropped"]) == (0, 1)
    assert tasks.hours(right) == hours
    assert tasks.hours(wrong).total == Decimal(0)
    assert kinds(right) == Counter(diagnosis=2, task=1)
    assert not HoursEntry.objects.filter(enrolment=wrong).exists()
    assert AuditEvent.objects.get(kind="identity.split").detail["tasks_dropped"] == 1
    assert proved()


def test_lesson_hours_stay_with_whoever_has_a_passing_lesson_left(cast: Any, account: Identity) -> None:
    """One came through the account, one did not: each earns its teacher the first lesson task, and no more."""
    wrong = diagnosed(cast, cast.actor("senior"))
    handed_in(cast, "senior", through=account)
    own = handed_in(cast, "senior", attempt=2)
    first, second = programmes.task_ids(wrong, "lesson")[:2]
    assert tasks.passed(wrong) == {"task-D0", first, second}
    split(cast, account)
    right = cast.enrolment("colleague")
    assert tasks.passed(wrong) == {"task-D0", first}
    assert [lesson.lesson_id for lesson in certificates.lessons(wrong)] == [str(own.id)]
    assert tasks.passed(right) == {first}
    assert Lesson.objects.get(id=own.id).attempt == 1, "the next one handed in is the second again"
    assert proved()


def test_lessons_are_numbered_on_after_those_the_right_person_has(cast: Any, account: Identity) -> None:
    own = handed_in(cast, "colleague")
    made = handed_in(cast, "senior", through=account)
    split(cast, account)
    assert (Lesson.objects.get(id=own.id).attempt, Lesson.objects.get(id=made.id).attempt) == (1, 2)


def test_a_lesson_still_with_the_raters_goes_over_and_is_decided_for_the_right_person(
    cast: Any, account: Identity
) -> None:
    made = one_of_each.lesson(cast.enrolment("senior"))
    Lesson.objects.filter(id=made.id).update(identity=account)
    case = ratings.open_case(made, raters_pool=[cast.people.rater2, cast.people.rater4])
    split(cast, account)
    for reading in case.readings.select_related("rater"):
        actor = actor_for(reading.rater, via="sign-in")
        ratings.save_draft(actor, reading.id, one_of_each.marks())
        journey.commit_reading(actor, reading.id)
    assert certificates.lessons(cast.enrolment("senior")) == []
    assert len(certificates.lessons(cast.enrolment("colleague"))) == 1


def test_the_wrong_person_may_take_the_same_step_again_and_it_is_recorded(
    cast: Any, account: Identity
) -> None:
    diagnosed(cast, acting(account))
    split(cast, account)
    wrong = diagnosed(cast, cast.actor("senior"))
    assert tasks.passed(wrong) == {"task-D0"}
    assert kinds(wrong) == Counter(diagnosis=1, task=1, correction=2)


def test_split_twice_the_results_come_back(cast: Any, account: Identity) -> None:
    wrong = diagnosed(cast, acting(account))
    handed_in(cast, "senior", through=account)
    held, hours, tier = kinds(wrong), tasks.hours(wrong), wrong.tier
    split(cast, account)
    split(cast, account, "senior")
    wrong.refresh_from_db()
    account.refresh_from_db()
    assert account.person == cast.people.senior
    assert (tasks.hours(wrong), wrong.tier) == (hours, tier)
    assert kinds(wrong) == held + Counter(correction=sum(held.values()))
    assert certificates.lessons(cast.enrolment("colleague")) == []
    assert proved()
