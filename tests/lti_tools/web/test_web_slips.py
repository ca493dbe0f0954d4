"""From the slip to the path on the telephone, and what the pages tell on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from slip_steps import RIGHT, WRONG, address, answers, bind, enter, on_path, text

from lti_tools.config.logs import JsonFormatter
from lti_tools.identities import api as identities
from lti_tools.identities.models import SlipScan
from lti_tools.office import slips as office

Browse = Callable[[str], Any]


def test_from_the_sheet_to_the_path_without_a_password(cast: Any, slip: str, browse_as: Browse) -> None:
    telephone, specialist = Client(), browse_as("specialist")
    assert telephone.get(address(slip)).status_code == 200
    waits = answers(telephone, slip, follow=True)
    number = identities.check_number(SlipScan.objects.get().id)
    assert number in text(waits)
    assert not on_path(telephone)
    desk = text(specialist.get(reverse("specialist-desk")))
    assert number in desk
    assert specialist.post(reverse("slip-confirm", args=[SlipScan.objects.get().id])).status_code == 302
    entered = enter(telephone, slip)
    assert (entered.status_code, entered["Location"]) == (302, reverse("path"))
    assert "王守田" in text(telephone.get(reverse("path")))
    assert number not in text(specialist.get(reverse("specialist-desk")))


def test_scanning_again_with_the_confirmed_telephone_goes_straight_to_the_path(cast: Any, slip: str) -> None:
    telephone = Client()
    bind(cast, telephone, slip)
    for _visit in range(2):
        assert enter(telephone, slip)["Location"] == reverse("path")
    assert SlipScan.objects.count() == 1
    assert SlipScan.objects.get().used_at


def test_another_telephone_is_asked_and_waits_like_the_first(cast: Any, slip: str) -> None:
    bind(cast, Client(), slip)
    other = Client()
    assert enter(other, slip).status_code == 200
    answers(other, slip)
    assert enter(other, slip).status_code == 200
    assert not on_path(other)


def test_a_page_that_waits_moves_on_by_itself(cast: Any, slip: str) -> None:
    telephone = Client()
    answers(telephone, slip)
    page = text(enter(telephone, slip))
    assert f'hx-get="{address(slip)}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    polled: dict[str, Any] = {"headers": {"HX-Request": "true"}}
    assert telephone.get(address(slip), **polled).status_code == 204
    office.confirm_telephone(cast.actor("specialist"), SlipScan.objects.get().id)
    assert telephone.get(address(slip), **polled)["HX-Redirect"] == reverse("path")
    assert on_path(telephone)


def test_two_teachers_may_share_a_telephone(cast: Any, slip: str) -> None:
    other = identities.issue(cast.people.colleague, by=cast.actor("specialist"))[1]
    telephone = Client()
    bind(cast, telephone, slip)
    answers(telephone, other, "1980-01")
    office.confirm_telephone(cast.actor("specialist"), SlipScan.objects.latest("scanned_at").id)
    for secret, name, not_this in ((slip, "王守田", "张同事"), (other, "张同事", "王守田")):
        enter(telephone, secret)
        page = text(telephone.get(reverse("path")))
        assert name in page
        assert not_this not in page


def test_nothing_names_the_teacher_before_the_telephone_is_confirmed(cast: Any, slip: str) -> None:
    telephone = Client()
    pages = [enter(telephone, slip), answers(telephone, slip, WRONG), answers(telephone, slip, follow=True)]
    for page in pages:
        for telling in ("王守田", "甲县村小", "T001", RIGHT, "1968"):
            assert telling not in text(page).replace("1968-03.", "")


@pytest.mark.parametrize("of", ["asked", "answered", "waiting", "unknown"])
def test_the_address_is_kept_by_nobody(cast: Any, slip: str, of: str) -> None:
    telephone = Client()
    if of == "waiting":
        answers(telephone, slip)
    answer = (
        answers(telephone, slip) if of == "answered" else enter(telephone, "x" if of == "unknown" else slip)
    )
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    # With "no-referrer" browsers send our own forms with `Origin: null`, and the CSRF check refuses them.
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_the_address_stands_in_no_log_of_ours(cast: Any, slip: str, caplog: pytest.LogCaptureFixture) -> None:
    answers(Client(), slip, WRONG)
    answers(Client(enforce_csrf_checks=True), slip)
    Client().put(address(slip))
    written = [JsonFormatter().format(record) for record in caplog.records]
    assert len(written) >= 3
    assert not [line for line in written if slip in line]
    assert all("/s/…" in line for line in written)


def test_a_fourth_telephone_is_told_to_wait_for_the_others(cast: Any, slip: str) -> None:
    assert [answers(Client(), slip).status_code for _one in range(4)] == [302, 302, 302, 409]
    refused = answers(Client(), slip)
    assert "slip.too_many_waiting" in text(refused)
    assert refused["Referrer-Policy"] == "strict-origin"


def test_the_telephones_cookie_is_out_of_reach_of_scripts_and_of_other_pages(cast: Any, slip: str) -> None:
    (cookie,) = (
        morsel for name, morsel in answers(Client(), slip).cookies.items() if name.startswith("shijie_slip_")
    )
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["path"] == "/s/"
    assert int(cookie["max-age"]) > 300 * 24 * 3600
    assert not SlipScan.objects.filter(device_hash=cookie.value).exists()
    assert slip not in cookie.key
