"""The tiered path inside the workbench: step 9 of the story, and who may change it."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from lti_tools.demo.services import COURSE_STAFF
from tests.demo.conftest import MIDDLE, SENIOR, YOUNG
from xblocks.shared.client import ClientError, Placement

SCENARIO = "/workbench/scenario/tiered_path.0/"
BASIC = Placement(
    placed=True,
    tier="basic",
    tier_label={"zh": "基础操作层", "en": "Basic operation"},
    reasons=("51岁及以上",),
)
INNOVATION = Placement(
    placed=True, tier="innovation", tier_label={"zh": "智能创新层", "en": "AI-supported innovation"}
)
Answers = dict[str, Placement | ClientError]


def page(client: Client, sub: str, view: str = "") -> str:
    response = client.get(f"{SCENARIO}{view}", {"student": sub})
    assert response.status_code == 200
    return response.content.decode()


def parts(client: Client, sub: str) -> list[str]:
    return re.findall(r'part-title">\d+\. ([^<]+?)\s*<', page(client, sub))


def call(client: Client, handler: str, data: Any, *, sub: str) -> HttpResponse:
    html = page(client, sub)
    [usage] = re.findall(r"data-usage='([^']+)' data-block-type='tiered_path'", html)
    answer: HttpResponse = client.post(
        f"/workbench/handler/{usage}/{handler}/?student={sub}",
        json.dumps(data),
        content_type="application/json",
        headers={"x-csrftoken": client.cookies["csrftoken"].value},
    )
    return answer


def test_a_teacher_of_58_at_s1_and_one_of_28_at_s2_see_other_parts(
    workbench: Client, answers: Answers
) -> None:
    answers |= {SENIOR: BASIC, YOUNG: INNOVATION}
    assert parts(workbench, SENIOR) == [
        "数字安全、隐私与责任",
        "设备连接与投屏",
        "录播操作与上传",
        "在线公开课录播（一）",
    ]
    assert parts(workbench, YOUNG) == [
        "数字安全、隐私与责任",
        "智能助教：备课与课堂应用",
        "智慧作业：设计、批改复核与讲评",
        "在线公开课录播（一）",
    ]
    assert "基础操作层" in page(workbench, SENIOR)
    assert "51岁及以上" in page(workbench, SENIOR)


def test_who_has_not_been_diagnosed_sees_the_diagnosis_only(workbench: Client, answers: Answers) -> None:
    assert parts(workbench, MIDDLE) == ["首次诊断"]


def test_course_staff_see_all_eight_parts(workbench: Client, answers: Answers) -> None:
    assert len(parts(workbench, COURSE_STAFF)) == 8


def test_a_service_that_is_down_is_explained_on_the_page(workbench: Client, answers: Answers) -> None:
    answers[SENIOR] = ClientError("unreachable", permanent=False)
    assert parts(workbench, SENIOR) == []
    assert "js-ask-again" in page(workbench, SENIOR)


def test_ask_again_reaches_the_service_through_the_handler_with_csrf(
    workbench: Client, answers: Answers
) -> None:
    assert parts(workbench, SENIOR) == ["首次诊断"]
    answers[SENIOR] = BASIC
    assert call(workbench, "refresh", {}, sub=SENIOR).json() == {"answered": True, "placed": True}
    assert "设备连接与投屏" in parts(workbench, SENIOR)


def test_the_author_saves_who_sees_what_and_a_learner_cannot(workbench: Client, answers: Answers) -> None:
    answers |= {SENIOR: BASIC, YOUNG: INNOVATION}
    keys = re.findall(r'data-key="([^"]+)"', page(workbench, COURSE_STAFF, "studio_view/"))
    form = {
        "display_name": "新路径",
        "known_tiers": "basic innovation",
        "tiers_by_child": {key: ["innovation"] for key in keys},
    }
    assert call(workbench, "save_tiers", form, sub=SENIOR).status_code == 403
    assert len(parts(workbench, SENIOR)) == 4
    assert call(workbench, "save_tiers", form, sub=COURSE_STAFF).status_code == 200
    assert parts(workbench, SENIOR) == []
    assert len(parts(workbench, YOUNG)) == 8
    assert "新路径" in page(workbench, YOUNG)


def test_a_handler_without_the_csrf_token_is_refused(workbench: Client, answers: Answers) -> None:
    [usage] = re.findall(r"data-usage='([^']+)' data-block-type='tiered_path'", page(workbench, SENIOR))
    address = f"/workbench/handler/{usage}/refresh/?student={SENIOR}"
    assert workbench.post(address, "{}", content_type="application/json").status_code == 403


def test_an_unknown_block_or_scenario_is_a_page_that_says_so(workbench: Client, answers: Answers) -> None:
    assert workbench.get("/workbench/scenario/nothing.0/").status_code == 404
    token = {"x-csrftoken": "x" * 32}
    workbench.cookies["csrftoken"] = "x" * 32
    assert workbench.post("/workbench/handler/no.such.usage/refresh/", headers=token).status_code == 404


def test_only_public_files_of_a_block_are_served(workbench: Client) -> None:
    assert workbench.get("/workbench/resource/tiered_path/public/tiered_path.js").status_code == 200
    for private in ("block.py", "translations/zh_Hans/LC_MESSAGES/text.po", "public/../block.py"):
        assert workbench.get(f"/workbench/resource/tiered_path/{private}").status_code == 404


def test_the_page_of_blocks_offers_ours_to_each_person(workbench: Client, answers: Answers) -> None:
    html = workbench.get("/workbench/").content.decode()
    assert "我的培训路径" in html
    assert "allscopes" not in html
    assert f"?student={SENIOR}" in html


def test_the_frame_of_a_block_has_no_inline_script(workbench: Client, answers: Answers) -> None:
    response = workbench.get(SCENARIO, {"student": SENIOR})
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", response.content.decode())
    assert inline == []
    assert "script-src 'self';" in response["Content-Security-Policy"] + ";"
