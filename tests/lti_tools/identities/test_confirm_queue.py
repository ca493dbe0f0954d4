"""LMS accounts nobody is sure about: who sees them, whom they may be linked with, and who decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from roster_district import District

from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied, Refused
from lti_tools.identities import queue
from lti_tools.identities.api import (
    Candidate,
    Wanted,
    candidates,
    reject_identity,
    rejected_for,
    reopen_identity,
    waiting_for,
)
from lti_tools.identities.models import Identity
from lti_tools.launch.models import Platform
from lti_tools.office.identity_links import link as link_identity
from lti_tools.people.api import Actor, Affiliation, Area, Person, RoleGrant

pytestmark = pytest.mark.django_db
Web = Callable[[str], Client]


def platform(area: Area | None = None, name: str = "Course platform") -> Platform:
    return Platform.objects.create(
        issuer=f"https://{name}.example", client_id="c", name=name, authoritative_area=area
    )


def account(of: Platform, *, name: str = "王守田", staff_no: str = "", sub: str = "") -> Identity:
    return Identity.objects.create(
        platform=of,
        sub=sub or f"sub-{Identity.objects.count()}",
        claimed_name=name,
        claimed_staff_no=staff_no,
    )


def teacher(district: District, staff_no: str, school: str = "2199012101", name: str = "王守田") -> Person:
    person = Person.objects.create(name=name, staff_no=staff_no, birth_month="1968-03")
    Affiliation.objects.create(person=person, school=district.schools[school], since=date(2026, 9, 1))
    return person


def found(
    actor: Actor, waiting: Identity, *, staff_no: str = "", name: str = "", school: str = ""
) -> list[Candidate]:
    return candidates(actor, waiting, Wanted(staff_no, name, school), action="identity.confirm")


def test_an_officer_sees_accounts_that_claim_people_of_the_own_county_and_not_of_the_other(
    district: District,
) -> None:
    teacher(district, "TA")
    teacher(district, "TB", school="3199012201")
    lms = platform()
    of_a, of_b, of_nobody = (
        account(lms, staff_no="TA"),
        account(lms, staff_no="TB"),
        account(lms, staff_no="?"),
    )
    assert set(waiting_for(district.officer_a)) == {of_a, of_nobody}
    assert set(waiting_for(district.officer_b)) == {of_b, of_nobody}
    assert set(waiting_for(district.officer)) == {of_a, of_b, of_nobody}
    assert not waiting_for(district.teacher).exists()


def test_a_claim_that_fits_nobody_is_shown_to_the_area_of_its_platform_and_to_those_around_it(
    district: District,
) -> None:
    of_b = account(platform(district.county_b, "county-b"))
    of_city = account(platform(district.city, "city"))
    assert set(waiting_for(district.officer_a)) == {of_city}
    assert set(waiting_for(district.officer_b)) == {of_b, of_city}
    assert set(waiting_for(district.officer)) == {of_b, of_city}


def test_an_officer_links_an_account_and_the_decision_is_on_record(district: District) -> None:
    person = teacher(district, "TA")
    waiting = account(platform(), staff_no="TA")
    link_identity(district.officer_a, waiting.id, person.id)
    waiting.refresh_from_db()
    assert (waiting.person, waiting.matched_by) == (person, "officer")
    assert waiting.linked_at
    assert not waiting_for(district.officer_a).exists()
    event = AuditEvent.objects.get(kind="identity.linked")
    assert (event.actor, event.subject) == (str(district.officer_a.person_id), str(person.id))


def test_a_school_claimed_by_code_or_name_leads_to_its_county_and_to_no_other(district: District) -> None:
    lms = platform()
    by_code, by_name, elsewhere = account(lms), account(lms), account(lms)
    by_code.claimed_school, by_name.claimed_school = "2199012102", "青禾县柳沟村小学"
    elsewhere.claimed_school = "3199012202"
    for one in (by_code, by_name, elsewhere):
        one.save()
    assert set(waiting_for(district.officer_a)) == {by_code, by_name}
    assert set(waiting_for(district.officer_b)) == {elsewhere}
    assert set(waiting_for(district.officer)) == {by_code, by_name, elsewhere}


def test_a_person_is_found_by_number_or_by_name_and_school_and_a_name_alone_finds_nobody(
    district: District,
) -> None:
    person = teacher(district, "TA")
    waiting = account(platform())
    for how in (
        {"staff_no": "TA"},
        {"staff_no": " ＴＡ "},
        {"name": "王守田", "school": "2199012101"},
        {"name": " 王 守 田", "school": "青禾县实验"},
    ):
        assert [one.person_id for one in found(district.officer_a, waiting, **how)] == [person.id], how
    for how in ({"name": "王守田"}, {"school": "2199012101"}, {"name": "王守田", "school": "2199012102"}, {}):
        assert found(district.officer_a, waiting, **how) == [], how


@pytest.mark.parametrize(
    ("claimed", "held", "shown"),
    [("123X", "123X", "yes"), ("1234", "123X", "no"), ("", "123X", "unknown"), ("123X", "", "unknown")],
)
def test_the_last_four_are_compared_and_never_shown(
    district: District, web: Web, claimed: str, held: str, shown: str
) -> None:
    person = teacher(district, "TA")
    Person.objects.filter(id=person.id).update(id_last4=held)
    waiting = account(platform(), staff_no="TA")
    Identity.objects.filter(id=waiting.id).update(claimed_last4=claimed)
    waiting.refresh_from_db()
    [one] = found(district.officer_a, waiting, staff_no="TA")
    assert (one.last4, one.same_number, one.same_name) == (shown, True, True)
    page = web("a").get(reverse("identity", args=[waiting.id])).content.decode()
    assert "123X" not in page
    assert not claimed or claimed not in page


def test_what_fits_best_comes_first_and_a_person_with_an_account_cannot_be_chosen(
    district: District, web: Web
) -> None:
    namesake, right = teacher(district, "TX"), teacher(district, "TA")
    lms = platform()
    waiting, taken = account(lms, staff_no="TA"), account(lms)
    Identity.objects.filter(id=taken.id).update(person=namesake)
    rows = found(district.officer_a, waiting, staff_no="TA", name="王守田", school="2199012101")
    assert [(one.person_id, one.taken) for one in rows] == [(right.id, False), (namesake.id, True)]
    query = {"staff_no": "TA", "name": "王守田", "school": "2199012101"}
    page = web("a").get(reverse("identity", args=[waiting.id]), query).content.decode()
    assert f'value="{namesake.id}" required disabled' in page


def test_a_right_that_ended_or_was_taken_back_no_longer_bars_a_person(district: District) -> None:
    person = teacher(district, "TA")
    RoleGrant.objects.create(
        person=person, role="rater", since=date(2020, 1, 1), until=date(2020, 2, 1), reason="rated"
    )
    RoleGrant.objects.create(
        person=person, role="rater", since=date(2020, 1, 1), revoked_at="2020-01-02T00:00Z", reason="rated"
    )
    waiting = account(platform(), staff_no="TA")
    link_identity(district.officer_a, waiting.id, person.id)
    assert Identity.objects.get(id=waiting.id).person == person


def test_a_right_still_to_come_bars_a_person_already(district: District) -> None:
    person = teacher(district, "TA")
    RoleGrant.objects.create(
        person=person, role="officer", area=district.city, since=date(2090, 1, 1), reason="!"
    )
    waiting = account(platform(), staff_no="TA")
    with pytest.raises(Refused) as refused:
        link_identity(district.officer_a, waiting.id, person.id)
    assert refused.value.code == "identity.staff_role"


def test_a_person_with_a_staff_role_is_never_found_and_never_linked(district: District) -> None:
    person = teacher(district, "TA")
    RoleGrant.objects.create(person=person, role="rater", since=date(2026, 1, 1), reason="rates")
    waiting = account(platform(), staff_no="TA")
    assert found(district.officer_a, waiting, staff_no="TA") == []
    with pytest.raises(Refused) as refused:
        link_identity(district.officer_a, waiting.id, person.id)
    assert refused.value.code == "identity.staff_role"
    waiting.refresh_from_db()
    assert waiting.person is None


def test_an_officer_cannot_link_an_account_to_the_own_person(district: District) -> None:
    waiting = account(platform())
    with pytest.raises(Denied):
        link_identity(district.officer_a, waiting.id, district.officer_a.person_id)  # type: ignore[arg-type]


def test_a_person_of_the_other_county_is_not_found_and_cannot_be_linked(district: District) -> None:
    person = teacher(district, "TB", school="3199012201")
    waiting = account(platform())
    assert found(district.officer_a, waiting, staff_no="TB") == []
    assert found(district.officer_a, waiting, name="王守田", school="3199012201") == []
    with pytest.raises(Denied):
        link_identity(district.officer_a, waiting.id, person.id)


def test_somebody_who_left_the_county_cannot_be_linked_by_it_any_more(district: District) -> None:
    person = teacher(district, "TA")
    Affiliation.objects.filter(person=person).update(until=date(2026, 10, 1))
    with pytest.raises(Denied):
        link_identity(district.officer_a, account(platform()).id, person.id)


def test_the_same_person_gets_one_account_of_a_platform_only(district: District) -> None:
    person = teacher(district, "TA")
    lms = platform()
    first, second = account(lms, staff_no="TA"), account(lms, staff_no="TA")
    link_identity(district.officer_a, first.id, person.id)
    with pytest.raises(Refused) as refused:
        link_identity(district.officer_a, second.id, person.id)
    assert refused.value.code == "identity.second_account"
    link_identity(district.officer_a, account(platform(None, "other"), staff_no="TA").id, person.id)
    assert Identity.objects.filter(person=person).count() == 2


def test_a_decision_is_made_once(district: District) -> None:
    person = teacher(district, "TA")
    waiting = account(platform(), staff_no="TA")
    reject_identity(district.officer_a, waiting.id)
    for again in (
        lambda: reject_identity(district.officer_a, waiting.id),
        lambda: link_identity(district.officer_a, waiting.id, person.id),
    ):
        with pytest.raises(Denied):
            again()
    assert AuditEvent.objects.filter(kind="identity.rejected").count() == 1


def test_a_rejected_account_can_be_reopened_and_then_waits_for_a_human(district: District) -> None:
    person = teacher(district, "TA")
    waiting = account(platform(), staff_no="TA")
    reject_identity(district.officer_a, waiting.id)
    assert list(rejected_for(district.officer_a)) == [waiting]
    assert not rejected_for(district.officer_b).exists()
    with pytest.raises(Denied):
        reopen_identity(district.officer_b, waiting.id)
    reopen_identity(district.officer_a, waiting.id)
    with pytest.raises(Denied):
        reopen_identity(district.officer_a, waiting.id)
    assert list(waiting_for(district.officer_a)) == [waiting]
    assert AuditEvent.objects.filter(kind="identity.reopened").count() == 1
    link_identity(district.officer_a, waiting.id, person.id)


def test_an_account_that_is_linked_cannot_be_reopened(district: District) -> None:
    person = teacher(district, "TA")
    waiting = account(platform(), staff_no="TA")
    link_identity(district.officer_a, waiting.id, person.id)
    with pytest.raises(Denied):
        reopen_identity(district.officer_a, waiting.id)


@pytest.mark.parametrize("late", ["link", "reject"])
def test_of_two_officers_the_second_is_told_that_it_is_decided(
    district: District, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """The second had the page open: found is the account for both before either decides."""
    first, second = teacher(district, "TA"), teacher(district, "TX")
    waiting = account(platform(), staff_no="TA")
    seen = queue.find_waiting(district.officer, waiting.id)
    link_identity(district.officer_a, waiting.id, first.id)
    monkeypatch.setattr(queue, "find_waiting", lambda actor, identity_id: seen)
    decide = {
        "link": lambda: link_identity(district.officer, waiting.id, second.id),
        "reject": lambda: reject_identity(district.officer, waiting.id),
    }[late]
    with pytest.raises(Refused) as refused:
        decide()
    assert (refused.value.code, refused.value.status) == ("identity.already_decided", 409)
    waiting.refresh_from_db()
    assert (waiting.person, waiting.rejected_at) == (first, None)


def test_an_officer_decides_through_the_pages(district: District, web: Web) -> None:
    person = teacher(district, "TA", name="王守田")
    waiting, wrong = account(platform(), staff_no="TA"), account(platform(None, "b"), name="Nobody")
    client = web("a")
    assert "王守田" in client.get(reverse("identity-queue")).content.decode()
    page = client.get(reverse("identity", args=[waiting.id])).content.decode()
    assert str(person.id) in page
    assert "青禾县实验小学" in page
    client.post(reverse("identity-link", args=[waiting.id]), {"person": str(person.id)})
    client.post(reverse("identity-reject", args=[wrong.id]))
    assert "Nobody" in client.get(reverse("identity-rejected")).content.decode()
    client.post(reverse("identity-reopen", args=[wrong.id]))
    assert Identity.objects.get(id=wrong.id).rejected_at is None
    client.post(reverse("identity-reject", args=[wrong.id]))
    assert Identity.objects.get(id=waiting.id).person == person
    assert Identity.objects.get(id=wrong.id).rejected_at
    assert not waiting_for(district.officer_a).exists()


@pytest.mark.parametrize("chosen", [{}, {"person": ""}, {"person": "everybody"}])
def test_choosing_nobody_links_nobody(district: District, web: Web, chosen: dict[str, str]) -> None:
    waiting = account(platform())
    answer = web("a").post(reverse("identity-link", args=[waiting.id]), chosen)
    assert answer.status_code == 422
    assert Identity.objects.get(id=waiting.id).person is None


@pytest.mark.parametrize("who", ["b", "teacher", ""])
def test_nobody_else_sees_or_decides_about_an_account_of_county_a(
    district: District, web: Web, who: str
) -> None:
    person = teacher(district, "TA")
    waiting = account(platform(), staff_no="TA")
    client = web(who)
    for method, name in (("get", "identity"), ("post", "identity-link"), ("post", "identity-reject")):
        answer = getattr(client, method)(reverse(name, args=[waiting.id]), {"person": str(person.id)})
        assert answer.status_code in (404, 302)
        assert "王守田" not in answer.content.decode()
    waiting.refresh_from_db()
    assert (waiting.person, waiting.rejected_at) == (None, None)
    for name in ("identity-queue", "identity-rejected", "identity-linked"):
        assert "王守田" not in client.get(reverse(name)).content.decode()
