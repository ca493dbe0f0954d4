"""Who owes the training: proposed by one, decided by another, and over when its day has come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied, Refused
from lti_tools.people.api import RoleGrant
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Enrolment, ParticipationEntry

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SOON = TODAY + timedelta(days=30)
LEAVE = {"participation": "deferred", "reason": "leave", "since": TODAY, "until": SOON}


def proposed(
    cast: Any, who: str = "school_office", about: str = "senior", **other: Any
) -> ParticipationEntry:
    return programmes.propose(cast.actor(who), cast.enrolment(about), **(LEAVE | other))


def state_of(cast: Any, name: str) -> tuple[str, date | None]:
    row = Enrolment.objects.get(person=getattr(cast.people, name), programme=cast.programme)
    return row.participation, row.participation_until


def test_a_leave_is_proposed_by_the_school_and_holds_once_the_reviewer_approved_it(cast: Any) -> None:
    entry = proposed(cast, note="病历已交")
    assert state_of(cast, "senior") == ("due", None)
    programmes.decide(cast.actor("reviewer"), entry, approve=True, note="同意")
    assert state_of(cast, "senior") == ("deferred", SOON)
    entry.refresh_from_db()
    assert (entry.state, entry.answer) == ("approved", "同意")
    assert entry.decided_by == cast.people.reviewer


def test_what_was_declined_changes_nothing_and_may_be_proposed_again(cast: Any) -> None:
    programmes.decide(cast.actor("officer"), proposed(cast), approve=False, note="缺证明")
    assert state_of(cast, "senior") == ("due", None)
    assert proposed(cast).state == "proposed"


def test_coverage_counts_only_those_who_owe_it(cast: Any) -> None:
    programmes.decide(cast.actor("officer"), proposed(cast), approve=True)
    part = programmes.part_of(cast.actor("officer"), cast.programme)
    counted = programmes.coverage(part, cast.programme)
    assert (counted.due, counted.deferred) == (3, 1)


@pytest.mark.parametrize(
    "who",
    [
        "nobody",
        "senior",
        "colleague",
        "rater1",
        "specialist",
        "school_office_elsewhere",
        "officer_b",
        "chair",
    ],
)
def test_nobody_else_proposes(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        proposed(cast, who)
    assert not ParticipationEntry.objects.exists()


@pytest.mark.parametrize(
    "who", ["nobody", "senior", "school_office", "specialist", "officer_b", "administrator"]
)
def test_nobody_else_decides(cast: Any, who: str) -> None:
    entry = proposed(cast)
    with pytest.raises(Denied):
        programmes.decide(cast.actor(who), entry, approve=True)
    with pytest.raises(Denied):
        programmes.entry_for(cast.actor(who), entry.id)
    assert state_of(cast, "senior") == ("due", None)


def test_nobody_approves_what_they_proposed_themselves(cast: Any) -> None:
    entry = proposed(cast, "officer")
    with pytest.raises(Refused, match=r"people\.own_matter"):
        programmes.decide(cast.actor("officer"), entry, approve=True)
    assert state_of(cast, "senior") == ("due", None)
    programmes.decide(cast.actor("officer_city"), entry, approve=True)
    assert state_of(cast, "senior")[0] == "deferred"


def test_a_reviewer_who_teaches_does_not_approve_their_own_leave(cast: Any) -> None:
    programmes.enrol(cast.programme, [cast.people.reviewer])
    entry = proposed(cast, "officer", "reviewer")
    with pytest.raises(Refused, match=r"people\.own_matter"):
        programmes.decide(cast.actor("reviewer"), entry, approve=True)


def test_who_is_officer_and_reviewer_in_one_still_decides_nothing_of_their_own(cast: Any) -> None:
    RoleGrant.objects.create(
        person=cast.people.officer, role="reviewer", area=cast.county_a, since=date(2026, 1, 1), reason="both"
    )
    with pytest.raises(Refused, match=r"people\.own_matter"):
        programmes.decide(cast.actor("officer"), proposed(cast, "officer"), approve=True)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reason": "near-retirement"}, "participation.reason"),
        ({"reason": "roster"}, "participation.reason"),
        ({"participation": "exempt"}, "participation.reason"),
        ({"participation": "nothing"}, "participation.reason"),
        ({"until": None}, "participation.end_missing"),
        ({"until": TODAY}, "participation.over"),
        ({"until": date(2029, 9, 1)}, "participation.beyond_programme"),
        ({"since": SOON, "until": SOON + timedelta(days=1)}, "participation.not_yet"),
    ],
)
def test_a_leave_that_cannot_be_is_refused(cast: Any, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        proposed(cast, **wrong)
    assert refused.value.code == code
    assert not ParticipationEntry.objects.exists()


def test_an_exemption_may_be_without_an_end(cast: Any) -> None:
    entry = proposed(cast, participation="exempt", reason="near-retirement", until=None)
    programmes.decide(cast.actor("officer"), entry, approve=True)
    assert state_of(cast, "senior") == ("exempt", None)


def test_one_proposal_at_a_time(cast: Any) -> None:
    proposed(cast)
    with pytest.raises(Refused, match="already_proposed"):
        proposed(cast, "officer")
    assert ParticipationEntry.objects.count() == 1


def test_a_proposal_is_decided_once(cast: Any) -> None:
    entry = proposed(cast)
    again = ParticipationEntry.objects.select_related("enrolment__programme__area").get(id=entry.id)
    programmes.decide(cast.actor("officer"), entry, approve=False)
    with pytest.raises(Refused, match="already_decided"):
        programmes.decide(cast.actor("reviewer"), again, approve=True)
    assert state_of(cast, "senior") == ("due", None)


def test_when_the_day_has_come_the_person_owes_the_training_again_and_it_is_on_record(cast: Any) -> None:
    programmes.decide(cast.actor("officer"), proposed(cast), approve=True)
    assert programmes.end_leaves(SOON - timedelta(days=1)) == 0
    assert programmes.end_leaves(SOON) == 1
    assert state_of(cast, "senior") == ("due", None)
    newest = programmes.history(cast.enrolment("senior"))[0]
    assert (newest.participation, newest.reason, newest.state) == ("due", "ended", "approved")
    assert AuditEvent.objects.get(kind="participation.ended").subject == str(cast.people.senior.id)
    assert programmes.end_leaves(SOON) == 0


def test_the_hourly_round_ends_leaves(cast: Any) -> None:
    Enrolment.objects.filter(person=cast.people.senior).update(
        participation="deferred", participation_until=TODAY
    )
    journey.keep_house()
    assert state_of(cast, "senior") == ("due", None)


def test_a_roster_sets_it_at_once_and_enters_only_what_changed(cast: Any) -> None:
    rows = {
        cast.enrolment("senior"): "exempt",
        cast.enrolment("middle"): "deferred",
        cast.enrolment("young"): "due",
    }
    assert programmes.participation_from_roster(rows, cast.actor("officer_city")) == 2
    assert state_of(cast, "senior") == ("exempt", None)
    assert state_of(cast, "middle") == ("deferred", cast.programme.ends)
    assert ParticipationEntry.objects.count() == 2
    assert set(ParticipationEntry.objects.values_list("reason", "state")) == {("roster", "approved")}


def test_what_a_roster_says_of_its_own_importer_is_decided_by_somebody_else(cast: Any) -> None:
    programmes.enrol(cast.programme, [cast.people.officer_city])
    own, other = (
        Enrolment.objects.get(person=getattr(cast.people, who)) for who in ("officer_city", "senior")
    )
    actor = cast.actor("officer_city")
    for _twice in range(2):
        programmes.participation_from_roster({own: "exempt", other: "deferred"}, actor)
    assert (state_of(cast, "officer_city")[0], state_of(cast, "senior")[0]) == ("due", "deferred")
    [entry] = ParticipationEntry.objects.filter(enrolment=own)
    assert (entry.state, entry.participation) == ("proposed", "exempt")
    with pytest.raises(Refused, match=r"people\.own_matter"):
        programmes.decide(actor, entry, approve=True)


def test_what_is_over_when_it_is_decided_is_not_approved(cast: Any) -> None:
    entry = proposed(cast)
    ParticipationEntry.objects.update(since=TODAY - timedelta(days=9), until=TODAY)
    entry.refresh_from_db()
    with pytest.raises(Refused, match="over_meanwhile"):
        programmes.decide(cast.actor("reviewer"), entry, approve=True)
    assert state_of(cast, "senior") == ("due", None)
    programmes.decide(cast.actor("reviewer"), entry, approve=False)


@pytest.mark.parametrize("who", ["officer", "reviewer", "school_office"])
def test_a_roster_of_somebody_without_the_right_sets_nothing(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        programmes.participation_from_roster({cast.enrolment("senior"): "exempt"}, cast.actor(who))
    assert state_of(cast, "senior") == ("due", None)


def test_the_trail_holds_codes_and_nobody_s_name(cast: Any) -> None:
    programmes.decide(cast.actor("officer"), proposed(cast, note="王守田病假"), approve=True)
    for event in AuditEvent.objects.filter(kind__startswith="participation."):
        assert event.subject == str(cast.people.senior.id)
        assert "王守田" not in str(event.detail)


def test_an_officer_finds_what_waits_in_the_own_area_only(cast: Any) -> None:
    entry = proposed(cast)
    for who in ("officer", "officer_city", "reviewer"):
        assert list(programmes.proposals_for(cast.actor(who))) == [entry]
    for who in ("officer_b", "school_office", "senior"):
        assert not programmes.proposals_for(cast.actor(who)).exists()
