"""Everything that must not open a path with a slip, and what ends it at once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from slip_steps import WRONG, answers, bind, enter, on_path, text

from lti_tools.identities import api as identities
from lti_tools.identities.models import Slip, SlipScan
from lti_tools.office import slips as office
from lti_tools.people.api import RoleGrant
from lti_tools.people.models import Account

Browse = Callable[[str], Any]


def test_who_guesses_is_told_how_many_tries_are_left_until_the_slip_is_dead(cast: Any, slip: str) -> None:
    telephone = Client()
    for left in (4, 3, 2, 1):
        page = answers(telephone, slip, WRONG)
        assert page.status_code == 422
        assert 'role="alert"' in text(page)
        assert str(left) in re.search(r'role="alert">(.*?)</p>', text(page))[1]  # type: ignore[index]
    assert answers(telephone, slip, WRONG).status_code == 403
    assert answers(telephone, slip).status_code == 403
    assert enter(Client(), slip).status_code == 403
    assert not SlipScan.objects.exists()


@pytest.mark.parametrize("typed", ["", "12", "abcd", "1" * 30])
def test_what_cannot_be_an_answer_costs_no_try_and_is_kept_in_the_field(
    cast: Any, slip: str, typed: str
) -> None:
    page = answers(Client(), slip, typed)
    assert page.status_code == 422
    assert f'value="{typed}"' in text(page)
    assert Slip.objects.get().misses == 0


def test_slips_that_never_were_are_guessed_from_one_address_only_so_often(cast: Any, slip: str) -> None:
    stranger = Client()
    enter(stranger, "one more than the limit")
    assert [enter(stranger, secrets.token_urlsafe(18)).status_code for _try in range(60)] == [404] * 60
    assert enter(stranger, secrets.token_urlsafe(18)).status_code == 429
    assert enter(stranger, slip).status_code == 429
    assert enter(Client(REMOTE_ADDR="203.0.113.9"), slip).status_code == 200


def test_a_confirmed_telephone_is_not_shut_out_by_who_guesses_beside_it(cast: Any, slip: str) -> None:
    telephone = Client()
    bind(cast, telephone, slip)
    for _try in range(62):
        enter(Client(), "guess")
    assert enter(telephone, slip)["Location"] == reverse("path")


def test_a_revoked_slip_looks_like_one_that_never_was(cast: Any, slip: str) -> None:
    telephone = Client()
    bind(cast, telephone, slip)
    office.revoke_slip(cast.actor("specialist"), Slip.objects.get().id)
    gone, never = enter(telephone, slip), enter(Client(), "never-was")
    assert gone.status_code == never.status_code == 404
    assert answers(telephone, slip).status_code == 404

    def heading(page: Any) -> list[str]:
        return re.findall(r"<h1>.*?</h1>|<p.*?</p>", text(page).split("<main")[1])

    assert heading(gone) == heading(never)


@pytest.mark.parametrize("how", ["revoked", "printed again", "telephone ended", "became staff"])
def test_access_ends_at_the_very_next_request(cast: Any, slip: str, how: str) -> None:
    telephone = Client()
    scan = bind(cast, telephone, slip)
    enter(telephone, slip)
    assert on_path(telephone)
    specialist = cast.actor("specialist")
    if how == "revoked":
        office.revoke_slip(specialist, scan.slip_id)
    elif how == "printed again":
        office.print_slips(specialist, cast.school_a, [cast.people.senior.id])
    elif how == "telephone ended":
        office.end_telephone(specialist, scan.id)
    else:
        RoleGrant.objects.create(
            person=cast.people.senior, role="rater", since=date(2026, 1, 1), area=cast.city, reason="test"
        )
    assert not on_path(telephone)
    assert enter(telephone, slip).status_code == (200 if how == "telephone ended" else 404)


def test_the_cookie_of_another_slip_or_a_made_up_one_opens_nothing(cast: Any, slip: str) -> None:
    other = identities.issue(cast.people.colleague, by=cast.actor("specialist"))[1]
    thief = Client()
    answers(thief, other, "1980-01")
    office.confirm_telephone(cast.actor("specialist"), SlipScan.objects.get().id)
    (own,) = (morsel.value for name, morsel in thief.cookies.items() if name.startswith("shijie_slip_"))
    answers(victim := Client(), slip)
    (name,) = (name for name in victim.cookies if name.startswith("shijie_slip_"))
    for value in (own, "", "x" * 43, slip):
        thief.cookies[name] = value
        assert enter(thief, slip).status_code == 200
        assert not on_path(thief)


def test_a_session_that_names_a_telephone_not_confirmed_is_nobody(cast: Any, slip: str) -> None:
    answers(Client(), slip)
    client = Client()
    for named in (str(SlipScan.objects.get().id), "00000000-0000-4000-8000-000000000000"):
        session = client.session
        session["slip_telephone"] = named
        session.save()
        assert not on_path(client)


def test_a_planted_session_is_not_the_one_that_is_opened(cast: Any, slip: str) -> None:
    telephone = Client()
    bind(cast, telephone, slip)
    planted = telephone.session
    planted["left_by"] = "an attacker"
    planted.save()
    key = planted.session_key
    telephone.cookies["shijie_session"] = key
    enter(telephone, slip)
    assert telephone.session.session_key != key
    assert "left_by" not in telephone.session
    assert not Session.objects.filter(session_key=key).exists()
    assert on_path(telephone)


def test_a_sign_in_on_the_same_telephone_does_not_mix_with_the_slip(
    cast: Any, slip: str, browse_as: Browse
) -> None:
    telephone = browse_as("officer")
    bind(cast, telephone, slip)
    enter(telephone, slip)
    assert telephone.get(reverse("officer-home")).status_code == 404
    assert "王守田" in text(telephone.get(reverse("path")))


def test_a_sign_in_ends_what_the_slip_had_opened(cast: Any, slip: str) -> None:
    """When the account is closed later, its session is nobody's and not again the slip's."""
    telephone = Client()
    bind(cast, telephone, slip)
    enter(telephone, slip)
    officer = Account.objects.get(person=cast.people.specialist)
    officer.set_password("Bergahorn-17-Steg")
    officer.save()
    signed = telephone.post(
        reverse("sign-in"), {"username": officer.username, "password": "Bergahorn-17-Steg"}
    )
    assert signed.status_code == 302
    Account.objects.filter(id=officer.id).update(is_active=False)
    assert not on_path(telephone)


def test_signing_out_on_the_telephone_ends_the_visit_and_not_the_slip(cast: Any, slip: str) -> None:
    telephone = Client()
    bind(cast, telephone, slip)
    enter(telephone, slip)
    telephone.post(reverse("sign-out"))
    assert not on_path(telephone)
    assert enter(telephone, slip)["Location"] == reverse("path")


@pytest.mark.parametrize(
    "page", ["officer-home", "specialist-desk", "rating-desk", "problems", "slips", "report-runs"]
)
def test_a_slip_never_opens_a_page_of_the_staff(cast: Any, slip: str, page: str) -> None:
    telephone = Client()
    bind(cast, telephone, slip)
    enter(telephone, slip)
    assert telephone.get(reverse(page)).status_code == 404


def test_a_form_of_another_site_answers_for_nobody(cast: Any, slip: str) -> None:
    telephone = Client(enforce_csrf_checks=True)
    assert answers(telephone, slip).status_code == 403
    assert not SlipScan.objects.exists()


@pytest.mark.parametrize("who", ["specialist_elsewhere", "envoy", "officer", "school_office", "senior"])
@pytest.mark.parametrize("act", ["slip-confirm", "slip-decline"])
def test_who_has_no_business_with_the_school_decides_about_no_telephone(
    cast: Any, slip: str, browse_as: Browse, who: str, act: str
) -> None:
    answers(Client(), slip)
    scan = SlipScan.objects.get()
    assert browse_as(who).post(reverse(act, args=[scan.id])).status_code == 404
    scan.refresh_from_db()
    assert (scan.confirmed_at, scan.declined_at) == (None, None)


def test_a_declined_telephone_is_told_so_and_may_answer_anew(cast: Any, slip: str, browse_as: Browse) -> None:
    telephone = Client()
    answers(telephone, slip)
    browse_as("specialist").post(reverse("slip-decline", args=[SlipScan.objects.get().id]))
    page = enter(telephone, slip)
    assert page.status_code == 200
    assert 'class="notice warn"' in text(page)
    assert answers(telephone, slip).status_code == 302
    assert SlipScan.objects.count() == 2
    assert not on_path(telephone)
