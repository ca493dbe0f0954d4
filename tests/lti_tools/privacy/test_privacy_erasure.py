"""An erasure takes everything about a person away, and both chains still prove themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import one_of_each
import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import models
from django.urls import reverse
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.errors import Denied, Refused, ShijieError
from lti_tools.identities.models import Identity
from lti_tools.lessons.models import Lesson, Take, Upload
from lti_tools.office import privacy as office
from lti_tools.outbox.api import Row
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Account, Person, RoleGrant, visible_to
from lti_tools.privacy.models import Correction, ErasureOrder
from lti_tools.ratings.models import Case, Mark, Reading
from lti_tools.reporting.models import Dossier, ReportRun
from lti_tools.results import api as results
from lti_tools.rosters.models import RosterRow

NAME, STAFF_NO, SUB, TITLE = "王守田", "T001", "sub-of-wang", "认识分数"


@pytest.fixture
def told(cast: Any) -> Any:
    """Everything one may leave behind here, with words that can be found again."""
    each = one_of_each.make(cast)
    person = cast.people.senior
    # What is before the raters would forbid the erasure: let it be decided.
    Case.objects.filter(lesson=each.open).update(state="decided")
    Identity.objects.filter(id=each.linked.id).update(sub=SUB)
    Correction.objects.create(person=person, field="name", held=NAME, wanted="王守天", reason="写错了")
    RosterRow.objects.create(roster=each.roster, number=9, kind="wrong", cells={"staff_no": STAFF_NO})
    OutboxRow.objects.create(
        kind="publish_grade",
        key="g",
        payload={"target": "t", "score": {"userId": SUB}},
        not_before=timezone.now(),
    )
    audit.record("noted", actor="x", subject=str(person.id), reason=f"{NAME}来电")
    return each


def erase(cast: Any, reason: str = "本人书面申请") -> ErasureOrder:
    """Ordered by the officer, approved by the reviewer, carried out as the worker does."""
    order = office.order_erasure(cast.actor("officer"), cast.people.senior.id, reason=reason)
    office.decide_erasure(cast.actor("reviewer"), order.id, approve=True)
    row = OutboxRow.objects.get(kind="erase_person")
    office.erase_person(Row(id=row.id, kind=row.kind, key=row.key, payload=row.payload, attempts=0))
    order.refresh_from_db()
    return order


# Files of the bureau under its own rule; the officer is told of them.
OFFICIAL = {(ReportRun, "snapshot")}


def everything_said() -> dict[str, str]:
    """Every text of every table: where somebody could still be found by name, number, account or words."""
    said = {}
    for model in apps.get_app_config("shijie").get_models():
        for field in model._meta.fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField) and (
                (model, field.name) not in OFFICIAL
            ):
                values = model._base_manager.values_list(field.name, flat=True)
                said[f"{model.__name__}.{field.name}"] = "\n".join(map(str, values))
    return said


def test_nothing_about_the_person_is_left_in_any_table(cast: Any, told: Any) -> None:
    words = (NAME, STAFF_NO, SUB, TITLE, "看得清楚", "写错了", "本人书面申请")
    before = everything_said()
    assert all(any(word in text for text in before.values()) for word in words[:-1])
    dossier_of(cast, told)
    erase(cast)
    after = everything_said()
    assert {(place, word) for place, text in after.items() for word in words if word in text} == set()


def dossier_of(cast: Any, told: Any) -> Dossier:
    from lti_tools.reporting.api import dossier

    return dossier.make(
        cast.actor("officer"),
        programme=cast.programme,
        area=cast.county_a,
        title="评审",
        until=timezone.localdate(),
        enrolment_ids=[told.enrolment.id, cast.enrolment("colleague").id],
    )


def test_the_files_are_gone_too(cast: Any, told: Any) -> None:
    paper = told.certificate.paper
    videos = [row.path for take in Take.objects.all() for row in take.renditions.all()]
    assert videos
    assert all(map(default_storage.exists, [paper, *videos]))
    erase(cast)
    assert not any(map(default_storage.exists, [paper, *videos]))


def test_both_chains_still_prove_themselves(cast: Any, told: Any) -> None:
    erase(cast)
    call_command("audit", "verify")
    assert audit.verify() is None
    assert results.verify() is None
    assert results.of_enrolment(told.enrolment.id) == []


def test_the_person_comes_in_no_more_and_is_found_by_nobody(
    cast: Any, told: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("senior")
    assert client.get(reverse("path")).status_code == 200
    erase(cast)
    assert client.get(reverse("path")).status_code == 302
    assert NAME not in browse_as("officer").get(reverse("erasures"), {"q": NAME}).content.decode().replace(
        f'value="{NAME}"', ""
    )
    assert not visible_to(cast.actor("officer")).filter(id=cast.people.senior.id).exists()
    from lti_tools.identities.api import person_of

    assert person_of(told.linked.platform_id, SUB) is None


def test_an_own_sign_in_goes_with_the_person(cast: Any, told: Any) -> None:
    Account.objects.create_user("wang", password="long-enough-1", person=cast.people.senior)
    erase(cast)
    assert not Account.objects.filter(username="wang").exists()


def test_the_public_check_says_that_the_certificate_is_no_longer_held(
    cast: Any, told: Any, browse_as: Callable[[str], Any]
) -> None:
    erase(cast)
    number = told.certificate.number
    for name in (NAME, "谁"):
        found = certificates.public(number, name=name)
        assert found
        assert found.status == "erased"
        assert NAME not in str(found.evidence)
    page = browse_as("nobody").get(reverse("verify-secret", args=[told.certificate.secret]))
    assert page.status_code == 200
    assert "甲县村小" not in page.content.decode()
    assert certificates.certificate_line(told.enrolment) is None


def test_levels_stay_and_words_of_the_raters_go(cast: Any, told: Any) -> None:
    levels = sorted(Mark.objects.values_list("level", flat=True))
    erase(cast)
    assert sorted(Mark.objects.values_list("level", flat=True)) == levels
    assert not Mark.objects.exclude(note="").exists()
    assert set(Reading.objects.values_list("salt", flat=True)) == {""}


def test_no_rater_is_called_to_a_lesson_whose_recording_is_gone(cast: Any) -> None:
    lesson = one_of_each.lesson(cast.enrolment("senior"))
    waits = {"kind": "render_take", "key": f"take:{lesson.takes.get().id}", "payload": {}}
    OutboxRow.objects.create(**waits, not_before=timezone.now())
    erase(cast)
    journey.keep_house()
    assert not OutboxRow.objects.filter(kind="open_case").exists()
    assert OutboxRow.objects.get(kind="render_take").state == "cancelled"


def test_only_the_one_person_is_erased(cast: Any, told: Any) -> None:
    other = cast.people.colleague
    lesson = one_of_each.lesson(cast.enrolment("colleague"), title="面积")
    erase(cast)
    other.refresh_from_db()
    assert other.name
    assert other.affiliations.exists()
    assert Lesson.objects.get(id=lesson.id).title == "面积"
    assert Take.objects.get(lesson=lesson).renditions.count() == 2
    assert Person.objects.filter(erased_at__isnull=False).count() == 1


def test_carrying_it_out_twice_does_no_harm(cast: Any, told: Any) -> None:
    order = erase(cast)
    first = Person.objects.get(id=cast.people.senior.id).erased_at
    ErasureOrder.objects.filter(id=order.id).update(done_at=None)
    row = OutboxRow.objects.get(kind="erase_person")
    for _again in range(2):
        office.erase_person(Row(id=row.id, kind=row.kind, key=row.key, payload=row.payload, attempts=1))
    assert Person.objects.get(id=cast.people.senior.id).erased_at == first
    assert audit.verify() is None
    assert results.verify() is None
    assert len(audit.events_of("results.erased")) == 1


def test_an_erased_uploads_bytes_are_gone(cast: Any, told: Any) -> None:
    erase(cast)
    assert set(Upload.objects.filter(owner=cast.people.senior).values_list("state", flat=True)) == {"gone"}


@pytest.mark.parametrize(
    "who", ["senior", "officer_b", "reviewer", "specialist", "administrator", "committee"]
)
def test_only_an_officer_of_the_area_orders_it(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        office.order_erasure(cast.actor(who), cast.people.colleague.id, reason="不想要")
    assert not ErasureOrder.objects.exists()


@pytest.mark.parametrize("who", ["officer", "officer_b", "reviewer_own", "administrator", "colleague"])
def test_nobody_but_another_reviewer_of_the_area_approves_it(cast: Any, who: str) -> None:
    order = office.order_erasure(cast.actor("reviewer_own"), cast.people.colleague.id, reason="本人申请")
    with pytest.raises(Denied):
        office.decide_erasure(cast.actor(who), order.id, approve=True)
    assert not OutboxRow.objects.filter(kind="erase_person").exists()


def test_a_declined_order_erases_nobody(cast: Any) -> None:
    order = office.order_erasure(cast.actor("officer"), cast.people.colleague.id, reason="本人申请")
    office.decide_erasure(cast.actor("reviewer"), order.id, approve=False)
    assert not OutboxRow.objects.filter(kind="erase_person").exists()
    with pytest.raises(Refused, match="decided"):
        office.decide_erasure(cast.actor("reviewer"), order.id, approve=True)


def test_staff_in_office_are_not_erased(cast: Any) -> None:
    with pytest.raises(Refused, match="staff"):
        office.order_erasure(cast.actor("officer"), cast.people.specialist.id, reason="本人申请")


def test_a_lesson_before_the_raters_forbids_it(cast: Any) -> None:
    one_of_each.make(cast)
    with pytest.raises(Refused, match="open_case"):
        office.order_erasure(cast.actor("officer"), cast.people.senior.id, reason="本人申请")


def test_a_role_taken_up_meanwhile_stops_it_for_good(cast: Any, told: Any) -> None:
    order = office.order_erasure(cast.actor("officer"), cast.people.senior.id, reason="本人申请")
    office.decide_erasure(cast.actor("reviewer"), order.id, approve=True)
    RoleGrant.objects.create(
        person=cast.people.senior, role="rater", since=timezone.localdate(), reason="test"
    )
    row = OutboxRow.objects.get(kind="erase_person")
    with pytest.raises(ShijieError, match="staff"):
        office.erase_person(Row(id=row.id, kind=row.kind, key=row.key, payload=row.payload, attempts=0))
    assert Person.objects.get(id=cast.people.senior.id).name == NAME


def test_a_dossier_loses_the_candidate_and_says_so(cast: Any, told: Any) -> None:
    from lti_tools.reporting.api import dossier

    made = dossier_of(cast, told)
    erase(cast)
    changed = Dossier.objects.get(id=made.id)
    assert dossier.count(changed) == 1
    assert changed.digest != made.digest
    assert audit.last_of("dossier.candidate_removed") is not None


def test_the_officer_reads_which_official_files_still_name_the_person(
    cast: Any, told: Any, browse_as: Callable[[str], Any]
) -> None:
    page = browse_as("officer").get(reverse("erasure-order", args=[cast.people.senior.id]))
    assert reverse("report-run", args=[told.run.id]) in page.content.decode()
    other = browse_as("officer").get(reverse("erasure-order", args=[cast.people.officer_b.id]))
    assert other.status_code == 404


def test_the_pages_lead_from_the_order_to_the_decision(cast: Any, browse_as: Callable[[str], Any]) -> None:
    person = cast.people.colleague
    officer, reviewer = browse_as("officer"), browse_as("reviewer")
    assert officer.post(reverse("erasure-order", args=[person.id]), {"reason": " "}).status_code == 422
    officer.post(reverse("erasure-order", args=[person.id]), {"reason": "本人申请"})
    order = ErasureOrder.objects.get()
    decide = reverse("erasure-decide", args=[order.id])
    assert decide not in officer.get(reverse("erasure", args=[order.id])).content.decode()
    assert decide in reviewer.get(reverse("erasure", args=[order.id])).content.decode()
    reviewer.post(decide, {"decision": "approve"})
    assert OutboxRow.objects.filter(kind="erase_person", key=str(order.id)).exists()
