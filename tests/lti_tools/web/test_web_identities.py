"""The officer's pages about LMS accounts: what they show before a decision, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import one_of_each
import pytest
from django.urls import reverse

from lti_tools.certificates import api as certificates
from lti_tools.identities.models import Identity
from lti_tools.lessons.models import Lesson
from lti_tools.office.identities import ACTION
from lti_tools.people.api import ACTIONS
from lti_tools.programmes import api as programmes
from lti_tools.results.models import LedgerEntry

pytestmark = pytest.mark.django_db
Web = Callable[[str], Any]
REASON = "The number was mistyped in the LMS."


@pytest.fixture
def account(cast: Any) -> Identity:
    """Linked with 王守田; a lesson under way came through it."""
    programmes.place(cast.enrolment("senior"), skill="S1", diagnosis={})
    found = Identity.objects.create(
        platform=one_of_each.platform(),
        sub="user-7",
        person=cast.people.senior,
        lms_name="张同事",
        claimed_name="张同事",
        claimed_staff_no="T004",
    )
    made = one_of_each.lesson(cast.enrolment("senior"))
    Lesson.objects.filter(id=made.id).update(identity=found)
    return found


def address(account: Identity) -> str:
    return reverse("identity-split", args=[account.id])


def test_an_officer_finds_a_linked_account_by_name_or_number(
    cast: Any, account: Identity, browse_as: Web
) -> None:
    client = browse_as("officer")
    for wanted in ("", "王守田", "T001"):
        page = client.get(reverse("identity-linked"), {"wanted": wanted}).content.decode()
        assert address(account) in page, wanted
    assert address(account) not in client.get(reverse("identity-linked"), {"wanted": "T004"}).content.decode()
    assert address(account) not in browse_as("officer_b").get(reverse("identity-linked")).content.decode()


def test_the_page_lists_what_was_done_and_offers_whom_the_account_claims_to_be(
    cast: Any, account: Identity, browse_as: Web
) -> None:
    page = browse_as("officer").get(address(account)).content.decode()
    assert "认识分数" in page
    assert cast.programme.title in page
    assert str(cast.people.colleague.id) in page
    assert f'value="{cast.people.senior.id}"' not in page, "whose it is now is no choice"


def test_the_page_names_the_certificate_that_would_fall_before_anything_is_decided(
    cast: Any, account: Identity, browse_as: Web
) -> None:
    made = one_of_each.certificate(cast.enrolment("senior"))
    shown = certificates.shown(made.number)
    assert shown in browse_as("officer").get(address(account)).content.decode()
    assert shown in browse_as("officer_city").get(address(account)).content.decode()


def test_an_officer_moves_an_account_and_its_work_through_the_page(
    cast: Any, account: Identity, browse_as: Web
) -> None:
    answer = browse_as("officer").post(
        address(account), {"to": str(cast.people.colleague.id), "reason": REASON}, follow=True
    )
    assert answer.status_code == 200
    account.refresh_from_db()
    assert account.person == cast.people.colleague
    assert Lesson.objects.get().enrolment == cast.enrolment("colleague")


def test_an_officer_sends_an_account_back_and_finds_it_in_the_queue(
    cast: Any, account: Identity, browse_as: Web
) -> None:
    answer = browse_as("officer").post(address(account), {"to": "queue", "reason": REASON}, follow=True)
    assert reverse("identity", args=[account.id]) in answer.content.decode()
    assert Lesson.objects.get().enrolment == cast.enrolment("senior")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"to": "queue"},
        {"to": "queue", "reason": "?"},
        {"reason": REASON},
        {"to": "everybody", "reason": REASON},
    ],
    ids=str,
)
def test_without_a_choice_and_a_reason_nothing_changes_and_the_reason_is_kept(
    cast: Any, account: Identity, browse_as: Web, sent: dict[str, str]
) -> None:
    answer = browse_as("officer").post(address(account), sent)
    assert answer.status_code == 422
    assert sent.get("reason", "") in answer.content.decode()
    account.refresh_from_db()
    assert account.person == cast.people.senior


def test_who_was_searched_for_and_chosen_is_still_chosen_when_the_reason_is_missing(
    cast: Any, account: Identity, browse_as: Web
) -> None:
    chosen = str(cast.people.middle.id)
    answer = browse_as("officer").post(f"{address(account)}?staff_no=T002", {"to": chosen})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{chosen}" required checked' in page
    assert f'action="{address(account)}?staff_no=T002"' in page


def test_a_refused_split_says_what_to_do_and_changes_nothing(
    cast: Any, account: Identity, browse_as: Web
) -> None:
    before = LedgerEntry.objects.count()
    Identity.objects.create(platform=account.platform, sub="user-8", person=cast.people.colleague)
    answer = browse_as("officer").post(
        address(account), {"to": str(cast.people.colleague.id), "reason": REASON}
    )
    assert answer.status_code == 409
    assert "identity.second_account" in answer.content.decode()
    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("who", ["officer_b", "reviewer", "specialist", "administrator", "senior"])
def test_for_everybody_else_there_is_no_such_page(
    cast: Any, account: Identity, browse_as: Web, who: str
) -> None:
    client = browse_as(who)
    sent = {"to": "queue", "reason": REASON}
    assert client.get(address(account)).status_code == 404
    assert client.post(address(account), sent).status_code == 404
    account.refresh_from_db()
    assert account.person == cast.people.senior


def test_a_person_of_another_county_is_not_there_either(cast: Any, account: Identity, browse_as: Web) -> None:
    sent = {"to": str(cast.people.outsider.id), "reason": REASON}
    assert browse_as("officer").post(address(account), sent).status_code == 404
    page = browse_as("officer").get(address(account), {"staff_no": "T005"}).content.decode()
    assert "赵外县" not in page
    account.refresh_from_db()
    assert account.person == cast.people.senior


@pytest.mark.parametrize(("who", "there"), [("officer", True), ("reviewer", False)])
def test_an_officer_gets_to_the_accounts_even_when_none_waits(
    cast: Any, browse_as: Web, who: str, there: bool
) -> None:
    page = browse_as(who).get(reverse("officer-home")).content.decode()
    assert (f'href="{reverse("identity-queue")}"' in page) is there
    if there:
        page = browse_as(who).get(reverse("identity-queue")).content.decode()
        assert f'href="{reverse("identity-linked")}"' in page


def test_only_officers_split() -> None:
    assert ACTIONS[ACTION].roles == {"officer"}
