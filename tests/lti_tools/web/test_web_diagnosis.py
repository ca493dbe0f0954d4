"""The first diagnosis as a form: what it refuses, and that nothing chosen is ever lost with a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest

from lti_tools.errors import Denied
from lti_tools.programmes import api as programmes
from rubrics import diagnosis as judgement

ANSWERS = {f"D{number:02d}": "a" for number in range(1, 13)} | {"D07": ["a"]}


@pytest.fixture
def teacher(cast: Any, browse_as: Callable[[str], Any]) -> Any:
    return browse_as("senior")


def chosen(page: Any) -> dict[str, set[str]]:
    tree = lxml.html.fromstring(page.content.decode())
    found: dict[str, set[str]] = {}
    for field in tree.xpath("//input[@checked]"):
        found.setdefault(field.get("name"), set()).add(field.get("value"))
    return found


def marked(page: Any) -> list[str]:
    tree = lxml.html.fromstring(page.content.decode())
    return [one.xpath(".//input/@name")[0] for one in tree.xpath("//fieldset[@aria-invalid='true']")]


def test_twelve_questions_stand_on_the_page_with_nothing_chosen_for_anybody(teacher: Any) -> None:
    page = teacher.get("/diagnosis")
    assert page.content.decode().count("<fieldset") == 12
    assert chosen(page) == {}


def test_missing_answers_are_marked_and_what_was_chosen_is_kept(teacher: Any, cast: Any) -> None:
    given = {key: value for key, value in ANSWERS.items() if key not in {"D02", "D09"}}
    page = teacher.post("/diagnosis", given)
    assert page.status_code == 422
    assert marked(page) == ["D02", "D09"]
    assert chosen(page) == {key: {*value} for key, value in given.items()}
    assert "请选一个答案，没有对错。" in page.content.decode()
    assert cast.enrolment("senior").tier == ""


def test_nothing_at_all_is_a_form_with_twelve_marks_and_not_a_tier(teacher: Any, cast: Any) -> None:
    page = teacher.post("/diagnosis", {})
    assert (page.status_code, len(marked(page))) == (422, 12)
    assert cast.enrolment("senior").tier == ""


def test_none_of_these_beside_another_answer_is_sent_back_with_both_still_chosen(
    teacher: Any, cast: Any
) -> None:
    page = teacher.post("/diagnosis", ANSWERS | {"D07": ["a", "e"]})
    assert page.status_code == 422
    assert marked(page) == ["D07"]
    assert chosen(page)["D07"] == {"a", "e"}
    assert "都没有" in page.content.decode()
    assert cast.enrolment("senior").tier == ""


@pytest.mark.parametrize(
    "answer", [{"D01": "z"}, {"D01": ["a", "b"]}, {"D07": ["a", "z"]}, {"D07": []}, {"D01": ""}]
)
def test_an_answer_the_question_does_not_have_is_never_taken(teacher: Any, cast: Any, answer: Any) -> None:
    page = teacher.post("/diagnosis", ANSWERS | answer)
    if answer == {"D01": ["a", "b"]}:
        # A browser sends one; of several the last counts, as for every single choice.
        assert page.status_code == 302
        return
    assert page.status_code == 422
    assert marked(page) == list(answer)
    assert cast.enrolment("senior").tier == ""


@pytest.mark.parametrize("seconds", ["-1", "many", "NaN", "90000", "99999999999999999999"])
def test_seconds_that_make_no_sense_hold_up_no_answer(teacher: Any, cast: Any, seconds: str) -> None:
    page = teacher.post("/diagnosis", ANSWERS | {"seconds-D01": seconds, "seconds-D02": "7"})
    assert page.status_code == 302
    entry = programmes.latest_placement(cast.enrolment("senior"))
    assert entry is not None
    assert entry.diagnosis["seconds"] == {"D02": 7}


def test_haste_changes_no_tier_and_is_not_said_to_the_teacher(teacher: Any, cast: Any) -> None:
    teacher.post("/diagnosis", ANSWERS | {f"seconds-{key}": "1" for key in ANSWERS})
    entry = programmes.latest_placement(cast.enrolment("senior"))
    assert entry is not None
    assert "diagnosis.too_fast" in {flag["code"] for flag in entry.diagnosis["flags"]}
    assert "秒" not in teacher.get("/path").content.decode()


def test_whoever_is_in_no_programme_is_told_so_calmly(cast: Any, browse_as: Callable[[str], Any]) -> None:
    for client in (browse_as("rater1"), browse_as("officer")):
        page = client.get("/diagnosis")
        assert page.status_code == 200
        assert "您不在进行中的培训项目里" in page.content.decode()
        assert client.post("/diagnosis", ANSWERS).status_code == 200


def test_without_a_month_of_birth_the_teacher_learns_whom_to_ask(teacher: Any, cast: Any) -> None:
    type(cast.people.senior).objects.filter(id=cast.people.senior.id).update(birth_month="")
    page = teacher.post("/diagnosis", ANSWERS)
    assert page.status_code == 409
    assert "出生年月" in page.content.decode()
    assert "学校办公室" in page.content.decode()


def test_nobody_is_diagnosed_by_somebody_else(cast: Any) -> None:
    from lti_tools import journey

    for who in ("colleague", "officer", "specialist", "administrator", "nobody"):
        with pytest.raises(Denied):
            journey.diagnose(cast.actor(who), cast.enrolment("senior"), ANSWERS, seconds={})


def test_the_page_asks_exactly_the_short_form_of_the_programmes_own_bank(teacher: Any, cast: Any) -> None:
    items = judgement.short_form(programmes.diagnosis_bank(cast.programme))
    page = teacher.get("/diagnosis").content.decode()
    assert [item.id for item in items if f'name="{item.id}"' not in page] == []
