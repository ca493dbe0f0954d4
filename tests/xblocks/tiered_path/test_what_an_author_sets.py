from __future__ import annotations

import json
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from webob import Request, Response

from tests.xblocks.tiered_path.runtime import BASIC, COURSE, PathRuntime, Service, Users, as_learner, course
from xblocks.tiered_path.block import TieredPathBlock
from xblocks.tiered_path.path import child_key, read_tiers


def tiers(block: TieredPathBlock) -> list[list[str]]:
    return [block.tiers_of(child) for child in block.get_children()]


def exported(block: TieredPathBlock) -> bytes:
    file = BytesIO()
    block.runtime.export_to_xml(block, file)
    return file.getvalue()


def save(block: TieredPathBlock, data: Any) -> Response:
    body = json.dumps(data).encode()
    request = Request.blank("/", method="POST", body=body, content_type="application/json")
    return block.handle("save_tiers", request)


def form(block: TieredPathBlock, *chosen: list[str]) -> dict[str, Any]:
    keys = [child_key(child) for child in block.children]
    return {
        "display_name": "新路径",
        "known_tiers": "basic innovation",
        "tiers_by_child": dict(zip(keys, chosen, strict=False)),
    }


def test_tiers_come_from_the_course_file() -> None:
    assert tiers(course()) == [["unplaced"], [], ["basic"], ["innovation"]]


def test_every_setting_survives_export_and_import() -> None:
    block = course()
    again = course(exported(block))
    assert tiers(again) == tiers(block)
    assert again.display_name == "路径"
    assert list(again.known_tiers) == ["basic", "innovation"]


def test_the_exported_file_says_tiers_on_the_part_itself_and_holds_no_ids() -> None:
    text = exported(course()).decode()
    assert 'tiers="basic"' in text
    assert "tiers_by_child" not in text
    assert "usage" not in text


def test_a_part_is_read_without_the_tiers_attribute_which_would_spoil_its_pointer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    course()
    assert "does not contain field tiers" not in caplog.text


def test_a_nested_path_keeps_its_own_tiers() -> None:
    xml = '<tiered_path><tiered_path tiers="basic"><leaf tiers="innovation"/></tiered_path></tiered_path>'
    outer = course(xml)
    assert tiers(outer) == [["basic"]]
    assert tiers(outer.get_children()[0]) == [["innovation"]]
    again = course(exported(outer))
    assert tiers(again) == [["basic"]]
    assert tiers(again.get_children()[0]) == [["innovation"]]


def test_tiers_may_be_parted_by_commas_and_named_twice() -> None:
    assert read_tiers("basic, innovation basic") == ["basic", "innovation"]


def test_a_rerun_of_a_course_keeps_the_map_because_it_is_keyed_by_the_parts_own_id() -> None:
    old = SimpleNamespace(block_type="vertical", block_id="abc", course="2026")
    new = SimpleNamespace(block_type="vertical", block_id="abc", course="2027")
    assert child_key(old) == child_key(new) == "vertical:abc"


def test_course_staff_save_the_whole_form() -> None:
    block = course(user=Users("t", role="staff"))
    answer = save(block, form(block, ["unplaced"], ["basic"], ["basic", "innovation"], []))
    assert answer.json == {"saved": True}
    saved = as_learner(block)
    assert saved.display_name == "新路径"
    assert tiers(saved) == [["unplaced"], ["basic"], ["basic", "innovation"], []]


def test_a_learner_cannot_change_who_sees_what() -> None:
    block = course(user=Users("58"), shijie=Service(BASIC))
    answer = save(block, form(block, ["basic"]))
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.json["error"]
    assert tiers(as_learner(block)) == tiers(course())


def test_in_studio_the_platforms_own_permission_decides() -> None:
    block = course(user=Users("a"))
    refused = as_learner(block, studio_user_permissions=SimpleNamespace(can_write=lambda _course: False))
    assert save(refused, form(block, ["basic"])).status_code == 403
    allowed = as_learner(block, studio_user_permissions=SimpleNamespace(can_write=lambda _course: True))
    assert save(allowed, form(block, ["basic"])).status_code == 200


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data | {"tiers_by_child": {"leaf:gone": ["basic"]}},
        lambda data: data | {"tiers_by_child": {key: ["expert"] for key in data["tiers_by_child"]}},
        lambda data: data | {"tiers_by_child": dict.fromkeys(data["tiers_by_child"], "basic")},
        lambda data: data | {"display_name": " "},
        lambda data: {"display_name": "x"},
        lambda _data: [],
    ],
    ids=["part gone", "unknown tier", "tiers not a list", "no name", "half a form", "not an object"],
)
def test_a_form_that_is_wrong_is_refused_whole_with_a_reason(spoil: Any) -> None:
    block = course(user=Users("t", role="staff"))
    answer = save(block, spoil(form(block, ["basic"])))
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.json["error"]
    assert as_learner(block).display_name == "路径"
    assert tiers(as_learner(block)) == tiers(course())


def test_the_form_shows_a_box_for_each_tier_of_each_part() -> None:
    html = course(user=Users("t", role="staff")).render("studio_view").content
    assert html.count('type="checkbox"') == 4 * 3
    assert html.count(" checked") == 3


def test_studio_warns_of_a_part_without_a_tier_or_with_an_unknown_one() -> None:
    xml = '<tiered_path><leaf display_name="甲"/><leaf display_name="乙" tiers="expert"/></tiered_path>'
    found = [message.text for message in course(xml).validate().messages]
    assert any("“甲” has no tier" in text for text in found)
    assert any("“乙” is for the tier “expert”" in text for text in found)
    assert any("No part is shown to learners without a tier" in text for text in found)
    assert not [text for text in (m.text for m in course(COURSE).validate().messages) if "expert" in text]


def test_an_author_sees_all_parts_and_on_the_container_page_handles_to_move_them() -> None:
    rendered: dict[str, Any] = {}

    def remember(name: str, context: dict[str, Any]) -> str:
        rendered.update(context)
        return "<div>handles</div>"

    block = course(mako=SimpleNamespace(render_template=remember), user=Users("a"))
    preview = block.render("author_view", {})
    assert "content of 助教" in preview.content
    container = block.render("author_view", {"root_xblock": block})
    assert "handles" in container.content
    assert rendered["can_add"] is True
    assert len(rendered["items"]) == 4


def test_an_empty_path_says_so_to_its_author() -> None:
    assert "no parts yet" in course("<tiered_path/>").render("author_view", {}).content


def test_settings_are_course_content_and_the_placement_is_the_learners() -> None:
    runtime = PathRuntime()
    block = runtime.get_block(runtime.parse_xml_string(COURSE))
    scopes = {name: field.scope.name for name, field in block.fields.items()}
    assert scopes["tiers_by_child"] == scopes["known_tiers"] == scopes["display_name"] == "settings"
    assert scopes["placement"] == "user_state"
