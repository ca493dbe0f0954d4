from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import lxml.html
import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from lti_tools.demo import directory
from lti_tools.people import totp
from tests.demo.conftest import SENIOR, YOUNG
from xblocks.lms_app import api
from xblocks.lti_platform import Roles


def text(response: HttpResponse) -> str:
    return response.content.decode()


def post(client: Client, address: str, **fields: str) -> HttpResponse:
    client.get("/")
    token = client.cookies["csrftoken"].value
    answer: HttpResponse = client.post(address, {**fields, "csrfmiddlewaretoken": token})
    return answer


def test_the_first_page_says_what_to_try_and_shows_the_three_teachers(lms: Client) -> None:
    page = text(lms.get("/"))
    assert 'id="try"' in page
    for name in ("王守田", "李慧敏", "马晓雨"):
        assert page.count(name) >= 2
    assert "58" in page


def test_pages_carry_no_inline_script_and_a_policy_that_forbids_it(lms: Client) -> None:
    for address in ("/", "/gradebook/"):
        response = lms.get(address)
        assert "<script" not in text(response)
        assert "style=" not in text(response)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_acting_as_a_teacher_leads_to_the_course(lms: Client) -> None:
    response = post(lms, "/act-as/", sub=SENIOR)
    assert response.url == "/course/"
    assert "王守田" in text(lms.get("/course/"))


def test_acting_as_nobody_or_by_a_link_is_refused(lms: Client) -> None:
    assert post(lms, "/act-as/", sub="lms-9999").status_code == 404
    assert post(lms, "/act-as/").status_code == 404
    assert lms.get("/act-as/?sub=" + SENIOR).status_code == 405
    assert lms.post("/act-as/", {"sub": SENIOR}).status_code == 403
    assert directory.ACTING_AS not in lms.session


def test_who_acts_as_nobody_has_no_course_page_and_opens_no_training(lms: Client) -> None:
    assert lms.get("/course/").url == "/"
    assert post(lms, "/course/open/").url == "/"


def test_the_training_opens_in_a_tab_of_its_own_by_the_first_step_of_a_launch(
    lms: Client, settings: Settings
) -> None:
    post(lms, "/act-as/", sub=SENIOR)
    assert 'action="/course/open/" target="_blank"' in text(lms.get("/course/"))
    sent_to = urlsplit(post(lms, "/course/open/").url)
    query = parse_qs(sent_to.query)
    assert f"{sent_to.scheme}://{sent_to.netloc}{sent_to.path}" == settings.TOOL_URL + "/lti/login"
    assert query["iss"] == [settings.LMS_URL]
    assert query["client_id"] == ["shijie-demo"]
    assert SENIOR not in query["lti_message_hint"][0]


def test_a_training_that_is_not_connected_is_explained(client: Client, db: None) -> None:
    post(client, "/act-as/", sub=SENIOR)
    response = client.post("/course/open/")
    assert response.status_code == 503
    assert "</h1>" in text(response)


def test_connecting_twice_changes_nothing(lms: Client) -> None:
    from lti_tools.demo import boot

    assert boot.register() == boot.register()
    assert len(api.gradebook("shijie-2026").columns) == 1


def test_everybody_in_the_course_is_a_learner_with_a_staff_number() -> None:
    members = directory.members("shijie-2026")
    assert len(members) == 60
    assert {member.roles for member in members} == {(Roles.LEARNER,)}
    assert members[0].staff_number == "T990121001"
    assert directory.members("another-course") == []
    assert directory.user(SENIOR, course="another-course") is None
    assert directory.course("another-course") is None


def test_an_empty_gradebook_says_when_scores_come(lms: Client) -> None:
    page = text(lms.get("/gradebook/"))
    assert 'class="empty"' in page
    assert "60" in page


def test_sign_in_data_of_officers_is_shown_when_the_demo_data_is_there(
    lms: Client, settings: Settings
) -> None:
    assert "officer-a" not in text(lms.get("/"))
    accounts = [{"role": "officer", "name": "梁敏", "username": "officer-a", "password": "p<w", "note": ""}]
    Path(settings.ACCOUNTS_FILE).write_text(json.dumps(accounts), encoding="utf-8")
    page = text(lms.get("/"))
    assert "officer-a" in page
    assert "p&lt;w" in page
    assert settings.TOOL_URL in page


def test_the_code_of_this_half_minute_stands_beside_whoever_needs_one(
    lms: Client, settings: Settings
) -> None:
    key = totp.new_key()
    accounts = [
        {"role": "officer", "name": "梁敏", "username": "officer-a", "password": "p", "key": key},
        {"role": "rater", "name": "叶知秋", "username": "rater-1", "password": "p", "key": ""},
    ]
    Path(settings.ACCOUNTS_FILE).write_text(json.dumps(accounts), encoding="utf-8")
    page = lxml.html.fromstring(text(lms.get("/")))
    [shown] = page.xpath("//tr[@data-account='officer-a']//*[@class='otp']/text()")
    assert totp.accepted_step(key, shown, after=-1) is not None
    assert not page.xpath("//tr[@data-account='rater-1']//*[@class='otp']")
    assert key not in text(lms.get("/"))


def test_english_is_one_press_away_and_stays(lms: Client) -> None:
    assert 'lang="zh-CN"' in text(lms.get("/", headers={"accept-language": "en"}))
    assert post(lms, "/language/", language="en", next="/gradebook/").url == "/gradebook/"
    assert 'lang="en"' in text(lms.get("/gradebook/"))
    assert "Grade-1 teacher" in text(lms.get("/"))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_language_switch_leads_nowhere_else(lms: Client, back: str) -> None:
    assert post(lms, "/language/", language="en", next=back).url == "/"


def test_a_missing_page_says_so_and_leads_back(lms: Client) -> None:
    response = lms.get("/nothing/")
    assert response.status_code == 404
    assert 'href="/"' in text(response)


def test_no_page_of_the_django_admin_is_here(lms: Client) -> None:
    for address in ("/admin/", "/workbench/admin/", "/workbench/reset_state"):
        assert lms.get(address).status_code == 404


def test_the_story_of_the_young_teacher_is_told(lms: Client) -> None:
    post(lms, "/act-as/", sub=YOUNG)
    assert "马晓雨" in text(lms.get("/course/"))
