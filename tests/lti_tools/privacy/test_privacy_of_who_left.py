"""Whoever works nowhere any more keeps the rights to their data: the bureau that had them last answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from lti_tools.errors import Denied
from lti_tools.office import privacy as office
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Affiliation
from lti_tools.privacy import api as privacy
from lti_tools.privacy import retention
from lti_tools.privacy.api import corrections, orders

NAME = "张同事"


@pytest.fixture
def gone(cast: Any) -> Any:
    """The colleague, once at a school of county B, last at one of county A, and now nowhere."""
    person = cast.people.colleague
    person.affiliations.update(until=date(2026, 10, 1), left="resigned")
    person.affiliations.create(school=cast.school_b, since=date(2010, 9, 1), until=date(2020, 9, 1))
    return person


def test_who_left_is_erased_by_the_bureau_that_had_them_last(cast: Any, gone: Any) -> None:
    order = office.order_erasure(cast.actor("officer"), gone.id, reason="本人书面申请")
    assert list(orders.waiting_for(cast.actor("reviewer"))) == [order]
    assert orders.may_decide(cast.actor("reviewer"), order)
    office.decide_erasure(cast.actor("reviewer"), order.id, approve=True)
    assert OutboxRow.objects.filter(kind="erase_person", key=str(order.id)).exists()


@pytest.mark.parametrize("who", ["officer_b", "reviewer", "specialist", "administrator", "colleague"])
def test_nobody_else_orders_it(cast: Any, gone: Any, who: str) -> None:
    with pytest.raises(Denied):
        office.order_erasure(cast.actor(who), gone.id, reason="不想要")


def test_who_ordered_it_does_not_approve_it_whatever_else_they_are(cast: Any, gone: Any) -> None:
    order = office.order_erasure(cast.actor("reviewer_own"), gone.id, reason="本人书面申请")
    for who in ("reviewer_own", "officer", "officer_b"):
        with pytest.raises(Denied):
            office.decide_erasure(cast.actor(who), order.id, approve=True)
    assert order not in orders.waiting_for(cast.actor("reviewer_own"))


def test_the_search_finds_who_left_once_and_says_so(
    cast: Any, gone: Any, browse_as: Callable[[str], Any]
) -> None:
    page = browse_as("officer").get(reverse("erasures"), {"q": NAME}).content.decode()
    assert page.count(reverse("erasure-order", args=[gone.id])) == 1
    assert "2026-10-01" in page
    other = browse_as("officer_b").get(reverse("erasures"), {"q": NAME}).content.decode()
    assert reverse("erasure-order", args=[gone.id]) not in other


def test_what_is_wrong_about_who_left_is_put_right_there_too(
    cast: Any, gone: Any, browse_as: Callable[[str], Any]
) -> None:
    asked = office.ask_correction(cast.actor("colleague"), field="name", wanted="张同仁", reason="身份证")
    assert list(corrections.waiting_for(cast.actor("officer"))) == [asked]
    assert not corrections.waiting_for(cast.actor("officer_b")).exists()
    assert browse_as("officer_b").get(reverse("correction", args=[asked.id])).status_code == 404
    office.decide_correction(cast.actor("officer"), asked.id, approve=True, answer="")
    gone.refresh_from_db()
    assert gone.name == "张同仁"


def test_the_order_says_that_a_later_roster_brings_the_person_in_again(
    cast: Any, browse_as: Callable[[str], Any]
) -> None:
    client = browse_as("officer")
    client.cookies["shijie_language"] = "en"
    page = client.get(reverse("erasure-order", args=[cast.people.colleague.id])).content.decode()
    assert "comes in again, as somebody new" in page


def test_a_run_counts_whom_it_erased_and_a_dry_run_the_same(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "IN_ONE_RUN", 1)
    Affiliation.objects.filter(person__in=[cast.people.colleague, cast.people.young]).update(
        until=date(2020, 9, 1)
    )
    for left in (1, 0):
        dry = privacy.run(dry_run=True)["left_without_result"]
        assert (dry, privacy.run()["left_without_result"]) == (1, 1)
        assert Affiliation.objects.filter(until=date(2020, 9, 1)).count() == left
    assert privacy.run(dry_run=True)["left_without_result"] == 0
