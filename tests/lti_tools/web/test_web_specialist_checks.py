"""The checks a specialist watches, and the result of another test."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest
from diagnosis_pages import INTERACTIVE, NOTE, checks, entry, text
from django.urls import reverse

from lti_tools import journey
from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied, Refused
from lti_tools.programmes import api as programmes
from rubrics.errors import AnswersError

pytestmark = pytest.mark.usefixtures("checked_bank")


def test_what_a_specialist_saw_counts_over_what_was_said(specialist: Any, teacher: Any, cast: Any) -> None:
    page = specialist.get(checks(cast))
    assert "请老师录一分钟" in text(page)
    sent = specialist.post(checks(cast), {"H01": "b", "note": NOTE})
    assert sent.status_code == 302
    assert (cast.enrolment("middle").skill, cast.enrolment("middle").tier) == ("S1", "basic")
    assert "专员看过" in text(teacher.get("/path"))
    assert AuditEvent.objects.filter(kind="hands_on.seen").count() == 1


def test_what_was_seen_stays_when_the_teacher_answers_again(specialist: Any, teacher: Any, cast: Any) -> None:
    specialist.post(checks(cast), {"H01": "a", "H02": "a", "note": NOTE})
    assert "暂定" not in text(teacher.get("/path"))
    teacher.post("/diagnosis", {**INTERACTIVE, "D05": "a"})
    assert entry(cast).diagnosis["checks"] == {"H01": "a", "H02": "a"}
    assert cast.enrolment("middle").skill == "S2"
    assert "自己录好了" in text(specialist.get(checks(cast)))


def test_what_could_not_be_tried_today_leaves_what_was_seen_before(specialist: Any, cast: Any) -> None:
    specialist.post(checks(cast), {"H02": "a", "note": NOTE})
    assert specialist.post(checks(cast), {"H01": "a", "H02": "c", "note": NOTE}).status_code == 302
    assert entry(cast).diagnosis["checks"] == {"H01": "a", "H02": "a"}
    assert cast.enrolment("middle").skill == "S2"


def test_what_could_not_be_tried_is_kept_where_nothing_was_seen_and_settles_nothing(
    specialist: Any, teacher: Any, cast: Any
) -> None:
    specialist.post(checks(cast), {"H02": "c", "note": NOTE})
    assert entry(cast).diagnosis["checks"] == {"H02": "c"}
    assert "暂定" in text(teacher.get("/path"))


def test_a_slip_of_the_finger_can_be_taken_back_and_nothing_is_chosen_for_the_specialist(
    specialist: Any, cast: Any
) -> None:
    tree = lxml.html.fromstring(specialist.get(checks(cast)).content.decode())
    assert set(tree.xpath("//input[@checked]/@value")) == {""}
    assert "没有看" in text(specialist.get(checks(cast)))
    specialist.post(checks(cast), {"H01": "", "H02": "a", "note": NOTE})
    assert entry(cast).diagnosis["checks"] == {"H02": "a"}


def test_a_later_check_counts_and_the_others_stay(specialist: Any, cast: Any) -> None:
    specialist.post(checks(cast), {"H01": "b", "H02": "a", "note": NOTE})
    specialist.post(checks(cast), {"H01": "a", "note": NOTE})
    assert entry(cast).diagnosis["checks"] == {"H01": "a", "H02": "a"}


@pytest.mark.parametrize(
    "sent", [{"note": NOTE}, {"H01": "a"}, {"H01": "a", "note": "见"}, {"H01": "z", "note": NOTE}]
)
def test_checks_without_what_where_or_with_what_is_not_there_are_sent_back(
    specialist: Any, cast: Any, sent: dict[str, str]
) -> None:
    before = entry(cast).id
    page = specialist.post(checks(cast), sent)
    assert page.status_code == 422
    assert "还没有记下" in text(page)
    tree = lxml.html.fromstring(page.content.decode())
    assert tree.xpath("//input[@name='note']/@value") == [sent.get("note", "")]
    assert entry(cast).id == before


def test_checks_wait_for_the_teachers_own_answers(cast: Any, browse_as: Any) -> None:
    address = reverse("specialist-checks", args=[cast.enrolment("senior").id])
    assert browse_as("specialist").get(address).url.endswith(f"/school/{cast.enrolment('senior').id}")
    programmes.place(cast.enrolment("senior"), skill="S2", diagnosis={"reasons": []})
    assert browse_as("specialist").get(address).url.endswith(f"/school/{cast.enrolment('senior').id}")
    with pytest.raises(Refused, match="not_answered"):
        journey.check_hands_on(cast.actor("specialist"), cast.enrolment("senior"), {"H01": "b"}, note=NOTE)
    assert cast.enrolment("senior").skill == "S2"


def test_only_a_specialist_of_the_school_writes_checks_down_and_nobody_their_own(
    cast: Any, teacher: Any
) -> None:
    enrolment = cast.enrolment("middle")
    for who in ("middle", "colleague", "officer", "specialist_elsewhere", "administrator", "nobody"):
        with pytest.raises(Denied):
            journey.check_hands_on(cast.actor(who), enrolment, {"H01": "a"}, note=NOTE)
    cast.people.specialist.grants.update(school=cast.school_a2)
    with pytest.raises(AnswersError, match="unknown_question"):
        journey.check_hands_on(cast.actor("specialist"), enrolment, {"D01": "a"}, note=NOTE)
    type(enrolment).objects.filter(id=enrolment.id).update(person=cast.people.specialist)
    with pytest.raises((Refused, Denied)):
        journey.check_hands_on(
            cast.actor("specialist"), programmes.find_enrolment(enrolment.id), {"H01": "a"}, note=NOTE
        )


# A result of somebody else's test


def test_a_result_of_another_test_counts_as_one_stated_input(
    specialist: Any, teacher: Any, cast: Any
) -> None:
    before = entry(cast).diagnosis["spans"]
    assert "0 至 100 分" in text(specialist.get(checks(cast)))
    sent = specialist.post(checks(cast), {"test-regional": "86.5", "note": NOTE})
    assert sent.status_code == 302
    found = entry(cast).diagnosis
    assert found["outside"] == {"regional": "86.5"}
    assert {
        "code": "diagnosis.outside_counted",
        "values": {"test": "regional", "points": "86.5", "most": "100"},
    } in (found["reasons"])
    assert found["spans"] != before
    assert "86.5" in text(teacher.get("/path"))
    assert AuditEvent.objects.filter(kind="outside_test.entered").count() == 1
    assert not AuditEvent.objects.filter(kind="hands_on.seen").exists()


def test_it_stays_when_the_teacher_answers_again_and_a_newer_one_takes_its_place(
    specialist: Any, teacher: Any, cast: Any
) -> None:
    specialist.post(checks(cast), {"test-regional": "40", "note": NOTE})
    teacher.post("/diagnosis", INTERACTIVE)
    assert entry(cast).diagnosis["outside"] == {"regional": "40"}
    specialist.post(checks(cast), {"test-regional": "90", "note": NOTE})
    assert entry(cast).diagnosis["outside"] == {"regional": "90"}


@pytest.mark.parametrize("points", ["101", "-1", "八十", "1e3", "50.123", "NaN"])
def test_points_such_a_test_does_not_have_are_sent_back_and_kept_in_the_field(
    specialist: Any, cast: Any, points: str
) -> None:
    before = entry(cast).id
    answer = specialist.post(checks(cast), {"test-regional": points, "H01": "b", "note": NOTE})
    page = text(answer)
    assert answer.status_code == 422
    assert "请填写 0 到 100 的分数" in page
    assert f'value="{points}"' in answer.content.decode()
    assert entry(cast).id == before
