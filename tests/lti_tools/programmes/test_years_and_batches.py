from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lti_tools import journey
from lti_tools.errors import Denied, Refused
from lti_tools.office import programmes as office
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Batch, Enrolment, Programme

pytestmark = pytest.mark.django_db
AUTUMN = {"title": "第一批", "starts": date(2026, 9, 1), "ends": date(2027, 1, 31)}


def years(starts: date, ends: date, begins: str) -> list[tuple[str, date, date]]:
    found = programmes.years_of(Programme(starts=starts, ends=ends, year_begins=begins))
    return [(year.label, year.starts, year.ends) for year in found]


def test_the_years_of_a_programme_follow_each_other_without_gap_and_are_clipped_to_it() -> None:
    assert years(date(2026, 10, 1), date(2028, 3, 31), "01-01") == [
        ("2026", date(2026, 10, 1), date(2026, 12, 31)),
        ("2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("2028", date(2028, 1, 1), date(2028, 3, 31)),
    ]
    assert years(date(2026, 7, 1), date(2027, 10, 1), "09-01") == [
        ("2025–2026", date(2026, 7, 1), date(2026, 8, 31)),
        ("2026–2027", date(2026, 9, 1), date(2027, 8, 31)),
        ("2027–2028", date(2027, 9, 1), date(2027, 10, 1)),
    ]


def test_a_programme_that_begins_with_its_year_has_no_sliver_before_it() -> None:
    assert years(date(2026, 9, 1), date(2027, 8, 31), "09-01") == [
        ("2026–2027", date(2026, 9, 1), date(2027, 8, 31))
    ]


@pytest.mark.parametrize("wrong", ["02-29", "13-01", "00-10", "soon", ""])
def test_a_year_begins_on_a_day_that_every_year_has(cast: Any, wrong: str) -> None:
    with pytest.raises(Refused, match="year_begins"):
        programmes.year_begin(wrong)


def test_two_programmes_of_one_area_do_not_share_a_title_even_when_opened_at_once(cast: Any) -> None:
    terms = {
        "title": cast.programme.title,
        "starts": date(2026, 9, 1),
        "ends": date(2027, 7, 31),
        "reference_date": date(2026, 9, 1),
    }
    with pytest.raises(Refused, match="title_taken"):
        journey.open_programme(cast.actor("officer_city"), area=cast.city, **terms)
    # The refusal came from the database and left the transaction usable.
    assert (
        journey.open_programme(cast.actor("officer_city"), area=cast.county_a, **terms).title
        == terms["title"]
    )


def test_people_are_put_into_a_batch_and_counted_by_it(cast: Any) -> None:
    batch = office.open_batch(cast.actor("officer_city"), cast.programme, **AUTUMN)
    rows = [cast.enrolment("senior"), cast.enrolment("middle")]
    assert office.assign_batch(cast.actor("officer_city"), batch, rows) == 2
    assert office.assign_batch(cast.actor("officer_city"), batch, rows) == 0
    programmes.place(cast.enrolment("senior"), skill="S1", diagnosis={})
    Enrolment.objects.filter(person=cast.people.young).update(participation="exempt")
    counted = programmes.batch_counts(Enrolment.objects.filter(programme=cast.programme), cast.programme)
    assert [(one.batch, one.due, one.placed, one.exempt) for one in counted] == [
        (batch, 2, 1, 0),
        (None, 2, 0, 1),
    ]


def test_people_are_taken_out_of_a_batch_again(cast: Any) -> None:
    batch = office.open_batch(cast.actor("officer_city"), cast.programme, **AUTUMN)
    programmes.set_batch([cast.enrolment("senior")], batch)
    assert programmes.set_batch([cast.enrolment("senior"), cast.enrolment("young")], None) == 1
    assert cast.enrolment("senior").batch is None


@pytest.mark.parametrize(
    "wrong", [{"starts": date(2026, 8, 31)}, {"ends": date(2030, 1, 1)}, {"ends": date(2026, 8, 1)}]
)
def test_a_batch_lies_within_its_programme(cast: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="outside_programme"):
        office.open_batch(cast.actor("officer_city"), cast.programme, **(AUTUMN | wrong))
    assert not Batch.objects.exists()


def test_a_title_is_given_once(cast: Any) -> None:
    office.open_batch(cast.actor("officer_city"), cast.programme, **AUTUMN)
    second = office.open_batch(cast.actor("officer_city"), cast.programme, **(AUTUMN | {"title": "第二批"}))
    with pytest.raises(Refused, match="title_taken"):
        office.open_batch(cast.actor("officer_city"), cast.programme, **AUTUMN)
    with pytest.raises(Refused, match="title_taken"):
        office.change_batch(cast.actor("officer_city"), second, **AUTUMN)
    assert Batch.objects.count() == 2


def test_a_batch_takes_nobody_of_another_programme(cast: Any) -> None:
    other = programmes.open_programme(
        cast.county_a,
        title="另一个",
        starts=date(2026, 9, 1),
        ends=date(2027, 8, 31),
        reference_date=date(2026, 9, 1),
        opened_by=None,
    )
    batch = programmes.open_batch(other, **AUTUMN)
    with pytest.raises(Refused, match="another_programme"):
        office.assign_batch(cast.actor("officer"), batch, [cast.enrolment("senior")])


@pytest.mark.parametrize("who", ["nobody", "senior", "officer", "officer_b", "reviewer", "school_office"])
def test_nobody_else_makes_batches(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        office.open_batch(cast.actor(who), cast.programme, **AUTUMN)
    batch = programmes.open_batch(cast.programme, **AUTUMN)
    with pytest.raises(Denied):
        office.assign_batch(cast.actor(who), batch, [cast.enrolment("senior")])
    with pytest.raises(Denied):
        programmes.batch_for(cast.actor(who), batch.id)
