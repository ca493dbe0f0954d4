"""A programme closes: it takes nothing new, keeps what was, and hands on what is unfinished."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import one_of_each
import pytest
from django.utils import timezone

from lti_tools import consequences, jobs, journey
from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.errors import Denied, Refused
from lti_tools.office import programmes as office
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Affiliation, Person
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Enrolment, Programme
from lti_tools.ratings import api as ratings
from lti_tools.reporting.models import ReportRun
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks
from lti_tools.tasks.models import HoursEntry

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
LATER = TODAY + timedelta(days=90)


def opened(area: Any, title: str = "下一个项目", **other: Any) -> Programme:
    terms = {"starts": date(2026, 9, 1), "ends": date(2029, 8, 31), "reference_date": date(2026, 9, 1)}
    return programmes.open_programme(area, title=title, opened_by=None, **(terms | other))


def close(cast: Any, rule: str = "nothing", successor: Programme | None = None) -> None:
    office.close(
        cast.actor("officer_city"), cast.programme, carry_over=rule, successor=successor, reason="期满"
    )


def work() -> None:
    outbox.work({"carry_over": office.carry_over})


def in_(programme: Programme, name: str, cast: Any) -> Enrolment:
    return Enrolment.objects.get(programme=programme, person=getattr(cast.people, name))


@pytest.fixture
def practised(cast: Any) -> Enrolment:
    """王守田 is placed and has two tasks signed off."""
    enrolment = cast.enrolment("senior")
    programmes.place(enrolment, skill="S1", diagnosis={"reasons": [], "flags": []})
    journey.sign_off(cast.actor("specialist"), enrolment, ["task-B1", "task-B2"], note="在教室看过")
    return enrolment


def test_a_closed_programme_takes_nothing_new(cast: Any, practised: Enrolment) -> None:
    close(cast)
    enrolment = Enrolment.objects.select_related("programme__area", "person").get(id=practised.id)
    lesson = one_of_each.lesson(enrolment)
    row = outbox.Row(id=1, kind="open_case", key="x", payload={"lesson": str(lesson.id)}, attempts=0)
    tries: list[Callable[[], object]] = [
        lambda: journey.diagnose(cast.actor("senior"), enrolment, {}, seconds={}),
        lambda: journey.sign_off(cast.actor("specialist"), enrolment, ["task-B3"], note="在教室看过"),
        lambda: journey.submit_lesson(
            cast.actor("senior"),
            enrolment,
            title="课",
            subject="语文",
            stage="primary",
            rubric_hash="",
            upload_id=uuid.uuid4(),
            consent=True,
        ),
        lambda: journey.open_case(row),
        lambda: programmes.propose(
            cast.actor("officer"),
            enrolment,
            participation="deferred",
            reason="leave",
            since=TODAY,
            until=LATER,
        ),
        lambda: programmes.open_batch(
            enrolment.programme, title="一", starts=date(2026, 9, 1), ends=date(2026, 9, 2)
        ),
    ]
    for number, attempt in enumerate(tries):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "programme.closed", number
    assert tasks.passed(enrolment) == {"task-B1", "task-B2"}


def test_a_lesson_that_waits_in_a_closed_programme_calls_no_raters(cast: Any, practised: Enrolment) -> None:
    close(cast)
    made = one_of_each.lesson(practised)
    journey.keep_house()
    assert ratings.state_of(made) is None
    assert not OutboxRow.objects.filter(kind="open_case").exists()


def test_reports_and_certificates_of_a_closed_programme_stay(cast: Any, each: Any) -> None:
    close(cast)
    found = certificates.public(each.certificate.number, name="王守田")
    assert found is not None
    assert found.status == "valid"
    run = journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_a)
    assert run.total == 4


@pytest.mark.parametrize("who", ["nobody", "senior", "officer", "officer_b", "reviewer", "administrator"])
def test_nobody_else_closes_it(cast: Any, who: str) -> None:
    with pytest.raises(Denied):
        office.close(cast.actor(who), cast.programme, carry_over="nothing", successor=None, reason="x")
    with pytest.raises(Denied):
        office.preview_closing(cast.actor(who), cast.programme)


def test_it_is_closed_once(cast: Any) -> None:
    close(cast)
    with pytest.raises(Refused, match=r"programme\.closed"):
        close(cast)


def test_a_successor_is_running_open_and_of_the_same_area_or_above(cast: Any) -> None:
    over = opened(cast.city, "已结束", starts=date(2025, 9, 1), ends=date(2026, 8, 31))
    below = opened(cast.county_a, "下级的")
    for wrong in (None, cast.programme, over, below):
        with pytest.raises(Refused, match=r"programme\.successor"):
            close(cast, "people", wrong)
    assert Programme.objects.get(id=cast.programme.id).closed_at is None
    close(cast, "people", opened(cast.city))


def test_the_preview_says_what_each_rule_would_do(cast: Any, practised: Enrolment) -> None:
    Enrolment.objects.filter(person=cast.people.young).update(
        participation="deferred", participation_until=LATER
    )
    Enrolment.objects.filter(person=cast.people.middle).update(
        participation="exempt", participation_until=TODAY
    )
    one_of_each.certificate(cast.enrolment("colleague"))
    seen = office.preview_closing(cast.actor("officer_city"), cast.programme)
    assert (seen.done, seen.left.due, seen.left.deferred, seen.left.exempt, seen.tasks) == (1, 3, 1, 0, 2)


def test_people_are_carried_over_to_begin_anew(cast: Any, practised: Enrolment) -> None:
    one_of_each.certificate(cast.enrolment("colleague"))
    following = opened(cast.city)
    close(cast, "people", following)
    work()
    carried = Enrolment.objects.filter(programme=following)
    names = set(carried.values_list("person__name", flat=True))
    assert names == {"王守田", "李慧敏", "马晓雨", "赵外县"}
    new = in_(following, "senior", cast)
    assert new.carried_from == practised
    assert tasks.passed(new) == frozenset()
    assert new.tier == ""
    assert cast.enrolment("senior") == new


def test_passed_tasks_are_carried_with_their_hours_and_counted_once(cast: Any, practised: Enrolment) -> None:
    HoursEntry.objects.filter(enrolment=practised).update(year=2025)
    before = tasks.hours(practised)
    following = opened(cast.city)
    close(cast, "passed", following)
    work()
    new = in_(following, "senior", cast)
    assert tasks.passed(new) == {"task-B1", "task-B2"}
    assert {each.evidence for each in tasks.passed_tasks(new).values()} == {"carried"}
    assert tasks.hours(new) == tasks.hours(practised) == before
    assert set(tasks.hours_by_year(new)) == {2025}
    assert tasks.hours_of_person(cast.people.senior.id) == {2025: before}
    assert new.tier == practised.tier
    assert results.find(f"task:{new.id}:task-B1") is not None


def test_carrying_over_twice_adds_nothing(cast: Any, practised: Enrolment) -> None:
    following = opened(cast.city)
    close(cast, "passed", following)
    work()
    row = outbox.Row(
        id=1, kind="carry_over", key="x", payload={"programme": str(cast.programme.id)}, attempts=0
    )
    entries = HoursEntry.objects.count()
    assert office.carry_over(row) is None
    assert HoursEntry.objects.count() == entries
    assert Enrolment.objects.filter(programme=following).count() == 5


def test_who_was_in_the_next_programme_before_brings_what_was_passed_since(
    cast: Any, practised: Enrolment
) -> None:
    """Enrolled there by its own roster; then something more was signed off in the old one."""
    following = opened(cast.city)
    programmes.enrol(following, [cast.people.senior])
    close(cast, "passed", following)
    work()
    new = in_(following, "senior", cast)
    assert (new.carried_from, tasks.passed(new)) == (practised, {"task-B1", "task-B2"})
    total = sum((hours.total for hours in tasks.hours_of_person(new.person_id).values()), Decimal(0))
    assert total == Decimal(5)


def test_many_people_are_carried_over_in_steps(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "STEP", 2)
    following = opened(cast.city)
    close(cast, "people", following)
    payload: dict[str, object] = {"programme": str(cast.programme.id)}
    steps = 0
    while payload:
        again = office.carry_over(outbox.Row(1, "carry_over", "x", payload, 0))
        payload, steps = (again.payload if again else {}), steps + 1
    assert Enrolment.objects.filter(programme=following).count() == 5
    assert steps == 3


def test_a_leave_and_an_exemption_go_with_the_person_to_their_own_end(cast: Any) -> None:
    rows = Enrolment.objects.filter(programme=cast.programme)
    rows.filter(person=cast.people.senior).update(participation="exempt", participation_until=None)
    rows.filter(person=cast.people.middle).update(participation="deferred", participation_until=LATER)
    rows.filter(person=cast.people.young).update(participation="exempt", participation_until=TODAY)
    following = opened(cast.city)
    close(cast, "people", following)
    work()
    found = {row.person.name: row for row in Enrolment.objects.filter(programme=following)}
    assert (found["王守田"].participation, found["王守田"].participation_until) == ("exempt", None)
    assert (found["李慧敏"].participation, found["李慧敏"].participation_until) == ("deferred", LATER)
    assert (found["马晓雨"].participation, found["马晓雨"].participation_until) == ("due", None), "over today"
    assert programmes.history(cast.enrolment("young").carried_from)[0].reason == "ended"
    assert programmes.history(found["李慧敏"])[0].reason == "carried"


def test_what_was_missing_by_the_old_rules_only_makes_the_certificate_in_the_new(
    cast: Any, practised: Enrolment
) -> None:
    """A lesson that passed and the tasks are seen by the certificate rules of the programme that follows."""
    lesson_of(cast, practised)
    following = opened(cast.city)
    close(cast, "passed", following)
    work()
    new = in_(following, "senior", cast)
    old_award, new_award = certificates.award(practised), certificates.award(new)
    assert old_award is not None
    assert new_award is not None
    assert new_award.missing == old_award.missing
    assert [lesson.total for lesson in certificates.lessons(new)] == [
        lesson.total for lesson in certificates.lessons(practised)
    ]


def lesson_of(cast: Any, enrolment: Enrolment) -> None:
    policy = programmes.policy(enrolment.programme)
    rubric = policy.tier(enrolment.tier).lesson_rubrics[0][0]
    ratings.ensure_round(
        enrolment.programme, definitions.get("rubric", rubric).hash, rules={"random_share": "0"}
    )
    made = one_of_each.lesson(enrolment, rubric=rubric)
    one_of_each.decide(cast, made, rubric=rubric, pool=[cast.people.rater2, cast.people.rater3])


def test_a_lesson_decided_after_closing_counts_where_the_person_is_now(
    cast: Any, practised: Enrolment
) -> None:
    rubric = one_of_each.RUBRIC
    ratings.ensure_round(cast.programme, definitions.get("rubric", rubric).hash, rules={"random_share": "0"})
    made = one_of_each.lesson(practised)
    pool = [cast.people.rater2, cast.people.rater3]
    ratings.open_case(made, raters_pool=pool)
    following = opened(cast.city)
    close(cast, "passed", following)
    work()
    one_of_each.decide(cast, made, pool=pool)
    assert certificates.lessons(in_(following, "senior", cast))


# Somebody goes to another area --------------------------------------------------------------------------------


@pytest.fixture
def moved(cast: Any, practised: Enrolment) -> Enrolment:
    """From county A to county B, whose own programme enrols the person; a report of A was frozen before."""
    journey.request_report(cast.actor("officer"), programme=cast.programme, area=cast.county_a)
    person = cast.people.senior
    Affiliation.objects.filter(person=person).update(until=TODAY)
    Affiliation.objects.create(person=person, school=cast.school_b, since=TODAY)
    of_b = opened(cast.county_b, "乙县项目")
    # A roster knows its people by their id only.
    assert consequences.enrol(of_b, [Person(id=person.id)]) == 1
    return in_(of_b, "senior", cast)


def test_hours_follow_a_person_who_transfers(cast: Any, practised: Enrolment, moved: Enrolment) -> None:
    assert tasks.passed(moved) == tasks.passed(practised) == {"task-B1", "task-B2"}
    assert tasks.hours(moved).total == Decimal(5)
    assert moved.tier == practised.tier
    total = sum((hours.total for hours in tasks.hours_of_person(moved.person_id).values()), Decimal(0))
    assert total == Decimal(5)
    assert cast.enrolment("senior") == moved


def test_the_old_unit_keeps_what_was_frozen_while_it_was_theirs(
    cast: Any, practised: Enrolment, moved: Enrolment
) -> None:
    run = ReportRun.objects.get()
    assert "王守田" in run.snapshot
    kept = {field.name: getattr(run, field.attname) for field in ReportRun._meta.fields}
    programmes.place(moved, skill="S2", diagnosis={})
    journey.sign_off(cast.actor("specialist_elsewhere"), moved, ["task-B3"], note="在乙县看过")
    run.refresh_from_db()
    assert {field.name: getattr(run, field.attname) for field in ReportRun._meta.fields} == kept
    assert tasks.passed(practised) == {"task-B1", "task-B2"}


def test_whoever_has_the_certificate_brings_nothing_unfinished(cast: Any, practised: Enrolment) -> None:
    one_of_each.certificate(practised)
    of_a = opened(cast.county_a, "甲县项目")
    consequences.enrol(of_a, [cast.people.senior])
    assert in_(of_a, "senior", cast).carried_from is None
    assert tasks.passed(in_(of_a, "senior", cast)) == frozenset()


def test_what_is_due_twice_a_month_is_enrolled_once(cast: Any, moved: Enrolment) -> None:
    assert consequences.enrol(moved.programme, [cast.people.senior]) == 0


def test_the_worker_knows_how_to_carry_over() -> None:
    assert jobs.HANDLERS["carry_over"] is office.carry_over


def test_a_month_of_birth_that_cannot_be_is_refused_with_words(cast: Any) -> None:
    person = cast.people.senior
    for month in ("2026-10", "1980-13"):
        person.birth_month = month
        person.save()
        with pytest.raises(Refused, match="birth_month_impossible"):
            programmes.place(cast.enrolment("senior"), skill="S1", diagnosis={})
    assert cast.enrolment("senior").tier == ""
