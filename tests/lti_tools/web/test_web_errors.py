"""Every refusal says what happened, what was kept and what to do, in the person's language, and leaks nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.test import Client, RequestFactory
from django.utils.translation import override

from lti_tools.errors import Refused
from lti_tools.people.api import ANONYMOUS
from lti_tools.web import errors, home


@pytest.fixture
def request_of_nobody(rf: RequestFactory, db: None) -> Any:
    request = rf.get("/somewhere")
    request.session = Client().session
    request.actor = ANONYMOUS
    return request


def page_of(kind: str, request: Any) -> Any:
    if kind == "refused":
        problem = Refused("a.code", "It did not fit.", kept="All of it.", todo="Try again.", status=409)
        return errors.refused(request, problem)
    if kind == "bad_request":
        return errors.bad_request(request, ValueError("secret detail"))
    return getattr(errors, kind)(request)


PAGES = {"not_found": 404, "csrf_failure": 403, "bad_request": 400, "server_error": 500, "refused": 409}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", PAGES)
def test_an_error_page_has_its_three_parts_a_code_and_a_way_on(
    request_of_nobody: Any, kind: str, language: str
) -> None:
    with override(language):
        answer = page_of(kind, request_of_nobody)
    assert answer.status_code == PAGES[kind]
    tree = lxml.html.fromstring(answer.content.decode())
    [section] = tree.xpath("//section[@role='alert']")
    assert len(section.xpath(".//h1")) == 1
    assert len(section.xpath(".//h2")) == 2
    assert all(part.text_content().strip() for part in section.xpath(".//p"))
    assert section.xpath(".//code/text()")
    assert section.xpath(".//a[@href='/']")
    assert "secret detail" not in answer.content.decode()


@pytest.mark.parametrize("kind", PAGES)
def test_a_script_that_asks_for_json_gets_the_same_parts(request_of_nobody: Any, kind: str) -> None:
    request_of_nobody.META["HTTP_ACCEPT"] = "application/json"
    answer = page_of(kind, request_of_nobody)
    assert answer.status_code == PAGES[kind]
    assert answer["Content-Type"].startswith("application/json")
    assert b'"code"' in answer.content
    assert b'"todo"' in answer.content


def test_a_fault_of_ours_shows_a_calm_page_and_no_trace(
    cast: Any, browse_as: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_actor: Any) -> Any:
        raise RuntimeError("王守田 has a secret")

    monkeypatch.setattr(home, "first_page", broken)
    client = browse_as("officer")
    client.raise_request_exception = False
    answer = client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "server-error" in page
    assert "secret" not in page
    assert "Traceback" not in page
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "address", ["/nowhere", "/path/", "/verify/a/b", "/reports/not-an-id", "/admin/", "/static/x"]
)
def test_an_address_that_is_not_there_gives_the_page_and_not_a_blank(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 404
    assert answer.content.decode().count("<h1") == 1


def test_an_unexpected_host_is_refused(db: None) -> None:
    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400


def test_a_page_that_takes_only_a_form_says_so_and_names_the_method(db: None) -> None:
    answer = Client().get("/language")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer.content.decode().count("<h1") == 1


def test_a_form_of_another_site_gets_a_page_that_says_what_to_do(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browse_as("officer").cookies
    answer = client.post("/reports", {"programme": cast.programme.id, "area": cast.county_a.id})
    assert answer.status_code == 403
    assert "csrf" in answer.content.decode()
    assert "请返回，刷新页面，再提交一次。" in answer.content.decode()


def test_the_token_of_the_page_lets_its_own_form_through(cast: Any, browse_as: Callable[[str], Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = browse_as("officer").cookies
    tree = lxml.html.fromstring(client.get("/reports").content.decode())
    [token, *_more] = tree.xpath("//main//input[@name='csrfmiddlewaretoken']/@value")
    chosen = {"programme": cast.programme.id, "area": cast.county_a.id, "csrfmiddlewaretoken": token}
    assert client.post("/reports", chosen).status_code == 302
