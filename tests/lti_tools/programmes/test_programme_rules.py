"""A programme counts hours and attempts by the rules it was opened on, and by no others."""

from __future__ import annotations

import importlib
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps

from lti_tools.definitions import api as definitions
from lti_tools.definitions.models import Definition
from lti_tools.programmes import api as programmes
from lti_tools.programmes.models import Programme
from lti_tools.reporting import snapshot
from lti_tools.tasks import api as tasks
from rubrics import library

pytestmark = pytest.mark.django_db
MIGRATION = importlib.import_module("lti_tools.migrations.0003_hours_rules")


def publish(key: str, version: int, *changes: tuple[str, str]) -> Any:
    """A county's copy of a packaged definition, with its own numbers."""
    [text] = [one.text for one in library.packaged() if (one.key, one.version) == (key, version)]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    own = library.parse(text)
    Definition.objects.create(kind=own.kind, key=own.key, version=own.version, hash=own.hash, text=text)
    return own


def hold(programme: Programme, **hashes: str) -> None:
    Programme.objects.filter(id=programme.id).update(**hashes)
    programme.refresh_from_db()


def counted(cast: Any) -> list[tuple[Decimal, Decimal | None, Decimal]]:
    """What the appraisal paper of the senior teacher says: counted, cap, carried on."""
    enrolment = programmes.find_enrolment(cast.enrolment("senior").id)
    rows = snapshot.appraisal_set(enrolment.programme, cast.county_a).teachers
    [lines] = [row.hours for row in rows if row.ref == str(enrolment.id)]
    return [(line.counted, line.cap, line.carried) for line in lines]


@pytest.fixture
def practised(cast: Any) -> Any:
    """Six hours earned this year."""
    enrolment = cast.enrolment("senior")
    for task in programmes.policy(cast.programme).tasks_of(("task-C2", "task-B2")):
        tasks.pass_task(enrolment, task, evidence="sign_off")
    return cast


def test_a_new_programme_holds_the_newest_rules(cast: Any) -> None:
    rules = programmes.hours_rules(cast.programme)
    assert rules == definitions.get("hours_rules", "hours-rules-default")
    assert programmes.award_rules(cast.programme).version == 2


def test_the_appraisal_paper_counts_by_the_programmes_own_cap(practised: Any) -> None:
    assert counted(practised) == [(6, 40, 0)]
    own = publish(
        "hours-rules-default", 1, ('"hours-rules-default"', '"county-hours"'), ("hours = 40", "hours = 4")
    )
    hold(practised.programme, hours_rules_hash=own.hash)
    assert counted(practised) == [(4, 4, 2)]


def test_without_a_cap_all_of_it_counts(practised: Any) -> None:
    own = publish(
        "hours-rules-default",
        1,
        ('"hours-rules-default"', '"county-hours"'),
        ("[cap]\nhours = 40\ncarries_over = true\n", ""),
    )
    hold(practised.programme, hours_rules_hash=own.hash)
    assert counted(practised) == [(6, None, 0)]


def test_a_programme_opened_on_the_first_award_rules_keeps_the_cap_they_carry(practised: Any) -> None:
    own = publish(
        "award-rules-default",
        1,
        ('"award-rules-default"', '"county-award"'),
        ("annual_cap = 40", "annual_cap = 5"),
    )
    hold(practised.programme, award_rules_hash=own.hash)
    assert counted(practised) == [(5, 5, 1)]


@pytest.mark.parametrize(("version", "attempts", "new_raters"), [(2, 2, False), (1, 3, True)])
def test_how_often_a_lesson_is_tried_is_the_award_rules_word_and_the_rubrics_where_they_have_none(
    cast: Any, version: int, attempts: int, new_raters: bool
) -> None:
    own_numbers = [("attempts = 3", "attempts = 2"), ("new_raters = true", "new_raters = false")]
    own = publish(
        "award-rules-default",
        version,
        ('"award-rules-default"', '"county-award"'),
        *(own_numbers if version == 2 else []),
    )
    hold(cast.programme, award_rules_hash=own.hash)
    retake = programmes.retake(cast.programme, definitions.get("rubric", "basic-operation", 1))
    assert (retake.attempts, retake.new_raters) == (attempts, new_raters)


def test_programmes_opened_before_got_the_packaged_rules() -> None:
    packaged = library.load("hours_rules", "hours-rules-default", 1)
    assert packaged.hash == MIGRATION.DEFAULT
    first = library.load("award_rules", "award-rules-default", 1)
    assert first.hours is not None
    assert packaged.annual_cap == first.hours.annual_cap


def test_what_they_got_is_there_to_be_read_once(cast: Any) -> None:
    Definition.objects.filter(hash=MIGRATION.DEFAULT).delete()
    for _again in range(2):
        MIGRATION.publish_default(apps, None)
    assert definitions.by_hash(MIGRATION.DEFAULT).key == "hours-rules-default"
    assert definitions.seed() == 0


def test_an_installation_without_programmes_is_left_empty() -> None:
    MIGRATION.publish_default(apps, None)
    assert not Definition.objects.exists()
