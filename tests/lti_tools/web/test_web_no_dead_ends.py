"""Where people used to stand before a wall or be told what was no longer true."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import lxml.html
import one_of_each
import pytest
from django.urls import reverse

from lti_tools.definitions import api as definitions
from lti_tools.lessons.models import Take
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.tasks import api as tasks
from lti_tools.web import wording
from lti_tools.web.lesson_result import _sentences
from rubrics.model import Reason

CAN_BE_SIGNED_OFF = "断网断电应急"


@pytest.fixture
def teacher(cast: Any) -> Any:
    """王守田, in the basic tier: one lesson, by a rubric that asks for a sign-off beforehand."""
    for rubric in definitions.published("rubric"):
        ratings.ensure_round(cast.programme, rubric.hash, rules={"random_share": "0"})
    enrolment = cast.enrolment("senior")
    programmes.place(enrolment, skill="S1", diagnosis={})
    return enrolment


@pytest.fixture
def page(browse_as: Callable[[str], Any]) -> Callable[[str], Any]:
    client = browse_as("senior")
    return lambda address: lxml.html.fromstring(client.get(address).content.decode())


def send_back(made: Any) -> None:
    Take.objects.filter(lesson=made).update(state="refused", refusal="not_video")


def text(shown: Any, where: str) -> str:
    return " ".join(shown.xpath(f"string({where})").split())


def practised(enrolment: Any) -> None:
    policy = programmes.policy(enrolment.programme)
    for task in tasks.tasks_open_for_sign_off(enrolment):
        tasks.pass_task(enrolment, policy.task(task.id), evidence="sign_off", note="seen")


def test_a_lesson_sent_back_is_the_next_thing_to_do_and_says_why(
    teacher: Any, page: Callable[[str], Any]
) -> None:
    send_back(one_of_each.lesson(teacher, title="认识钟表"))
    step = text(page("/path"), "//section[contains(@class, 'next')]")
    assert "请重新提交“认识钟表”" in step
    assert "不是视频" in step


def test_what_was_said_about_a_lesson_sent_back_stands_in_the_form_again(
    teacher: Any, page: Callable[[str], Any]
) -> None:
    send_back(one_of_each.lesson(teacher, title="认识钟表"))
    assert page("/lesson").get_element_by_id("id_title").get("value") == "认识钟表"


def test_after_another_was_handed_in_nobody_is_asked_again_for_the_one_sent_back(
    teacher: Any, page: Callable[[str], Any]
) -> None:
    send_back(one_of_each.lesson(teacher, title="一张图片"))
    one_of_each.lesson(teacher, title="认识钟表", attempt=2)
    assert "请重新提交" not in page("/lesson").text_content()
    assert "请重新提交" not in page("/path").text_content()
    assert page("/lesson").get_element_by_id("id_title").get("value") == ""


def test_a_lesson_sent_back_is_not_announced_as_arrived(teacher: Any, page: Callable[[str], Any]) -> None:
    made = one_of_each.lesson(teacher)
    address = f"/lesson?sent={made.id}"
    assert "您的课已经提交" in page(address).text_content()
    send_back(made)
    assert "您的课已经提交" not in page(address).text_content()


def test_who_need_not_hand_in_more_finds_the_form_folded_away(
    teacher: Any, page: Callable[[str], Any]
) -> None:
    assert not page("/lesson").xpath("//details//form[@id='lesson-form']")
    one_of_each.lesson(teacher, rubric=teacher_rubric(teacher))
    shown = page("/lesson")
    assert shown.xpath("//details[not(@open)]//form[@id='lesson-form']")
    assert len(shown.xpath("//h1")) == 1


def teacher_rubric(enrolment: Any) -> str:
    tier = programmes.policy(enrolment.programme).tier(enrolment.tier)
    return str(tier.lesson_rubrics[0][0])


def test_a_lesson_that_waits_for_a_sign_off_says_so_until_it_is_given(
    teacher: Any, page: Callable[[str], Any]
) -> None:
    rubric = teacher_rubric(teacher)
    assert definitions.get("rubric", rubric).prerequisites
    one_of_each.lesson(teacher, rubric=rubric)
    assert "专员签核以下任务后才会请评审" in page("/lesson").text_content()
    assert "等专员签核" in page("/path").text_content()
    practised(teacher)
    assert "专员签核以下任务" not in page("/lesson").text_content()
    assert "正在评审" in page("/path").text_content()


def test_a_decided_lesson_leads_to_its_result(cast: Any, teacher: Any, page: Callable[[str], Any]) -> None:
    made = one_of_each.lesson(teacher)
    one_of_each.decide(cast, made)
    assert page("/lesson").xpath(f"//a[@href='{reverse('lesson-result', args=[made.id])}']")


def test_who_waits_to_be_confirmed_can_read_it_in_the_other_language(client: Any, db: None) -> None:
    client.cookies["shijie_language"] = "en"
    answer = client.get("/lti/waiting")
    assert answer.status_code == 200
    assert "Your account is being checked" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("chair", "/account"),
        ("committee_expired", "/path"),
        ("officer_unverified", "/sign-in/code"),
        ("senior", "/path"),
    ],
)
def test_who_is_signed_in_has_a_page_and_is_not_asked_to_sign_in(
    browse_as: Callable[[str], Any], who: str, page: str
) -> None:
    client = browse_as(who)
    assert client.get("/")["Location"] == page
    shown = client.get(page, follow=True)
    assert shown.status_code == 200
    assert not lxml.html.fromstring(shown.content.decode()).xpath("//main//a[@href='/sign-in']")


def test_a_stranger_is_still_asked_to_sign_in(client: Any, db: None) -> None:
    assert lxml.html.fromstring(client.get("/").content).xpath("//main//a[contains(@href, '/sign-in')]")


def test_a_reason_that_holds_for_eight_criteria_is_said_once() -> None:
    same = [
        Reason("panel.criterion_gap", {"criterion": f"SL{number}", "low": 2, "high": 4})
        for number in range(8)
    ]
    assert len(_sentences(same)) == 1


@pytest.mark.parametrize(
    ("value", "shown"), [("98.50", "98.5"), ("84.0", "84"), ("100", "100"), ("0", "0"), ("59.96", "59.96")]
)
def test_a_number_is_shown_as_short_as_it_is(value: str, shown: str) -> None:
    assert wording.number(Decimal(value)) == shown


def test_one_hour_is_not_one_hours() -> None:
    hours = SimpleNamespace(total=Decimal("1.0"), online=Decimal("0.5"), practice=Decimal("0.5"))
    assert wording.length(hours) == "1 学时（线上 0.5，实践 0.5）"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("shortest_minutes", "200", "0 到 90 之间"), ("starts", "", "2026-09-01"), ("title", " ", "项目名称")],
)
def test_a_wrong_field_of_a_programme_says_what_would_be_right(
    browse_as: Callable[[str], Any], field: str, value: str, said: str
) -> None:
    answer = browse_as("officer_city").post("/office/programmes/new", {field: value})
    assert answer.status_code == 422
    shown = lxml.html.fromstring(answer.content.decode())
    assert said in text(shown, f"//span[@id='id_{field}_error']")
