"""Doors of the service that stand open to the whole net: what a stranger can make them carry or count."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse

from lti_tools.web import guards

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.mark.parametrize("address", ["/verify", "/sign-in", "/language", "/lti/launch", "/nowhere"])
def test_no_address_stores_a_form_larger_than_any_of_ours(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(guards, "MOST_FORM_BYTES", 1000)
    monkeypatch.setattr(TemporaryFileUploadHandler, "new_file", lambda *_a, **_k: pytest.fail("stored"))
    paper = io.BytesIO(b"0" * 5_000)
    paper.name = "a.pdf"
    answer = Client(enforce_csrf_checks=True).post(address, {"paper": paper})
    assert answer.status_code == 413
    assert "request.too_large" in answer.content.decode()


def test_a_form_of_ordinary_size_goes_through() -> None:
    paper = io.BytesIO(b"0" * 5_000)
    paper.name = "a.pdf"
    assert Client().post("/verify", {"paper": paper}).status_code == 404


@pytest.mark.parametrize("address", ["/verify/%00", "/lti/login?iss=%00", "/office/identities?page=%00"])
def test_nul_in_an_address_is_a_bad_request(address: str) -> None:
    assert Client().get(address).status_code == 400


def test_nul_in_a_rating_is_left_out(cast: Any, each: Any, browse_as: Any) -> None:
    page = reverse("rating-draft", args=[each.reading.id])
    criterion = "rubric-has-none"
    assert browse_as("rater1").post(page, {f"note-{criterion}": "a"}).status_code == 400
    from lti_tools.definitions import api as definitions

    known = definitions.by_hash(each.reading.case.round.rubric_hash).criteria[0].id
    assert browse_as("rater1").post(page, {f"note-{known}": "see\x00n", "revision": "0"}).status_code == 200
    each.reading.refresh_from_db()
    assert each.reading.draft[known]["note"] == "seen"


# Who asked: behind a proxy -----------------------------------------------------------------------------------


def check_often(client: Client, times: int, **headers: str) -> int:
    last = 0
    for _try in range(times):
        last = client.get("/verify/unknown", headers=headers).status_code
    return last


def test_without_a_proxy_nobody_chooses_the_address_that_is_counted() -> None:
    answers = {check_often(Client(), 1, X_Forwarded_For=f"10.0.0.{number}") for number in range(40)}
    assert 429 in answers


def test_behind_a_proxy_one_visitor_does_not_use_up_the_limit_of_all(settings: Any) -> None:
    settings.SHIJIE_BEHIND_PROXY = True
    assert check_often(Client(), 31, X_Forwarded_For="203.0.113.5") == 429
    assert check_often(Client(), 1, X_Forwarded_For="203.0.113.6") == 404


def test_behind_a_proxy_only_the_entry_the_proxy_wrote_counts(settings: Any) -> None:
    settings.SHIJIE_BEHIND_PROXY = True
    answers = {
        check_often(Client(), 1, X_Forwarded_For=f"10.0.0.{number}, 203.0.113.5") for number in range(40)
    }
    assert 429 in answers


@pytest.mark.parametrize("nonsense", ["", "unknown", "1.2.3.4:80; drop", "<script>"])
def test_an_unreadable_forwarded_address_is_not_taken_over(settings: Any, nonsense: str) -> None:
    settings.SHIJIE_BEHIND_PROXY = True
    assert check_often(Client(), 1, X_Forwarded_For=nonsense) == 404


# Guessing passwords ------------------------------------------------------------------------------------------


def guess(client: Client, name: str) -> Any:
    return client.post(reverse("sign-in"), {"username": name, "password": "not-this-one"})


def test_one_address_cannot_try_one_password_on_all_names(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tools.web.sign_in.WRONG_FROM_ONE_ADDRESS", "6/15m")
    client = Client()
    assert [guess(client, f"name-{number}").status_code for number in range(8)][-1] == 429
    right = client.post(reverse("sign-in"), {"username": "officer", "password": "long-enough-1"})
    assert (right.status_code, "_auth_user_id" in client.session) == (429, False)


def test_right_passwords_do_not_count(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tools.web.sign_in.WRONG_FROM_ONE_ADDRESS", "3/15m")
    for _person in range(8):
        answer = Client().post(reverse("sign-in"), {"username": "officer", "password": "long-enough-1"})
        assert answer.status_code == 302
