"""The printed sheet, and the list of slips of a school."""

from __future__ import annotations

import base64
import re
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import lxml.html
import pytest
import segno
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from slip_steps import RIGHT, address, bind, enter, text

from lti_tools.identities import api as identities
from lti_tools.identities.models import Slip
from lti_tools.people.api import Affiliation, RoleGrant

Browse = Callable[[str], Any]


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


def test_the_list_ends_the_slip_of_somebody_who_left(cast: Any, slip: str, browse_as: Browse) -> None:
    client, list_ = browse_as("school_office"), reverse("slip-school", args=[cast.school_a.id])
    assert not lxml.html.fromstring(client.get(list_).content).xpath("//*[@id='former']")
    Affiliation.objects.filter(person=cast.people.senior).update(until=timezone.localdate(), left="left")
    (form,) = lxml.html.fromstring(client.get(list_).content).xpath("//*[@id='former']//form")
    assert "王守田" in form.text_content()
    client.post(form.get("action"), {"school": str(cast.school_a.id)})
    assert not lxml.html.fromstring(client.get(list_).content).xpath("//*[@id='former']")


def test_a_school_where_nobody_confirms_telephones_is_told_before_it_prints(
    cast: Any, slip: str, browse_as: Browse
) -> None:
    client, list_ = browse_as("school_office"), reverse("slip-school", args=[cast.school_a.id])
    warned = "//main/p[contains(@class, 'warn')]"
    assert not lxml.html.fromstring(client.get(list_).content).xpath(warned)
    RoleGrant.objects.filter(role="specialist").update(revoked_at=timezone.now())
    assert lxml.html.fromstring(client.get(list_).content).xpath(warned)


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
