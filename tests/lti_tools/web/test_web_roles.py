"""The pages on which roles are seen, given and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.utils import timezone

from lti_tools.people.api import Person, RoleGrant

LIST, FIND, ENTER = "/office/roles", "/office/roles/find", "/office/roles/enter"


def page_of(answer: Any) -> Any:
    return lxml.html.fromstring(answer.content.decode())


def text(answer: Any) -> str:
    return " ".join(page_of(answer).xpath("string(//main)").split())


def day(away: int) -> str:
    return (timezone.localdate() + timedelta(days=away)).isoformat()


def form(**more: str) -> dict[str, str]:
    return {
        "role": "rater",
        "area": "",
        "school": "",
        "since": day(0),
        "until": "",
        "reason": "教办7号",
    } | more


def person_page(person: Any) -> str:
    return f"{LIST}/people/{person.id}"


def test_the_list_shows_the_own_area_and_folds_away_what_has_ended(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    cast.people.school_office.grants.update(until=day(-1))
    page = page_of(browse_as("officer").get(LIST))
    shown, ended = page.xpath("string(//main//table)"), page.xpath("string(//details)")
    assert "专员" in shown
    assert "外校专员" not in shown
    assert "校办" in ended
    assert "校办" not in shown


def test_the_list_is_narrowed_to_one_role(cast: Any, browse_as: Callable[[str], Any]) -> None:
    page = page_of(browse_as("officer_city").get(LIST, {"role": "chair"}))
    assert len(page.xpath("//tbody/tr")) == 2
    assert page.xpath("//option[@selected]/@value") == ["chair"]
    assert browse_as("officer").get(LIST, {"role": "no-such"}).status_code == 200


def test_who_has_no_second_factor_yet_is_marked(cast: Any, browse_as: Callable[[str], Any]) -> None:
    from signing_in import authenticator

    def marked() -> int:
        address = {"role": "reviewer"}
        return len(page_of(browse_as("officer").get(LIST, address)).xpath("//span[@class='tag warn']"))

    before = marked()
    authenticator(cast.accounts.reviewer)
    assert marked() == before - 1


def test_a_reviewer_sees_who_may_what_and_changes_nothing(cast: Any, browse_as: Callable[[str], Any]) -> None:
    page = page_of(browse_as("reviewer").get(LIST))
    assert "专员" in page.xpath("string(//table)")
    assert not page.xpath("//main//a[contains(@href, '/office/roles/')]")


def test_somebody_is_found_by_number_or_name_in_the_own_area_only(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer")
    assert "王守田" in text(client.get(FIND, {"q": "T001"}))
    assert "赵外县" not in text(client.get(FIND, {"q": "T005"}))
    assert "赵外县" not in text(client.get(FIND, {"q": "赵外"}))


def test_a_role_is_given_and_holds_at_once(cast: Any, browse_as: Callable[[str], Any]) -> None:
    answer = browse_as("officer").post(
        person_page(cast.people.senior), form(role="specialist", school="2199012101 甲县村小")
    )
    assert answer["Location"] == person_page(cast.people.senior)
    row = cast.people.senior.grants.get()
    assert (row.role, row.school, row.area, row.until) == ("specialist", cast.school_a, None, None)
    assert (row.granted_by, row.reason) == (cast.people.officer, "教办7号")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"role": "administrator"}, "role"),
        ({"role": "committee"}, "role"),
        ({"role": ""}, "role"),
        ({"since": "tomorrow"}, "since"),
        ({"area": ""}, "area"),
        ({"role": "specialist", "school": ""}, "school"),
        ({"role": "specialist", "school": "3199012201"}, "school"),
        ({"role": "specialist", "school": "乙县中学"}, "school"),
        ({"role": "specialist", "school": "没有的学校"}, "school"),
        ({"role": "envoy", "school": "2199012101"}, "until"),
        ({"role": "officer"}, "area"),
        ({"until": "2020-01-01"}, "until"),
        ({"reason": "身份证 11010519491231002X"}, "reason"),
    ],
)
def test_what_does_not_fit_is_said_at_the_field_and_the_rest_is_kept(
    cast: Any, browse_as: Callable[[str], Any], given: dict[str, str], field: str
) -> None:
    sent = form(area=str(cast.county_a.id)) | given
    answer = browse_as("officer").post(person_page(cast.people.senior), sent)
    assert answer.status_code == 422
    page = page_of(answer)
    assert page.xpath(f"//*[@id='id_{field}_error']"), text(answer)
    assert page.xpath("//input[@name='reason']/@value") == ([sent["reason"]] if sent["reason"] else [])
    assert not cast.people.senior.grants.exists()


@pytest.mark.parametrize("area", ["city", "county_b"])
def test_an_area_of_others_cannot_be_smuggled_in(
    cast: Any, browse_as: Callable[[str], Any], area: str
) -> None:
    sent = form(area=str(getattr(cast, area).id))
    assert browse_as("officer").post(person_page(cast.people.senior), sent).status_code == 422
    assert not cast.people.senior.grants.exists()


def test_the_same_role_twice_is_said_at_the_role(cast: Any, browse_as: Callable[[str], Any]) -> None:
    client, sent = browse_as("officer"), form(area=str(cast.county_a.id))
    client.post(person_page(cast.people.senior), sent)
    answer = client.post(person_page(cast.people.senior), sent)
    assert answer.status_code == 422
    assert page_of(answer).xpath("//*[@id='id_role_error']")
    assert cast.people.senior.grants.count() == 1


def test_an_envoy_gets_several_schools_one_after_the_other_and_sees_the_teachers_of_all(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer")
    sent = form(role="envoy", school="甲县村小", until=day(90))
    assert client.post(person_page(cast.people.envoy), sent).status_code == 302
    desk = text(browse_as("envoy").get("/school"))
    assert "王守田" in desk
    assert "马晓雨" in desk
    assert "赵外县" not in desk


def test_somebody_on_no_roster_is_entered_with_the_first_role(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    sent = form(area=str(cast.county_a.id)) | {"name": "宋老师", "staff_no": "SF-7"}
    answer = browse_as("officer").post(ENTER, sent)
    person = Person.objects.get(staff_no="SF-7")
    assert answer["Location"] == person_page(person)
    assert browse_as("officer").get(answer["Location"]).status_code == 200
    assert browse_as("officer_b").get(answer["Location"]).status_code == 404


def test_a_role_that_is_refused_leaves_nobody_behind(cast: Any, browse_as: Callable[[str], Any]) -> None:
    before = Person.objects.count()
    for wrong in ({"until": "2020-01-01"}, {"staff_no": "T001"}):
        sent = form(area=str(cast.county_a.id)) | {"name": "宋老师", "staff_no": "SF-7"} | wrong
        assert browse_as("officer").post(ENTER, sent).status_code == 422
    assert Person.objects.count() == before


def test_a_role_is_taken_back_with_a_reason_and_the_next_page_is_closed(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    """The session stays open; what it may do is asked anew with every request."""
    specialist, officer = browse_as("specialist"), browse_as("officer")
    assert specialist.get("/school").status_code == 200
    row = cast.people.specialist.grants.get()
    address = f"{LIST}/{row.id}/revoke"
    assert officer.get(address).status_code == 200
    assert officer.post(address, {"reason": ""}).status_code == 422
    assert specialist.get("/school").status_code == 200
    assert officer.post(address, {"reason": "调离"})["Location"] == LIST
    assert specialist.get("/school").status_code == 404
    again = officer.post(address, {"reason": "调离"})
    assert again.status_code == 409
    assert "调离" in text(officer.get(LIST))


def test_a_role_that_ends_today_holds_today(cast: Any, browse_as: Callable[[str], Any]) -> None:
    client = browse_as("specialist")
    RoleGrant.objects.filter(person=cast.people.specialist).update(until=day(0))
    assert client.get("/school").status_code == 200
    RoleGrant.objects.filter(person=cast.people.specialist).update(until=day(-1))
    assert client.get("/school").status_code == 404


def test_looking_for_people_is_noted(
    cast: Any, browse_as: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[dict[str, Any]] = []
    monkeypatch.setattr("lti_tools.web.roles.audit.viewed", lambda **what: noted.append(what))
    browse_as("officer").get(FIND, {"q": "T001"})
    assert [(one["what"], one["subjects"]) for one in noted] == [
        ("role.people", [str(cast.people.senior.id)])
    ]
