"""From the printed sheet to the path on the telephone, and everything that must not open it."""

from __future__ import annotations

import base64
import re
import secrets
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import segno
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from PIL import Image

from lti_tools.config.logs import JsonFormatter
from lti_tools.identities import api as identities
from lti_tools.identities.models import Slip, SlipScan
from lti_tools.office import slips as office
from lti_tools.people.api import RoleGrant

RIGHT, WRONG = "002X", "1111"
Browse = Callable[[str], Any]


@pytest.fixture
def slip(cast: Any) -> str:
    """The secret of 王守田's slip."""
    cast.people.senior.id_last4 = RIGHT
    cast.people.senior.save()
    return identities.issue(cast.people.senior, by=cast.actor("specialist"))[1]


def address(secret: str) -> str:
    return reverse("slip", args=[secret])


def answers(telephone: Client, secret: str, answer: str = RIGHT, **more: Any) -> Any:
    return telephone.post(address(secret), {"answer": answer}, **more)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def bind(cast: Any, telephone: Client, secret: str) -> SlipScan:
    """The telephone answers, and the specialist confirms it."""
    assert answers(telephone, secret).status_code == 302
    scan = SlipScan.objects.latest("scanned_at")
    office.confirm_telephone(cast.actor("specialist"), scan.id)
    return scan


def enter(telephone: Client, secret: str) -> Any:
    return telephone.get(address(secret))


def on_path(telephone: Client) -> bool:
    return bool(telephone.get(reverse("path")).status_code == 200)


# The whole way -------------------------------------------------------------------------------------------------


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


# What a slip tells ---------------------------------------------------------------------------------------------


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


# What must not open it -----------------------------------------------------------------------------------------


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


# The sheet -----------------------------------------------------------------------------------------------------


def sheet(cast: Any, client: Client, *people: Any, **more: str) -> Any:
    where = reverse("slip-print", args=[cast.school_a.id])
    return client.post(where, {"which": "chosen", "person": [one.id for one in people], **more})


def test_the_sheet_holds_one_slip_for_each_and_is_kept_nowhere(
    cast: Any, slip: str, browse_as: Browse
) -> None:
    page = sheet(cast, browse_as("school_office"), cast.people.senior, cast.people.colleague)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert text(page).count('class="slip"') == 2
    assert text(page).count("data:image/svg+xml") == 2
    for stated in ("王守田", "张同事", cast.programme.title, "甲县村小"):
        assert stated in text(page)
    for untold in (RIGHT, "1980-01"):
        assert untold not in text(page)


