"""What a split does to certificates and gradebooks of both people."""

from __future__ import annotations

from typing import Any

import one_of_each
import pytest
from django.urls import reverse
from django.utils import timezone
from split_scene import REASON, diagnosed, handed_in, kinds, proved, split

from lti_tools import consequences, journey
from lti_tools.audit.models import AuditEvent
from lti_tools.certificates import api as certificates
from lti_tools.errors import Refused
from lti_tools.identities.models import Identity
from lti_tools.launch.models import GradeTarget, SeenLaunch
from lti_tools.lessons.models import Lesson
from lti_tools.office import identities as office
from lti_tools.outbox.models import OutboxRow
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Enrolment
from lti_tools.results.models import LedgerEntry
from lti_tools.tasks import api as tasks

pytestmark = pytest.mark.django_db
PRACTICE = tuple(f"task-{task}" for task in ("C1", "C2", "B1", "B2", "B3", "B4", "B5", "B6"))


# Certificates


def certified(cast: Any, account: Identity) -> Any:
    """The certificate of the senior teacher rests on a lesson that came through the account."""
    enrolment = diagnosed(cast, cast.actor("senior"))
    programmes.place(enrolment, skill="S1", diagnosis={})
    journey.sign_off(cast.actor("specialist"), enrolment, PRACTICE, note="seen")
    handed_in(cast, "senior", through=account)
    return certificates.of_enrolment(enrolment)


def status(certificate: Any) -> str:
    return certificates.certificate_line(Enrolment.objects.get(id=certificate.enrolment_id)).status


def test_a_certificate_that_rests_on_too_little_is_named_before_and_revoked_with_the_reason(
    cast: Any, account: Identity
) -> None:
    certificate = certified(cast, account)
    [work] = office.linked(cast.actor("officer_city"), account.id).work
    assert work.falling == certificate
    counts = split(cast, account)
    assert counts["certificates_revoked"] == 1
    assert status(certificate) == "revoked"
    assert AuditEvent.objects.get(kind="certificate.revoked").reason == REASON
    assert kinds(cast.enrolment("senior"))["revocation"] == 1
    assert proved()


def test_a_certificate_that_still_stands_is_left_alone(cast: Any, account: Identity) -> None:
    certificate = certified(cast, account)
    handed_in(cast, "senior", attempt=2)
    [work] = office.linked(cast.actor("officer_city"), account.id).work
    assert work.falling is None
    assert split(cast, account)["certificates_revoked"] == 0
    assert status(certificate) == "valid"


def test_an_excellent_certificate_does_not_stand_on_a_lesson_that_merely_passed(
    cast: Any, account: Identity
) -> None:
    enrolment = diagnosed(cast, cast.actor("senior"))
    programmes.place(enrolment, skill="S1", diagnosis={})
    handed_in(cast, "senior", through=account, level=4)
    journey.sign_off(cast.actor("specialist"), enrolment, PRACTICE, note="seen")
    handed_in(cast, "senior", attempt=2, level=2)
    assert certificates.certified_level(enrolment) == "excellent"
    assert split(cast, account)["certificates_revoked"] == 1
    assert certificates.certified_level(enrolment) == "pass", "what is left is enough for a certificate"
    assert certificates.certificate_line(enrolment).status == "valid"


def test_who_lost_a_certificate_by_a_wrong_account_can_earn_one(
    cast: Any, account: Identity, browse_as: Any
) -> None:
    first = certified(cast, account)
    enrolment = cast.enrolment("senior")
    split(cast, account)
    page = browse_as("senior").get("/path").content.decode()
    assert certificates.shown(first.number) in page
    assert reverse("certificate-paper", args=[first.id]) not in page
    handed_in(cast, "senior", attempt=2)
    second = certificates.of_enrolment(enrolment)
    assert second != first
    assert (status(first), certificates.public(first.number, name="王守田").status) == ("valid", "revoked")
    assert kinds(enrolment)["award"] == 2
    assert (list(certificates.certified([enrolment])), certificates.holders(everybody(cast))) == (
        [enrolment.id],
        1,
    )
    assert proved()


