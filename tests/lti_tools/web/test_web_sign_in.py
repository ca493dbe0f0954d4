"""Our own sign-in, signing out, and the language switch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from signing_in import authenticator, fresh_code

from lti_tools.audit import api as audit
from lti_tools.people.models import Account

PASSWORD = "long-enough-1"
SIGN_IN = "/sign-in"


def tries(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"username": name, "password": password, **more})


def comes_in(client: Client, cast: Any, name: str, **more: str) -> Any:
    """Password and code; where it leads in the end."""
    account = getattr(cast.accounts, name)
    authenticator(account)
    asked = tries(client, account.username, **more)
    assert asked["Location"].split("?")[0] == "/sign-in/code"
    return client.post(asked["Location"], {"code": fresh_code(account)})


@pytest.mark.parametrize(
    ("name", "first_page"),
    [
        ("specialist", "/school"),
        ("rater1", "/rating"),
    ],
)
def test_a_password_alone_is_enough_where_nothing_is_decided_about_others(
    cast: Any, name: str, first_page: str
) -> None:
    assert tries(Client(), name)["Location"] == first_page


@pytest.mark.parametrize(
    ("name", "first_page"), [("officer", "/office"), ("reviewer", "/office"), ("administrator", "/problems")]
)
def test_with_password_and_code_one_lands_on_the_own_first_page(
    cast: Any, name: str, first_page: str
) -> None:
    assert comes_in(Client(), cast, name)["Location"] == first_page


def test_one_goes_on_to_the_page_one_came_for(cast: Any) -> None:
    client = Client()
    sent = client.get("/reports")
    assert sent["Location"] == "/sign-in?next=/reports"
    assert 'name="next" value="/reports"' in client.get(sent["Location"]).content.decode()
    assert comes_in(client, cast, "officer", next="/reports")["Location"] == "/reports"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1"]
)
def test_signing_in_leads_to_no_other_site(cast: Any, elsewhere: str) -> None:
    assert tries(Client(), "rater1", next=elsewhere)["Location"] == "/rating"
    assert comes_in(Client(), cast, "officer", next=elsewhere)["Location"] == "/office"


def test_whoever_is_signed_in_does_not_go_round_in_circles(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    answer = browse_as("officer").get(SIGN_IN, {"next": SIGN_IN})
    assert (answer.status_code, answer["Location"]) == (302, "/office")


def test_a_wrong_password_says_so_and_keeps_the_name(cast: Any) -> None:
    page = tries(Client(), "officer", "not-the-password").content.decode()
    assert 'value="officer"' in page
    assert "十五分钟" in page
    assert "not-the-password" not in page


def test_an_unknown_name_and_a_wrong_password_look_alike(cast: Any) -> None:
    known = tries(Client(), "officer", "wrong-password")
    unknown = tries(Client(), "nobody-here", "wrong-password")
    words = [answer.content.decode().split('role="alert"')[1].split("</p>")[0] for answer in (known, unknown)]
    assert words[0] == words[1]


def test_after_five_wrong_passwords_the_name_is_closed_for_fifteen_minutes(cast: Any) -> None:
    client = Client()
    answers = [tries(client, "officer", "wrong-password").status_code for _try in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    closed = tries(client, "officer")
    assert closed.status_code == 429
    page = closed.content.decode()
    assert "sign-in.locked" in page
    assert "十五分钟" in page
    assert page.count("<h1") == 1
    assert client.get("/office").status_code == 302
    # Somebody else at the same address is not shut out.
    assert comes_in(client, cast, "officer_b")["Location"] == "/office"


def test_four_wrong_passwords_and_the_right_one_begin_the_count_anew(cast: Any) -> None:
    client = Client()
    for _round in range(2):
        for _try in range(4):
            tries(client, "officer", "wrong-password")
        assert tries(client, "officer").status_code == 302
        client.post("/sign-out")
    assert not AccessAttempt.objects.filter(username="officer", failures_since_start__gte=5).exists()


def test_an_account_without_a_person_opens_nothing_and_is_told_why(cast: Any) -> None:
    Account.objects.create_user("unlinked", password=PASSWORD)
    client = Client()
    page = tries(client, "unlinked")
    assert page.status_code == 200
    assert "还没有对应到人" in page.content.decode()
    assert client.get("/office")["Location"].startswith(SIGN_IN)


def test_an_account_whose_person_was_taken_away_meanwhile_sees_a_refusal_and_no_endless_redirect(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer")
    Account.objects.filter(username="officer").update(person=None)
    assert client.get("/office").status_code == 404


def test_a_closed_account_opens_nothing(cast: Any, browse_as: Callable[[str], Any]) -> None:
    client = browse_as("officer")
    Account.objects.filter(username="officer").update(is_active=False)
    assert client.get("/office").status_code == 302
    assert tries(Client(), "officer").status_code == 200


def test_signing_in_ends_what_an_lms_had_begun_in_this_browser(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("senior")
    tries(client, "officer")
    client.post("/sign-out")
    assert client.get("/path").status_code == 302


def test_signing_out_forgets_a_launched_teacher_as_well(cast: Any, browse_as: Callable[[str], Any]) -> None:
    client = browse_as("senior")
    assert client.get("/path").status_code == 200
    client.post("/sign-out")
    assert client.get("/path").status_code == 302


def test_signing_out_needs_a_button(cast: Any, browse_as: Callable[[str], Any]) -> None:
    client = browse_as("officer")
    assert client.get("/sign-out").status_code == 405
    assert client.get("/office").status_code == 200


def test_a_sign_in_is_on_the_audit_trail_without_a_name(cast: Any) -> None:
    tries(Client(), "officer")
    from lti_tools.audit.models import AuditEvent

    [event] = AuditEvent.objects.filter(kind="sign-in")
    assert event.actor == str(cast.people.officer.id)
    assert audit.verify() is None


# The language


def test_a_chosen_language_is_remembered(db: None) -> None:
    client = Client()
    assert 'lang="zh-hans"' in client.get("/").content.decode()
    answer = client.post("/language", {"language": "en", "back": "/verify?x=1"})
    assert answer["Location"] == "/verify?x=1"
    assert '<html lang="en">' in client.get("/verify").content.decode()
    cookie = answer.cookies["shijie_language"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "None")


@pytest.mark.parametrize("language", ["", "xx", "en; path=/", "a" * 5000])
def test_a_language_we_do_not_speak_is_not_remembered(db: None, language: str) -> None:
    answer = Client().post("/language", {"language": language, "back": "/"})
    assert "shijie_language" not in answer.cookies


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https:evil.example",
        "/\t/evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_the_language_switch_leads_to_no_other_site(db: None, elsewhere: str) -> None:
    answer = Client().post("/language", {"language": "en", "back": elsewhere})
    where = answer["Location"]
    assert where == "/" or (where.startswith("/%09/")), where


def test_switching_the_language_on_the_answer_to_a_form_does_not_end_at_a_blank_page(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer_city")
    back = reverse("roster-apply", args=["00000000-0000-4000-8000-000000000000"])
    page = client.get(client.post("/language", {"language": "en", "back": back})["Location"])
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "works only by the button" in page.content.decode()
