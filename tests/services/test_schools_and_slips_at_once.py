"""Schools and slips at the same moment, on PostgreSQL: nobody collides, and the tree stays a tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.errors import Refused
from lti_tools.identities import api as identities
from lti_tools.identities.models import Slip, SlipScan
from lti_tools.office import organisations as office
from lti_tools.office import people as people_office
from lti_tools.office import slips as slip_office
from lti_tools.people.api import Affiliation, School
from tests.conftest import Cast
from tests.services.moments import failures, together

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
TURNS = pytest.mark.parametrize("turn", range(4))


def today(**more: Any) -> dict[str, Any]:
    return {"since": timezone.localdate(), "reason": "撤点并校", **more}


def one_is_refused(outcomes: list[Any]) -> str:
    (refusal,) = failures(outcomes)
    assert isinstance(refusal, Refused), repr(refusal)
    return refusal.code


@TURNS
def test_of_two_crosswise_mergers_one_is_refused(cast: Cast, turn: int) -> None:
    def merging(one: School, into: School) -> Callable[[], Any]:
        return lambda: office.merge(cast.actor("officer_city"), one.id, into=into, **today())

    outcomes = together(merging(cast.school_a, cast.school_b), merging(cast.school_b, cast.school_a))
    assert one_is_refused(outcomes) == "organisation.closed"
    assert School.objects.filter(closed_on__isnull=False).count() == 1
    assert not Affiliation.objects.filter(until__isnull=True, school__closed_on__isnull=False).exists()


@TURNS
def test_two_schools_do_not_become_teaching_points_of_each_other(cast: Cast, turn: int) -> None:
    def joining(one: School, parent: School) -> Callable[[], Any]:
        to = today(area=cast.county_a, parent=parent)
        return lambda: office.move(cast.actor("officer"), one.id, **to)

    outcomes = together(joining(cast.school_a, cast.school_a2), joining(cast.school_a2, cast.school_a))
    assert one_is_refused(outcomes) in {"organisation.has_points", "organisation.point_of_point"}
    assert not School.objects.filter(parent__parent__isnull=False).exists()


@TURNS
def test_nobody_is_transferred_to_a_school_while_it_is_merged_away(cast: Cast, turn: int) -> None:
    outcomes = together(
        lambda: office.merge(cast.actor("officer"), cast.school_a2.id, into=cast.school_a, **today()),
        lambda: people_office.transfer(
            cast.actor("officer"),
            cast.people.colleague.id,
            cast.school_a2,
            day=timezone.localdate(),
            reason="调令",
            facts={},
        ),
    )
    assert all(isinstance(problem, Refused) for problem in failures(outcomes)), outcomes
    assert not Affiliation.objects.filter(until__isnull=True, school__closed_on__isnull=False).exists()


@TURNS
def test_one_code_is_given_to_one_school(cast: Cast, turn: int) -> None:
    facts = {"area": cast.county_a, "parent": None, "code": "2199012150", "name": "新建小学"}
    given = today(location="urban", remote=False, **facts)
    opening = [lambda: office.open_school(cast.actor("officer"), **given)] * 2
    assert one_is_refused(together(*opening)) == "organisation.code_taken"


@TURNS
def test_a_sheet_printed_twice_leaves_one_slip_for_each_that_works(cast: Cast, turn: int) -> None:
    ids = [cast.people.senior.id, cast.people.colleague.id]

    def printing(who: str) -> Callable[[], Any]:
        return lambda: slip_office.print_slips(cast.actor(who), cast.school_a, ids)

    assert failures(together(printing("specialist"), printing("school_office"))) == []
    assert Slip.objects.filter(revoked_at__isnull=True).count() == 2
    assert Slip.objects.filter(revoked_at__isnull=False).count() == 2


@TURNS
def test_answers_that_arrive_together_buy_no_extra_try(cast: Cast, turn: int) -> None:
    cast.people.senior.id_last4 = "002X"
    cast.people.senior.save()
    slip, _secret = identities.issue(cast.people.senior, by=cast.actor("specialist"))
    together(*(lambda: identities.scan(identities.slip_by_id(slip.id), "1111"),) * 8)
    assert Slip.objects.get().misses == 5
    assert not identities.scan(identities.slip_by_id(slip.id), "002X").device
    assert not SlipScan.objects.exists()


@TURNS
def test_no_more_telephones_wait_than_may(cast: Cast, turn: int) -> None:
    cast.people.senior.id_last4 = "002X"
    cast.people.senior.save()
    slip, _secret = identities.issue(cast.people.senior, by=cast.actor("specialist"))
    outcomes = together(*(lambda: identities.scan(identities.slip_by_id(slip.id), "002X"),) * 5)
    assert SlipScan.objects.count() == 3
    assert {problem.code for problem in failures(outcomes)} == {"slip.too_many_waiting"}  # type: ignore[attr-defined]
