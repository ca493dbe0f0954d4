"""What has had its time goes, and nothing else does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import one_of_each
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.certificates.models import Certificate
from lti_tools.errors import ShijieError
from lti_tools.identities.models import Identity, Slip
from lti_tools.lessons.models import Rendition, Take
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Affiliation, Person, RoleGrant
from lti_tools.privacy import api as privacy
from lti_tools.privacy import rules as reading
from lti_tools.privacy.models import Correction
from lti_tools.programmes.api import Programme
from lti_tools.results import api as results
from lti_tools.rosters.models import RosterImport, RosterRow

NOW = timezone.make_aware(datetime(2026, 11, 20, 3, 0))


def counted(**expected: int) -> dict[str, int]:
    """The counts of a run, by class: what was not named is nought."""
    return {rule.code: expected.get(rule.code, 0) for rule in privacy.rules() if rule.code in TAKEN_BY_US}


TAKEN_BY_US = {
    "accounts_waiting",
    "accounts_rejected",
    "rosters_undecided",
    "roster_errors",
    "recordings",
    "slips",
    "corrections",
    "outbox",
    "left_without_result",
}


def old(model: Any, row: Any, **times: Any) -> Any:
    model.objects.filter(pk=row.pk).update(**times)
    return row


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
def platform(db: None) -> Any:
    return one_of_each.platform()


def account(platform: Any, sub: str, **more: Any) -> Identity:
    return Identity.objects.create(platform=platform, sub=sub, claimed_name="某人", **more)


def test_an_account_nobody_claimed_goes_after_its_days_and_not_before(cast: Any, platform: Any) -> None:
    old(Identity, account(platform, "late"), seen_at=ago(181))
    old(Identity, account(platform, "still"), seen_at=ago(179))
    old(Identity, account(platform, "linked", person=cast.people.senior), seen_at=ago(900))
    assert privacy.run(NOW) == counted(accounts_waiting=1)
    assert set(Identity.objects.values_list("sub", flat=True)) == {"still", "linked"}


def test_an_account_that_a_result_names_is_not_lost(cast: Any, platform: Any) -> None:
    split = old(Identity, account(platform, "split"), seen_at=ago(900))
    lesson = one_of_each.lesson(cast.enrolment("senior"))
    type(lesson).objects.filter(id=lesson.id).update(identity=split)
    assert privacy.run(NOW)["accounts_waiting"] == 0
    assert Identity.objects.filter(id=split.id).exists()


def test_a_rejected_account_goes_after_a_month(db: None, platform: Any) -> None:
    account(platform, "late", rejected_at=ago(31))
    account(platform, "still", rejected_at=ago(29))
    assert privacy.run(NOW)["accounts_rejected"] == 1
    assert list(Identity.objects.values_list("sub", flat=True)) == ["still"]


def _roster(cast: Any, state: str, days: int) -> RosterImport:
    made = RosterImport.objects.create(
        area=cast.city,
        programme=cast.programme,
        uploaded_by=cast.people.officer_city,
        file_name="名册.xlsx",
        file_digest="0" * 64,
        stored=default_storage.save("rosters/a.xlsx", ContentFile(b"PK")),
        state=state,
    )
    RosterRow.objects.create(roster=made, number=2, kind="new", cells={"name": "某人"})
    return old(RosterImport, made, created_at=ago(days))


def test_a_roster_nobody_decided_is_put_aside_with_its_file(cast: Any) -> None:
    late, still = _roster(cast, "checked", 31), _roster(cast, "checked", 29)
    applied = _roster(cast, "applied", 400)
    assert privacy.run(NOW)["rosters_undecided"] == 1
    gone = RosterImport.objects.get(id=late.id)
    assert (gone.state, gone.stored, gone.staged.count()) == ("discarded", "", 0)
    assert not default_storage.exists(late.stored)
    assert default_storage.exists(still.stored)
    assert still.staged.count() == 1
    assert default_storage.exists(applied.stored)


def test_wrong_rows_of_a_roster_that_was_taken_over_are_not_kept_for_ever(cast: Any) -> None:
    late, still = _roster(cast, "applied", 200), _roster(cast, "applied", 200)
    old(RosterImport, late, applied_at=ago(91))
    old(RosterImport, still, applied_at=ago(89))
    assert privacy.run(NOW)["roster_errors"] == 1
    assert (late.staged.count(), still.staged.count()) == (0, 1)


def test_the_video_goes_two_years_after_the_programme_and_the_scores_stay(cast: Any) -> None:
    each = one_of_each.make(cast)
    take = Take.objects.get(lesson=each.decided)
    paths = [default_storage.path(row.path) for row in take.renditions.all()]
    before = [entry.value for entry in results.of_enrolment(each.enrolment.id)]
    Programme.objects.update(starts=date(2021, 9, 1), ends=date(2024, 11, 21))
    assert privacy.run(NOW)["recordings"] == 0
    Programme.objects.update(ends=date(2024, 11, 19))
    assert privacy.run(NOW)["recordings"] == 2
    assert not Rendition.objects.exists()
    assert not any(Path(path).exists() for path in paths)
    assert [entry.value for entry in results.of_enrolment(each.enrolment.id)] == before
    assert privacy.run(NOW)["recordings"] == 0


def test_dead_slips_go_with_the_telephones_that_scanned_them(cast: Any) -> None:
    officer, people = cast.people.officer, cast.people
    facts = {"issued_by": officer, "expires_at": NOW + timedelta(days=30)}
    late = Slip.objects.create(person=people.senior, secret_hash="a", revoked_at=ago(91), **facts)
    late.scans.create(device_hash="d")
    Slip.objects.create(person=people.senior, secret_hash="b", **facts)
    ended = {"issued_by": officer, "expires_at": ago(91)}
    Slip.objects.create(person=people.colleague, secret_hash="c", **ended)
    assert privacy.run(NOW)["slips"] == 2
    assert list(Slip.objects.values_list("secret_hash", flat=True)) == ["b"]


def test_a_decided_correction_keeps_field_and_day_only(cast: Any) -> None:
    def asked(field: str, **more: Any) -> Correction:
        facts = {"held": "旧", "wanted": "新", "reason": "因为"}
        return Correction.objects.create(person=cast.people.senior, field=field, **facts, **more)

    late = asked("name", state="approved", decided_at=ago(1096), answer="好")
    still = asked("title", state="declined", decided_at=ago(1094), answer="不")
    waiting = old(Correction, asked("subjects"), asked_at=ago(2000))
    assert privacy.run(NOW)["corrections"] == 1
    late.refresh_from_db()
    assert (late.field, late.held, late.wanted, late.reason, late.answer) == ("name", "", "", "", "")
    for row in (still, waiting):
        row.refresh_from_db()
        assert row.wanted == "新"
    assert privacy.run(NOW)["corrections"] == 0


def test_what_was_sent_is_forgotten_and_what_waits_is_not(db: None) -> None:
    def row(key: str, state: str, done: datetime | None) -> OutboxRow:
        facts = {"payload": {"score": 1}, "state": state, "done_at": done, "not_before": NOW}
        return OutboxRow.objects.create(kind="publish_grade", key=key, **facts)

    late, still = row("late", "done", ago(91)), row("still", "done", ago(89))
    waiting, failed = row("waiting", "waiting", None), row("failed", "failed", None)
    assert privacy.run(NOW)["outbox"] == 1
    left = {one.key: one.payload for one in OutboxRow.objects.all()}
    assert left[late.key] == {}
    assert all(left[one.key] for one in (still, waiting, failed))


def _leaver(cast: Any, name: str, days: int) -> Person:
    person = Person.objects.create(name=name, staff_no=f"L-{name}")
    day = NOW.date() - timedelta(days=days)
    Affiliation.objects.create(person=person, school=cast.school_a, since=date(2015, 9, 1), until=day)
    return person


def test_whoever_left_without_a_result_is_erased_and_nobody_else(cast: Any) -> None:
    gone, recent = _leaver(cast, "早走", 1097), _leaver(cast, "新走", 1090)
    returned = _leaver(cast, "又来", 2000)
    Affiliation.objects.create(person=returned, school=cast.school_b, since=date(2026, 9, 1))
    staff = _leaver(cast, "当过干部", 2000)
    RoleGrant.objects.create(person=staff, role="rater", since=date(2016, 1, 1), until=date(2016, 2, 1))
    proven = cast.people.senior
    one_of_each.make(cast)
    Affiliation.objects.filter(person=proven).update(until=date(2020, 10, 1))
    assert privacy.run(NOW)["left_without_result"] == 1
    gone.refresh_from_db()
    assert gone.erased_at
    assert (gone.name, gone.staff_no) == ("", "")
    assert not gone.affiliations.exists()
    for person in (recent, returned, staff, proven):
        person.refresh_from_db()
        assert person.name
        assert not person.erased_at
    assert Certificate.objects.get(person=proven).paper
    assert audit.verify() is None


def test_a_dry_run_counts_the_same_and_changes_nothing(cast: Any, platform: Any) -> None:
    old(Identity, account(platform, "late"), seen_at=ago(181))
    roster = _roster(cast, "checked", 31)
    expected = counted(accounts_waiting=1, rosters_undecided=1)
    assert privacy.run(NOW, dry_run=True) == expected
    assert {due.rule.code: due.count for due in privacy.due(NOW) if due.count is not None} == expected
    assert Identity.objects.count() == 1
    assert default_storage.exists(roster.stored)
    assert privacy.last_run() is None
    assert privacy.run(NOW) == expected
    assert audit.last_of("retention.run").detail == expected  # type: ignore[union-attr]


def test_the_housekeeping_runs_the_rules_once_a_day(db: None) -> None:
    journey.keep_house()
    journey.keep_house()
    assert len(audit.events_of("retention.run")) == 1


def test_the_command_prints_every_class_and_touches_nothing_when_dry(db: None, platform: Any) -> None:
    old(Identity, account(platform, "late"), seen_at=timezone.now() - timedelta(days=200))
    out = StringIO()
    call_command("retention", "--dry-run", stdout=out)
    printed = out.getvalue()
    assert all(rule.code in printed for rule in privacy.rules())
    assert Identity.objects.count() == 1
    call_command("retention", stdout=out)
    assert Identity.objects.count() == 0


def test_every_rule_is_carried_out_by_somebody_or_kept_for_a_reason() -> None:
    ours = {rule.code for rule in privacy.rules() if rule.days is not None}
    elsewhere = {"sessions", "uploads_abandoned"}
    assert ours == TAKEN_BY_US | elsewhere


def test_the_terms_of_other_jobs_are_those_that_are_written_down() -> None:
    from lti_tools.lessons import room
    from lti_tools.people import visits

    assert privacy.rule("uploads_abandoned").days == room.KEPT_FOR.days
    assert privacy.rule("sessions").days == visits.KEPT_FOR.days


GOOD = 'covers={zh="甲",en="a"}\nsince={zh="甲",en="a"}\nhappens={zh="甲",en="a"}\nbasis={zh="甲",en="a"}\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        f'[[class]]\ncode="a"\n{GOOD}[[class]]\ncode="a"\n{GOOD}',
        f'[[class]]\ncode="a"\ndays=0\n{GOOD}',
        f'[[class]]\ncode="a"\ndays="30"\n{GOOD}',
        f'[[class]]\ncode="a"\nforever=true\n{GOOD}',
        '[[class]]\ncode="a"\n' + GOOD.replace('en="a"', 'en=""'),
        '[[class]]\ncode="a"\n',
    ],
)
def test_rules_that_say_too_little_or_too_much_are_refused(text: str) -> None:
    with pytest.raises(ShijieError, match="retention"):
        reading.parsed(text)
    assert len(reading.parsed(f'[[class]]\ncode="a"\n{GOOD}')) == 1
