"""Coming in by an invitation, the own account, and the very first administrator."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone
from signing_in import authenticator

from lti_tools.audit.models import AuditEvent
from lti_tools.people.api import Account, Person, RoleGrant, RoleScope, Term, accounts, grants

GOOD = {"username": "xin-ping-shen", "password": "a-long-enough-one", "again": "a-long-enough-one"}


def newcomer(cast: Any, role: str = "rater") -> Any:
    """Somebody of county A who just got a role and has no account."""
    scope = RoleScope(school=cast.school_a) if role == "specialist" else RoleScope(area=cast.county_a)
    term = Term(since=timezone.localdate(), until=None, reason="新任")
    by = "officer_city" if role in grants.ONLY_BELOW else "officer"
    grants.grant(cast.actor(by), cast.people.colleague, role, scope, term)
    return cast.people.colleague


def link_for(client: Client, person: Any) -> str:
    page = client.post(f"/office/roles/people/{person.id}/invite")
    assert page.status_code == 200
    [link] = lxml.html.fromstring(page.content.decode()).xpath("//main//code/text()")
    return str(link)


@pytest.fixture
def link(cast: Any, browse_as: Callable[[str], Any]) -> str:
    return link_for(browse_as("officer"), newcomer(cast))


def test_an_invitation_opens_the_own_desk(cast: Any, link: str) -> None:
    client = Client()
    page = client.get(link).content.decode()
    assert "张同事" in page
    assert client.post(link, GOOD)["Location"] == "/rating"
    assert client.get("/rating").status_code == 200
    again = Client().post("/sign-in", {"username": GOOD["username"], "password": GOOD["password"]})
    assert again["Location"] == "/rating"


def test_a_role_that_decides_about_others_goes_on_to_the_second_factor(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    link = link_for(browse_as("officer_city"), newcomer(cast, "reviewer"))
    client = Client()
    assert client.post(link, GOOD)["Location"] == "/sign-in/code"
    assert client.get("/sign-in/code")["Location"] == "/sign-in/set-up"
    assert client.get("/office")["Location"].startswith("/sign-in/code")


def test_a_link_works_once(cast: Any, link: str) -> None:
    Client().post(link, GOOD)
    for answer in (Client().get(link), Client().post(link, GOOD | {"username": "another"})):
        assert answer.status_code == 410
        assert "account.link" in answer.content.decode()


def test_a_link_works_for_seven_days(cast: Any, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = PasswordResetTokenGenerator()._now()
    for days, status in ((6.9, 200), (7.1, 410)):
        monkeypatch.setattr(
            PasswordResetTokenGenerator, "_now", lambda _self, days=days: real + timedelta(days=days)
        )
        assert Client().get(link).status_code == status


def test_a_newer_link_replaces_the_one_before(cast: Any, link: str, browse_as: Callable[[str], Any]) -> None:
    newer = link_for(browse_as("officer"), cast.people.colleague)
    assert Client().get(link).status_code == 410
    assert Client().get(newer).status_code == 200


def test_of_two_who_hold_the_same_link_the_first_has_the_account(cast: Any, link: str) -> None:
    """Both opened it before either chose a password."""
    uid, token = link.rsplit("/", 2)[1:]
    first, second = accounts.invited(uid, token), accounts.invited(uid, token)
    accounts.activate(first, username="first", password="a-long-enough-one")
    from lti_tools.errors import Refused

    with pytest.raises(Refused) as refused:
        accounts.activate(second, username="second", password="another-long-one")
    assert refused.value.code == "account.link"
    assert Account.objects.get(person=cast.people.colleague).username == "first"


@pytest.mark.parametrize(
    "uid", ["", "x", "MQ", "!!!!", "LTE", "9" * 400, "%00", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"]
)
def test_a_made_up_link_says_what_a_used_one_says(cast: Any, uid: str) -> None:
    answer = Client().get(f"/account/activate/{uid or 'x'}/b1234-0123456789abcdef")
    assert answer.status_code in {410, 400}
    assert answer.status_code == 410 or uid == "%00"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "has space"}, "username"),
        ({"username": "invited:x"}, "username"),
        ({"username": "OFFICER"}, "username"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "password123456", "again": "password123456x"}, "again"),
        ({"password": "1234567890", "again": "1234567890"}, "password"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_name_is_kept(
    cast: Any, link: str, wrong: dict[str, str], field: str
) -> None:
    given = GOOD | wrong
    answer = Client().post(link, given)
    assert answer.status_code == 422
    page = lxml.html.fromstring(answer.content.decode())
    assert page.xpath(f"//*[@id='id_{field}_error']")
    assert page.xpath("string(//input[@name='username']/@value)") == given["username"]
    assert not page.xpath("//input[@type='password']/@value")
    assert Client().get(link).status_code == 200


def test_a_forgotten_password_is_chosen_anew_and_keeps_name_and_second_factor(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    authenticator(cast.accounts.officer)
    link = link_for(browse_as("officer_city"), cast.people.officer)
    client = Client()
    assert not lxml.html.fromstring(client.get(link).content.decode()).xpath("//input[@name='username']")
    assert client.post(link, GOOD)["Location"] == "/sign-in/code"
    assert client.get("/sign-in/code").status_code == 200, "the telephone is still asked for"
    assert client.post("/sign-in", {"username": "officer", "password": "long-enough-1"}).status_code in {
        200,
        302,
    }
    account = Account.objects.get(person=cast.people.officer)
    assert account.username == "officer"
    assert account.check_password(GOOD["password"])


def test_an_invitation_ends_what_somebody_else_had_begun_in_this_browser(
    cast: Any, link: str, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer_city")
    client.post(link, GOOD)
    assert client.get("/rating").status_code == 200
    assert client.get("/office").status_code == 404


@pytest.mark.parametrize(
    "who", ["officer_city", "administrator", "officer", "chair", "rater1", "outsider", "senior"]
)
def test_nobody_makes_a_way_in_for_whom_they_could_not_appoint(
    cast: Any, browse_as: Callable[[str], Any], who: str
) -> None:
    """A county could take over the city's officer otherwise; and a teacher without a role needs no password."""
    answer = browse_as("officer").post(f"/office/roles/people/{getattr(cast.people, who).id}/invite")
    assert answer.status_code == 404
    assert not AuditEvent.objects.filter(kind="account.invited").exists()


