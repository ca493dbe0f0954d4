"""The short form of an account that waits: for the session whose launch waits, and for nobody else."""

from __future__ import annotations

from typing import Any

import one_of_each
import pytest
from django.test import Client
from django.urls import reverse

from lti_tools.audit.models import AuditEvent
from lti_tools.identities.models import Identity

pytestmark = pytest.mark.django_db
TOLD = {"name": "王守田", "staff_no": "T001", "school": "2199012101", "last4": "123x"}


@pytest.fixture
def account(cast: Any) -> Identity:
    return Identity.objects.create(platform=one_of_each.platform(), sub="user-7", claimed_name="W.")


def came_through(account: object, **session_says: str) -> Client:
    """A browser whose launch brought this account."""
    client = Client()
    session = client.session
    session["launched_identity"] = str(account)
    session.update(session_says)
    session.save()
    return client


def send(client: Client, **changes: str) -> Any:
    return client.post(reverse("identity-claim"), TOLD | changes)


def test_what_is_written_is_kept_with_its_time_and_matches_nobody(cast: Any, account: Identity) -> None:
    answer = send(came_through(account.id), staff_no="Ｔ００１")
    assert (answer.status_code, answer["Location"]) == (302, reverse("lti-waiting"))
    account.refresh_from_db()
    assert (account.claimed_name, account.claimed_staff_no) == ("王守田", "T001")
    assert (account.claimed_school, account.claimed_last4) == ("2199012101", "123X")
    assert account.claimed_at
    assert account.person is None


def test_the_trail_says_which_answers_were_given_and_not_what_they_are(cast: Any, account: Identity) -> None:
    send(came_through(account.id), last4="")
    event = AuditEvent.objects.get(kind="identity.claimed")
    assert (event.subject, event.detail) == (str(account.id), {"told": "name staff_no school"})


def test_while_waiting_the_answers_are_there_to_be_corrected(cast: Any, account: Identity) -> None:
    client = came_through(account.id)
    assert 'value="W."' in client.get(reverse("lti-waiting")).content.decode()
    send(client)
    page = client.get(reverse("lti-waiting")).content.decode()
    assert 'value="T001"' in page
    send(client, staff_no="T002")
    account.refresh_from_db()
    assert account.claimed_staff_no == "T002"


def test_the_answer_is_the_same_whether_such_a_person_exists_or_not(cast: Any, account: Identity) -> None:
    def after(**changes: str) -> tuple[int, str, str]:
        client = came_through(account.id)
        answer = send(client, **changes)
        page = client.get(reverse("lti-waiting")).content.decode()
        for value in (TOLD | changes).values():
            page = page.replace(f'value="{value.upper()}"', "").replace(f'value="{value}"', "")
        return answer.status_code, answer["Location"], _without_tokens(page)

    real = after()
    assert real == after(name="无此人", staff_no="nobody", school="9999999999", last4="0000")


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"staff_no": "", "school": ""}, "school"),
        ({"last4": "12"}, "last4"),
        ({"last4": "12345"}, "last4"),
        ({"last4": "12X4"}, "last4"),
        ({"name": "王" * 81}, "name"),
        ({"school": "x" * 121}, "school"),
        ({"staff_no": "64000019680302001X"}, "staff_no"),
    ],
    ids=str,
)
def test_a_form_that_cannot_be_right_says_so_at_its_field_and_keeps_the_rest(
    cast: Any, account: Identity, changes: dict[str, str], field: str
) -> None:
    if field == "staff_no":
        from roster_district import id_number

        changes = {"staff_no": id_number("1968-03-02")}
    answer = send(came_through(account.id), **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert "2199012101" in page or "school" in changes
    account.refresh_from_db()
    assert account.claimed_at is None


def test_without_a_launch_that_waits_there_is_no_such_page(cast: Any, account: Identity) -> None:
    Identity.objects.filter(id=account.id).update(person=cast.people.senior)
    for client in (
        Client(),
        came_through("00000000-0000-4000-8000-000000000000"),
        came_through(account.id),
        came_through(account.id, launched_person=str(cast.people.senior.id)),
    ):
        assert send(client).status_code == 404
    assert not AuditEvent.objects.filter(kind="identity.claimed").exists()


def test_nobody_answers_for_the_account_of_another_session(cast: Any, account: Identity) -> None:
    other = Identity.objects.create(platform=account.platform, sub="user-8")
    answer = came_through(other.id).post(reverse("identity-claim"), TOLD | {"account": str(account.id)})
    assert answer.status_code == 302
    account.refresh_from_db()
    assert account.claimed_at is None


def test_the_form_is_not_opened_by_hand(cast: Any, account: Identity) -> None:
    assert came_through(account.id).get(reverse("identity-claim")).status_code == 405


def test_a_rejected_account_is_told_nothing_of_it_and_stays_rejected(cast: Any, account: Identity) -> None:
    client = came_through(account.id)
    waiting = client.get(reverse("lti-waiting")).content.decode()
    Identity.objects.filter(id=account.id).update(rejected_at="2026-10-01T00:00Z")
    rejected = client.get(reverse("lti-waiting")).content.decode()
    assert _without_tokens(rejected) == _without_tokens(waiting)
    assert send(client).status_code == 302
    account.refresh_from_db()
    assert account.rejected_at
    assert account.claimed_staff_no == "T001"


def test_once_confirmed_the_page_sends_back_to_the_course_and_asks_nothing(
    cast: Any, account: Identity
) -> None:
    Identity.objects.filter(id=account.id).update(person=cast.people.senior)
    page = came_through(account.id, waiting_return_url="https://lms.example/c").get(reverse("lti-waiting"))
    text = page.content.decode()
    assert reverse("identity-claim") not in text
    assert 'href="https://lms.example/c"' in text
    assert "王守田" not in text


def test_a_visitor_without_a_launch_reads_the_words_and_finds_no_form(db: None) -> None:
    page = Client().get(reverse("lti-waiting"))
    assert page.status_code == 200
    assert reverse("identity-claim") not in page.content.decode()


def test_the_eleventh_answer_of_an_hour_is_refused_and_other_accounts_are_not(
    cast: Any, account: Identity
) -> None:
    client = came_through(account.id)
    for _turn in range(10):
        assert send(client).status_code == 302
    refused = send(client, staff_no="T009")
    assert refused.status_code == 429
    assert "identity.claim_too_often" in refused.content.decode()
    account.refresh_from_db()
    assert account.claimed_staff_no == "T001"
    other = Identity.objects.create(platform=account.platform, sub="user-8")
    assert send(came_through(other.id)).status_code == 302


def test_a_page_of_another_site_cannot_answer_for_anybody(cast: Any, account: Identity) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = came_through(account.id).cookies
    assert send(client).status_code == 403
