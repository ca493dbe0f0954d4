"""When a launch is matched with a person without a human: by number, or by school and name, and otherwise never."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from roster_district import District

from lti_tools.audit.models import AuditEvent
from lti_tools.identities import matching
from lti_tools.identities.api import Claim, claim, identify, opens
from lti_tools.identities.models import Identity
from lti_tools.launch.api import Launch, Platform
from lti_tools.people.api import Affiliation, Person, RoleGrant

pytestmark = pytest.mark.django_db
A_SCHOOL, B_SCHOOL = "2199012101", "3199012201"


@pytest.fixture
def lms(district: District) -> Platform:
    return Platform.objects.create(
        issuer="https://a.example", client_id="c", name="A", authoritative_area=district.county_a
    )


def arrives(lms: Platform, **said: Any) -> Identity:
    """A launch through a platform that is authoritative where the platform's row says so."""
    area = lms.authoritative_area
    return identify(
        Launch(
            **{
                "platform_id": lms.id,
                "issuer": lms.issuer,
                "client_id": lms.client_id,
                "deployment_id": "1",
                "sub": "user-7",
                "resource_link_id": "link",
                "target_link_uri": "https://here.example/lti/launch",
                "name": "王守田",
                "authoritative_area": area.path if area else "",
            }
            | said
        )
    )


def teacher(
    district: District, *, name: str = "王守田", staff_no: str = "T1", school: str = A_SCHOOL
) -> Person:
    person = Person.objects.create(name=name, staff_no=staff_no)
    Affiliation.objects.create(person=person, school=district.schools[school], since=date(2026, 9, 1))
    return person


def test_the_teacher_number_and_the_name_match_and_the_trail_says_by_what(
    district: District, lms: Platform
) -> None:
    person = teacher(district)
    account = arrives(lms, staff_no="T1")
    assert (account.person, account.matched_by) == (person, matching.BY_NUMBER)
    assert account.linked_at
    event = AuditEvent.objects.get(kind="identity.matched")
    assert (event.subject, event.detail["by"]) == (str(person.id), matching.BY_NUMBER)


@pytest.mark.parametrize("staff_no", ["", "unknown-here"])
def test_school_code_and_name_match_the_one_person_of_that_name_there(
    district: District, lms: Platform, staff_no: str
) -> None:
    """A number nobody has speaks against nobody, as long as the person of the list has none."""
    person = teacher(district, staff_no="")
    account = arrives(lms, school_code=A_SCHOOL, staff_no=staff_no)
    assert (account.person, account.matched_by) == (person, matching.BY_SCHOOL)


@pytest.mark.parametrize(("listed", "said"), [("买买提·艾力", "买买提•艾力"), ("王守田", " 王 守田")])
def test_dots_and_spaces_do_not_make_another_name(
    district: District, lms: Platform, listed: str, said: str
) -> None:
    person = teacher(district, name=listed)
    assert arrives(lms, staff_no="T1", name=said).person == person


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"staff_no": "T1", "name": "李慧敏"},
        {"staff_no": "T1", "name": ""},
        {"staff_no": "T2"},
        {"school_code": "2199012102"},
        {"school_code": A_SCHOOL, "name": "李慧敏"},
        {"school_code": A_SCHOOL, "staff_no": "T9"},
        {"staff_no": "T1", "authoritative_area": ""},
        {"school_code": A_SCHOOL, "authoritative_area": ""},
    ],
    ids=str,
)
def test_anything_less_waits_for_a_human(district: District, lms: Platform, said: dict[str, str]) -> None:
    teacher(district)
    assert arrives(lms, **said).person is None
    assert not AuditEvent.objects.filter(kind="identity.matched").exists()


def test_a_number_that_is_somebody_elses_is_not_overruled_by_the_school(
    district: District, lms: Platform
) -> None:
    teacher(district, staff_no="")
    teacher(district, name="李慧敏", staff_no="T5")
    assert arrives(lms, staff_no="T5", school_code=A_SCHOOL).person is None


def test_of_two_people_of_one_name_at_a_school_neither_is_chosen(district: District, lms: Platform) -> None:
    teacher(district, staff_no="T1")
    teacher(district, staff_no="T2")
    assert arrives(lms, school_code=A_SCHOOL).person is None