def test_a_certificate_revoked_for_another_reason_is_not_given_again(cast: Any, account: Identity) -> None:
    first = certified(cast, account)
    certificates.revoke(cast.actor("officer_city"), first.number, reason="The lesson was not the teacher's.")
    consequences.award_if_met(cast.enrolment("senior"))
    assert certificates.of_enrolment(cast.enrolment("senior")) == first
    assert status(first) == "revoked"


def everybody(cast: Any) -> Any:
    return Enrolment.objects.filter(programme=cast.programme)


def test_sent_back_to_the_queue_the_certificate_stands_as_the_results_do(
    cast: Any, account: Identity
) -> None:
    certificate = certified(cast, account)
    office.send_back(cast.actor("officer_city"), account.id, reason=REASON)
    assert status(certificate) == "valid"


def test_a_certificate_of_a_larger_area_is_not_revoked_by_a_county_and_nothing_is_moved(
    cast: Any, account: Identity
) -> None:
    certificate = certified(cast, account)
    wrong, before = cast.enrolment("senior"), LedgerEntry.objects.count()
    with pytest.raises(Refused) as refused:
        split(cast, account, by="officer")
    assert refused.value.code == "identity.certificate_elsewhere"
    account.refresh_from_db()
    assert account.person == cast.people.senior
    assert (status(certificate), LedgerEntry.objects.count()) == ("valid", before)
    assert len(certificates.lessons(wrong)) == 1


def test_the_right_person_gets_the_certificate_that_was_missing_only_this(
    cast: Any, account: Identity
) -> None:
    right = diagnosed(cast, cast.actor("colleague"))
    programmes.place(right, skill="S1", diagnosis={})
    needed = [task.id for task in tasks.tasks_open_for_sign_off(right)]
    journey.sign_off(cast.actor("specialist"), right, needed, note="seen")
    policy = programmes.policy(cast.programme)
    slots = policy.tier(Enrolment.objects.get(id=right.id).tier).lesson_rubrics
    for rubric in {slot[0] for slot in slots}:
        made = one_of_each.lesson(cast.enrolment("senior"), rubric=rubric)
        Lesson.objects.filter(id=made.id).update(identity=account)
        one_of_each.decide(cast, made, rubric=rubric)
    assert certificates.of_enrolment(right) is None
    split(cast, account)
    assert certificates.of_enrolment(right) is not None


# Gradebooks


def scores() -> list[tuple[str, str, float | None]]:
    rows = OutboxRow.objects.filter(kind="publish_grade", state="waiting").order_by("id")
    return [
        (row.payload["target"][:8], row.payload["score"]["userId"], row.payload["score"].get("scoreGiven"))
        for row in rows
    ]


def test_each_gradebook_shows_the_best_of_whoever_it_belongs_to_now(cast: Any, account: Identity) -> None:
    other = one_of_each.platform("https://other.example")
    elsewhere = GradeTarget.objects.create(
        platform=other,
        deployment_id="1",
        resource_link_id="l",
        scopes=account.platform.gradetarget_set.get().scopes,
    )
    SeenLaunch.objects.create(target=elsewhere, sub="true-senior", seen_at=timezone.now())
    Identity.objects.create(platform=other, sub="true-senior", person=cast.people.senior)
    handed_in(cast, "senior", through=account, level=4)
    handed_in(cast, "senior", attempt=2, level=2)
    OutboxRow.objects.filter(kind="publish_grade").update(state="done")
    split(cast, account)
    found = {(sub, given) for _target, sub, given in scores()}
    assert found == {("user-7", 100.0), ("true-senior", 60.0)}


def test_a_gradebook_of_which_nothing_is_left_is_emptied(cast: Any, account: Identity) -> None:
    other = one_of_each.platform("https://other.example")
    elsewhere = GradeTarget.objects.create(
        platform=other,
        deployment_id="1",
        resource_link_id="l",
        scopes=account.platform.gradetarget_set.get().scopes,
    )
    SeenLaunch.objects.create(target=elsewhere, sub="true-senior", seen_at=timezone.now())
    Identity.objects.create(platform=other, sub="true-senior", person=cast.people.senior)
    handed_in(cast, "senior", through=account)
    split(cast, account)
    found = {(sub, given) for _target, sub, given in scores()}
    assert found == {("user-7", 80.0), ("true-senior", None)}