def test_the_code_on_the_sheet_is_the_address_of_the_slip(
    cast: Any, browse_as: Browse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Drawn as a browser would, and compared module by module with the code of the address."""
    import weasyprint

    secret = secrets.token_urlsafe(18)
    monkeypatch.setattr("lti_tools.identities.slips.secrets.token_urlsafe", lambda _bytes: secret)
    page = text(sheet(cast, browse_as("specialist"), cast.people.senior))
    source = re.search(r'<img src="(data:[^"]+)" alt="[^"]*王守田', page)[1]  # type: ignore[index]
    style = "@page { size: 40mm; margin: 2mm } img { width: 36mm; height: 36mm } body { margin: 0 }"
    html = f'<style>{style}</style><img src="{source}">'
    weasyprint.HTML(string=html).write_pdf(tmp_path / "code.pdf")
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "code.pdf", "code"], cwd=tmp_path, check=True)
    expected = segno.make(settings.BASE_URL + address(secret), error="m", micro=False, boost_error=False)
    wanted = [[bool(module) for module in row] for row in expected.matrix]
    assert _modules(next(tmp_path.glob("code*.pgm")), size=len(wanted)) == wanted
    assert identities.find_slip(secret)


def _modules(picture: Path, *, size: int) -> list[list[bool]]:
    image = Image.open(picture).point(lambda grey: 255 if grey < 128 else 0)
    left, top, right, bottom = image.getbbox() or (0, 0, 0, 0)
    across, down = (right - left) / size, (bottom - top) / size
    return [
        [bool(image.getpixel((left + (x + 0.5) * across, top + (y + 0.5) * down))) for x in range(size)]
        for y in range(size)
    ]


def test_the_picture_of_the_code_may_be_shown_by_the_pages_own_policy(cast: Any, browse_as: Browse) -> None:
    page = sheet(cast, browse_as("specialist"), cast.people.senior)
    assert re.search(r"img-src [^;]*data:", page["Content-Security-Policy"])
    drawn = unquote(re.search(r'src="data:image/svg\+xml[^,]*,([^"]+)"', text(page))[1])  # type: ignore[index]
    assert "<svg" in drawn or b"<svg" in base64.b64decode(drawn)


def test_printing_for_the_rest_leaves_slips_that_work_alone(cast: Any, slip: str, browse_as: Browse) -> None:
    page = sheet(cast, browse_as("specialist"), which="rest")
    assert "张同事" in text(page)
    assert identities.find_slip(slip)
    again = sheet(cast, browse_as("specialist"), which="rest")
    assert again.status_code == 302
    assert Slip.objects.filter(revoked_at__isnull=True).count() == 2


def test_who_chose_nobody_is_sent_back_to_the_list(cast: Any, slip: str, browse_as: Browse) -> None:
    assert sheet(cast, browse_as("specialist")).status_code == 302
    assert sheet(cast, browse_as("specialist"), which="chosen", person="no id").status_code == 302
    assert identities.find_slip(slip)


def test_a_sheet_is_printed_by_a_button_and_never_by_an_address(cast: Any, browse_as: Browse) -> None:
    assert browse_as("specialist").get(reverse("slip-print", args=[cast.school_a.id])).status_code == 405


def test_the_list_shows_how_each_slip_stands_and_ends_it(cast: Any, slip: str, browse_as: Browse) -> None:
    telephone, office_desk = Client(), browse_as("school_office")
    where = reverse("slip-school", args=[cast.school_a.id])
    assert reverse("slip-revoke", args=[Slip.objects.get().id]) in text(office_desk.get(where))
    scan = bind(cast, telephone, slip)
    assert reverse("slip-end", args=[scan.id]) in text(office_desk.get(where))
    ended = office_desk.post(reverse("slip-end", args=[scan.id]), {"school": cast.school_a.id})
    assert ended["Location"] == where
    assert reverse("slip-end", args=[scan.id]) not in text(office_desk.get(where))
    office_desk.post(reverse("slip-revoke", args=[scan.slip_id]), {"school": "nonsense"})
    assert reverse("slip-revoke", args=[scan.slip_id]) not in text(office_desk.get(where))
    assert enter(telephone, slip).status_code == 404


def test_with_one_school_there_is_nothing_to_choose(cast: Any, browse_as: Browse) -> None:
    own = reverse("slip-school", args=[cast.school_a.id])
    assert browse_as("school_office").get(reverse("slips"))["Location"] == own
    page = text(browse_as("officer").get(reverse("slips")))
    assert "甲县村小" in page
    assert "乙县中学" not in page
    found = text(browse_as("officer").get(reverse("slips"), {"q": "中心"}))
    assert "甲县中心小学" in found
    assert "甲县村小" not in found


@pytest.mark.parametrize("who", ["specialist_elsewhere", "officer_b", "envoy", "reviewer", "rater1"])
def test_the_list_of_another_school_does_not_exist(cast: Any, slip: str, browse_as: Browse, who: str) -> None:
    client = browse_as(who)
    assert client.get(reverse("slip-school", args=[cast.school_a.id])).status_code == 404
    assert sheet(cast, client, cast.people.senior).status_code == 404
    assert client.post(reverse("slip-revoke", args=[Slip.objects.get().id])).status_code == 404
    assert identities.find_slip(slip)
