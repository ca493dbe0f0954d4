"""Printing for a school: whose teachers, how many at once, and who is left out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.errors import Denied, Refused
from lti_tools.identities.models import Slip
from lti_tools.office import slips as office
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Affiliation, Person, RoleGrant, School
from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment


def print_for(cast: Any, who: str, *people: Any, school: Any = None) -> list[office.Printed]:
    return office.print_slips(cast.actor(who), school or cast.school_a, [one.id for one in people])


@pytest.mark.parametrize("who", ["specialist", "school_office", "officer", "officer_city"])
def test_a_slip_says_whose_it_is_and_how_long_it_is_good(cast: Any, who: str) -> None:
    (slip,) = print_for(cast, who, cast.people.senior)
    assert (slip.name, slip.school) == ("王守田", "甲县村小")
    assert slip.programme == cast.programme.title
    assert slip.question == "birth_month"
    assert slip.last_day <= cast.programme.ends
    assert Slip.objects.get().issued_by == getattr(cast.people, who)


@pytest.mark.parametrize(
    "who",
    ["specialist_elsewhere", "school_office_elsewhere", "officer_b", "envoy", "reviewer", "senior", "nobody"],
)
def test_nobody_else_prints_for_the_school(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        print_for(cast, who, cast.people.senior)
    with pytest.raises(Denied):
        office.school_for(cast.actor(who), cast.school_a.id)
    assert not Slip.objects.exists()


def test_a_teacher_of_another_school_is_not_printed_with_ones_own(cast: Any) -> None:
    with pytest.raises(Denied):
        print_for(cast, "specialist", cast.people.senior, cast.people.outsider)
    assert not Slip.objects.exists()


def test_all_are_printed_or_none(cast: Any) -> None:
    """A specialist of the school stands on the list of teachers and gets no slip."""
    with pytest.raises(Refused):
        print_for(cast, "school_office", cast.people.senior, cast.people.specialist)
    assert not Slip.objects.exists()


def test_who_is_in_no_programme_gets_no_slip(cast: Any) -> None:
    Enrolment.objects.filter(person=cast.people.senior).delete()
    with pytest.raises(Refused) as refused:
        print_for(cast, "specialist", cast.people.senior)
    assert refused.value.code == "slip.no_programme"


def test_nobody_and_too_many_at_once_are_refused(cast: Any) -> None:
    new = [Person.objects.create(name=f"教师{number:02}", birth_month="1990-01") for number in range(61)]
    for person in new:
        Affiliation.objects.create(person=person, school=cast.school_a, since=date(2026, 9, 1))
    programmes.enrol(cast.programme, new)
    for people in ([], new):
        with pytest.raises(Refused) as refused:
            print_for(cast, "specialist", *people)
        assert refused.value.code == "slip.how_many"
    assert len(print_for(cast, "specialist", *new[:60])) == 60


def test_the_rest_are_those_without_a_slip_that_works(cast: Any) -> None:
    actor = cast.actor("specialist")
    first = office.without_slip(actor, cast.school_a)
    assert set(first) == {cast.people.senior.id, cast.people.colleague.id}
    print_for(cast, "specialist", cast.people.senior)
    assert office.without_slip(actor, cast.school_a) == [cast.people.colleague.id]
    office.revoke_slip(actor, Slip.objects.get().id)
    assert set(office.without_slip(actor, cast.school_a)) == set(first)


def test_why_somebody_gets_no_slip_is_said_by_code(cast: Any) -> None:
    Enrolment.objects.filter(person=cast.people.senior).delete()
    Person.objects.filter(id=cast.people.colleague.id).update(birth_month="")
    people = list(office.teachers(cast.actor("specialist"), cast.school_a))
    barred = {holder.name: holder.barred for holder in office.holders(people)}
    assert barred == {
        "王守田": "slip.no_programme",
        "张同事": "slip.nothing_to_ask",
        "同校评审": "slip.staff",
        "校办": "slip.staff",
    }


def test_schools_are_those_of_the_grant_with_their_teaching_points(cast: Any) -> None:
    point = School.objects.create(
        area=cast.county_a, code="2199012199", name="山口教学点", location="village", parent=cast.school_a
    )
    assert list(office.schools(cast.actor("specialist"))) == [cast.school_a, point]
    assert list(office.schools(cast.actor("officer"))) == [cast.school_a, cast.school_a2, point]
    assert list(office.schools(cast.actor("officer"), named="山口")) == [point]
    assert list(office.schools(cast.actor("officer_b"))) == [cast.school_b]
    for who in ("reviewer", "rater1", "administrator", "senior", "nobody"):
        assert not office.schools(cast.actor(who)).exists()


def test_an_officer_who_is_a_specialist_as_well_confirms_for_the_own_school_only(cast: Any) -> None:
    RoleGrant.objects.create(
        person=cast.people.specialist,
        role="officer",
        area=cast.county_a,
        since=date(2026, 1, 1),
        reason="test",
    )
    from lti_tools.identities import api as identities

    slip, _secret = identities.issue(cast.people.middle, by=cast.actor("envoy"))
    identities.scan(slip, "1984-05")
    assert office.waiting_telephones(cast.actor("specialist")) == []
    assert len(office.waiting_telephones(cast.actor("envoy"))) == 1


def left(person: Any, *, school: School | None = None) -> None:
    """The person works nowhere with us from now on."""
    rows = Affiliation.objects.filter(person=person)
    rows.update(until=timezone.localdate(), left="moved-away", **({"school": school} if school else {}))


@pytest.mark.parametrize("who", ["specialist", "school_office", "officer", "officer_city"])
def test_the_slip_of_somebody_who_left_is_listed_and_ended_where_they_worked_last(
    cast: Any, who: str
) -> None:
    print_for(cast, "specialist", cast.people.senior)
    assert office.former(cast.actor(who), cast.school_a) == []
    left(cast.people.senior)
    (row,) = office.former(cast.actor(who), cast.school_a)
    assert (row.person_id, row.state.code) == (cast.people.senior.id, "unused")
    office.revoke_slip(cast.actor(who), row.state.slip_id)
    assert Slip.objects.get().revoked_at
    assert office.former(cast.actor(who), cast.school_a) == []


@pytest.mark.parametrize("who", ["specialist_elsewhere", "school_office_elsewhere", "officer_b", "senior"])
def test_nobody_elsewhere_ends_the_slip_of_somebody_who_left(cast: Any, who: str) -> None:
    print_for(cast, "specialist", cast.people.senior)
    left(cast.people.senior)
    with pytest.raises(Denied):
        office.revoke_slip(cast.actor(who), Slip.objects.get().id)
    with pytest.raises(Denied):
        office.former(cast.actor(who), cast.school_a)


def test_where_the_school_was_merged_its_successor_ends_the_slips_of_those_who_had_left(cast: Any) -> None:
    print_for(cast, "specialist", cast.people.senior)
    left(cast.people.senior)
    day = timezone.localdate()
    Affiliation.objects.filter(person=cast.people.senior).update(until=day - timedelta(days=3))
    organisations.merge(cast.school_a, into=cast.school_b, since=day, by=None)
    (row,) = office.former(cast.actor("school_office_elsewhere"), cast.school_b)
    office.revoke_slip(cast.actor("school_office_elsewhere"), row.state.slip_id)
    assert Slip.objects.get().revoked_at


def test_it_is_known_whether_anybody_confirms_telephones_at_a_school(cast: Any) -> None:
    assert office.is_confirmed_by_somebody(cast.school_a)
    assert office.is_confirmed_by_somebody(cast.school_a2)  # a technical envoy comes there
    RoleGrant.objects.filter(role="envoy").update(revoked_at=timezone.now())
    assert not office.is_confirmed_by_somebody(cast.school_a2)
    point = School.objects.create(
        area=cast.county_a, code="2199012177", name="山口教学点", location="village", parent=cast.school_a
    )
    assert office.is_confirmed_by_somebody(point)
    RoleGrant.objects.filter(role="specialist").update(revoked_at=timezone.now())
    assert not office.is_confirmed_by_somebody(point)
