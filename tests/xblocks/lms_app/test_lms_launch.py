"""From a click in the LMS to a message the tool can verify."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

import jwt
import pytest
from django.utils import translation

from tests.xblocks.lms_app.conftest import connect
from tests.xblocks.lms_people import COURSE, OTHER_COURSE
from tests.xblocks.mini_tool import REDIRECT, TARGET, form_of
from xblocks.lms_app import api, models
from xblocks.lti_platform import PlatformError

AUTHORIZE = "/shijie/lti/authorize"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"


def start(sub: str = "teacher-1", **changes) -> str:
    return api.start_launch(
        sub, **({"client_id": "client-1", "link_id": "block-1", "locale": "zh-CN"} | changes)
    )


def test_a_teacher_is_launched_and_the_tool_can_verify_who_came(peer, column, browser):
    browser.sign_in("teacher-1")
    request = peer.auth_request(start())
    page = browser.get(AUTHORIZE, request)
    assert page.status_code == 200
    action, fields = form_of(page.content.decode())
    assert action == REDIRECT
    jwks = browser.get("/shijie/lti/jwks").json()
    claims = peer.read_message(
        fields["id_token"], jwks=jwks, nonce=request["nonce"], issuer="https://lms.example"
    )
    assert claims["sub"] == "teacher-1"
    assert claims[CLAIM + "custom"] == {"page": "lesson"}
    assert claims[CLAIM + "tool_platform"]["product_family_code"] == "test-lms"
    item = f"https://lms.example/shijie/lti/contexts/{COURSE}/lineitems/{column}"
    assert claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"] == item
    assert fields["state"] == request["state"]


def test_the_page_works_without_script_and_runs_none_of_its_own_inline(peer, column, browser):
    browser.sign_in("teacher-1")
    page = browser.get(AUTHORIZE, peer.auth_request(start()), headers={"Accept-Language": "zh-hans"})
    html = page.content.decode()
    assert '<button type="submit">' in html
    assert '<script src="/static/shijie_lms/post.js" defer></script>' in html
    assert "onload" not in html
    assert "form-action https://tool.example" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"


def test_the_page_speaks_chinese_and_english(peer, column, browser):
    browser.sign_in("teacher-1")
    for language, button in (("zh-hans", "继续"), ("en", "Continue")):
        page = browser.get(AUTHORIZE, peer.auth_request(start()), headers={"Accept-Language": language})
        assert f">{button}</button>" in page.content.decode()
    translation.deactivate()


def test_every_text_has_a_chinese_translation():
    from pathlib import Path

    from babel.messages.extract import extract_from_file
    from babel.messages.pofile import read_po

    import xblocks.lms_app as app

    root = Path(app.__file__).parent
    catalogue = read_po((root / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb"))
    keywords = {"_": None, "gettext": None}
    used = {
        message
        for path in root.rglob("*.py")
        for _, message, _, _ in extract_from_file("python", path, keywords)
    }
    page = (root / "templates/shijie_lms/refused.html").read_text()
    import re

    used |= set(re.findall(r'{% translate "([^"]+)" %}', page))
    assert len(used) >= 9
    assert {text for text in used if text not in catalogue or not catalogue[text].string} == set()
    assert {message.id for message in catalogue if message.id} == used


def test_a_posted_request_without_the_session_cookie_is_asked_for_again_by_get(peer, column, browser):
    request = peer.auth_request(start())
    answer = browser.post(AUTHORIZE, request)
    assert answer.status_code == 303
    browser.sign_in("teacher-1")
    again = browser.get(answer.headers["Location"])
    assert "id_token" in form_of(again.content.decode())[1]


def test_a_posted_request_too_long_for_an_address_is_refused(peer, column, browser):
    assert browser.post(AUTHORIZE, {"state": "x" * 20_000}).status_code == 400


def test_a_posted_request_with_the_session_cookie_is_answered(peer, column, browser):
    browser.sign_in("teacher-1")
    answer = browser.post(AUTHORIZE, peer.auth_request(start()))
    assert "id_token" in form_of(answer.content.decode())[1]


def test_someone_else_at_the_same_computer_does_not_become_the_first_person(peer, column, browser):
    request = peer.auth_request(start("teacher-1"))
    browser.sign_in("teacher-2")
    _, fields = form_of(browser.get(AUTHORIZE, request).content.decode())
    assert fields["error"] == "login_required"
    assert "id_token" not in fields


def test_nobody_signed_in_is_told_to_the_tool(peer, column, browser):
    _, fields = form_of(browser.get(AUTHORIZE, peer.auth_request(start())).content.decode())
    assert fields["error"] == "login_required"


def test_the_same_answer_cannot_be_fetched_twice(peer, column, browser):
    browser.sign_in("teacher-1")
    request = peer.auth_request(start())
    assert "id_token" in form_of(browser.get(AUTHORIZE, request).content.decode())[1]
    assert form_of(browser.get(AUTHORIZE, request).content.decode())[1]["error"] == "invalid_request"


def test_a_used_nonce_is_refused_across_launches(peer, column, browser):
    browser.sign_in("teacher-1")
    first = peer.auth_request(start())
    browser.get(AUTHORIZE, first)
    second = peer.auth_request(start(), nonce=first["nonce"])
    assert form_of(browser.get(AUTHORIZE, second).content.decode())[1]["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example/launch"},
        {"redirect_uri": REDIRECT + "/"},
        {"client_id": "client-9"},
        {"client_id": "a\x00b"},
        {"client_id": "甲"},
    ],
    ids=str,
)
def test_a_stranger_gets_a_plain_page_and_no_form(peer, column, browser, changes, caplog):
    browser.sign_in("teacher-1")
    with caplog.at_level(logging.WARNING):
        page = browser.get(AUTHORIZE, peer.auth_request(start(), **changes))
    assert page.status_code == 400
    html = page.content.decode()
    assert "<form" not in html
    assert "回到课程" in html
    assert "evil.example" not in html
    assert "teacher-1" not in caplog.text


def test_a_repeated_parameter_is_refused(peer, column, browser):
    browser.sign_in("teacher-1")
    query = urlencode(peer.auth_request(start())) + "&redirect_uri=https://evil.example/"
    assert browser.get(f"{AUTHORIZE}?{query}").status_code == 400


def test_a_switched_off_tool_cannot_launch(peer, column, browser):
    browser.sign_in("teacher-1")
    request = peer.auth_request(start())
    models.Tool.objects.update(enabled=False)
    assert browser.get(AUTHORIZE, request).status_code == 400
    with pytest.raises(PlatformError, match="unknown_tool"):
        start()


def test_an_outsider_cannot_begin(peer, column):
    with pytest.raises(PlatformError, match="not_a_member"):
        start("outsider")


def test_no_hint_is_readable_in_the_tables(peer, column):
    request = peer.auth_request(start())
    row = models.LaunchHint.objects.get()
    assert request["lti_message_hint"] not in (row.digest, row.login_hint)
    assert request["login_hint"] not in (row.digest, row.login_hint)


def test_a_rotated_key_signs_while_the_old_one_still_verifies(peer, column, browser):
    browser.sign_in("teacher-1")
    request = peer.auth_request(start())
    old = form_of(browser.get(AUTHORIZE, request).content.decode())[1]["id_token"]
    kid = api.issue_key()
    new = form_of(browser.get(AUTHORIZE, peer.auth_request(start())).content.decode())[1]["id_token"]
    assert jwt.get_unverified_header(new)["kid"] == kid
    jwks = browser.get("/shijie/lti/jwks")
    assert [key["kid"] for key in jwks.json()["keys"]] == [kid, jwt.get_unverified_header(old)["kid"]]
    assert "max-age" in jwks.headers["Cache-Control"]
    peer.read_message(old, jwks=jwks.json(), nonce=request["nonce"], issuer="https://lms.example")


def test_a_retired_key_leaves_the_jwks_after_thirty_days(peer, browser):
    from datetime import timedelta

    from django.utils import timezone

    api.issue_key(now=timezone.now() - timedelta(days=40))
    models.SigningKey.objects.exclude(retired_at=None).update(
        published_until=timezone.now() - timedelta(days=1)
    )
    assert len(browser.get("/shijie/lti/jwks").json()["keys"]) == 1


def test_private_keys_lie_encrypted(peer):
    row = models.SigningKey.objects.get()
    assert "PRIVATE" not in row.sealed_private_pem
    assert not {"d", "p", "q"} & set(row.public_jwk)


def test_a_link_never_moves_to_another_course(peer, column):
    with pytest.raises(PlatformError, match="link_elsewhere"):
        api.place_link("client-1", course=OTHER_COURSE, link_id="block-1", target_link_uri=TARGET)


def test_connecting_and_placing_twice_changes_nothing_twice(peer, column):
    connect()
    again = api.place_link(
        "client-1", course=COURSE, link_id="block-1", target_link_uri=TARGET, score_maximum=50, label="新名"
    )
    assert again == column
    assert models.Tool.objects.count() == models.ResourceLink.objects.count() == 1
    assert models.SigningKey.objects.count() == 1
    assert api.gradebook(COURSE).columns[0].label == "新名"


@pytest.mark.parametrize(
    "changes",
    [
        {"login_url": "javascript:alert(1)"},
        {"redirect_uris": []},
        {"redirect_uris": "https://tool.example/"},
        {"redirect_uris": ["https://tool.example/#x"]},
        {"redirect_uris": ["https://tool.example\\@evil.example/"]},
        {"jwks_url": "https://tool.example/jwks"},
        {"jwks": None},
        {"jwks": None, "jwks_url": "file:///etc/passwd"},
        {"scopes": ["admin"]},
        {"share": ["id_number"]},
    ],
    ids=str,
)
def test_a_registration_that_could_do_harm_is_refused(db, changes):
    with pytest.raises(PlatformError, match="bad_registration"):
        connect(**changes)
    assert models.Tool.objects.count() == 0


def test_a_block_can_speak_for_a_person_to_the_tool(peer, browser):
    token = api.sign_service_jwt("client-1", sub="teacher-1", audience="https://tool.example/api")
    [key] = browser.get("/shijie/lti/jwks").json()["keys"]
    claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"], audience="https://tool.example/api")
    assert claims["iss"] == "https://lms.example"
    assert claims["sub"] == "teacher-1"