def test_who_holds_a_role_elsewhere_too_is_looked_after_from_above(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    cast.people.specialist.grants.create(role="rater", area=cast.city, since="2026-01-01", reason="test")
    address = f"/office/roles/people/{cast.people.specialist.id}/invite"
    assert browse_as("officer").post(address).status_code == 404
    assert browse_as("officer_city").post(address).status_code == 200


def test_a_role_that_begins_later_counts_too(cast: Any, browse_as: Callable[[str], Any]) -> None:
    cast.people.specialist.grants.create(role="officer", area=cast.city, since="2090-01-01", reason="test")
    address = f"/office/roles/people/{cast.people.specialist.id}/invite"
    assert browse_as("officer").post(address).status_code == 404


def test_a_closed_account_is_not_opened_by_a_link(cast: Any, link: str) -> None:
    Account.objects.filter(person=cast.people.colleague).update(is_active=False)
    assert Client().get(link).status_code == 410


def test_the_trail_knows_who_invited_and_no_link(cast: Any, link: str) -> None:
    Client().post(link, GOOD)
    [invited] = AuditEvent.objects.filter(kind="account.invited")
    assert (invited.actor, invited.subject) == (str(cast.people.officer.id), str(cast.people.colleague.id))
    [activated] = AuditEvent.objects.filter(kind="account.activated")
    assert activated.actor == str(cast.people.colleague.id)
    token = link.rsplit("/", 1)[1]
    assert token not in str(list(AuditEvent.objects.values()))


def test_our_own_log_leaves_the_secret_of_a_link_out(link: str) -> None:
    """A form that was not filled in well is a refused request, and its link still works."""
    from lti_tools.config.logs import JsonFormatter

    record = logging.makeLogRecord({"msg": "Unprocessable Content: %s", "args": (link,)})
    line = JsonFormatter().format(record)
    assert "/account/activate/" in line
    assert link.rsplit("/", 1)[1] not in line


# The own account


def test_the_account_page_says_what_one_may_where_and_until_when(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    cast.people.envoy.grants.update(until="2099-01-31")
    page = lxml.html.fromstring(browse_as("envoy").get("/account").content.decode()).xpath("string(//main)")
    assert "甲县中心小学" in page
    assert "2099-01-31" in page


def test_the_password_is_changed_with_the_old_one(cast: Any, browse_as: Callable[[str], Any]) -> None:
    here, elsewhere = browse_as("rater1"), browse_as("rater1")
    new = {"password": "a-new-long-one", "again": "a-new-long-one"}
    wrong = here.post("/account/password", new | {"old": "not-it-at-all"})
    assert wrong.status_code == 422
    assert lxml.html.fromstring(wrong.content.decode()).xpath("//*[@id='id_old_error']")
    assert here.post("/account/password", new | {"old": "long-enough-1"})["Location"] == "/account"
    assert here.get("/rating").status_code == 200
    assert elsewhere.get("/rating").status_code == 302, "windows elsewhere are signed out"
    assert AuditEvent.objects.filter(kind="account.password_changed").count() == 1


def test_changing_the_password_keeps_the_proof_of_this_window(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer")
    given = {"old": "long-enough-1", "password": "a-new-long-one", "again": "a-new-long-one"}
    client.post("/account/password", given)
    assert client.get("/office").status_code == 200


def test_a_weak_password_is_not_taken(cast: Any, browse_as: Callable[[str], Any]) -> None:
    given = {"old": "long-enough-1", "password": "1234567890", "again": "1234567890"}
    assert browse_as("rater1").post("/account/password", given).status_code == 422
    assert Account.objects.get(username="rater1").check_password("long-enough-1")


# The very first one


def appoint(*arguments: str) -> str:
    out = StringIO()
    call_command("appoint", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_administrator_comes_in_by_a_printed_link(db: None) -> None:
    link = appoint("an-ning", "--name", "安宁").split()[-1]
    assert link.startswith("http://127.0.0.1:8000/account/activate/")
    client = Client()
    given = {"password": GOOD["password"], "again": GOOD["password"]}
    assert client.post(link.removeprefix("http://127.0.0.1:8000"), given)["Location"] == "/sign-in/code"
    row = RoleGrant.objects.get()
    assert (row.role, row.person.name, row.granted_by) == ("administrator", "安宁", None)
    [event] = AuditEvent.objects.filter(kind="role.granted")
    assert event.actor == "operator"


@pytest.mark.parametrize("name", ["officer", "OFFICER", "has space", "invited:x", ""])
def test_a_name_that_is_taken_or_none_appoints_nobody(cast: Any, name: str) -> None:
    before = Person.objects.count()
    with pytest.raises(CommandError):
        appoint(name, "--name", "某人")
    assert Person.objects.count() == before


def test_an_operator_gives_no_role_with_a_scope(db: None) -> None:
    with pytest.raises(CommandError):
        appoint("somebody", "--name", "某人", "--role", "officer")
