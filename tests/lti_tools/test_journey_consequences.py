"""What follows from a decision: the ledger, the lesson tasks, the gradebooks, the award; each once, or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import one_of_each
import pytest
from django.utils import timezone

from lti_tools import consequences, jobs, journey
from lti_tools.certificates import api as certificates
from lti_tools.definitions import api as definitions
from lti_tools.identities.models import Identity
from lti_tools.launch.models import GradeTarget, SeenLaunch
from lti_tools.outbox import api as outbox
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import RoleGrant, actor_for
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.ratings.models import Case, Reading
from lti_tools.results import api as results
from lti_tools.tasks import api as tasks
from rubrics import library

PRACTICE = ("C1", "C2", "B1", "B2", "B3", "B4", "B5", "B6")


@pytest.fixture
def enrolment(cast: Any) -> Any:
    """王守田, placed in the basic tier; no lesson is drawn by lot."""
    for rubric in definitions.published("rubric"):
        ratings.ensure_round(cast.programme, rubric.hash, rules={"random_share": "0"})
    found = cast.enrolment("senior")
    programmes.place(found, skill="S1", diagnosis={})
    return found


def course(cast: Any, who: str = "senior", *, sub: str = "user-7", link: str = "link-1") -> GradeTarget:
    """A course that takes scores, opened by this person once."""
    platform = one_of_each.platform()
    Identity.objects.get_or_create(platform=platform, sub=sub, person=getattr(cast.people, who))
    target = GradeTarget.objects.create(
        platform=platform,
        deployment_id="deployment-1",
        resource_link_id=link,
        lineitem_url="https://lms.example/lineitems/1",
        scopes=["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
    )
    SeenLaunch.objects.create(target=target, sub=sub, seen_at=timezone.now())
    return target


def decided(
    cast: Any, enrolment: Any, *, attempt: int = 1, rubric: str = "basic-operation", **how: int
) -> Any:
    made = one_of_each.lesson(enrolment, attempt=attempt, rubric=rubric)
    one_of_each.decide(cast, made, rubric=rubric, **how)
    return made


def grades() -> list[tuple[str, float]]:
    rows = OutboxRow.objects.filter(kind="publish_grade").order_by("id")
    return [(row.state, row.payload["score"]["scoreGiven"]) for row in rows]


def practised(enrolment: Any) -> None:
    policy = programmes.policy(enrolment.programme)
    for task in PRACTICE:
        tasks.pass_task(enrolment, policy.task(f"task-{task}"), evidence="sign_off", note="seen")
    tasks.pass_task(enrolment, policy.task("task-D0"), evidence="diagnosis")


# The gradebook


def test_a_better_lesson_takes_the_place_of_one_still_waiting(cast: Any, enrolment: Any) -> None:
    course(cast)
    decided(cast, enrolment, level=2)
    decided(cast, enrolment, attempt=2, level=3)
    assert grades() == [("cancelled", 60.0), ("waiting", 80.0)]


def test_a_worse_lesson_changes_nothing(cast: Any, enrolment: Any) -> None:
    course(cast)
    decided(cast, enrolment, level=3)
    decided(cast, enrolment, attempt=2, level=2)
    assert grades() == [("waiting", 80.0)]


def test_a_lesson_that_passed_is_better_than_one_that_missed_a_gate_with_more_points(
    cast: Any, enrolment: Any
) -> None:
    course(cast)
    decided(cast, enrolment, level=3, BO4=1)
    decided(cast, enrolment, attempt=2, level=2)
    assert grades() == [("cancelled", 72.5), ("waiting", 60.0)]


def test_the_score_is_out_of_the_rubrics_total_and_says_by_what_it_was_judged(
    cast: Any, enrolment: Any
) -> None:
    course(cast)
    decided(cast, enrolment, level=3)
    score = OutboxRow.objects.get(kind="publish_grade").payload["score"]
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == ("user-7", 80.0, 100.0)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert score["comment"] == "基础操作公开课评分标准 v1 · 合格"
    assert "王守田" not in str(score)


def test_a_sub_as_long_as_the_standard_allows_fits(cast: Any, enrolment: Any) -> None:
    course(cast, sub="s" * 255)
    decided(cast, enrolment, level=3)
    row = OutboxRow.objects.get(kind="publish_grade")
    assert len(row.key) <= 200
    assert len(row.supersedes) <= 200
    assert row.payload["score"]["userId"] == "s" * 255


def test_two_people_of_one_link_never_share_a_line(cast: Any, enrolment: Any) -> None:
    target = course(cast)
    SeenLaunch.objects.create(target=target, sub="user-8", seen_at=timezone.now())
    Identity.objects.create(platform=target.platform, sub="user-8", person=cast.people.colleague)
    decided(cast, enrolment, level=3)
    other = cast.enrolment("colleague")
    programmes.place(other, skill="S1", diagnosis={})
    decided(cast, other, level=2)
    rows = OutboxRow.objects.filter(kind="publish_grade").order_by("id")
    found = [(row.state, row.payload["score"]["userId"], row.payload["score"]["scoreGiven"]) for row in rows]
    assert found == [("waiting", "user-7", 80.0), ("waiting", "user-8", 60.0)]


def test_a_person_who_came_from_no_course_gets_the_result_all_the_same(cast: Any, enrolment: Any) -> None:
    made = decided(cast, enrolment, level=3)
    assert grades() == []
    [entry] = results.lessons_of(enrolment.id)
    assert (entry.value["lesson"], entry.value["total"]) == (str(made.id), "80")
    assert entry.definition_hash == definitions.get("rubric", "basic-operation").hash


# The lesson tasks and the award


def test_a_lesson_that_fails_passes_no_task_and_earns_no_hours(cast: Any, enrolment: Any) -> None:
    decided(cast, enrolment, level=1)
    assert tasks.passed(enrolment) == frozenset()
    assert tasks.hours(enrolment).total == Decimal(0)


def test_the_hours_of_a_lesson_are_earned_once(cast: Any, enrolment: Any) -> None:
    decided(cast, enrolment, level=3)
    before = tasks.hours(enrolment).total
    with_same = results.lessons_of(enrolment.id)
    consequences.award_if_met(enrolment)
    consequences.award_if_met(enrolment)
    assert tasks.hours(enrolment).total == before == Decimal(6)
    assert results.lessons_of(enrolment.id) == with_same


def test_the_award_comes_with_whatever_was_missing_last(cast: Any, enrolment: Any) -> None:
    decided(cast, enrolment, level=3)
    assert certificates.of_enrolment(enrolment) is None
    policy = programmes.policy(cast.programme)
    tasks.pass_task(enrolment, policy.task("task-D0"), evidence="diagnosis")
    specialist = cast.actor("specialist")
    journey.sign_off(specialist, enrolment, [f"task-{task}" for task in PRACTICE[:-1]], note="seen")
    assert certificates.of_enrolment(enrolment) is None
    journey.sign_off(specialist, enrolment, ["task-B6"], note="seen")
    made = certificates.of_enrolment(enrolment)
    assert made is not None
    assert outbox.state_of("issue_certificate", key=str(made.id)) == "waiting"


def test_an_award_is_given_once_whatever_is_passed_afterwards(cast: Any, enrolment: Any) -> None:
    practised(enrolment)
    decided(cast, enrolment, level=3)
    first = certificates.of_enrolment(enrolment)
    decided(cast, enrolment, attempt=2, level=4)
    assert certificates.of_enrolment(enrolment) == first
    assert [entry.kind for entry in results.of_enrolment(enrolment.id)].count("award") == 1
    assert OutboxRow.objects.filter(kind="issue_certificate").count() == 1


@pytest.mark.parametrize(("level", "award"), [(2, "pass"), (3, "pass"), (4, "excellent")])
def test_the_level_of_the_certificate_follows_the_lesson(
    cast: Any, enrolment: Any, level: int, award: str
) -> None:
    practised(enrolment)
    decided(cast, enrolment, level=level)
    assert certificates.certified_level(enrolment) == award


def test_hours_school_and_tier_are_frozen_as_they_were(cast: Any, enrolment: Any) -> None:
    practised(enrolment)
    decided(cast, enrolment, level=3)
    cast.school_a.name = "改了名的村小"
    cast.school_a.save()
    made = certificates.of_enrolment(enrolment)
    assert made is not None
    evidence = certificates.public(made.number, name="王守田").evidence
    assert (evidence.school, evidence.tier.zh, evidence.hours.total) == (
        "甲县村小",
        "基础操作层",
        Decimal(26),
    )


# All or nothing


def test_when_a_consequence_breaks_the_rating_is_not_half_recorded(
    cast: Any, enrolment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = one_of_each.lesson(enrolment)
    case = ratings.open_case(made)
    first, second = Reading.objects.filter(case=case).select_related("rater").order_by("ordinal")
    for row in (first, second):
        ratings.save_draft(actor_for(row.rater, via="sign-in"), row.id, one_of_each.marks())
    journey.commit_reading(actor_for(first.rater, via="sign-in"), first.id)

    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(results, "record", broken)
        with pytest.raises(RuntimeError):
            journey.commit_reading(actor_for(second.rater, via="sign-in"), second.id)
    second.refresh_from_db()
    case.refresh_from_db()
    assert (second.state, case.state) == ("open", "rating")
    assert results.lessons_of(enrolment.id) == []

    # The rater presses the button again and everything follows.
    journey.commit_reading(actor_for(second.rater, via="sign-in"), second.id)
    assert len(results.lessons_of(enrolment.id)) == 1


# Raters who are missing


def test_a_lesson_waits_while_there_are_too_few_raters_and_goes_on_when_one_is_appointed(
    cast: Any, enrolment: Any
) -> None:
    RoleGrant.objects.filter(role="rater").exclude(person=cast.people.rater1).delete()
    practised(enrolment)
    made = one_of_each.lesson(enrolment)
    outbox.put("open_case", key=str(made.id), payload={"lesson": str(made.id)})
    outbox.work(jobs.HANDLERS)
    [row] = OutboxRow.objects.filter(kind="open_case")
    assert (row.state, row.error_code) == ("waiting", "ratings.too_few_raters")
    assert not Case.objects.exists()

    appoint(cast, "rater2")
    OutboxRow.objects.update(not_before=timezone.now())
    outbox.work(jobs.HANDLERS)
    assert Reading.objects.filter(case__lesson=made).count() == 2


def test_a_third_rater_who_is_missing_is_called_when_one_is_appointed(cast: Any, enrolment: Any) -> None:
    RoleGrant.objects.filter(role="rater").exclude(
        person__in=[cast.people.rater1, cast.people.rater2]
    ).delete()
    made = one_of_each.lesson(enrolment)
    case = ratings.open_case(made)
    rows = Reading.objects.filter(case=case).select_related("rater").order_by("ordinal")
    for row, how in zip(rows, ({}, {"BO2": 1}), strict=True):
        actor = actor_for(row.rater, via="sign-in")
        ratings.save_draft(actor, row.id, one_of_each.marks(**how))
        journey.commit_reading(actor, row.id)
    outbox.work(jobs.HANDLERS)
    assert outbox.state_of("call_third", key=str(case.id)) == "waiting"

    appoint(cast, "rater3")
    OutboxRow.objects.update(not_before=timezone.now())
    outbox.work(jobs.HANDLERS)
    assert outbox.state_of("call_third", key=str(case.id)) == "done"
    third = Reading.objects.get(case=case, ordinal=3)
    assert third.rater == cast.people.rater3


def appoint(cast: Any, who: str) -> None:
    RoleGrant.objects.create(
        person=getattr(cast.people, who), role="rater", area=cast.city, since="2026-01-01", reason="appointed"
    )


def test_the_same_case_ordered_twice_calls_two_raters_once(cast: Any, enrolment: Any) -> None:
    made = one_of_each.lesson(enrolment)
    row = outbox.Row(id=1, kind="open_case", key="k", payload={"lesson": str(made.id)}, attempts=0)
    journey.open_case(row)
    journey.open_case(row)
    assert Reading.objects.filter(case__lesson=made).count() == 2


def test_a_ready_lesson_that_nobody_was_called_for_is_found_within_the_hour(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    waiting, judged = object(), object()
    monkeypatch.setattr(journey.lessons, "ready", lambda: [waiting, judged])
    monkeypatch.setattr(journey.ratings, "state_of", lambda lesson: "rating" if lesson is judged else None)
    monkeypatch.setattr(journey, "_call_raters", called.append)
    journey.keep_house()
    assert called == [waiting]


def test_where_the_rules_keep_the_last_attempt_a_better_one_before_it_fills_no_slot(
    cast: Any, enrolment: Any
) -> None:
    decided(cast, enrolment, level=3)
    decided(cast, enrolment, attempt=2, level=1)
    assert lessons_missing(enrolment) == 0
    shipped = next(one for one in library.packaged() if one.path.endswith("award-rules-default/v2.toml"))
    text = shipped.text.replace('keep = "best"', 'keep = "last"').replace("version = 2", "version = 3")
    [own] = definitions.publish({"own": text}, by="bureau")
    enrolment.programme.award_rules_hash = own.hash
    assert lessons_missing(enrolment) == 1


def lessons_missing(enrolment: Any) -> int:
    award = certificates.award(enrolment)
    assert award is not None
    return sum(reason.code == "award.lesson_missing" for reason in award.missing)
