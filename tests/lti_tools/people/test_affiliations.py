"""Where somebody works and as what: one affiliation after the other, every change from a day and with a reason."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lti_tools.audit.models import AuditEvent
from lti_tools.errors import Denied, Refused
from lti_tools.office import people as office
from lti_tools.people import api as people
from lti_tools.people.models import Affiliation

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = date(2026, 9, 1)
BEGAN = date(2020, 9, 1)


def timeline(cast: Any, name: str = "senior") -> list[tuple[str, date, date | None, str]]:
    rows = people.affiliations_of(getattr(cast.people, name))
    return [(row.school.name, row.since, row.until, row.left) for row in rows]


def change(cast: Any, who: str = "officer", **facts: Any) -> Affiliation:
    return office.change_facts(
        cast.actor(who), cast.people.senior.id, day=DAY, reason="评聘文件", facts=facts
    )


def move(cast: Any, school: Any, *, who: str = "officer", day: date = DAY) -> Affiliation:
    return office.transfer(
        cast.actor(who),
        cast.people.senior.id,
        school,
        day=day,
        reason="调令",
        facts={"staff_status": "active"},
    )


def let_go(cast: Any, *, who: str = "officer", day: date = DAY, left: str = "retired") -> Affiliation:
    return office.mark_left(cast.actor(who), cast.people.senior.id, day=day, left=left, reason="到龄")


def test_a_change_begins_on_its_day_and_leaves_what_was_before_as_it_was(cast: Any) -> None:
    change(cast, title="senior", title_date="2026-08", post_level=7)
    before, after = people.affiliations_of(cast.people.senior)
    assert (before.title, before.until, before.left) == ("grade-1", DAY, "changed")
    assert (after.title, after.title_date, after.post_level, after.since) == ("senior", "2026-08", 7, DAY)
    assert (after.school, after.subjects, after.stage) == (before.school, ["语文"], "primary")
    assert people.present_affiliation(cast.people.senior) == after


def test_on_its_first_day_the_present_affiliation_is_corrected_in_place(cast: Any) -> None:
    office.change_facts(
        cast.actor("officer"), cast.people.senior.id, day=BEGAN, reason="更正", facts={"title": "grade-2"}
    )
    assert [row.title for row in people.affiliations_of(cast.people.senior)] == ["grade-2"]


def test_the_same_facts_again_change_nothing_and_leave_no_event(cast: Any) -> None:
    change(cast, title="grade-1", subjects=["语文"])
    assert len(timeline(cast)) == 1
    assert not AuditEvent.objects.filter(kind="person.changed").exists()


def test_the_trail_names_the_fields_and_not_the_values(cast: Any) -> None:
    change(cast, title="senior", personnel_unit="甲县教研室")
    event = AuditEvent.objects.get(kind="person.changed")
    assert event.subject == str(cast.people.senior.id)
    assert event.detail == {"fields": "title personnel_unit"}


@pytest.mark.parametrize("day", [BEGAN - timedelta(days=1), TODAY + timedelta(days=1)])
def test_a_day_before_the_present_affiliation_or_in_the_future_is_refused(cast: Any, day: date) -> None:
    with pytest.raises(Refused, match=r"affiliation\.day"):
        office.change_facts(
            cast.actor("officer"), cast.people.senior.id, day=day, reason="x", facts={"title": "senior"}
        )
    with pytest.raises(Refused, match=r"affiliation\.day"):
        move(cast, cast.school_a2, day=day)
    with pytest.raises(Refused, match=r"affiliation\.day"):
        let_go(cast, day=day)
    assert timeline(cast) == [("甲县村小", BEGAN, None, "")]


def test_a_transfer_ends_one_school_and_begins_the_other_on_the_same_day(cast: Any) -> None:
    move(cast, cast.school_a2)
    assert timeline(cast) == [
        ("甲县村小", BEGAN, DAY, "transferred"),
        ("甲县中心小学", DAY, None, ""),
    ]
    assert people.present_affiliation(cast.people.senior).title == "grade-1"


def test_what_a_roster_of_today_got_wrong_is_put_right_today(cast: Any) -> None:
    """The wrong school held no day, so no report of any day shows it; the card does."""
    person = cast.people.senior
    person.affiliations.update(since=TODAY)
    move(cast, cast.school_a2, day=TODAY)
    assert timeline(cast) == [("甲县村小", TODAY, TODAY, "transferred"), ("甲县中心小学", TODAY, None, "")]
    assert [row.school for row in people.affiliations_on(TODAY).filter(person=person)] == [cast.school_a2]
    let_go(cast, day=TODAY)
    assert not people.affiliations_on(TODAY).filter(person=person).exists()
    assert person in people.find_people(cast.actor("officer"), "person.see", status="gone")


def test_the_other_bureau_takes_a_person_over_by_its_own_roster(cast: Any) -> None:
    with pytest.raises(Refused) as refused:
        move(cast, cast.school_b)
    assert refused.value.code == "person.other_bureau"
    assert len(timeline(cast)) == 1
    move(cast, cast.school_b, who="officer_city")
    assert timeline(cast)[-1][0] == "乙县中学"


def test_nobody_goes_to_the_same_or_to_a_closed_school(cast: Any) -> None:
    with pytest.raises(Refused, match="same_school"):
        move(cast, cast.school_a)
    cast.school_a2.closed_on = DAY
    cast.school_a2.save()
    for day in (DAY, DAY - timedelta(days=1)):  # what began before its end would go on after it
        with pytest.raises(Refused, match="school_closed"):
            move(cast, cast.school_a2, day=day)


def test_who_left_is_still_there_for_the_bureau_that_had_them_and_can_be_taken_back(cast: Any) -> None:
    let_go(cast)
    person = cast.people.senior
    assert people.present_affiliation(person) is None
    found = people.find_people(cast.actor("officer"), "person.see", status="gone")
    assert list(found) == [person]
    assert not people.find_people(cast.actor("officer_b"), "person.see", status="gone").exists()
    assert person not in people.find_people(cast.actor("officer"), "person.see")
    office.take_back(
        cast.actor("officer"),
        person.id,
        cast.school_a2,
        day=TODAY,
        reason="返聘",
        facts={"employment": "silver"},
    )
    assert timeline(cast)[-1] == ("甲县中心小学", TODAY, None, "")
    assert people.present_affiliation(person).employment == "silver"


def test_nobody_comes_back_before_they_left_or_while_they_are_there(cast: Any) -> None:
    back = {"day": DAY - timedelta(days=1), "reason": "x", "facts": {}}
    with pytest.raises(Refused, match=r"affiliation\.present"):
        office.take_back(cast.actor("officer"), cast.people.senior.id, cast.school_a, **back)
    let_go(cast)
    with pytest.raises(Refused, match="day_too_early"):
        office.take_back(cast.actor("officer"), cast.people.senior.id, cast.school_a, **back)
    with pytest.raises(Refused, match=r"affiliation\.none"):
        let_go(cast)


def test_why_somebody_left_is_one_of_the_known_reasons(cast: Any) -> None:
    for left in ("transferred", "changed", "tired", ""):
        with pytest.raises(Refused, match="left_unknown"):
            let_go(cast, left=left)


@pytest.mark.parametrize(
    "who",
    [
        "nobody",
        "senior",
        "colleague",
        "school_office",
        "specialist",
        "officer_b",
        "reviewer",
        "administrator",
    ],
)
def test_nobody_else_changes_anything_about_a_person(cast: Any, who: str) -> None:
    for attempt in (
        lambda: change(cast, who, title="senior"),
        lambda: move(cast, cast.school_a2, who=who),
        lambda: let_go(cast, who=who),
    ):
        with pytest.raises(Denied):
            attempt()
    assert len(timeline(cast)) == 1


def test_nobody_changes_what_is_on_record_about_themselves(cast: Any) -> None:
    Affiliation.objects.create(person=cast.people.officer, school=cast.school_a, since=BEGAN)
    with pytest.raises(Denied):
        office.change_facts(
            cast.actor("officer"), cast.people.officer.id, day=DAY, reason="x", facts={"title": "professor"}
        )


def test_there_are_never_two_affiliations_at_once(cast: Any) -> None:
    change(cast, title="senior")
    move(cast, cast.school_a2, day=date(2026, 9, 15))
    let_go(cast, day=date(2026, 10, 1), left="left")
    office.take_back(
        cast.actor("officer"),
        cast.people.senior.id,
        cast.school_a,
        day=date(2026, 10, 8),
        reason="x",
        facts={},
    )
    rows = timeline(cast)
    assert [row[2] for row in rows] == [DAY, date(2026, 9, 15), date(2026, 10, 1), None]
    assert all(before[2] <= after[1] for before, after in itertools.pairwise(rows))


def test_people_are_found_by_name_number_school_and_status(cast: Any) -> None:
    change(cast, staff_status="sick-leave")
    officer = cast.actor("officer")

    def names(**by: str) -> set[str]:
        return {person.name for person in people.find_people(officer, "person.see", **by)}

    assert names(text="守田") == names(text="T001") == names(status="sick-leave") == {"王守田"}
    assert "李慧敏" in names(school="甲县中心小学")
    assert "李慧敏" in names(school="2199012102")
    assert "王守田" not in names(school="2199012102")
    assert "赵外县" not in names()
    assert names(text="赵外县") == set()


def test_two_people_of_one_decision_are_different_people(cast: Any) -> None:
    actor = cast.actor("reviewer")
    with pytest.raises(Refused, match="own_matter"):
        people.require_other(actor, None, actor.person_id)
    people.require_other(actor, cast.people.officer.id, None)
    assert not people.is_other(people.ANONYMOUS)
