"""A score that a tool sends by AGS, from the token to the page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from lti_tools.demo.boot import LINK_ID
from tests.demo.conftest import SENIOR, YOUNG
from tests.xblocks.mini_tool import ASSERTION_TYPE, MiniTool
from xblocks.lms_app import api

COURSE = "shijie-2026"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)


@pytest.fixture
def tool(lms: Client, settings: Any) -> MiniTool:
    """The tool's place taken by a peer whose key we hold."""
    peer = MiniTool("shijie-demo")
    tool = settings.TOOL_URL
    api.connect_tool(
        "师阶",
        client_id=peer.client_id,
        login_url=f"{tool}/lti/login",
        redirect_uris=[f"{tool}/lti/launch"],
        jwks=peer.jwks(),
    )
    return peer


def send(tool: MiniTool, *, sub: str, at: datetime = NOON, **score: Any) -> int:
    client = Client()
    token_url = api.tool_settings(tool.client_id)["token_url"]
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": tool.assertion(token_url),
        "scope": SCORE_SCOPE,
    }
    encoded = {"data": urlencode(form), "content_type": "application/x-www-form-urlencoded"}
    token = client.post("/shijie/lti/token", **encoded).json()["access_token"]
    [column] = api.gradebook(COURSE).columns
    body = {
        "userId": sub,
        "timestamp": at.isoformat(timespec="milliseconds"),
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 87.5,
        "scoreMaximum": 100,
    }
    response = client.post(
        f"/shijie/lti/contexts/{COURSE}/lineitems/{column.id}/scores",
        body | score,
        content_type="application/vnd.ims.lis.v1.score+json",
        headers={"authorization": f"Bearer {token}"},
    )
    return int(response.status_code)


def row(client: Client) -> str:
    page = client.get("/gradebook/").content.decode()
    return page[page.index("<tbody>") : page.index("</tbody>")]


def test_the_column_for_the_open_lesson_is_there_before_any_score(lms: Client) -> None:
    [column] = api.gradebook(COURSE).columns
    assert (column.label, column.maximum, column.link_id) == ("公开课得分", 100, LINK_ID)


def test_a_score_shows_with_maximum_progress_comment_and_time(tool: MiniTool, lms: Client) -> None:
    assert send(tool, sub=SENIOR, comment="合格：板书清楚 <b>") == 204
    shown = row(lms)
    for part in ("王守田", "87.5", ">100<", "已完成", "合格：板书清楚 &lt;b&gt;", "2026-09-01 12:00:00"):
        assert part in shown


def test_a_score_that_is_not_final_is_not_shown_as_a_number(tool: MiniTool, lms: Client) -> None:
    send(tool, sub=SENIOR, gradingProgress="PendingManual")
    assert "87.5" not in row(lms)
    assert 'class="none"' in row(lms)


def test_the_newest_message_counts_and_the_others_are_counted(tool: MiniTool, lms: Client) -> None:
    send(tool, sub=SENIOR, at=NOON + timedelta(hours=1), scoreGiven=90)
    send(tool, sub=SENIOR, at=NOON, scoreGiven=70)
    assert "90" in row(lms)
    assert ">70<" not in row(lms)
    assert row(lms).count("<tr") == 1


def test_a_teacher_sees_the_own_score_only(tool: MiniTool, lms: Client) -> None:
    send(tool, sub=SENIOR)
    for sub, seen in ((SENIOR, True), (YOUNG, False)):
        lms.get("/")
        lms.post("/act-as/", {"sub": sub, "csrfmiddlewaretoken": lms.cookies["csrftoken"].value})
        assert ("87.5" in lms.get("/course/").content.decode()) is seen


def test_a_score_for_somebody_outside_the_course_is_refused(tool: MiniTool, lms: Client) -> None:
    assert send(tool, sub="lms-9999") == 422
    assert "tbody" not in lms.get("/gradebook/").content.decode()
