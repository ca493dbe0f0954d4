"""The specialist's desk: own schools only, what was seen with own eyes only, nobody's own tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from lti_tools.audit.models import AuditEvent
from lti_tools.people.api import Affiliation, RoleGrant, School
from lti_tools.programmes import api as programmes
from lti_tools.tasks import api as tasks

NOTE = "九月二十日在一年级教室"


@pytest.fixture
def placed(cast: Any) -> Any:
    enrolment = cast.enrolment("senior")
    programmes.place(enrolment, skill="S1", diagnosis={})
    return enrolment


def signs(client: Any, enrolment: Any, *task_ids: str, note: str = NOTE) -> Any:
    return client.post(reverse("specialist-teacher", args=[enrolment.id]), {"tasks": task_ids, "note": note})


def test_the_desk_lists_the_own_school_in_order_of_names_and_nobody_else(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    page = browse_as("specialist").get("/school").content.decode()
    assert "王守田" in page
    assert "张同事" in page
    for elsewhere in ("李慧敏", "马晓雨", "赵外县", "专员</th>"):
        assert elsewhere not in page


def test_teaching_points_belong_to_their_school(cast: Any, browse_as: Callable[[str], Any]) -> None:
    point = School.objects.create(
        area=cast.county_a, code="2199012199", name="山口教学点", location="village", parent=cast.school_a
    )
    Affiliation.objects.filter(person=cast.people.middle).update(school=point)
    assert "李慧敏" in browse_as("specialist").get("/school").content.decode()


def test_whoever_is_an_officer_as_well_finds_the_own_school_here_and_not_the_county(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    RoleGrant.objects.create(
        person=cast.people.specialist,
        role="officer",
        area=cast.county_a,
        since=date(2026, 1, 1),
        reason="test",
    )
    page = browse_as("specialist").get("/school").content.decode()
    assert "王守田" in page
    assert "李慧敏" not in page
    elsewhere = reverse("specialist-teacher", args=[cast.enrolment("middle").id])
    assert browse_as("specialist").get(elsewhere).status_code == 404


def test_a_teacher_who_moved_away_is_the_new_schools(cast: Any, browse_as: Callable[[str], Any]) -> None:
    Affiliation.objects.filter(person=cast.people.senior).update(school=cast.school_b)
    assert "王守田" not in browse_as("specialist").get("/school").content.decode()
    assert "王守田" in browse_as("specialist_elsewhere").get("/school").content.decode()


def test_before_the_diagnosis_there_is_nothing_to_sign(cast: Any, browse_as: Callable[[str], Any]) -> None:
    page = browse_as("specialist").get(reverse("specialist-teacher", args=[cast.enrolment("senior").id]))
    assert "checkbox" not in page.content.decode()
    assert signs(browse_as("specialist"), cast.enrolment("senior"), "task-C1").status_code == 422
    assert tasks.passed(cast.enrolment("senior")) == frozenset()


def test_what_was_signed_counts_with_its_hours_and_its_place(
    placed: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("specialist")
    assert signs(client, placed, "task-C1", "task-B1").status_code == 302
    assert tasks.passed(placed) == {"task-C1", "task-B1"}
    assert str(tasks.hours(placed).total) == "4.0"
    page = client.get(reverse("specialist-teacher", args=[placed.id])).content.decode()
    assert NOTE in page
    event = AuditEvent.objects.get(kind="tasks.signed_off")
    assert event.detail == {"tasks": "task-C1 task-B1"}


@pytest.mark.parametrize(
    ("task_ids", "note"),
    [
        ((), NOTE),
        (("task-C1",), ""),
        (("task-C1",), "看过"),
        (("task-C1",), "长" * 301),
        (("task-D0",), NOTE),
        (("task-L1",), NOTE),
        (("task-G2",), NOTE),
        (("task-C1", "no-such-task"), NOTE),
    ],
    ids=[
        "no task",
        "no note",
        "short note",
        "long note",
        "diagnosis",
        "lesson",
        "of another tier",
        "unknown",
    ],
)
def test_what_cannot_be_signed_is_sent_back_with_what_was_entered(
    placed: Any, browse_as: Callable[[str], Any], task_ids: tuple[str, ...], note: str
) -> None:
    page = signs(browse_as("specialist"), placed, *task_ids, note=note)
    assert page.status_code == 422
    text = page.content.decode()
    assert 'role="alert"' in text
    assert note in text
    assert not task_ids or "task-C1" not in task_ids or "checked" in text
    assert tasks.passed(placed) == frozenset()


def test_nobody_signs_the_own_tasks(cast: Any, browse_as: Callable[[str], Any]) -> None:
    programmes.enrol(cast.programme, [cast.people.specialist])
    own = cast.enrolment("specialist")
    programmes.place(own, skill="S1", diagnosis={})
    page = signs(browse_as("specialist"), own, "task-C1")
    assert page.status_code == 400
    assert "task.own_sign_off" in page.content.decode()
    assert tasks.passed(own) == frozenset()


@pytest.mark.parametrize(
    "who", ["specialist_elsewhere", "officer", "chair", "administrator", "rater1", "senior"]
)
def test_nobody_else_can_sign(cast: Any, placed: Any, browse_as: Callable[[str], Any], who: str) -> None:
    assert signs(browse_as(who), placed, "task-C1").status_code == 404
    assert tasks.passed(placed) == frozenset()
