from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from webob import Request
from xblock.completable import XBlockCompletionMode

from tests.xblocks.tiered_path.runtime import (
    BASIC,
    COURSE,
    INNOVATION,
    NOT_PLACED,
    Completion,
    Service,
    Users,
    as_learner,
    course,
)
from xblocks.shared import compat
from xblocks.shared.client import ClientError
from xblocks.tiered_path.block import TieredPathBlock

DOWN = ClientError("unreachable", permanent=False)
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    times = [NOON]
    monkeypatch.setattr(compat, "now", lambda: times[-1])
    return times


def page(block: TieredPathBlock) -> str:
    return str(block.render("student_view").content)


def titles(block: TieredPathBlock) -> list[str]:
    return [name for name in ("诊断", "安全", "投屏", "助教") if f"content of {name}" in page(block)]


def test_a_learner_sees_the_parts_of_their_tier_and_those_for_everybody() -> None:
    assert titles(course(shijie=Service(BASIC), user=Users("58"))) == ["安全", "投屏"]
    assert titles(course(shijie=Service(INNOVATION), user=Users("28"))) == ["安全", "助教"]


def test_the_content_of_another_tier_never_leaves_the_server() -> None:
    html = page(course(shijie=Service(BASIC), user=Users("58")))
    assert "助教" not in html
    assert "诊断</h3>" not in html


def test_the_page_says_the_tier_why_it_is_that_and_where_to_start() -> None:
    html = page(course(shijie=Service(BASIC), user=Users("58")))
    assert "基础操作层" in html
    assert "51岁及以上" in html
    assert "会播放课件" in html
    assert "Start here: 安全" in html
    assert "js-ask-again" in html
    assert "入门诊断" in html


def test_who_is_not_placed_yet_sees_the_diagnosis_and_what_to_do() -> None:
    block = course(shijie=Service(NOT_PLACED), user=Users("58"))
    assert titles(block) == ["诊断", "安全"]
    assert "Please do the first diagnosis" in page(block)
    assert "js-ask-again" in page(block)


def test_text_of_the_service_is_escaped() -> None:
    hostile = BASIC.__class__(placed=True, tier="basic", reasons=("<script>alert(1)</script>",))
    assert "<script>alert" not in page(course(shijie=Service(hostile), user=Users("58")))


def test_a_learner_without_any_part_for_them_is_told_so() -> None:
    xml = '<tiered_path><leaf display_name="助教" tiers="innovation"/></tiered_path>'
    assert "There is no part for your tier here" in page(course(xml, shijie=Service(BASIC), user=Users("58")))


def test_a_service_that_cannot_be_reached_leaves_the_parts_for_everybody_and_an_explanation() -> None:
    block = course(shijie=Service(DOWN), user=Users("58"))
    assert titles(block) == ["安全"]
    assert "cannot be reached" in page(block)
    assert "Nothing that you have done is lost" in page(block)


def test_an_older_answer_is_shown_with_its_time_when_the_service_is_away(clock: list[datetime]) -> None:
    block = course(shijie=Service(BASIC), user=Users("58"))
    page(block)
    clock.append(NOON + timedelta(days=2))
    later = as_learner(block, shijie=Service(DOWN))
    html = page(later)
    assert "This is your tier as of" in html
    assert titles(later) == ["安全", "投屏"]


def test_an_answer_is_used_again_for_a_quarter_of_an_hour(clock: list[datetime]) -> None:
    service = Service(BASIC)
    block = course(shijie=service, user=Users("58"))
    page(block)
    clock.append(NOON + timedelta(minutes=14))
    page(as_learner(block))
    assert len(service.asked) == 1
    clock.append(NOON + timedelta(minutes=16))
    page(as_learner(block))
    assert len(service.asked) == 2


def test_not_placed_is_asked_again_each_time_because_the_diagnosis_may_be_done() -> None:
    service = Service(NOT_PLACED)
    block = course(shijie=service, user=Users("58"))
    page(block)
    page(as_learner(block))
    assert service.asked == ["58", "58"]


def test_a_service_that_failed_is_left_alone_for_a_minute(clock: list[datetime]) -> None:
    service = Service(DOWN)
    block = course(shijie=service, user=Users("58"))
    page(block)
    page(as_learner(block))
    assert len(service.asked) == 1
    clock.append(NOON + timedelta(seconds=61))
    page(as_learner(block))
    assert len(service.asked) == 2


