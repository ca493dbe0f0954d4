"""Between password and rights: code, set-up, recovery; and what waits meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.test import Client
from signing_in import authenticator, fresh_code

from lti_tools.audit.models import AuditEvent
from lti_tools.people.api import Authenticator, authenticators, totp

PASSWORD = "long-enough-1"
CODE, SET_UP = "/sign-in/code", "/sign-in/set-up"


def half_way(cast: Any, name: str = "officer", *, with_app: bool = True) -> Client:
    """A browser in which the password was typed and nothing more."""
    account = getattr(cast.accounts, name)
    if with_app:
        authenticator(account)
    client = Client()
    assert client.post("/sign-in", {"username": account.username, "password": PASSWORD}).status_code == 302
    return client


def in_the_app(page: Any) -> str:
    """The key that the set-up page shows, as somebody types it into an app."""
    return "".join(lxml.html.fromstring(page.content.decode()).xpath("//ol//code/text()")).replace(" ", "")


def sets_up(client: Client, **more: str) -> Any:
    key = in_the_app(client.get(SET_UP))
    return client.post(SET_UP, {"code": totp.code_at(key), **more})


# The code


def test_until_the_code_is_proved_the_rights_wait(cast: Any) -> None:
    client = half_way(cast)
    assert client.get("/office")["Location"] == f"{CODE}?next=/office"
    assert client.post(CODE, {"code": fresh_code(cast.accounts.officer)})["Location"] == "/office"
    assert client.get("/office").status_code == 200


def test_a_form_sent_meanwhile_leads_to_the_code_and_changes_nothing(cast: Any) -> None:
    client = half_way(cast, "officer_city")
    answer = client.post("/office/programmes/new", {"title": "x"})
    assert (answer.status_code, answer["Location"]) == (302, CODE)


def test_a_fragment_leads_the_whole_page_to_the_code(cast: Any) -> None:
    answer = half_way(cast).get("/office", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (403, f"{CODE}?next=/office")


def test_what_needs_no_second_factor_is_open_with_the_password_alone(cast: Any) -> None:
    """Somebody who rates and is a chair besides rates without the telephone."""
    cast.people.rater1.grants.create(role="chair", area=cast.city, since="2026-01-01", reason="test")
    client = half_way(cast, "rater1")
    assert client.get("/rating").status_code == 200
    assert client.get("/office").status_code == 404


def test_a_wrong_code_says_so_and_counts(cast: Any) -> None:
    client = half_way(cast)
    answer = client.post(CODE, {"code": "000000", "next": "/reports"})
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.content.decode())
    assert page.xpath("//*[@id='id_code_error' and @role='alert']")
    assert page.xpath("//input[@name='code']/@value") == []
    assert set(page.xpath("//input[@name='next']/@value")) == {"/reports"}
    assert client.get("/office").status_code == 302
    assert Authenticator.objects.get(user=cast.accounts.officer).throttling_failure_count == 1


def test_the_right_code_right_after_a_wrong_one_has_to_wait(cast: Any) -> None:
    client = half_way(cast)
    client.post(CODE, {"code": "000000"})
    # As if it had been the tenth wrong one, so that no slow machine waits it out.
    Authenticator.objects.update(throttling_failure_count=10)
    assert client.post(CODE, {"code": fresh_code(cast.accounts.officer)}).status_code == 422
    assert Authenticator.objects.get(user=cast.accounts.officer).last_step == -1


def test_after_twenty_tries_the_page_is_closed_for_this_account_and_for_nobody_else(cast: Any) -> None:
    client = half_way(cast)
    answers = [client.post(CODE, {"code": "000000"}).status_code for _try in range(21)]
    assert answers == [422] * 20 + [429]
    other = half_way(cast, "officer_b")
    assert other.post(CODE, {"code": fresh_code(cast.accounts.officer_b)}).status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", CODE])
def test_the_code_leads_to_no_other_site_and_not_in_circles(cast: Any, elsewhere: str) -> None:
    client = half_way(cast)
    answer = client.post(CODE, {"code": fresh_code(cast.accounts.officer), "next": elsewhere})
    assert answer["Location"] == "/office"


def test_the_session_gets_another_name_when_it_is_worth_more(cast: Any) -> None:
    client = half_way(cast)
    before = client.cookies["shijie_session"].value
    client.post(CODE, {"code": fresh_code(cast.accounts.officer)})
    assert client.cookies["shijie_session"].value != before
    thief = Client()
    thief.cookies["shijie_session"] = before
    assert thief.get("/office")["Location"].startswith("/sign-in?")


def test_the_proof_holds_for_this_session_only(cast: Any) -> None:
    client = half_way(cast)
    client.post(CODE, {"code": fresh_code(cast.accounts.officer)})
    client.post("/sign-out")
    client.post("/sign-in", {"username": "officer", "password": PASSWORD})
    assert client.get("/office")["Location"].startswith(CODE)


def test_another_persons_proof_in_the_session_proves_nothing(cast: Any) -> None:
    client = half_way(cast)
    session = client.session
    session["otp_device_id"] = authenticator(cast.accounts.officer_b).persistent_id
    session.save()
    assert client.get("/office")["Location"].startswith(CODE)


def test_nobody_types_a_code_before_the_password(cast: Any) -> None:
    for address in (CODE, SET_UP):
        assert Client().get(address)["Location"] == "/sign-in"
        assert Client().post(address, {"code": "123456"})["Location"] == "/sign-in"


def test_a_teacher_from_a_course_has_no_code_to_type(cast: Any, browse_as: Callable[[str], Any]) -> None:
    assert browse_as("senior").get(CODE)["Location"] == "/sign-in"


@pytest.mark.parametrize("address", [CODE, SET_UP])
def test_who_needs_no_second_factor_is_sent_on(cast: Any, address: str) -> None:
    assert half_way(cast, "rater1", with_app=False).get(address)["Location"] == "/rating"


# Setting up


def test_the_first_sign_in_sets_the_app_up(cast: Any) -> None:
    client = half_way(cast, with_app=False)
    asked = client.get("/office")
    assert client.get(asked["Location"])["Location"] == f"{SET_UP}?next=/office"
    done = sets_up(client, next="/office")
    page = lxml.html.fromstring(done.content.decode())
    assert len(page.xpath("//ul[@class='list']//code")) == 10
    assert page.xpath("//main//a[@class='button']/@href") == ["/office"]
    assert client.get("/office").status_code == 200


def test_a_reload_does_not_spoil_the_key_that_was_scanned(cast: Any) -> None:
    client = half_way(cast, with_app=False)
    assert in_the_app(client.get(SET_UP)) == in_the_app(client.get(SET_UP))


def test_the_key_is_a_picture_too_and_never_in_an_address_of_ours(cast: Any) -> None:
    client = half_way(cast, with_app=False)
    page = client.get(SET_UP)
    assert page["Cache-Control"] == "private, no-store"
    [picture] = lxml.html.fromstring(page.content.decode()).xpath("//ol//img/@src")
    assert picture.startswith("data:image/svg+xml")
    key = in_the_app(page)
    assert key not in str(dict(client.session))
    assert not re.findall(r'href="[^"]*' + key, page.content.decode())


def test_a_wrong_code_sets_nothing_up(cast: Any) -> None:
    client = half_way(cast, with_app=False)
    assert client.post(SET_UP, {"code": "000000"}).status_code == 422
    assert not Authenticator.objects.filter(user=cast.accounts.officer).exists()


def test_with_the_password_alone_nobody_replaces_an_app_that_is_there(cast: Any) -> None:
    client = half_way(cast)
    before = Authenticator.objects.get(user=cast.accounts.officer)
    assert client.get(SET_UP)["Location"] == CODE
    assert client.post(SET_UP, {"code": "000000"})["Location"] == CODE
    assert Authenticator.objects.get(user=cast.accounts.officer) == before


def test_setting_another_telephone_up_ends_the_rights_of_other_windows(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    elsewhere, here = browse_as("officer"), browse_as("officer")
    assert elsewhere.get("/office").status_code == 200
    assert sets_up(here).status_code == 200
    assert here.get("/office").status_code == 200
    assert elsewhere.get("/office")["Location"].startswith(CODE)


# The telephone is lost


def test_a_recovery_code_lets_in_once_and_says_how_many_are_left(cast: Any) -> None:
    first = half_way(cast, with_app=False)
    codes = lxml.html.fromstring(sets_up(first).content.decode()).xpath("//ul[@class='list']//code/text()")
    client = half_way(cast)
    assert client.post(CODE, {"recovery": codes[0], "next": "/reports"})["Location"] == "/reports"
    assert "9" in lxml.html.fromstring(client.get("/reports").content.decode()).xpath("string(//main)")
    again = half_way(cast)
    refused = again.post(CODE, {"recovery": codes[0]})
    assert refused.status_code == 422
    assert lxml.html.fromstring(refused.content.decode()).xpath("//*[@id='id_recovery_error']")
    assert again.get("/office").status_code == 302


def test_new_recovery_codes_are_shown_once(cast: Any, browse_as: Callable[[str], Any]) -> None:
    client = browse_as("officer")
    page = client.post("/account/recovery-codes")
    codes = lxml.html.fromstring(page.content.decode()).xpath("//ul[@class='list']//code/text()")
    assert len(codes) == 10
    assert page["Cache-Control"] == "private, no-store"
    assert codes[0] not in client.get("/account").content.decode()
    assert authenticators.recover(cast.accounts.officer, codes[0])


def test_after_a_reset_the_next_sign_in_sets_up_anew(cast: Any, browse_as: Callable[[str], Any]) -> None:
    officer = browse_as("officer")
    city = browse_as("officer_city")
    assert officer.get("/office").status_code == 200
    address = f"/office/roles/people/{cast.people.officer.id}/reset-code"
    assert city.post(address, {"reason": ""}).status_code == 422
    assert officer.get("/office").status_code == 200
    assert city.post(address, {"reason": "当面核对过身份"}).status_code == 302
    # At once, in the session that was open.
    assert officer.get("/office")["Location"].startswith(CODE)
    assert half_way(cast, with_app=False).get(CODE)["Location"] == SET_UP
    [event] = AuditEvent.objects.filter(kind="second_factor.reset")
    assert (event.actor, event.subject) == (str(cast.people.officer_city.id), str(cast.people.officer.id))
    assert event.reason == "当面核对过身份"


@pytest.mark.parametrize("who", ["officer", "officer_b", "reviewer", "officer_unverified"])
def test_nobody_resets_beside_or_above_or_for_themselves(
    cast: Any, browse_as: Callable[[str], Any], who: str
) -> None:
    for whose in ("officer", "officer_city", "administrator"):
        address = f"/office/roles/people/{getattr(cast.people, whose).id}/reset-code"
        answer = browse_as(who).post(address, {"reason": "当面核对过身份"})
        assert answer.status_code == 404 or answer["Location"] == CODE
    assert not AuditEvent.objects.filter(kind="second_factor.reset").exists()


# How long a sign-in lasts


def later(client: Client, monkeypatch: pytest.MonkeyPatch, *, minutes: float) -> Any:
    import time

    now = time.time() + minutes * 60
    monkeypatch.setattr("lti_tools.web.staff_session.time.time", lambda: now)
    return client.get("/account")


def test_a_desk_left_alone_closes(
    cast: Any, browse_as: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse_as("rater1")
    assert client.get("/account").status_code == 200
    with monkeypatch.context() as patch:
        assert later(client, patch, minutes=119).status_code == 200
    with monkeypatch.context() as patch:
        assert later(client, patch, minutes=119 + 121)["Location"] == "/sign-in?next=/account"


def test_no_sign_in_outlives_the_working_day(
    cast: Any, browse_as: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browse_as("rater1")
    client.get("/account")
    for hour in range(1, 13):
        with monkeypatch.context() as patch:
            assert later(client, patch, minutes=60 * hour - 1).status_code == 200
    with monkeypatch.context() as patch:
        assert later(client, patch, minutes=60 * 12 + 1).status_code == 302


def test_a_page_that_is_read_again_writes_no_session(cast: Any, browse_as: Callable[[str], Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browse_as("rater1")
    client.get("/account")
    with CaptureQueriesContext(connection) as seen:
        client.get("/account")
    assert not [query for query in seen if "django_session" in query["sql"] and "UPDATE" in query["sql"]]
