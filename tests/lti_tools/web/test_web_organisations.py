"""The pages of schools and areas: what an officer sees and changes, what a reviewer reads, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.audit.models import AuditEvent
from lti_tools.people.api import Affiliation, Area, School

DAY = "2026-09-01"
REASON = "甲教发〔2026〕9号"
Browse = Callable[[str], Any]


def fields(page: Any) -> dict[str, str]:
    tree = lxml.html.fromstring(page.content.decode())
    return {field.name: field.value or "" for field in tree.xpath("//main//form[@method='post']//*[@name]")}


def sends(client: Any, page: str, school: Any, /, **given: Any) -> Any:
    """Fills in the form as it comes, with a day and a reason."""
    return client.post(reverse(page, args=[school.id]), {"since": DAY, "reason": REASON, **given})


def merges(client: Any, school: Any, into: Any) -> Any:
    """Gives the code of the other school, and confirms its name."""
    return sends(client, "school-merge", school, into=into.code, sure=into.code)


def event(kind: str) -> Any:
    return AuditEvent.objects.get(kind=kind)


def test_an_officer_sees_the_own_schools_with_their_people_and_nobody_elses(
    cast: Any, browse_as: Browse
) -> None:
    page = browse_as("officer").get(reverse("schools")).content.decode()
    assert "甲县村小" in page
    assert "甲县中心小学" in page
    assert "乙县中学" not in page
    tree = lxml.html.fromstring(page)
    (row,) = tree.xpath("//tr[contains(., '甲县村小')]")
    working = Affiliation.objects.filter(school=cast.school_a, until__isnull=True).count()
    assert row.xpath("td[@class='number']")[0].text == str(working)


def test_a_city_finds_its_counties_with_their_counts_and_goes_down(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer_city")
    tree = lxml.html.fromstring(client.get(reverse("schools")).content.decode())
    (branch,) = tree.xpath("//a[contains(@href, 'area=990121')]")
    people = Affiliation.objects.filter(school__area=cast.county_a, until__isnull=True).count()
    assert "2" in branch.text_content()
    assert str(people) in branch.text_content()
    assert "甲县村小" in client.get(reverse("schools") + "?area=990121").content.decode()


@pytest.mark.parametrize("area", ["990122", "990100", "000000", "nonsense"])
def test_an_area_that_is_not_ones_own_is_not_there(cast: Any, browse_as: Browse, area: str) -> None:
    assert browse_as("officer").get(f"{reverse('schools')}?area={area}").status_code == 404


@pytest.mark.parametrize(("wanted", "found"), [("村小", True), ("2199012101", True), ("乙县", False)])
def test_a_search_goes_through_the_own_areas_only(
    cast: Any, browse_as: Browse, wanted: str, found: bool
) -> None:
    page = browse_as("officer").get(reverse("schools"), {"q": wanted}).content.decode()
    assert ("甲县村小" in page) is found
    assert "乙县中学" not in page


def test_closed_schools_are_folded_away_and_say_where_they_went(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    assert merges(client, cast.school_a, cast.school_a2).status_code == 302
    tree = lxml.html.fromstring(client.get(reverse("schools")).content.decode())
    assert tree.xpath("//details//a[contains(., '甲县村小')]")
    assert "甲县中心小学" in tree.xpath("//details//li")[0].text_content()
    assert not tree.xpath("//table//a[contains(., '甲县村小')]")


def test_a_school_is_renamed_with_a_reason_and_shows_its_history(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    form = fields(client.get(reverse("school-rename", args=[cast.school_a.id])))
    assert (form["name"], form["code"]) == ("甲县村小", "2199012101")
    answer = sends(client, "school-rename", cast.school_a, name="希望小学", code="２１９９０１２１０９")
    assert answer["Location"] == reverse("school", args=[cast.school_a.id])
    page = client.get(answer["Location"]).content.decode()
    for told in ("希望小学", "甲县村小", "2199012109", "2199012101", DAY):
        assert told in page
    kept = event("school.renamed")
    assert (kept.actor, kept.subject) == (str(cast.people.officer.id), str(cast.school_a.id))
    assert kept.reason == REASON
    assert kept.detail == {"since": DAY, "old": "2199012101", "new": "2199012109"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "12345"}, "code"),
        ({"code": "3199012201"}, "code"),
        ({"name": ""}, "name"),
        ({"since": "morgen"}, "since"),
        ({"since": "2099-01-01"}, "since"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_problem_stands_at_its_field_and_what_was_typed_is_kept(
    cast: Any, browse_as: Browse, given: dict[str, str], field: str
) -> None:
    typed = {"name": "希望小学", "code": "2199012109"} | given
    answer = sends(browse_as("officer"), "school-rename", cast.school_a, **typed)
    assert answer.status_code == 422
    tree = lxml.html.fromstring(answer.content.decode())
    assert tree.xpath(f"//div[@class='field'][.//*[@name='{field}']]/span[@class='error']")
    assert fields(answer)["name"] == typed["name"]
    cast.school_a.refresh_from_db()
    assert cast.school_a.name == "甲县村小"
    assert not AuditEvent.objects.filter(kind="school.renamed").exists()


def test_a_school_moves_within_the_own_area_only(cast: Any, browse_as: Browse) -> None:
    refused = sends(browse_as("officer"), "school-move", cast.school_a, area=cast.county_b.id, parent="")
    assert refused.status_code == 422
    moved = sends(browse_as("officer_city"), "school-move", cast.school_a, area=cast.county_b.id, parent="")
    assert moved.status_code == 302
    cast.school_a.refresh_from_db()
    assert cast.school_a.area == cast.county_b
    assert event("school.moved").detail == {"since": DAY, "old": "990121", "new": "990122"}
    assert browse_as("officer").get(reverse("school", args=[cast.school_a.id])).status_code == 404


def test_a_school_becomes_a_teaching_point_by_the_code_of_its_school(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    sends(client, "school-move", cast.school_a, area=cast.county_a.id, parent=f" {cast.school_a2.code} ")
    cast.school_a.refresh_from_db()
    assert cast.school_a.parent == cast.school_a2
    page = client.get(reverse("school", args=[cast.school_a2.id])).content.decode()
    assert "甲县村小" in page


@pytest.mark.parametrize("name", ["school-move", "school-merge"])
def test_a_school_of_another_county_is_not_found_as_a_target(cast: Any, browse_as: Browse, name: str) -> None:
    given = {"area": cast.county_a.id, "parent": cast.school_b.code, "into": cast.school_b.code}
    theirs = sends(browse_as("officer"), name, cast.school_a, **given)
    nobodys = sends(
        browse_as("officer"), name, cast.school_a, **(given | {"parent": "9999999999", "into": "9999999999"})
    )
    for answer in (theirs, nobodys):
        assert answer.status_code == 422
        tree = lxml.html.fromstring(answer.content.decode())
        assert len(tree.xpath("//span[@class='error']")) == 1
    cast.school_a.refresh_from_db()
    assert (cast.school_a.parent, cast.school_a.closed_on) == (None, None)


def test_location_and_remoteness_change(cast: Any, browse_as: Browse) -> None:
    form = fields(browse_as("officer").get(reverse("school-kind", args=[cast.school_a.id])))
    assert (form["location"], form["remote"]) == ("village", "1")
    sends(browse_as("officer"), "school-kind", cast.school_a, location="township", remote="")
    cast.school_a.refresh_from_db()
    assert (cast.school_a.location, cast.school_a.remote) == ("township", False)


def test_a_school_with_people_is_not_closed_and_the_page_says_how_many(cast: Any, browse_as: Browse) -> None:
    answer = sends(browse_as("officer"), "school-close", cast.school_a)
    working = Affiliation.objects.filter(school=cast.school_a, until__isnull=True).count()
    tree = lxml.html.fromstring(answer.content.decode())
    assert answer.status_code == 422
    assert str(working) in tree.xpath("//div[@role='alert']")[0].text_content()
    cast.school_a.refresh_from_db()
    assert cast.school_a.closed_on is None


def test_a_merger_is_written_down_with_its_counts(cast: Any, browse_as: Browse) -> None:
    working = Affiliation.objects.filter(school=cast.school_a, until__isnull=True).count()
    merges(browse_as("officer"), cast.school_a, cast.school_a2)
    kept = event("school.merged")
    told = {"since": DAY, "into": str(cast.school_a2.id), "people": working, "points": 0, "grants": 2}
    assert kept.detail.items() >= told.items()
    assert kept.reason == REASON
    # It stands on the trail of everybody it concerns.
    assert [one.kind for one in audit.about(str(cast.people.senior.id))].count("school.merged") == 1


def test_before_a_merger_the_other_schools_name_is_read_and_confirmed(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    asked = sends(client, "school-merge", cast.school_a, into=cast.school_a2.code)
    assert asked.status_code == 200
    assert (
        cast.school_a2.name
        in lxml.html.fromstring(asked.content).xpath("//p[@role='alert']")[0].text_content()
    )
    kept = fields(asked)
    assert (kept["reason"], kept["into"], kept["sure"]) == (REASON, cast.school_a2.code, cast.school_a2.code)
    cast.school_a.refresh_from_db()
    assert cast.school_a.closed_on is None
    # Another code after the question is another question.
    third = _third(cast)
    again = sends(client, "school-merge", cast.school_a, into=third.code, sure=cast.school_a2.code)
    assert fields(again)["sure"] == third.code
    assert client.post(reverse("school-merge", args=[cast.school_a.id]), kept).status_code == 302
    cast.school_a.refresh_from_db()
    assert cast.school_a.successor == cast.school_a2


def _third(cast: Any) -> School:
    return School.objects.create(
        area=cast.county_a, code="2199012177", name="甲县第三小学", location="village"
    )


def test_what_is_planned_is_shown_and_withdrawn_with_a_reason(cast: Any, browse_as: Browse) -> None:
    client, soon = browse_as("officer"), timezone.localdate() + timedelta(days=30)
    nothing = sends(client, "school-withdraw", cast.school_a)
    assert nothing.status_code == 422
    sends(client, "school-rename", cast.school_a, name="希望小学", code="2199012101", since=soon.isoformat())
    page = lxml.html.fromstring(client.get(reverse("school", args=[cast.school_a.id])).content)
    (link,) = page.xpath("//main//a[contains(@href, '/withdraw')]/@href")
    assert client.post(link, {"reason": ""}).status_code == 422
    assert client.post(link, {"reason": REASON}).status_code == 302
    assert event("school.plan_withdrawn").detail["since"] == soon.isoformat()
    assert "希望小学" not in client.get(reverse("school", args=[cast.school_a.id])).content.decode()
    assert merges(client, cast.school_a, cast.school_a2).status_code == 302


def test_who_has_no_say_where_a_school_is_to_go_neither_withdraws_it_nor_opens_points_there(
    cast: Any, browse_as: Browse
) -> None:
    soon = (timezone.localdate() + timedelta(days=30)).isoformat()
    city, county = browse_as("officer_city"), browse_as("officer")
    sends(city, "school-move", cast.school_a, area=cast.county_b.id, parent="", since=soon)
    assert sends(county, "school-withdraw", cast.school_a).status_code == 422
    point = {"name": "山口教学点", "code": "2199012151", "area": cast.county_a.id, "location": "village"}
    for since in (DAY, soon):
        given = point | {"parent": cast.school_a.code, "since": since, "reason": REASON}
        assert county.post(reverse("school-new"), given).status_code == 422
    assert not School.objects.filter(code="2199012151").exists()
    assert sends(city, "school-withdraw", cast.school_a).status_code == 302


def test_a_school_opened_from_the_page_of_an_area_lies_there(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer_city")
    page = lxml.html.fromstring(client.get(f"{reverse('schools')}?area=990122").content)
    (link,) = page.xpath(f"//a[starts-with(@href, '{reverse('school-new')}')]/@href")
    form = fields(client.get(link))
    assert form["area"] == str(cast.county_b.id)
    made = client.post(link, form | {"name": "新建小学", "code": "2199012250", "reason": REASON}, follow=True)
    school = School.objects.get(code="2199012250")
    assert made.redirect_chain == [(reverse("school", args=[school.id]), 302)]
    assert school.area == cast.county_b
    elsewhere = client.get(reverse("school-new"), {"area": "110000"})
    assert fields(elsewhere)["area"] == str(cast.city.id)


@pytest.mark.parametrize("which", ["rename", "move", "kind", "close", "merge", "withdraw"])
def test_a_closed_school_offers_no_form_and_takes_none(cast: Any, browse_as: Browse, which: str) -> None:
    client = browse_as("officer")
    merges(client, cast.school_a, cast.school_a2)
    given = {"name": "希望小学", "code": "2199012199", "area": cast.county_a.id, "location": "urban"}
    form = client.get(reverse(f"school-{which}", args=[cast.school_a.id]))
    assert form.headers["Location"] == reverse("school", args=[cast.school_a.id])
    assert sends(client, f"school-{which}", cast.school_a, **given).status_code == 422


def test_a_closed_school_leads_to_the_one_that_took_it_over(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    merges(client, cast.school_a, cast.school_a2)
    page = lxml.html.fromstring(client.get(reverse("school", args=[cast.school_a.id])).content)
    assert page.xpath(f"//a[@href='{reverse('school', args=[cast.school_a2.id])}']")


def test_a_school_and_a_teaching_point_are_opened(cast: Any, browse_as: Browse) -> None:
    given = {
        "name": "新建小学",
        "code": "2199012150",
        "area": cast.county_a.id,
        "parent": "",
        "location": "urban",
        "remote": "",
        "since": DAY,
        "reason": REASON,
    }
    client = browse_as("officer")
    assert client.post(reverse("school-new"), given).status_code == 302
    point = given | {"name": "山口教学点", "code": "2199012151", "parent": "2199012150"}
    assert client.post(reverse("school-new"), point).status_code == 302
    made = School.objects.get(code="2199012151")
    assert (made.parent, made.area, made.spells.get().since) == (
        School.objects.get(code="2199012150"),
        cast.county_a,
        date(2026, 9, 1),
    )
    assert AuditEvent.objects.filter(kind="school.opened", reason=REASON).count() == 2
    outside = given | {"code": "2199012152", "area": cast.county_b.id}
    assert client.post(reverse("school-new"), outside).status_code == 422


def test_equipment_is_noted_and_a_wrong_number_is_said_at_its_line(cast: Any, browse_as: Browse) -> None:
    client = browse_as("officer")
    address = reverse("school-equipment", args=[cast.school_a.id])
    assert client.post(address, {"bandwidth": "100", "touch-screens": "6"}).status_code == 302
    refused = client.post(address, {"bandwidth": "viel", "touch-screens": "7"})
    assert refused.status_code == 422
    tree = lxml.html.fromstring(refused.content.decode())
    assert tree.xpath("//div[@class='field'][.//*[@name='bandwidth']]/span[@class='error']")
    cast.school_a.refresh_from_db()
    assert cast.school_a.equipment == {"bandwidth": 100, "touch-screens": 6}


def test_a_reviewer_reads_and_changes_nothing(cast: Any, browse_as: Browse) -> None:
    client = browse_as("reviewer")
    page = client.get(reverse("school", args=[cast.school_a.id]))
    assert page.status_code == 200
    tree = lxml.html.fromstring(page.content.decode())
    assert not tree.xpath("//main//form[@method='post']")
    assert not tree.xpath("//main//a[contains(@href, '/merge')]")
    assert "school-new" not in client.get(reverse("schools")).content.decode()
    for name in (
        "school-rename",
        "school-move",
        "school-kind",
        "school-close",
        "school-merge",
        "school-withdraw",
    ):
        assert client.get(reverse(name, args=[cast.school_a.id])).status_code == 404
        assert sends(client, name, cast.school_a).status_code == 404
    assert client.post(reverse("school-equipment", args=[cast.school_a.id])).status_code == 404


def test_an_administrator_adds_and_renames_areas(cast: Any, browse_as: Browse) -> None:
    client = browse_as("administrator")
    given = {"code": "990123", "name": "丙县", "parent": cast.city.id}
    assert client.post(reverse("areas"), given).status_code == 302
    added = Area.objects.get(code="990123")
    assert (added.level, added.path) == ("county", "/990100/990123/")
    renamed = client.post(reverse("area", args=[added.id]), {"name": "丙区", "reason": REASON})
    assert renamed.status_code == 302
    added.refresh_from_db()
    assert added.name == "丙区"
    assert "丙区" in client.get(reverse("areas")).content.decode()
    assert event("area.renamed").reason == REASON


@pytest.mark.parametrize("code", ["990123 1", "640302", "990121", "99012", "九九"])
def test_an_area_code_that_does_not_fit_is_said_at_its_field(cast: Any, browse_as: Browse, code: str) -> None:
    given = {"code": code, "name": "丙县", "parent": cast.city.id}
    answer = browse_as("administrator").post(reverse("areas"), given)
    assert answer.status_code == 422
    tree = lxml.html.fromstring(answer.content.decode())
    assert tree.xpath("//div[@class='field'][.//*[@name='code']]/span[@class='error']")
    assert Area.objects.count() == 3
