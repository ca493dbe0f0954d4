"""Ordering and fetching report sets: what the form offers, refuses, and what the page says meanwhile."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import lxml.html
import pytest
from django.urls import reverse
from one_of_each import OneOfEach

from lti_tools import jobs, journey
from lti_tools.audit.models import AuditEvent
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow
from lti_tools.programmes.api import open_programme
from lti_tools.reporting.models import ReportRun


@pytest.fixture
def programme_of_b(cast: Any) -> Any:
    return open_programme(
        cast.county_b,
        title="乙县自己的培训",
        starts=date(2026, 9, 1),
        ends=date(2027, 7, 31),
        reference_date=date(2026, 9, 1),
        opened_by=cast.people.officer_b,
    )


def offered(page: Any, field: str) -> list[str]:
    tree = lxml.html.fromstring(page.content.decode())
    return [option.text for option in tree.xpath(f"//select[@name='{field}']/option")]


def test_an_officer_chooses_among_the_own_areas_and_the_programmes_that_reach_them(
    cast: Any, programme_of_b: Any, browse_as: Callable[[str], Any]
) -> None:
    own = browse_as("officer").get("/reports")
    assert offered(own, "area") == ["甲县"]
    assert offered(own, "programme") == ["教师数字素养分层培训"]
    city = browse_as("officer_city").get("/reports")
    assert offered(city, "area") == ["示例市", "甲县", "乙县"]
    assert sorted(offered(city, "programme")) == ["乙县自己的培训", "教师数字素养分层培训"]


@pytest.mark.parametrize(
    "what", ["area of another county", "programme of another county", "nothing", "nonsense"]
)
def test_what_is_not_on_the_list_is_refused_and_starts_nothing(
    cast: Any, programme_of_b: Any, browse_as: Callable[[str], Any], what: str
) -> None:
    right = {"programme": cast.programme.id, "area": cast.county_a.id}
    given = {
        "area of another county": right | {"area": cast.county_b.id},
        "programme of another county": right | {"programme": programme_of_b.id},
        "nothing": {},
        "nonsense": {"programme": "x", "area": uuid.uuid4()},
    }[what]
    page = browse_as("officer").post("/reports", given)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert "乙县" not in page.content.decode()
    assert ReportRun.objects.count() == outbox.waiting() == 0


def test_the_story_itself_refuses_a_foreign_area(cast: Any) -> None:
    from lti_tools.errors import Denied

    with pytest.raises(Denied):
        journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_b)
    with pytest.raises(Denied):
        journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.city)
    assert ReportRun.objects.count() == 0


def test_an_area_where_nobody_owes_the_training_gives_an_empty_set_and_no_failure(
    cast: Any, programme_of_b: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer_city")
    ordered = client.post("/reports", {"programme": programme_of_b.id, "area": cast.county_a.id})
    outbox.work(jobs.HANDLERS)
    page = client.get(ordered["Location"]).content.decode()
    assert outbox.problems() == []
    assert "archive" in page
    run = ReportRun.objects.get()
    packed = b"".join(client.get(reverse("report-file", args=[run.id, "archive"])))
    assert [name for name in zipfile.ZipFile(io.BytesIO(packed)).namelist() if name.endswith(".pdf")] == []


def test_while_it_is_made_the_page_asks_again_by_itself_and_offers_no_file(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer")
    run = journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_a)
    part = client.get(reverse("report-progress", args=[run.id])).content.decode()
    assert 'hx-trigger="every 1s"' in part
    assert "archive" not in part
    for which in ("archive", "sheet"):
        assert client.get(reverse("report-file", args=[run.id, which])).status_code == 404


def test_a_set_that_failed_says_what_was_kept_and_who_can_help(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    run = journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_a)
    OutboxRow.objects.filter(kind="advance_report_run").update(state="failed")
    page = browse_as("officer").get(reverse("report-run", args=[run.id])).content.decode()
    assert "管理员" in page
    assert "hx-trigger" not in page


@pytest.mark.parametrize("which", ["archive.zip", "snapshot", "..", "zip"])
def test_only_the_two_files_of_a_set_can_be_fetched(
    each: OneOfEach, browse_as: Callable[[str], Any], which: str
) -> None:
    assert browse_as("officer").get(f"/reports/{each.run.id}/{which}").status_code == 404


def test_every_download_is_on_the_trail(each: OneOfEach, browse_as: Callable[[str], Any]) -> None:
    answer = browse_as("officer").get(reverse("report-file", args=[each.run.id, "archive"]))
    b"".join(answer)
    assert answer["Content-Disposition"].startswith('attachment; filename="appraisal-990121-')
    [event] = AuditEvent.objects.filter(kind="report.downloaded")
    assert (event.actor, event.detail["file"]) == (str(each.cast.people.officer.id), "archive")


def test_the_city_sees_the_sets_of_its_counties_and_a_county_not_those_of_the_city(
    each: OneOfEach, browse_as: Callable[[str], Any]
) -> None:
    cast = each.cast
    whole = journey.request_report(cast.actor("officer_city"), programme=cast.programme, area=cast.city)
    assert str(each.run.id) in browse_as("officer_city").get("/reports").content.decode()
    assert browse_as("officer").get(reverse("report-run", args=[whole.id])).status_code == 404
