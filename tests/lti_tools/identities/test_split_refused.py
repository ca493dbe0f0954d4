"""Splits that are refused: then nothing at all has changed."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest
from split_scene import REASON, acting, diagnosed, handed_in, kinds, proved, split

from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied, Refused
from lti_tools.identities.models import Identity
from lti_tools.office import identities as office
from lti_tools.people.api import Affiliation, Person, RoleGrant
from lti_tools.programmes.models import Enrolment
from lti_tools.results.models import LedgerEntry

pytestmark = pytest.mark.django_db


def refused_code(cast: Any, account: Identity, who: str = "colleague", *, by: str = "officer_city") -> str:
    with pytest.raises(Refused) as refused:
        split(cast, account, who, by=by)
    account.refresh_from_db()
    assert account.person == cast.people.senior, "nothing was changed"
    assert not AuditEvent.objects.filter(kind="identity.split").exists()
    return str(refused.value.code)


def test_the_same_person_is_no_other(cast: Any, account: Identity) -> None:
    assert refused_code(cast, account, "senior") == "identity.same_person"


@pytest.mark.parametrize("since", ["2020-01-01", "2090-01-01"])
def test_nobody_with_a_staff_role_gets_an_account(cast: Any, account: Identity, since: str) -> None:
    RoleGrant.objects.create(
        person=cast.people.colleague, role="rater", area=cast.city, since=since, reason="!"
    )
    assert refused_code(cast, account) == "identity.staff_role"


def test_a_second_account_of_the_platform_is_refused(cast: Any, account: Identity) -> None:
    Identity.objects.create(platform=account.platform, sub="user-8", person=cast.people.colleague)
    assert refused_code(cast, account) == "identity.second_account"


def test_results_go_only_to_somebody_in_the_same_programme(cast: Any, account: Identity) -> None:
    diagnosed(cast, acting(account))
    Enrolment.objects.filter(person=cast.people.colleague).delete()
    assert refused_code(cast, account) == "identity.not_enrolled"


def test_without_results_the_programme_does_not_matter(cast: Any, account: Identity) -> None:
    Enrolment.objects.filter(person=cast.people.colleague).delete()
    assert +split(cast, account) == Counter()


def test_a_tier_that_cannot_be_told_is_not_invented(cast: Any, account: Identity) -> None:
    diagnosed(cast, acting(account))
    Person.objects.filter(id=cast.people.colleague.id).update(birth_month="")
    assert refused_code(cast, account) == "identity.birth_month_unknown"


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("officer", "outsider"),
        ("officer_b", "colleague"),
        ("officer_b", "outsider"),
        ("specialist", "colleague"),
        ("reviewer", "colleague"),
        ("administrator", "colleague"),
        ("senior", "colleague"),
        ("nobody", "colleague"),
    ],
)
def test_outside_the_own_area_and_without_the_right_nothing_is_there(
    cast: Any, account: Identity, by: str, who: str
) -> None:
    with pytest.raises(Denied):
        split(cast, account, who, by=by)
    account.refresh_from_db()
    assert account.person == cast.people.senior


@pytest.mark.parametrize("by", ["officer_b", "specialist", "senior", "nobody"])
def test_nobody_else_sees_or_sends_back_an_account(cast: Any, account: Identity, by: str) -> None:
    with pytest.raises(Denied):
        office.linked(cast.actor(by), account.id)
    with pytest.raises(Denied):
        office.send_back(cast.actor(by), account.id, reason=REASON)
    account.refresh_from_db()
    assert account.person


def test_an_account_of_nobody_and_one_that_never_was_answer_alike(cast: Any, account: Identity) -> None:
    Identity.objects.filter(id=account.id).update(person=None)
    for identity_id in (account.id, uuid.uuid4()):
        with pytest.raises(Denied):
            office.send_back(cast.actor("officer"), identity_id, reason=REASON)


def test_somebody_who_works_in_another_area_now_is_no_longer_its_business(
    cast: Any, account: Identity
) -> None:
    Affiliation.objects.filter(person=cast.people.senior).update(school=cast.school_b)
    with pytest.raises(Denied):
        office.linked(cast.actor("officer"), account.id)


def test_the_account_of_somebody_who_left_for_nowhere_can_be_split_by_the_bureau_that_had_them(
    cast: Any, account: Identity
) -> None:
    diagnosed(cast, acting(account))
    Affiliation.objects.filter(person=cast.people.senior).update(until="2026-10-01")
    with pytest.raises(Denied):
        office.linked(cast.actor("officer_b"), account.id)
    assert split(cast, account, by="officer")["placements"] == 1
    assert proved()


def test_nobody_splits_the_own_account(cast: Any, account: Identity) -> None:
    account.person = Person.objects.get(id=cast.actor("officer").person_id)
    account.save()
    with pytest.raises(Denied):
        office.linked(cast.actor("officer"), account.id)


@pytest.mark.parametrize("late", ["send_back", "hand_over"])
def test_of_two_officers_the_second_is_told_that_it_is_decided(
    cast: Any, account: Identity, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """Both had found the account before either of them decided."""
    diagnosed(cast, acting(account))
    seen = office.identities.find_linked(cast.actor("officer"), account.id)
    split(cast, account)
    before = LedgerEntry.objects.count()
    monkeypatch.setattr(office.identities, "find_linked", lambda actor, identity_id: seen)
    decide = {
        "send_back": lambda: office.send_back(cast.actor("officer"), account.id, reason=REASON),
        "hand_over": lambda: split(cast, account, "middle"),
    }[late]
    with pytest.raises(Refused) as refused:
        decide()
    assert (refused.value.code, refused.value.status) == ("identity.already_decided", 409)
    account.refresh_from_db()
    assert account.person == cast.people.colleague
    assert LedgerEntry.objects.count() == before


def test_when_something_breaks_half_way_nothing_has_happened(
    cast: Any, account: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = diagnosed(cast, acting(account))
    made = handed_in(cast, "senior", through=account)
    held = kinds(wrong)

    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("lti_tools.consequences.award_if_met", broken)
        with pytest.raises(RuntimeError):
            split(cast, account)
    account.refresh_from_db()
    made.refresh_from_db()
    assert (account.person, made.enrolment) == (cast.people.senior, wrong)
    assert kinds(wrong) == held
    assert proved()