def test_a_platform_matches_in_its_own_area_only(district: District, lms: Platform) -> None:
    teacher(district, staff_no="TB", school=B_SCHOOL)
    assert arrives(lms, staff_no="TB").person is None
    assert arrives(lms, school_code=B_SCHOOL, sub="user-8").person is None


def test_somebody_who_works_there_no_longer_is_not_matched(district: District, lms: Platform) -> None:
    person = teacher(district)
    Affiliation.objects.filter(person=person).update(until=date(2026, 10, 1))
    assert arrives(lms, staff_no="T1", school_code=A_SCHOOL).person is None


@pytest.mark.parametrize("since", [date(2020, 1, 1), date(2090, 1, 1)], ids=["in force", "to come"])
def test_nobody_with_a_staff_role_is_matched_whatever_the_platform_says(
    district: District, lms: Platform, since: date
) -> None:
    person = teacher(district)
    RoleGrant.objects.create(person=person, role="rater", since=since, reason="appointed")
    assert arrives(lms, staff_no="T1", school_code=A_SCHOOL).person is None


def test_a_staff_role_that_is_over_bars_nobody(district: District, lms: Platform) -> None:
    person = teacher(district)
    RoleGrant.objects.create(
        person=person, role="rater", since=date(2020, 1, 1), until=date(2020, 2, 1), reason="appointed"
    )
    assert arrives(lms, staff_no="T1").person == person


def test_a_second_account_of_the_platform_waits(district: District, lms: Platform) -> None:
    person = teacher(district)
    assert arrives(lms, staff_no="T1").person == person
    second = arrives(lms, staff_no="T1", sub="user-8")
    assert (second.person, second.matched_by) == (None, "")


def test_two_launches_at_once_that_fit_one_person_bring_one_link(
    district: District, lms: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other account is linked between looking and writing: the database decides, and the launch goes on."""
    person = teacher(district)
    look = matching._fitting

    def meanwhile(launch: Launch) -> Any:
        found = look(launch)
        Identity.objects.create(platform=lms, sub="user-8", person=person)
        return found

    monkeypatch.setattr(matching, "_fitting", meanwhile)
    assert arrives(lms, staff_no="T1").person is None
    assert Identity.objects.filter(person=person).count() == 1


def test_a_launch_takes_no_decision_of_an_officer_back(
    district: District, lms: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The officer links while the launch notes its claims."""
    person, other = teacher(district), teacher(district, name="李慧敏", staff_no="T5")
    note = matching._note_claims

    def meanwhile(account: Identity, launch: Launch) -> None:
        Identity.objects.filter(id=account.id).update(person=other, matched_by="officer")
        note(account, launch)

    monkeypatch.setattr(matching, "_note_claims", meanwhile)
    account = arrives(lms, staff_no="T1")
    assert (account.person, account.matched_by) == (other, "officer")
    assert not Identity.objects.filter(person=person).exists()


@pytest.mark.parametrize("decided", [{"rejected_at": "2026-10-01T00:00Z"}, {"matched_by": "split"}])
def test_once_a_human_has_decided_no_launch_matches_by_itself(
    district: District, lms: Platform, decided: dict[str, str]
) -> None:
    teacher(district)
    account = Identity.objects.create(platform=lms, sub="user-7", **decided)
    assert arrives(lms, staff_no="T1").person is None
    account.refresh_from_db()
    assert account.lms_staff_no == "T1"


def test_what_somebody_claims_in_the_form_matches_nothing_and_outlasts_the_next_launch(
    district: District, lms: Platform
) -> None:
    teacher(district)
    account = arrives(lms, name="W. Shoutian", school_code="not-a-school")
    assert (account.claimed_name, account.claimed_school) == ("W. Shoutian", "not-a-school")
    claim(account.id, Claim(name="王守田", staff_no="T1", school=A_SCHOOL, last4="123X"))
    again = arrives(lms, name="W. Shoutian")
    assert again.person is None
    assert (again.claimed_name, again.claimed_staff_no, again.lms_name) == ("王守田", "T1", "W. Shoutian")


def test_an_account_opens_the_path_of_its_person_and_of_nobody_else(
    district: District, lms: Platform
) -> None:
    person, other = teacher(district), teacher(district, name="李慧敏", staff_no="T5")
    account = arrives(lms, staff_no="T1")
    assert opens(account.id, person.id)
    assert not opens(account.id, other.id)
    assert not opens(uuid.uuid4(), person.id)