def test_ask_again_asks_at_once() -> None:
    service = Service(DOWN)
    block = course(shijie=service, user=Users("58"))
    page(block)
    service.answer = BASIC
    request = Request.blank("/", method="POST", body=b"{}", content_type="application/json")
    answer = as_learner(block).handle("refresh", request)
    assert answer.json == {"answered": True, "placed": True}
    assert titles(as_learner(block)) == ["安全", "投屏"]


def test_what_is_remembered_belongs_to_one_person_only() -> None:
    block = course(shijie=Service(BASIC), user=Users("58"))
    page(block)
    other = as_learner(block, user=Users("28"), shijie=Service(DOWN))
    assert "基础操作层" not in page(other)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("unknown_person", "does not know you yet"),
        ("refused", "not connected to the training service"),
        ("busy", "cannot be reached"),
        ("bad_answer", "cannot be reached"),
    ],
)
def test_each_failure_is_told_in_plain_words(code: str, sentence: str) -> None:
    block = course(shijie=Service(ClientError(code, permanent=False)), user=Users("58"))
    assert sentence in page(block)


def test_a_course_without_a_service_says_so_instead_of_failing() -> None:
    assert "not connected to the training service" in page(course(user=Users("58")))


def test_nobody_signed_in_is_never_asked_about() -> None:
    service = Service(BASIC)
    assert "基础操作层" not in page(course(shijie=service))
    assert service.asked == []


def test_course_staff_see_every_part_and_who_it_is_for_and_are_not_asked_about() -> None:
    service = Service(BASIC)
    block = course(shijie=service, user=Users("t", role="instructor"))
    assert titles(block) == ["诊断", "安全", "投屏", "助教"]
    assert "For: Basic operation" in page(block)
    assert "For everybody" in page(block)
    assert service.asked == []


def test_an_instructor_who_looks_as_a_learner_sees_what_a_learner_sees() -> None:
    user = Users("t", role="student", **{"edx-platform.user_is_staff": True})
    assert titles(course(shijie=Service(BASIC), user=user)) == ["安全", "投屏"]


def test_the_next_part_is_the_first_that_is_not_finished() -> None:
    block = course(shijie=Service(BASIC), user=Users("58"))
    children = block.get_child_blocks()
    done = as_learner(block, completion=Completion(children[0].scope_ids.usage_id))
    assert "Next: 投屏" in page(done)
    everything = as_learner(block, completion=Completion(*[child.scope_ids.usage_id for child in children]))
    assert "You have finished every part" in page(everything)


def test_the_mobile_data_names_nobody_and_holds_no_placement() -> None:
    block = course(shijie=Service(BASIC), user=Users("58"))
    page(block)
    data = json.dumps(block.student_view_data(), ensure_ascii=False)
    assert "58" not in data
    assert "会播放课件" not in data
    assert [child["tiers"] for child in block.student_view_data()["children"]][2] == ["basic"]


def test_the_block_declares_what_an_lms_needs_to_know() -> None:
    block = course(COURSE, shijie=Service(BASIC), user=Users("58"))
    assert block.completion_mode == XBlockCompletionMode.AGGREGATOR
    assert block.has_dynamic_children()
    assert block.has_support(block.student_view, "multi_device")
    assert block.index_dictionary() == {"content": {"display_name": "路径"}, "content_type": "Tiered path"}
    assert not {"location", "course_id", "due", "graceperiod", "category"} & set(block.fields)
    wanted = {
        name: block.service_declaration(name) for name in ("i18n", "user", "shijie", "completion", "mako")
    }
    assert wanted == {"i18n": "need", "user": "want", "shijie": "want", "completion": "want", "mako": "want"}


def test_no_view_carries_inline_script_or_style() -> None:
    block = course(shijie=Service(BASIC), user=Users("t", role="staff"))
    for view in ("student_view", "author_view", "studio_view"):
        fragment = block.render(view)
        assert "<script" not in fragment.content
        assert "style=" not in fragment.content
        assert {resource.kind for resource in fragment.resources} == {"url"}
