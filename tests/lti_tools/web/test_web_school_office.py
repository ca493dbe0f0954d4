"""A school office reads its own list, confirms it, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from lti_tools.audit.models import AuditEvent
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import ListCheck

pytestmark = pytest.mark.django_db
Browse = Callable[[str], Any]


def shown(answer: Any) -> Any:
    return lxml.html.fromstring(answer.content.decode())


def names(answer: Any) -> list[str]:
    return [cell.text.strip() for cell in shown(answer).xpath("//tbody//th")]


def check(browse_as: Browse, cast: Any, who: str = "school_office", **said: str) -> Any:
    form = {"school": str(cast.school_a.id), "said": "right"} | said
    return browse_as(who).post(reverse("school-office-check", args=[cast.programme.id]), form)


def test_the_office_sees_the_people_of_its_school_and_nobody_elses(cast: Any, browse_as: Browse) -> None:
    seen = names(browse_as("school_office").get("/school-office"))
    assert {"王守田", "张同事", "校办"} <= set(seen)
    assert not {"李慧敏", "赵外县"} & set(seen)


def test_the_list_for_printing_holds_those_of_the_programme_only(cast: Any, browse_as: Browse) -> None:
    answer = browse_as("school_office").get(reverse("school-office-paper", args=[cast.programme.id]))
    assert set(names(answer)) == {"王守田", "张同事"}


def test_a_programme_without_anybody_of_the_school_is_not_there(cast: Any, browse_as: Browse) -> None:
    programmes.Enrolment.objects.filter(person__in=[cast.people.senior, cast.people.colleague]).delete()
    address = reverse("school-office-paper", args=[cast.programme.id])
    assert browse_as("school_office").get(address).status_code == 404


def test_a_confirmed_list_is_dated_on_the_trail_and_on_the_programmes_page(
    cast: Any, browse_as: Browse
) -> None:
    assert check(browse_as, cast).status_code == 302
    row = ListCheck.objects.get()
    assert (row.school, row.people, row.mistake, row.by) == (
        cast.school_a,
        2,
        "",
        cast.people.school_office,
    )
    event = AuditEvent.objects.get(kind="school.list_confirmed")
    assert event.subject == str(cast.programme.id)
    assert event.detail["people"] == 2
    page = browse_as("officer").get(reverse("programme", args=[cast.programme.id])).content.decode()
    assert timezone.localdate(row.at).isoformat() in page
    assert "甲县村小" in page


def test_a_mistake_reaches_the_officer_of_the_own_county_and_no_other(cast: Any, browse_as: Browse) -> None:
    check(browse_as, cast, said="mistake", mistake="张同事 七月已调走")
    address = reverse("programme", args=[cast.programme.id])
    assert "张同事 七月已调走" in browse_as("officer").get(address).content.decode()
    assert "张同事 七月已调走" in browse_as("officer_city").get(address).content.decode()
    assert "七月已调走" not in browse_as("officer_b").get(address).content.decode()
    assert "七月已调走" not in str(AuditEvent.objects.get(kind="school.list_mistake").detail)


def test_the_newest_word_of_a_school_counts(cast: Any, browse_as: Browse) -> None:
    check(browse_as, cast, said="mistake", mistake="少了一个人")
    check(browse_as, cast)
    assert [row.mistake for row in programmes.list_checks(cast.programme)] == [""]


@pytest.mark.parametrize(
    "wrong", [{"school": ""}, {"school": "x"}, {"said": "mistake"}, {"said": "mistake", "mistake": "  "}]
)
def test_an_unfinished_form_sends_nothing(cast: Any, browse_as: Browse, wrong: dict[str, str]) -> None:
    assert check(browse_as, cast, **wrong).status_code == 400
    assert not ListCheck.objects.exists()


def test_another_school_cannot_speak_for_this_one(cast: Any, browse_as: Browse) -> None:
    assert check(browse_as, cast, "school_office_elsewhere").status_code == 400
    assert check(browse_as, cast, "specialist").status_code == 404
    assert not ListCheck.objects.exists()


def test_a_leave_is_proposed_from_the_list_and_decided_by_the_bureau(cast: Any, browse_as: Browse) -> None:
    enrolment = cast.enrolment("senior")
    address = reverse("participation-propose", args=[enrolment.id])
    office = browse_as("school_office")
    assert shown(office.get("/school-office")).xpath(f"//a[@href='{address}']")
    form = {"what": "exempt:near-retirement", "since": "2026-09-01", "until": "", "note": ""}
    assert office.post(address, form).headers["Location"] == "/school-office"
    entry = programmes.history(enrolment)[0]
    home = browse_as("officer").get("/office").content.decode()
    assert reverse("participation-queue") in home
    decide = reverse("participation-decide", args=[entry.id])
    assert browse_as("officer").post(decide, {"answer": "approve", "note": "同意"}).status_code == 302
    assert cast.enrolment("senior").participation == "exempt"
    assert browse_as("officer").post(decide, {"answer": "decline"}).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": ""}, "what"),
        ({"what": "exempt:leave"}, "what"),
        ({"until": ""}, "until"),
        ({"until": "2099-01-01"}, "until"),
        ({"since": "2099-01-01", "until": "2099-02-01"}, "since"),
        ({"since": "soon"}, "since"),
    ],
)
def test_a_proposal_that_cannot_be_says_so_at_the_field(
    cast: Any, browse_as: Browse, wrong: dict[str, str], field: str
) -> None:
    address = reverse("participation-propose", args=[cast.enrolment("senior").id])
    form = {
        "what": "deferred:leave",
        "since": "2026-09-01",
        "until": "2029-01-01",
        "note": "在档案室",
    } | wrong
    answer = browse_as("school_office").post(address, form)
    assert answer.status_code == 422
    assert shown(answer).get_element_by_id(f"id_{field}_error") is not None
    assert shown(answer).get_element_by_id("id_note").get("value") == "在档案室"


def test_what_was_proposed_before_is_said_at_the_field_and_what_was_typed_is_kept(
    cast: Any, browse_as: Browse
) -> None:
    address = reverse("participation-propose", args=[cast.enrolment("senior").id])
    form = {"what": "deferred:leave", "since": "2026-09-01", "until": "2029-01-01", "note": "在档案室"}
    assert browse_as("school_office").post(address, form).status_code == 302
    answer = browse_as("officer").post(address, form)
    assert answer.status_code == 422
    assert shown(answer).get_element_by_id("id_what_error") is not None
    assert shown(answer).get_element_by_id("id_note").get("value") == "在档案室"


@pytest.mark.parametrize("text", ["他的身份证是11010519491231002X", "11010519491231002X"])
def test_an_id_number_stands_in_no_message(cast: Any, browse_as: Browse, text: str) -> None:
    assert check(browse_as, cast, said="mistake", mistake=text).status_code == 400
    assert not ListCheck.objects.exists()
    entry = programmes.propose(
        cast.actor("school_office"),
        cast.enrolment("senior"),
        participation="exempt",
        reason="near-retirement",
        since=timezone.localdate(),
        until=None,
    )
    decide = reverse("participation-decide", args=[entry.id])
    answer = browse_as("officer").post(decide, {"answer": "approve", "note": text})
    assert answer.status_code == 400
    assert cast.enrolment("senior").participation == "due"


def test_the_queue_shows_own_proposals_without_a_button(cast: Any, browse_as: Browse) -> None:
    address = reverse("participation-propose", args=[cast.enrolment("senior").id])
    browse_as("officer").post(
        address, {"what": "deferred:leave", "since": "2026-09-01", "until": "2029-01-01"}
    )
    entry = programmes.history(cast.enrolment("senior"))[0]
    form = f"//form[@action='{reverse('participation-decide', args=[entry.id])}']"
    queue = reverse("participation-queue")
    assert not shown(browse_as("officer").get(queue)).xpath(form)
    assert shown(browse_as("reviewer").get(queue)).xpath(form)


def test_the_teacher_reads_one_line_about_the_own_leave(cast: Any, browse_as: Browse) -> None:
    page = browse_as("senior").get("/path").content.decode()
    assert "2029-01-01" not in page
    rows = programmes.Enrolment.objects.filter(person=cast.people.senior)
    rows.update(participation="deferred", participation_until="2029-01-01")
    assert "2029-01-01" in browse_as("senior").get("/path").content.decode()
