"""Further questions, the specialist's checks and what the teacher reads of it all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import lxml.html
import one_of_each
import pytest
from diagnosis_pages import INTERACTIVE, LENIENT, NOTE, RIGHT, asked, checks, entry, in_order, text
from django.urls import reverse
from django.utils import timezone

from lti_tools import journey
from lti_tools.identities.models import Identity
from lti_tools.programmes import api as programmes
from lti_tools.tasks import api as tasks
from lti_tools.web.diagnosis_form import shuffled
from rubrics import library
from rubrics.diagnosis import further_questions
from rubrics.errors import AnswersError
from tests.rubrics.diagnosis_texts import bank

pytestmark = pytest.mark.usefixtures("checked_bank")


def test_at_most_eight_questions_that_tell_most_stand_on_a_page(teacher: Any, cast: Any) -> None:
    page = teacher.get("/diagnosis/further")
    kept = programmes.kept_answers(cast.enrolment("middle"))
    expected = further_questions(bank(LENIENT), kept.everything, limit=8)
    assert asked(page) == [item.id for item in expected]
    assert page.content.decode().count("<fieldset") == 8
    assert not {"H01", "H02"} & set(asked(page))


def test_answers_join_the_earlier_ones_and_nothing_is_lost(teacher: Any, cast: Any) -> None:
    sent = {"asked": ["D13", "D14", "P01"], "D13": "a", "seconds-D13": "9", **in_order(RIGHT)}
    assert teacher.post("/diagnosis/further", sent).url == "/path"
    found = entry(cast).diagnosis
    assert found["answers"] == {**INTERACTIVE, "D13": "a", "P01": RIGHT}
    assert found["seconds"] == {"D13": 9}
    assert not {"D13", "P01"} & set(asked(teacher.get("/diagnosis/further")))


def test_whoever_likes_goes_on_until_nothing_is_left(teacher: Any, cast: Any) -> None:
    first = {item.id: item.options[0].id for item in bank(LENIENT).items if not item.check}
    for _page in range(2):
        page = teacher.get("/diagnosis/further")
        answers = {key: first[key] for key in asked(page) if key in first}
        sent = {"asked": asked(page), **answers, **in_order(RIGHT), "more": "yes"}
        assert teacher.post("/diagnosis/further", sent).url == "/diagnosis/further"
    assert "能问的题您都答过了" in text(teacher.get("/diagnosis/further"))
    assert "再答几题" not in text(teacher.get("/path"))


def test_nothing_chosen_is_no_diagnosis(teacher: Any, cast: Any) -> None:
    before = entry(cast).id
    assert teacher.post("/diagnosis/further", {"asked": ["D13"]}).url == "/path"
    assert teacher.post("/diagnosis/further", {}).url == "/path"
    assert entry(cast).id == before


@pytest.mark.parametrize(
    "order",
    [
        {"P01-place": "1"},
        {"P01-place": "1", "P01-try": "1", "P01-watch": "2", "P01-go": "3"},
        {"P01-place": "1", "P01-try": "2", "P01-watch": "3", "P01-go": "9"},
    ],
)
def test_steps_without_a_place_each_are_sent_back_with_all_that_was_given(
    teacher: Any, cast: Any, order: dict[str, str]
) -> None:
    before = entry(cast).id
    page = teacher.post("/diagnosis/further", {"asked": ["D13", "P01"], "D13": "b", **order})
    assert page.status_code == 422
    tree = lxml.html.fromstring(page.content.decode())
    assert tree.xpath("//fieldset[@aria-invalid='true']//select/@name") != []
    assert tree.xpath("//input[@name='D13' and @checked]/@value") == ["b"]
    kept = {one.get("name"): one.xpath("string(option[@selected]/@value)") for one in tree.xpath("//select")}
    assert {name: place for name, place in order.items() if place in "1234"}.items() <= kept.items()
    assert entry(cast).id == before


def test_questions_sent_back_stand_in_the_order_they_had_and_forged_ones_are_not_among_them(
    teacher: Any,
) -> None:
    sent = {"asked": ["D14", "H01", "D07", "no-such", "D13", "D14"], "D07": ["a", "e"], "H01": "a"}
    page = teacher.post("/diagnosis/further", sent)
    assert (page.status_code, asked(page)) == (422, ["D14", "D07", "D13"])


def test_nothing_that_would_be_refused_is_offered_once_the_programme_was_closed(
    specialist: Any, teacher: Any, cast: Any
) -> None:
    desk = reverse("specialist-teacher", args=[cast.enrolment("middle").id])
    assert checks(cast) in specialist.get(desk).content.decode()
    assert '"/diagnosis' in teacher.get("/path").content.decode()
    type(cast.programme).objects.filter(id=cast.programme.id).update(closed_at=timezone.now())
    assert checks(cast) not in specialist.get(desk).content.decode()
    assert '"/diagnosis' not in teacher.get("/path").content.decode()
    before = entry(cast).id
    refused = specialist.post(checks(cast), {"H01": "b", "note": NOTE})
    assert refused.status_code in {400, 409}
    assert "结束" in text(refused)
    assert entry(cast).id == before


def test_none_of_these_beside_another_is_sent_back(teacher: Any) -> None:
    page = teacher.post("/diagnosis/further", {"asked": ["D07"], "D07": ["a", "e"]})
    assert page.status_code == 422
    assert "都没有" in page.content.decode()


def test_no_teacher_answers_a_specialists_check(teacher: Any, cast: Any) -> None:
    before = entry(cast).id
    assert "H01" not in asked(teacher.get("/diagnosis/further"))
    assert teacher.post("/diagnosis/further", {"asked": ["H01"], "H01": "a"}).url == "/path"
    assert entry(cast).id == before
    with pytest.raises(AnswersError, match="unknown_question"):
        journey.diagnose(cast.actor("middle"), cast.enrolment("middle"), {"H01": "a"}, seconds={})


def test_whoever_was_not_diagnosed_begins_with_the_short_form(cast: Any, browse_as: Any) -> None:
    assert browse_as("young").get("/diagnosis/further").url == "/diagnosis"
    assert browse_as("young").post("/diagnosis/further", {"asked": ["D13"], "D13": "a"}).url == "/diagnosis"


def test_whoever_is_in_no_programme_is_told_so(cast: Any, browse_as: Any) -> None:
    assert "您不在进行中的培训项目里" in text(browse_as("rater1").get("/diagnosis/further"))


def test_a_second_sitting_keeps_what_was_answered_further(teacher: Any, cast: Any) -> None:
    teacher.post("/diagnosis/further", {"asked": ["D13"], "D13": "a"})
    teacher.post("/diagnosis", {**INTERACTIVE, "D01": "c"})
    assert entry(cast).diagnosis["answers"] == {**INTERACTIVE, "D01": "c", "D13": "a"}


def test_further_answers_can_lower_the_level_and_the_tier_follows(teacher: Any, cast: Any) -> None:
    assert cast.enrolment("middle").tier == "integrated"
    teacher.post("/diagnosis/further", {"asked": ["D20"], "D20": "e"})
    assert (cast.enrolment("middle").skill, cast.enrolment("middle").tier) == ("S1", "basic")


def test_the_hours_of_the_diagnosis_count_once(teacher: Any, cast: Any) -> None:
    before = tasks.hours(cast.enrolment("middle")).total
    teacher.post("/diagnosis/further", {"asked": ["D13"], "D13": "a"})
    assert tasks.hours(cast.enrolment("middle")).total == before > 0


def test_what_was_sent_is_forgotten_by_the_browser_once_and_what_was_not_stays(
    teacher: Any, cast: Any
) -> None:
    key = f"diagnosis-further:{cast.enrolment('middle').id}"
    assert key not in teacher.get("/path").content.decode()
    teacher.post("/diagnosis/further", {"asked": ["D13"], "D13": "a", "more": "yes"})
    assert f'data-sent="{key}"' in teacher.get("/diagnosis/further").content.decode()
    assert "data-sent" not in teacher.get("/diagnosis/further").content.decode()


def test_the_path_shows_five_areas_with_no_evidence_said_and_never_zero(teacher: Any) -> None:
    page = text(teacher.get("/path"))
    for area in library.framework("jyt0646").at_level(1):
        assert area.label.zh in page
    teacher.post("/diagnosis", INTERACTIVE)
    assert "之间" in page


def test_an_area_without_evidence_is_said_to_have_none(cast: Any, browse_as: Any) -> None:
    journey.diagnose(cast.actor("young"), cast.enrolment("young"), {"D01": "a"}, seconds={})
    tree = lxml.html.fromstring(browse_as("young").get("/path").content.decode())
    values = tree.xpath("//section[h2='您会什么：五个方面']//dd/strong/text()")
    assert values == ["还没有依据", "约0分", "还没有依据", "还没有依据", "还没有依据"]


def test_the_path_says_what_to_learn_next_and_why(cast: Any, browse_as: Any) -> None:
    beginner = {**INTERACTIVE, "D05": "a"}
    client = browse_as("middle")
    client.post("/diagnosis", beginner)
    policy = programmes.policy(cast.programme)
    page = text(client.get("/path"))
    assert policy.task("task-B3").label.zh + "：" in page
    assert "自己录下一节课，声音画面都清楚" in page


def test_a_level_nobody_saw_yet_is_said_to_be_provisional(teacher: Any) -> None:
    assert "暂定" in text(teacher.get("/path"))


def test_a_placement_from_before_the_bounds_were_kept_breaks_no_page(cast: Any, browse_as: Any) -> None:
    old = {"reasons": [], "axes": {"1": None}, "flags": [], "advice": []}
    programmes.place(cast.enrolment("young"), skill="S1", diagnosis=old)
    assert "五个方面" not in text(browse_as("young").get("/path"))
    assert browse_as("young").get("/diagnosis/further").url == "/diagnosis"


def test_further_questions_alone_never_replace_what_was_answered_through_another_account(
    cast: Any, browse_as: Any
) -> None:
    enrolment = cast.enrolment("middle")
    account = Identity.objects.create(
        platform=one_of_each.platform(), sub="user-8", person=cast.people.middle
    )
    through = replace(cast.actor("middle"), identity_id=account.id)
    journey.diagnose(through, enrolment, INTERACTIVE, seconds={})
    here = browse_as("middle")
    sent = here.post("/diagnosis/further", {"asked": ["D13"], "D13": "a"}, follow=True)
    assert sent.redirect_chain[-1][0] == "/diagnosis"
    assert "您在这里还没有答过最初的题" in text(sent)
    assert cast.enrolment("middle").skill == "S2"


def test_answers_of_two_accounts_never_mix_and_what_was_seen_goes_with_both(cast: Any) -> None:
    enrolment, account = cast.enrolment("middle"), one_of_each.platform()
    account = Identity.objects.create(platform=account, sub="user-7", person=cast.people.middle)
    through = replace(cast.actor("middle"), identity_id=account.id)
    journey.diagnose(through, enrolment, {"D01": "d"}, seconds={})
    cast.people.specialist.grants.update(school=cast.school_a2)
    journey.check_hands_on(cast.actor("specialist"), enrolment, {"H01": "a"}, note=NOTE)
    assert (entry(cast).identity, entry(cast).diagnosis["answers"]) == (account, {"D01": "d"})
    journey.diagnose(cast.actor("middle"), enrolment, {"D02": "d"}, seconds={})
    assert entry(cast).identity is None
    assert programmes.kept_answers(enrolment).everything == {"D02": "d", "H01": "a"}
    assert programmes.kept_through(enrolment, account.id).everything == {"D01": "d", "H01": "a"}


def test_steps_never_stand_in_their_right_place_before_one_begins() -> None:
    item = bank().item("P01")
    assert item is not None
    assert all(one != right for one, right in zip(shuffled(item), item.steps, strict=True))
    assert {step.id for step in shuffled(item)} == {step.id for step in item.steps}
