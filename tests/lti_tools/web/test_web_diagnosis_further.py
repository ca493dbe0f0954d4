"""Further questions, the specialist's checks and what the teacher reads of it all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import lxml.html
import one_of_each
import pytest
from django.urls import reverse
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit.models import AuditEvent
from lti_tools.definitions.models import Definition
from lti_tools.errors import Denied, Refused
from lti_tools.identities.models import Identity
from lti_tools.programmes import api as programmes
from lti_tools.tasks import api as tasks
from lti_tools.web.diagnosis_form import shuffled
from rubrics import library
from rubrics.diagnosis import further_questions
from rubrics.errors import AnswersError
from tests.rubrics.diagnosis_texts import TEXT, bank

INTERACTIVE = {
    "D01": "d", "D02": "d", "D03": "b", "D04": "d", "D05": "c", "D06": "a", "D07": ["a", "b"],
    "D08": "c", "D09": "d", "D10": "c", "D11": "b", "D12": "b",
}  # fmt: skip
NOTE = "九月二十日在一年级教室"
UNTRIED = """lacks = ["interact"]
[[items.options]]
id = "c"
zh = "今天没有条件做"
en = "Could not be tried today"
"""
LENIENT = TEXT.replace('until_watched = "lower"', 'until_watched = "provisional"').replace(
    'key = "diagnosis-entry"', 'key = "diagnosis-checked"'
)
LENIENT = UNTRIED.join(LENIENT.rsplit('lacks = ["interact"]\n', 1))


@pytest.fixture(autouse=True)
def checked_bank(cast: Any) -> Any:
    """The programme asks by a bank with hands-on checks and a screen task."""
    read = library.parse(LENIENT)
    Definition.objects.create(
        kind="diagnosis_bank", key="diagnosis-checked", version=2, hash=read.hash, text=LENIENT
    )
    type(cast.programme).objects.filter(id=cast.programme.id).update(diagnosis_hash=read.hash)
    return read


@pytest.fixture
def teacher(cast: Any, browse_as: Callable[[str], Any]) -> Any:
    client = browse_as("middle")
    assert client.post("/diagnosis", INTERACTIVE).status_code == 302
    return client


@pytest.fixture
def specialist(teacher: Any, cast: Any, browse_as: Callable[[str], Any]) -> Any:
    """Of the teacher's own school."""
    cast.people.specialist.grants.update(school=cast.school_a2)
    return browse_as("specialist")


def entry(cast: Any) -> Any:
    return programmes.latest_placement(cast.enrolment("middle"))


def text(page: Any) -> str:
    return " ".join(lxml.html.fromstring(page.content.decode()).text_content().split())


def asked(page: Any) -> list[str]:
    return list(lxml.html.fromstring(page.content.decode()).xpath("//input[@name='asked']/@value"))


def checks(cast: Any) -> str:
    return reverse("specialist-checks", args=[cast.enrolment("middle").id])


def in_order(order: list[str]) -> dict[str, str]:
    return {f"P01-{step}": str(place) for place, step in enumerate(order, start=1)}


RIGHT = ["place", "try", "watch", "go"]


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
