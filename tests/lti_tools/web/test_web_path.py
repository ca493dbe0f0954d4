"""A teacher's own page: the one next thing, at every place of the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import one_of_each
import pytest
from django.urls import reverse

from lti_tools.certificates.models import Certificate
from lti_tools.definitions import api as definitions
from lti_tools.outbox import api as outbox
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.tasks import api as tasks


@pytest.fixture
def teacher(cast: Any) -> Any:
    """李慧敏, in the integrated tier: two lessons, the first by the standard rubric."""
    for rubric in definitions.published("rubric"):
        ratings.ensure_round(cast.programme, rubric.hash, rules={"random_share": "0"})
    enrolment = cast.enrolment("middle")
    programmes.place(enrolment, skill="S2", diagnosis={})
    return enrolment


@pytest.fixture
def page(browse_as: Callable[[str], Any]) -> Callable[[], Any]:
    client = browse_as("middle")
    return lambda: lxml.html.fromstring(client.get("/path").content.decode())


def next_step(page: Any) -> str:
    return " ".join(page.xpath("string(//section[contains(@class, 'next')])").split())


def practised(enrolment: Any) -> None:
    policy = programmes.policy(enrolment.programme)
    for task in tasks.tasks_open_for_sign_off(enrolment):
        tasks.pass_task(enrolment, policy.task(task.id), evidence="sign_off", note="seen")
    tasks.pass_task(enrolment, policy.task("task-D0"), evidence="diagnosis")


def passes(
    cast: Any, enrolment: Any, *, rubric: str = "standard-lesson", attempt: int = 1, **how: int
) -> Any:
    made = one_of_each.lesson(enrolment, rubric=rubric, attempt=attempt)
    one_of_each.decide(cast, made, rubric=rubric, **how)
    return made


def test_first_comes_what_the_specialist_must_see(teacher: Any, page: Callable[[], Any]) -> None:
    assert "练一练，请专员看" in next_step(page())


def test_then_the_lesson_with_a_button_out_of_the_frame(teacher: Any, page: Callable[[], Any]) -> None:
    practised(teacher)
    shown = page()
    assert "提交您的公开课录像" in next_step(shown)
    [button] = shown.xpath("//section[contains(@class, 'next')]//a")
    assert (button.get("href"), button.get("target")) == ("/lesson", "_top")


def test_with_one_of_two_lessons_under_way_the_second_is_asked_for(
    teacher: Any, page: Callable[[], Any]
) -> None:
    practised(teacher)
    one_of_each.lesson(teacher, rubric="standard-lesson")
    assert "提交您的公开课录像" in next_step(page())


def test_with_both_under_way_there_is_nothing_to_do_but_wait(teacher: Any, page: Callable[[], Any]) -> None:
    practised(teacher)
    one_of_each.lesson(teacher, rubric="standard-lesson")
    one_of_each.lesson(teacher, rubric="ai-homework-lesson")
    assert "您的课正在评审" in next_step(page())


def test_a_lesson_that_failed_is_asked_for_again(cast: Any, teacher: Any, page: Callable[[], Any]) -> None:
    practised(teacher)
    passes(cast, teacher)
    passes(cast, teacher, rubric="ai-homework-lesson", level=1)
    shown = page()
    assert "提交您的公开课录像" in next_step(shown)
    assert len(shown.xpath("//table//tbody/tr")) == 2


def test_two_lessons_that_fill_one_slot_leave_the_other_open(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    enrolment = cast.enrolment("young")
    programmes.place(enrolment, skill="S2", diagnosis={})
    practised(enrolment)
    passes(cast, enrolment)
    passes(cast, enrolment, attempt=2)
    shown = lxml.html.fromstring(browse_as("young").get("/path").content.decode())
    assert "提交您的公开课录像" in next_step(shown)
    assert "离发证还差" in shown.text_content()


def test_when_all_is_there_the_certificate_is_made_and_then_downloaded(
    cast: Any, teacher: Any, page: Callable[[], Any]
) -> None:
    practised(teacher)
    passes(cast, teacher)
    passes(cast, teacher, rubric="ai-homework-lesson")
    assert "正在制作证书" in next_step(page())
    certificate = Certificate.objects.get(enrolment=teacher)
    certificate.paper = "certificates/x.pdf"
    certificate.save()
    [button] = page().xpath("//section[contains(@class, 'next')]//a")
    assert button.get("href") == reverse("certificate-paper", args=[certificate.id])
    assert outbox.state_of("issue_certificate", key=str(certificate.id)) == "waiting"


def test_a_certificate_is_not_called_incomplete_after_the_tier_moved(
    cast: Any, teacher: Any, page: Callable[[], Any]
) -> None:
    practised(teacher)
    passes(cast, teacher)
    passes(cast, teacher, rubric="ai-homework-lesson")
    programmes.place(teacher, skill="S3", diagnosis={})
    shown = page().text_content()
    assert "智能创新层" in shown
    assert "离发证还差" not in shown


def test_the_page_is_about_oneself_whatever_the_address_says(
    cast: Any, teacher: Any, browse_as: Callable[[str], Any]
) -> None:
    answer = browse_as("colleague").get("/path", {"enrolment": teacher.id, "person": cast.people.middle.id})
    assert "李慧敏" not in answer.content.decode()
    assert "张同事" in answer.content.decode()


def test_tasks_done_show_their_hours_and_the_whole_path_stands_below(
    cast: Any, teacher: Any, page: Callable[[], Any]
) -> None:
    practised(teacher)
    shown = page()
    required = programmes.policy(cast.programme).tier("integrated").required
    assert len(shown.xpath("//ol[@class='steps']/li")) >= len(required)
    assert [float(most) for most in shown.xpath("//progress/@max")] == [29]
