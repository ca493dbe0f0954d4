"""Every address against every kind of person, with things that are somebody else's: what `test_access.TABLE` says."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from one_of_each import OneOfEach
from test_access import CAST, TABLE, TEACHERS, UNVERIFIED, WITHHELD, action_of

from lti_tools.people.api import ACTIONS

BY_MESSAGE = frozenset({"lti-login", "lti-launch"})
NOBODYS_ID = uuid.UUID("00000000-0000-4000-8000-000000000000")


def asked(client: Client, method: str, address: str, *, fragment: bool = False) -> Any:
    """The answer to a request with an empty body; whatever it changed is taken back."""
    # The second header matters to the uploads only: what a POST there means.
    head = {"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "HEAD"}
    head |= {"HX-Request": "true"} if fragment else {}
    with transaction.atomic():
        answer = client.generic(method, address, headers=head)
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    return answer


def _another_window(client: Client) -> Client:
    """Of the same person: what one request does to its cookies is not carried to the next."""
    window = Client()
    window.cookies = deepcopy(client.cookies)
    return window


def outcome(answer: Any) -> str:
    assert answer.status_code < 500, answer.request["PATH_INFO"]
    if answer.status_code == 404:
        return "not found"
    if answer.status_code == 302 and answer["Location"].startswith("/sign-in?next="):
        return "sign-in"
    # The first page and the sign-in's own lead there as well, which is their answer.
    inside = answer.request["PATH_INFO"].startswith("/sign-in") or answer.request["PATH_INFO"] == "/"
    if answer.status_code == 302 and not inside and answer["Location"].startswith("/sign-in/code"):
        return "code"
    return "answered"


def expected(who: str, name: str, method: str, allowed: frozenset[str]) -> str:
    if who in allowed:
        return "answered"
    if who == UNVERIFIED and ACTIONS[action_of(name)].roles & WITHHELD:
        return "code"
    return "sign-in" if who == "nobody" and method in {"GET", "HEAD"} else "not found"


@pytest.mark.parametrize("who", CAST)
def test_everybody_gets_what_the_table_says_and_nothing_else(
    each: OneOfEach, browse_as: Callable[[str], Any], who: str
) -> None:
    found, wanted, signed_in = {}, {}, browse_as(who)
    for name, row in TABLE.items():
        for method, allowed in row.methods.items():
            address = row.address(name, row.thing(each) if row.thing else None)
            found[name, method] = outcome(asked(_another_window(signed_in), method, address))
            wanted[name, method] = expected(who, name, method, allowed)
    assert {key: found[key] for key in found if found[key] != wanted[key]} == {}


# What asks for a part of a page goes the same way through the same rooms; one of each kind of person shows it.
PARTLY = ("nobody", "senior", "rater1", "officer_b", "specialist_elsewhere", "administrator", UNVERIFIED)


@pytest.mark.parametrize(
    ("who", "fragment"), [*((who, False) for who in CAST), *((who, True) for who in PARTLY)]
)
def test_what_is_not_yours_and_what_is_not_there_answer_alike(
    each: OneOfEach, browse_as: Callable[[str], Any], who: str, fragment: bool
) -> None:
    client = browse_as(who)
    for name, row in TABLE.items():
        for method, allowed in row.methods.items():
            if row.thing is None or who in allowed:
                continue
            thing = row.thing(each)
            nobodys = 999_999 if isinstance(thing, int) else NOBODYS_ID
            nobodys = (nobodys, *thing[1:]) if isinstance(thing, tuple) else nobodys
            theirs, nothing = row.address(name, thing), row.address(name, nobodys)
            there = seen(asked(client, method, theirs, fragment=fragment), theirs)
            not_there = seen(asked(client, method, nothing, fragment=fragment), nothing)
            assert there == not_there, (name, method)


@pytest.mark.parametrize("who", ["senior", "rater1", "officer_b", "administrator"])
def test_a_denied_page_looks_like_an_address_that_never_was(
    each: OneOfEach, browse_as: Callable[[str], Any], who: str
) -> None:
    client = browse_as(who)
    denied, unknown = client.get("/school"), client.get("/skool")
    assert denied.status_code == unknown.status_code == 404
    assert seen(denied, "/school") == seen(unknown, "/skool")


def seen(answer: Any, address: str) -> tuple[int, str, list[str]]:
    """Status, where it leads and the page, without its tokens and the address that was asked for."""
    body = re.sub(r'(name="csrfmiddlewaretoken" value=|"X-CSRFToken": )"[^"]+"', "", answer.content.decode())
    where = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
    # The address itself, and not a longer one that holds it: /office/schools is not /school.
    asked_for = re.compile(rf"(?<![\w-]){re.escape(address)}(?![\w-])")
    return answer.status_code, where.replace(address, "…"), asked_for.sub("…", body).splitlines()


@pytest.mark.parametrize(
    ("name", "method"),
    [
        (name, method)
        for name, row in TABLE.items()
        for method in row.methods
        if method in {"POST", "PATCH", "DELETE"} and name not in BY_MESSAGE
    ],
)
def test_a_page_of_another_site_cannot_act_for_anybody(
    each: OneOfEach, browse_as: Callable[[str], Any], name: str, method: str
) -> None:
    row = TABLE[name]
    who = min(row.methods[method], default="nobody")
    client = Client(enforce_csrf_checks=True)
    client.cookies = browse_as(who).cookies
    refused = asked(client, method, row.address(name, row.thing(each) if row.thing else None))
    assert refused.status_code == 403, who
    assert "csrf" in refused.content.decode()


@pytest.mark.parametrize("name", sorted(BY_MESSAGE))
def test_messages_of_a_platform_come_from_another_site_and_prove_themselves(db: None, name: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse(name))
    assert answer.status_code == 400
    assert "login." in answer.content.decode() or "launch." in answer.content.decode()


@pytest.mark.parametrize("who", TEACHERS)
def test_an_lms_gives_nobody_a_role(cast: Any, browse_as: Callable[[str], Any], who: str) -> None:
    """The rights of an officer who comes through a launch are those of a teacher."""
    client = browse_as(who)
    session = client.session
    session["launched_person"] = str(cast.people.officer_city.id)
    session.save()
    assert client.get(reverse("officer-home")).status_code == 404
    assert client.get(reverse("path")).status_code == 200


def test_a_right_that_has_ended_opens_nothing(cast: Any, browse_as: Callable[[str], Any]) -> None:
    cast.people.officer.grants.update(until=date(2026, 1, 2))
    assert browse_as("officer").get(reverse("officer-home")).status_code == 404


def test_a_right_that_has_not_begun_opens_nothing(cast: Any, browse_as: Callable[[str], Any]) -> None:
    cast.people.officer.grants.update(since=date(2090, 1, 1))
    assert browse_as("officer").get(reverse("officer-home")).status_code == 404
