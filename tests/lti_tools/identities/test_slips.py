"""Slips: who gets one, what a scan asks, who confirms a telephone, and what ends its access."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied, Refused
from lti_tools.identities import api as identities
from lti_tools.identities.models import Slip, SlipScan
from lti_tools.identities.slips import LIFETIME, MOST_MISSES, MOST_WAITING, WAITING
from lti_tools.keys.api import digest
from lti_tools.office import slips as office
from lti_tools.people.api import RoleGrant

RIGHT, WRONG = "002X", "1111"


@pytest.fixture
def holder(cast: Any) -> Any:
    """王守田, whose ID number the roster knows."""
    cast.people.senior.id_last4 = RIGHT
    cast.people.senior.save()
    return cast.people.senior


@pytest.fixture
def printed(cast: Any, holder: Any) -> tuple[Slip, str]:
    return identities.issue(holder, by=cast.actor("specialist"))


def scanned(slip: Slip) -> SlipScan:
    found = identities.telephone(slip, identities.scan(slip, RIGHT).device)
    assert found
    return found


def bound(cast: Any, slip: Slip) -> SlipScan:
    scan = scanned(slip)
    office.confirm_telephone(cast.actor("specialist"), scan.id)
    return scan


def opens(scan: SlipScan) -> Any:
    return identities.person_for(str(scan.id))


def state(person: Any) -> str:
    return identities.states_of([person.id])[person.id].code


def events(kind: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(kind=kind).order_by("seq"))


def make_staff(person: Any, school: Any, **more: Any) -> None:
    RoleGrant.objects.create(
        person=person, role="specialist", school=school, reason="test", **({"since": date(2026, 1, 1)} | more)
    )


# Printing ------------------------------------------------------------------------------------------------------


def test_of_a_secret_only_the_hash_is_kept(printed: tuple[Slip, str]) -> None:
    slip, secret = printed
    assert len(secret) >= 24
    assert secret not in str(Slip.objects.filter(id=slip.id).values())
    assert Slip.objects.get(secret_hash=digest(secret)) == slip
    assert identities.find_slip(secret) == slip
    assert identities.find_slip(slip.secret_hash) is None


def test_printing_again_ends_the_earlier_slip_and_its_telephones_at_once(
    cast: Any, holder: Any, printed: tuple[Slip, str]
) -> None:
    slip, secret = printed
    scan = bound(cast, slip)
    assert opens(scan) == holder
    newer, other = identities.issue(holder, by=cast.actor("school_office"))
    assert opens(scan) is None
    assert identities.find_slip(secret) is None
    assert identities.find_slip(other) == newer
    assert [event.detail["why"] for event in events("slip.revoked")] == ["printed_again"]


def test_a_slip_works_at_most_its_lifetime_and_never_longer_than_its_programme(
    cast: Any, holder: Any
) -> None:
    by = cast.actor("specialist")
    soon = timezone.localdate() + timedelta(days=3)
    of_a_short_programme, _secret = identities.issue(holder, by=by, until=soon)
    assert timezone.localdate(of_a_short_programme.expires_at - timedelta(seconds=1)) == soon
    of_a_long_one, _secret = identities.issue(holder, by=by, until=soon + timedelta(days=4000))
    assert of_a_long_one.expires_at - of_a_long_one.issued_at < LIFETIME + timedelta(minutes=1)


def test_nobody_with_a_staff_role_in_force_gets_a_slip(cast: Any, holder: Any) -> None:
    make_staff(holder, cast.school_a)
    with pytest.raises(Refused) as refused:
        identities.issue(holder, by=cast.actor("officer"))
    assert refused.value.code == "slip.staff"
    assert not Slip.objects.exists()


def test_a_role_that_has_ended_is_no_obstacle(cast: Any, holder: Any) -> None:
    make_staff(holder, cast.school_a, until=date(2026, 1, 2))
    assert identities.issue(holder, by=cast.actor("officer"))


def test_where_nothing_could_be_asked_no_slip_is_printed(cast: Any, holder: Any) -> None:
    holder.id_last4 = holder.birth_month = ""
    holder.save()
    with pytest.raises(Refused) as refused:
        identities.issue(holder, by=cast.actor("officer"))
    assert refused.value.code == "slip.nothing_to_ask"


def test_without_an_id_number_the_month_of_birth_is_asked(cast: Any) -> None:
    colleague = cast.people.colleague
    assert identities.question_for(colleague) == "birth_month"
    slip, _secret = identities.issue(colleague, by=cast.actor("specialist"))
    assert not identities.scan(slip, "1980-02").device
    assert identities.scan(slip, "1980-01").device


@pytest.mark.parametrize(
    ("question", "typed", "plain"),
    [
        ("last4", " 002x ", "002X"),
        ("last4", "００２Ｘ", "002X"),
        ("last4", "12 34", "1234"),
        ("last4", "12345", ""),
        ("last4", "X234", ""),
        ("last4", "", ""),
        ("birth_month", "1968-3", "1968-03"),
        ("birth_month", "196803", "1968-03"),
        ("birth_month", "1968年3月", "1968-03"),
        ("birth_month", "１９６８／０３", "1968-03"),
        ("birth_month", "1968-13", ""),
        ("birth_month", "03-1968", ""),
    ],
)
def test_answers_are_read_as_people_write_them(question: str, typed: str, plain: str) -> None:
    assert identities.plain_answer(question, typed) == plain


# Scanning ------------------------------------------------------------------------------------------------------


def test_a_right_answer_opens_nothing_before_it_is_confirmed(
    cast: Any, holder: Any, printed: tuple[Slip, str]
) -> None:
    scan = scanned(printed[0])
    assert opens(scan) is None
    assert state(holder) == "waiting"
    office.confirm_telephone(cast.actor("specialist"), scan.id)
    assert opens(scan) == holder
    assert state(holder) == "bound"


def test_five_wrong_answers_kill_the_slip_for_the_right_one_too(
    holder: Any, printed: tuple[Slip, str]
) -> None:
    slip, secret = printed
    left = [identities.scan(slip, WRONG).tries_left for _try in range(MOST_MISSES)]
    assert left == [4, 3, 2, 1, 0]
    late = identities.scan(slip, RIGHT)
    assert (late.device, late.tries_left) == ("", 0)
    assert state(holder) == "dead"
    found = identities.find_slip(secret)
    assert found
    assert identities.is_dead(found)
    assert [event.subject for event in events("slip.dead")] == [str(holder.id)]


def test_who_knows_the_answer_is_not_charged_for_earlier_slips_of_the_finger(
    printed: tuple[Slip, str],
) -> None:
    slip, _secret = printed
    for _round in range(2):
        for _try in range(MOST_MISSES - 1):
            identities.scan(slip, WRONG)
        assert identities.scan(slip, RIGHT).device


def test_a_stranger_who_kills_the_slip_does_not_shut_the_teacher_out(
    cast: Any, holder: Any, printed: tuple[Slip, str]
) -> None:
    scan = bound(cast, printed[0])
    for _try in range(MOST_MISSES):
        identities.scan(printed[0], WRONG)
    assert opens(scan) == holder


def test_only_a_few_telephones_wait_at_the_same_time(cast: Any, printed: tuple[Slip, str]) -> None:
    waiting = [scanned(printed[0]) for _one in range(MOST_WAITING)]
    with pytest.raises(Refused) as refused:
        identities.scan(printed[0], RIGHT)
    assert refused.value.code == "slip.too_many_waiting"
    office.decline_telephone(cast.actor("specialist"), waiting[0].id)
    assert identities.scan(printed[0], RIGHT).device


def test_a_telephone_is_known_by_its_own_secret_and_only_for_its_own_slip(
    cast: Any, printed: tuple[Slip, str]
) -> None:
    slip, secret = printed
    device = identities.scan(slip, RIGHT).device
    other, _secret = identities.issue(cast.people.colleague, by=cast.actor("specialist"))
    assert identities.telephone(slip, device)
    assert identities.telephone(other, device) is None
    for guess in ("", secret, device[:-1], digest(device)):
        assert identities.telephone(slip, guess) is None


def test_the_number_to_compare_is_the_telephones_own_and_does_not_change(printed: tuple[Slip, str]) -> None:
    one, two = scanned(printed[0]), scanned(printed[0])
    assert identities.check_number(one.id) == identities.check_number(one.id)
    assert len(identities.check_number(one.id)) == 4
    numbers = {identities.check_number(uuid.UUID(int=number)) for number in range(50)}
    assert len(numbers) > 40
    assert identities.telephone_of(two).check == identities.check_number(two.id)


# Confirming ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", ["specialist_elsewhere", "envoy", "officer", "school_office", "nobody", "senior"]
)
def test_only_the_specialist_of_the_school_confirms(cast: Any, printed: tuple[Slip, str], who: str) -> None:
    scan = scanned(printed[0])
    for act in (office.confirm_telephone, office.decline_telephone):
        with pytest.raises(Denied):
            act(cast.actor(who), scan.id)
    assert office.waiting_telephones(cast.actor(who)) == []
    assert opens(scan) is None


def test_an_envoy_confirms_at_the_schools_of_the_grant(cast: Any) -> None:
    slip, _secret = identities.issue(cast.people.middle, by=cast.actor("envoy"))
    device = identities.scan(slip, "1984-05").device
    scan = identities.telephone(slip, device)
    assert scan
    assert [one.teacher for one in office.waiting_telephones(cast.actor("envoy"))] == ["李慧敏"]
    office.confirm_telephone(cast.actor("envoy"), scan.id)
    assert opens(scan) == cast.people.middle


def test_the_desk_shows_the_number_the_telephone_shows(cast: Any, printed: tuple[Slip, str]) -> None:
    scan = scanned(printed[0])
    (waiting,) = office.waiting_telephones(cast.actor("specialist"))
    assert (waiting.teacher, waiting.telephone.check) == ("王守田", identities.check_number(scan.id))


def test_a_telephone_is_decided_about_once(cast: Any, printed: tuple[Slip, str]) -> None:
    scan = scanned(printed[0])
    office.decline_telephone(cast.actor("specialist"), scan.id)
    with pytest.raises(Refused) as refused:
        office.confirm_telephone(cast.actor("specialist"), scan.id)
    assert (refused.value.code, refused.value.status) == ("slip.already_decided", 409)
    assert opens(scan) is None
    assert [event.kind for event in AuditEvent.objects.filter(kind__startswith="slip.").order_by("seq")] == [
        "slip.issued",
        "slip.declined",
    ]


def test_a_telephone_of_a_slip_that_ended_meanwhile_is_not_confirmed(
    cast: Any, printed: tuple[Slip, str]
) -> None:
    scan = scanned(printed[0])
    office.revoke_slip(cast.actor("school_office"), printed[0].id)
    assert office.waiting_telephones(cast.actor("specialist")) == []
    with pytest.raises(Refused):
        office.confirm_telephone(cast.actor("specialist"), scan.id)
    assert opens(scan) is None


def test_who_waited_too_long_scans_again(cast: Any, holder: Any, printed: tuple[Slip, str]) -> None:
    scan = scanned(printed[0])
    SlipScan.objects.filter(id=scan.id).update(scanned_at=timezone.now() - WAITING)
    assert office.waiting_telephones(cast.actor("specialist")) == []
    with pytest.raises(Refused):
        office.confirm_telephone(cast.actor("specialist"), scan.id)
    assert state(holder) == "unused"


def test_events_name_the_teacher_by_pseudonym_and_hold_no_name_and_no_secret(
    cast: Any, holder: Any, printed: tuple[Slip, str]
) -> None:
    slip, secret = printed
    scan = bound(cast, slip)
    office.end_telephone(cast.actor("specialist"), scan.id)
    office.revoke_slip(cast.actor("specialist"), slip.id)
    found = list(AuditEvent.objects.filter(kind__startswith="slip.").order_by("seq"))
    assert [event.kind for event in found] == [
        "slip.issued",
        "slip.confirmed",
        "slip.telephone_ended",
        "slip.revoked",
    ]
    assert {event.subject for event in found} == {str(holder.id)}
    assert {event.actor for event in found} == {str(cast.people.specialist.id)}
    told = " ".join(str(event.detail) + event.reason for event in found)
    for secretive in (holder.name, secret, RIGHT, slip.secret_hash):
        assert secretive not in told


# Ending --------------------------------------------------------------------------------------------------------


def test_a_lost_telephone_is_ended_and_the_slip_goes_on(
    cast: Any, holder: Any, printed: tuple[Slip, str]
) -> None:
    lost, kept = bound(cast, printed[0]), bound(cast, printed[0])
    office.end_telephone(cast.actor("school_office"), lost.id)
    assert opens(lost) is None
    assert opens(kept) == holder
    assert [one.id for one in identities.states_of([holder.id])[holder.id].bound] == [kept.id]


def test_what_ends_a_slip_ends_its_telephones(cast: Any, holder: Any, printed: tuple[Slip, str]) -> None:
    scan = bound(cast, printed[0])
    Slip.objects.filter(id=printed[0].id).update(expires_at=timezone.now())
    assert opens(scan) is None
    assert identities.find_slip(printed[1]) is None
    assert state(holder) == "expired"


def test_a_slip_stops_working_on_the_day_its_holder_becomes_staff(
    cast: Any, holder: Any, printed: tuple[Slip, str]
) -> None:
    scan = bound(cast, printed[0])
    make_staff(holder, cast.school_a2)
    assert opens(scan) is None
    assert identities.find_slip(printed[1]) is None


def test_an_erased_persons_slip_opens_nothing(cast: Any, holder: Any, printed: tuple[Slip, str]) -> None:
    scan = bound(cast, printed[0])
    holder.erased_at = timezone.now()
    holder.save()
    assert opens(scan) is None


@pytest.mark.parametrize(
    "who", ["specialist_elsewhere", "envoy", "officer_b", "school_office_elsewhere", "chair"]
)
def test_nobody_elsewhere_ends_a_slip_or_a_telephone(cast: Any, printed: tuple[Slip, str], who: str) -> None:
    scan = bound(cast, printed[0])
    with pytest.raises(Denied):
        office.revoke_slip(cast.actor(who), printed[0].id)
    with pytest.raises(Denied):
        office.end_telephone(cast.actor(who), scan.id)
    assert opens(scan)
