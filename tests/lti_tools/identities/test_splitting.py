"""An account was linked with the wrong person: it goes, and what was done through it goes where it belongs."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from typing import Any

import one_of_each
import pytest
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent
from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.errors import Denied, Refused
from lti_tools.identities.models import Identity
from lti_tools.launch.models import GradeTarget, SeenLaunch
from lti_tools.lessons.models import Lesson, Upload
from lti_tools.office import identities as office
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Actor, Affiliation, Person, RoleGrant, actor_for
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Enrolment, PlacementEntry
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Case
from lti_tools.results import api as results
from lti_tools.results.models import LedgerEntry
from lti_tools.tasks import api as tasks
from lti_tools.tasks.models import Attempt, HoursEntry
from rubrics import diagnosis

pytestmark = pytest.mark.django_db
PRACTICE = tuple(f"task-{task}" for task in ("C1", "C2", "B1", "B2", "B3", "B4", "B5", "B6"))
REASON = "The number was mistyped in the LMS."


@pytest.fixture
def account(cast: Any) -> Identity:
    """An account of 张同事 (colleague), linked by mistake with 王守田 (senior); a course of it takes scores."""
    for rubric in definitions.published("rubric"):
        ratings.ensure_round(cast.programme, rubric.hash, rules={"random_share": "0"})
    platform = one_of_each.platform()
    target = GradeTarget.objects.create(
        platform=platform,
        deployment_id="deployment-1",
        resource_link_id="link-1",
        lineitem_url="https://lms.example/lineitems/1",
        scopes=["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
    )
    SeenLaunch.objects.create(target=target, sub="user-7", seen_at=timezone.now())
    return Identity.objects.create(
        platform=platform, sub="user-7", person=cast.people.senior, matched_by="officer"
    )


def acting(account: Identity) -> Actor:
    """Whoever comes through the account acts as the person it is linked with."""
    account.refresh_from_db()
    return actor_for(account.person, via="launch", identity_id=account.id)


def diagnosed(cast: Any, actor: Actor) -> Any:
    enrolment = programmes.current_enrolment(Person.objects.get(id=actor.person_id))
    items = diagnosis.short_form(programmes.diagnosis_bank(cast.programme))
    answers = {item.id: [item.options[0].id] for item in items}
    journey.diagnose(actor, enrolment, answers, seconds={})
    enrolment.refresh_from_db()
    return enrolment


def handed_in(
    cast: Any, who: str, *, through: Identity | None = None, attempt: int = 1, level: int = 3
) -> Any:
    """A decided lesson of this person."""
    made = one_of_each.lesson(cast.enrolment(who), attempt=attempt)
    Lesson.objects.filter(id=made.id).update(identity=through)
    one_of_each.decide(cast, made, level=level)
    return made


def split(cast: Any, account: Identity, who: str = "colleague", *, by: str = "officer_city") -> Counter[str]:
    return office.hand_over(cast.actor(by), account.id, to=getattr(cast.people, who).id, reason=REASON)


def kinds(enrolment: Any) -> Counter[str]:
    return Counter(entry.kind for entry in results.of_enrolment(enrolment.id))


def proved() -> bool:
    return (audit.verify(), results.verify()) == (None, None)


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


# Refusals


def refused_code(cast: Any, account: Identity, who: str = "colleague", *, by: str = "officer_city") -> str:
    with pytest.raises(Refused) as refused:
        split(cast, account, who, by=by)
    account.refresh_from_db()
    assert account.person == cast.people.senior, "nothing was changed"
    assert not AuditEvent.objects.filter(kind="identity.split").exists()
    return str(refused.value.code)


def test_the_same_person_is_no_other(cast: Any, account: Identity) -> None:
    assert refused_code(cast, account, "senior") == "identity.same_person"


@pytest.mark.parametrize("since", ["2020-01-01", "2090-01-01"])
def test_nobody_with_a_staff_role_gets_an_account(cast: Any, account: Identity, since: str) -> None:
    RoleGrant.objects.create(
        person=cast.people.colleague, role="rater", area=cast.city, since=since, reason="!"
    )
    assert refused_code(cast, account) == "identity.staff_role"


def test_a_second_account_of_the_platform_is_refused(cast: Any, account: Identity) -> None:
    Identity.objects.create(platform=account.platform, sub="user-8", person=cast.people.colleague)
    assert refused_code(cast, account) == "identity.second_account"


def test_results_go_only_to_somebody_in_the_same_programme(cast: Any, account: Identity) -> None:
    diagnosed(cast, acting(account))
    Enrolment.objects.filter(person=cast.people.colleague).delete()
    assert refused_code(cast, account) == "identity.not_enrolled"


def test_without_results_the_programme_does_not_matter(cast: Any, account: Identity) -> None:
    Enrolment.objects.filter(person=cast.people.colleague).delete()
    assert +split(cast, account) == Counter()


def test_a_tier_that_cannot_be_told_is_not_invented(cast: Any, account: Identity) -> None:
    diagnosed(cast, acting(account))
    Person.objects.filter(id=cast.people.colleague.id).update(birth_month="")
    assert refused_code(cast, account) == "identity.birth_month_unknown"


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("officer", "outsider"),
        ("officer_b", "colleague"),
        ("officer_b", "outsider"),
        ("specialist", "colleague"),
        ("reviewer", "colleague"),
        ("administrator", "colleague"),
        ("senior", "colleague"),
        ("nobody", "colleague"),
    ],
)
def test_outside_the_own_area_and_without_the_right_nothing_is_there(
    cast: Any, account: Identity, by: str, who: str
) -> None:
    with pytest.raises(Denied):
        split(cast, account, who, by=by)
    account.refresh_from_db()
    assert account.person == cast.people.senior


@pytest.mark.parametrize("by", ["officer_b", "specialist", "senior", "nobody"])
def test_nobody_else_sees_or_sends_back_an_account(cast: Any, account: Identity, by: str) -> None:
    with pytest.raises(Denied):
        office.linked(cast.actor(by), account.id)
    with pytest.raises(Denied):
        office.send_back(cast.actor(by), account.id, reason=REASON)
    account.refresh_from_db()
    assert account.person


def test_an_account_of_nobody_and_one_that_never_was_answer_alike(cast: Any, account: Identity) -> None:
    Identity.objects.filter(id=account.id).update(person=None)
    for identity_id in (account.id, uuid.uuid4()):
        with pytest.raises(Denied):
            office.send_back(cast.actor("officer"), identity_id, reason=REASON)


def test_somebody_who_left_the_area_is_no_longer_its_business(cast: Any, account: Identity) -> None:
    Affiliation.objects.filter(person=cast.people.senior).update(until="2026-10-01")
    with pytest.raises(Denied):
        office.linked(cast.actor("officer"), account.id)


@pytest.mark.parametrize("late", ["send_back", "hand_over"])
def test_of_two_officers_the_second_is_told_that_it_is_decided(
    cast: Any, account: Identity, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """Both had found the account before either of them decided."""
    diagnosed(cast, acting(account))
    seen = office.identities.find_linked(cast.actor("officer"), account.id)
    split(cast, account)
    before = LedgerEntry.objects.count()
    monkeypatch.setattr(office.identities, "find_linked", lambda actor, identity_id: seen)
    decide = {
        "send_back": lambda: office.send_back(cast.actor("officer"), account.id, reason=REASON),
        "hand_over": lambda: split(cast, account, "middle"),
    }[late]
    with pytest.raises(Refused) as refused:
        decide()
    assert (refused.value.code, refused.value.status) == ("identity.already_decided", 409)
    account.refresh_from_db()
    assert account.person == cast.people.colleague
    assert LedgerEntry.objects.count() == before


def test_when_something_breaks_half_way_nothing_has_happened(
    cast: Any, account: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = diagnosed(cast, acting(account))
    made = handed_in(cast, "senior", through=account)
    held = kinds(wrong)

    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("lti_tools.consequences.award_if_met", broken)
        with pytest.raises(RuntimeError):
            split(cast, account)
    account.refresh_from_db()
    made.refresh_from_db()
    assert (account.person, made.enrolment) == (cast.people.senior, wrong)
    assert kinds(wrong) == held
    assert proved()
