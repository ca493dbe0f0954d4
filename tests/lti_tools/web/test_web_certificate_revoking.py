"""An officer takes a certificate back: with a reason, once, in the own area, and never the own one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.certificates.models import StatusEntry
from lti_tools.errors import Denied, Refused
from lti_tools.office import certificates as office
from lti_tools.people.api import RoleGrant, actor_for


def address(each: Any) -> str:
    return reverse("certificate-revoke", args=[each.enrolment.id])


def test_a_certificate_is_revoked_from_the_card_with_a_reason(
    each: Any, browse_as: Callable[[str], Any]
) -> None:
    client, where = browse_as("officer_city"), address(each)
    card = reverse("person", args=[each.enrolment.person_id])
    assert where in client.get(card).content.decode()
    assert client.post(where, {"reason": " "}).status_code == 422
    assert not StatusEntry.objects.filter(status="revoked").exists()
    assert client.post(where, {"reason": "教办〔2026〕7号"})["Location"] == where
    assert client.get(where).status_code == 200
    assert where not in client.get(card).content.decode()
    found = certificates.public(each.certificate.number, name="王守田")
    assert found is not None
    assert found.status == "revoked"
    event = audit.last_of("certificate.revoked")
    assert event is not None
    assert (event.actor, event.reason) == (str(each.cast.people.officer_city.id), "教办〔2026〕7号")
    assert audit.verify() is None


def test_it_is_revoked_once(each: Any) -> None:
    officer = each.cast.actor("officer_city")
    office.revoke(officer, each.enrolment.id, reason="弄虚作假")
    with pytest.raises(Refused, match="already"):
        office.revoke(officer, each.enrolment.id, reason="再来一次")
    assert StatusEntry.objects.filter(status="revoked").count() == 1


@pytest.mark.parametrize("who", ["officer", "officer_b", "reviewer", "administrator", "senior"])
def test_nobody_below_or_beside_the_programmes_bureau_revokes(each: Any, who: str) -> None:
    with pytest.raises(Denied):
        office.revoke(each.cast.actor(who), each.enrolment.id, reason="弄虚作假")


def test_the_card_of_a_county_offers_no_button_for_the_citys_certificate(
    each: Any, browse_as: Callable[[str], Any]
) -> None:
    card = browse_as("officer").get(reverse("person", args=[each.enrolment.person_id]))
    assert address(each) not in card.content.decode()


def test_nobody_revokes_the_own_certificate(each: Any) -> None:
    cast = each.cast
    RoleGrant.objects.create(
        person=cast.people.senior, role="officer", area=cast.city, since=date(2026, 1, 1), reason="test"
    )
    holder = actor_for(cast.people.senior, via="sign-in", second_factor=True)
    with pytest.raises(Denied):
        office.revoke(holder, each.enrolment.id, reason="弄虚作假")


def test_where_no_certificate_is_there_is_nothing_to_revoke(
    each: Any, browse_as: Callable[[str], Any]
) -> None:
    other = reverse("certificate-revoke", args=[each.cast.enrolment("colleague").id])
    assert browse_as("officer_city").get(other).status_code == 404
