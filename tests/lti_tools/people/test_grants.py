"""Who may hand out which role, within what, and until when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import Person, RoleGrant, RoleScope, Term, accounts, actor_for, grants
from lti_tools.people.rights import GRANTS, SCOPES


def term(*, since: date = date(2026, 1, 1), days: int | None = 30, reason: str = "教办〔2026〕7号") -> Term:
    until = None if days is None else timezone.localdate() + timedelta(days=days)
    return Term(since=since, until=until, reason=reason)


def scope_for(cast: Any, role: str) -> RoleScope:
    kinds = SCOPES[role]
    if "school" in kinds:
        return RoleScope(school=cast.school_a)
    if "dossier" in kinds:
        return RoleScope(dossier=cast.dossier)
    return RoleScope(area=cast.county_a) if "area" in kinds else RoleScope()


# What each may hand out


@pytest.mark.parametrize("role", sorted(SCOPES))
def test_an_administrator_gives_every_role(cast: Any, role: str) -> None:
    row = grants.grant(cast.actor("administrator"), cast.people.senior, role, scope_for(cast, role), term())
    assert (row.role, row.granted_by) == (role, cast.people.administrator)


@pytest.mark.parametrize("role", sorted(set(SCOPES) - {"administrator"}))
def test_an_officer_of_the_city_gives_every_role_below_but_the_administrators(cast: Any, role: str) -> None:
    grants.grant(cast.actor("officer_city"), cast.people.senior, role, scope_for(cast, role), term())


def test_an_officer_makes_no_administrator(cast: Any) -> None:
    with pytest.raises(Denied):
        grants.grant(cast.actor("officer_city"), cast.people.senior, "administrator", RoleScope(), term())


@pytest.mark.parametrize("role", ["officer", "reviewer"])
def test_an_officer_makes_no_officer_and_no_reviewer_of_the_own_area(cast: Any, role: str) -> None:
    """Who approves what an officer entered is not chosen, nor let in, by that officer."""
    scope = RoleScope(area=cast.county_a)
    with pytest.raises(Denied):
        grants.grant(cast.actor("officer"), cast.people.senior, role, scope, term())
    grants.grant(cast.actor("officer_city"), cast.people.senior, role, scope, term())
    with pytest.raises(Denied):
        accounts.invite(cast.actor("officer"), cast.people.reviewer)
    with pytest.raises(Denied):
        accounts.reset_second_factor(cast.actor("officer"), cast.people.reviewer, reason="换了手机")


@pytest.mark.parametrize("area", ["city", "county_b"])
def test_nobody_gives_a_role_above_or_beside_the_own_area(cast: Any, area: str) -> None:
    with pytest.raises(Denied):
        grants.grant(
            cast.actor("officer"), cast.people.senior, "rater", RoleScope(area=getattr(cast, area)), term()
        )


def test_nobody_gives_a_role_at_a_school_elsewhere(cast: Any) -> None:
    with pytest.raises(Denied):
        grants.grant(
            cast.actor("officer"), cast.people.senior, "specialist", RoleScope(school=cast.school_b), term()
        )


@pytest.mark.parametrize(
    "who", ["senior", "rater1", "chair", "specialist", "envoy", "school_office", "reviewer", "committee"]
)
def test_the_others_give_nothing(cast: Any, who: str) -> None:
    actor = cast.actor(who)
    assert grants.grantable_roles(actor) == ()
    with pytest.raises(Denied):
        grants.grant(actor, cast.people.colleague, "rater", RoleScope(area=cast.county_a), term())


def test_an_officer_without_the_code_gives_nothing(cast: Any) -> None:
    actor = cast.actor("officer_unverified")
    assert actor.withheld == {"officer"}
    assert grants.grantable_roles(actor) == ()


def test_a_launch_gives_nobody_the_rights_of_an_officer(cast: Any) -> None:
    assert grants.grantable_roles(actor_for(cast.people.officer_city, via="launch")) == ()


@pytest.mark.parametrize("who", ["officer", "officer_city", "administrator"])
def test_nobody_gives_a_role_to_themselves(cast: Any, who: str) -> None:
    with pytest.raises(Refused) as refused:
        grants.grant(
            cast.actor(who), getattr(cast.people, who), "rater", RoleScope(area=cast.county_a), term()
        )
    assert refused.value.code == "grant.own"


def test_a_person_of_another_county_is_not_there(cast: Any) -> None:
    with pytest.raises(Denied):
        grants.grant(
            cast.actor("officer"), cast.people.outsider, "rater", RoleScope(area=cast.county_a), term()
        )


def test_the_rules_name_no_role_that_has_no_scope() -> None:
    assert set(SCOPES) == set(RoleGrant.Role.values)
    assert set().union(*GRANTS.values()) <= set(SCOPES)


# Scope, end and reason


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("officer", lambda cast: RoleScope()),
        ("officer", lambda cast: RoleScope(school=cast.school_a)),
        ("specialist", lambda cast: RoleScope(area=cast.county_a)),
        ("committee", lambda cast: RoleScope(area=cast.county_a)),
        ("administrator", lambda cast: RoleScope(area=cast.county_a)),
        ("rater", lambda cast: RoleScope(area=cast.county_a, school=cast.school_a)),
    ],
)
def test_a_role_has_the_scope_that_fits_it(cast: Any, role: str, scope: Callable[[Any], RoleScope]) -> None:
    with pytest.raises(Refused) as refused:
        grants.grant(cast.actor("administrator"), cast.people.senior, role, scope(cast), term())
    assert refused.value.code == "grant.scope"


def test_the_database_too_keeps_no_role_without_the_scope_it_needs(cast: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(
            person=cast.people.senior, role="officer", since=date(2026, 1, 1), reason="test"
        )


@pytest.mark.parametrize("role", ["envoy", "committee"])
def test_what_is_lent_for_a_time_needs_a_last_day(cast: Any, role: str) -> None:
    with pytest.raises(Refused) as refused:
        grants.grant(cast.actor("officer"), cast.people.senior, role, scope_for(cast, role), term(days=None))
    assert refused.value.code == "grant.end"


def test_a_last_day_before_the_first_or_before_today_is_refused(cast: Any) -> None:
    for wrong in (term(days=-1), term(since=timezone.localdate() + timedelta(days=40), days=30)):
        with pytest.raises(Refused) as refused:
            grants.grant(
                cast.actor("officer"), cast.people.senior, "rater", RoleScope(area=cast.county_a), wrong
            )
        assert refused.value.code == "grant.dates"


def test_a_committee_member_reads_no_longer_than_the_dossier_is_open(cast: Any) -> None:
    cast.dossier.until = timezone.localdate() + timedelta(days=5)
    cast.dossier.save()
    scope = RoleScope(dossier=cast.dossier)
    with pytest.raises(Refused) as refused:
        grants.grant(cast.actor("officer"), cast.people.senior, "committee", scope, term(days=6))
    assert refused.value.code == "grant.dates"
    grants.grant(cast.actor("officer"), cast.people.senior, "committee", scope, term(days=5))


def test_a_role_without_a_reason_is_refused(cast: Any) -> None:
    with pytest.raises(Refused) as refused:
        grants.grant(
            cast.actor("officer"),
            cast.people.senior,
            "rater",
            RoleScope(area=cast.county_a),
            term(reason="  "),
        )
    assert refused.value.code == "grant.reason"


def test_the_same_role_twice_at_the_same_time_is_refused_and_afterwards_allowed(cast: Any) -> None:
    actor, scope = cast.actor("officer"), RoleScope(school=cast.school_a2)
    grants.grant(actor, cast.people.senior, "envoy", scope, term(days=10))
    with pytest.raises(Refused) as refused:
        grants.grant(actor, cast.people.senior, "envoy", scope, term(days=20))
    assert refused.value.code == "grant.held"
    later = timezone.localdate() + timedelta(days=11)
    grants.grant(actor, cast.people.senior, "envoy", scope, term(since=later, days=20))


def test_an_envoy_has_several_schools_by_several_grants(cast: Any) -> None:
    for school in (cast.school_a, cast.school_a2):
        scope = RoleScope(school=school)
        grants.grant(cast.actor("administrator"), cast.people.rater3, "envoy", scope, term())
    actor = actor_for(cast.people.rater3, via="sign-in")
    reached = {school for grant in actor.granted({"envoy"}) for school in grant.school_ids}
    assert reached == {cast.school_a.id, cast.school_a2.id}


# Taking back


def given(cast: Any, by: str = "officer") -> RoleGrant:
    scope = RoleScope(area=cast.county_a)
    return grants.grant(cast.actor(by), cast.people.senior, "chair", scope, term())


def test_a_role_taken_back_is_gone_with_the_next_request(cast: Any) -> None:
    row = given(cast)
    assert actor_for(cast.people.senior, via="sign-in", second_factor=True).granted({"chair"})
    ended = grants.revoke(cast.actor("officer"), row.id, reason="换人")
    assert (ended.revoked_by, ended.revoked_reason) == (cast.people.officer, "换人")
    assert not actor_for(cast.people.senior, via="sign-in", second_factor=True).granted({"chair"})


def test_a_role_is_taken_back_once_and_with_a_reason(cast: Any) -> None:
    row = given(cast)
    with pytest.raises(Refused) as refused:
        grants.revoke(cast.actor("officer"), row.id, reason=" ")
    assert refused.value.code == "grant.reason"
    grants.revoke(cast.actor("officer"), row.id, reason="换人")
    with pytest.raises(Refused) as refused:
        grants.revoke(cast.actor("officer"), row.id, reason="换人")
    assert refused.value.code == "grant.ended"


@pytest.mark.parametrize("who", ["officer_b", "reviewer", "specialist", "senior", "officer_unverified"])
def test_a_role_of_another_area_is_not_there(cast: Any, who: str) -> None:
    row = given(cast)
    with pytest.raises(Denied):
        grants.revoke(cast.actor(who), row.id, reason="换人")


@pytest.mark.parametrize("who", ["officer", "administrator"])
def test_nobody_takes_back_the_own_role(cast: Any, who: str) -> None:
    own = getattr(cast.people, who).grants.get()
    with pytest.raises(Denied):
        grants.revoke(cast.actor(who), own.id, reason="换人")


def test_a_county_takes_nothing_back_that_the_city_gave_for_the_city(cast: Any) -> None:
    with pytest.raises(Denied):
        grants.revoke(cast.actor("officer"), cast.people.rater1.grants.get().id, reason="换人")


# Whom, and who sees it


def test_an_officer_finds_the_people_of_the_area_and_the_holders_of_its_roles(cast: Any) -> None:
    def found(text: str) -> set[Person]:
        return set(grants.find_people(cast.actor("officer"), text))

    assert found("T001") == {cast.people.senior}
    assert found("王守") == {cast.people.senior}
    assert found("T005") == set()
    assert found("王") == set(), "one sign finds half a county"
    # Works at no school, holds a role in the county.
    assert cast.people.envoy in found("技术特派员")
    assert cast.people.chair not in found("组长")
    assert cast.people.officer not in found("甲县干部")


def test_somebody_new_is_entered_once(cast: Any) -> None:
    actor = cast.actor("officer")
    person = grants.new_staff_person(actor, name="新评审", staff_no="N-1")
    grants.grant(actor, person, "rater", RoleScope(area=cast.county_a), term(), entered_now=True)
    with pytest.raises(Refused) as refused:
        grants.new_staff_person(actor, name="新评审", staff_no="N-1")
    assert refused.value.code == "grant.staff_number_taken"


def test_roles_are_seen_where_they_lie(cast: Any) -> None:
    def seen(who: str) -> set[Any]:
        return {row.person for row in grants.grants_in_sight(cast.actor(who))}

    assert cast.people.specialist in seen("officer")
    assert cast.people.specialist_elsewhere not in seen("officer")
    assert cast.people.chair not in seen("officer")
    assert {cast.people.specialist, cast.people.specialist_elsewhere, cast.people.chair} <= seen(
        "officer_city"
    )
    assert cast.people.administrator not in seen("officer_city")
    assert cast.people.administrator in seen("administrator")
    assert seen("rater1") == set()


def test_giving_and_taking_back_are_on_the_trail_without_names(cast: Any) -> None:
    row = given(cast)
    grants.revoke(cast.actor("officer"), row.id, reason="换人")
    for kind in ("role.granted", "role.revoked"):
        [event] = audit.events_of(kind)
        assert (event.actor, event.subject) == (str(cast.people.officer.id), str(cast.people.senior.id))
        assert event.detail["role"] == "chair"
        assert "王守田" not in str(event.detail)
    assert audit.verify() is None
