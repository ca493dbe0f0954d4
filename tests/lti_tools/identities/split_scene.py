"""An account linked with the wrong person, and work done through it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import one_of_each
import pytest
from django.utils import timezone

from lti_tools import journey
from lti_tools.audit import api as audit
from lti_tools.definitions import api as definitions
from lti_tools.identities.models import Identity
from lti_tools.launch.models import GradeTarget, SeenLaunch
from lti_tools.lessons.models import Lesson
from lti_tools.office import identities as office
from lti_tools.people.api import Actor, Person, actor_for
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.results import api as results
from rubrics import diagnosis

REASON = "The number was mistyped in the LMS."


@pytest.fixture
def account(cast: Any) -> Identity:
    """An account of 张同事 (colleague), linked by mistake with 王守田 (senior); a course of it takes scores."""
    for rubric in definitions.published("rubric"):
        ratings.ensure_round(cast.programme, rubric.hash, rules={"random_share": "0"})
    platform = one_of_each.platform()
    target = GradeTarget.objects.create(
        platform=platform,
        deployment_id="deployment-1",
        resource_link_id="link-1",
        lineitem_url="https://lms.example/lineitems/1",
        scopes=["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
    )
    SeenLaunch.objects.create(target=target, sub="user-7", seen_at=timezone.now())
    return Identity.objects.create(
        platform=platform, sub="user-7", person=cast.people.senior, matched_by="officer"
    )


def acting(account: Identity) -> Actor:
    """Whoever comes through the account acts as the person it is linked with."""
    account.refresh_from_db()
    return actor_for(account.person, via="launch", identity_id=account.id)


def diagnosed(cast: Any, actor: Actor) -> Any:
    enrolment = programmes.current_enrolment(Person.objects.get(id=actor.person_id))
    items = diagnosis.short_form(programmes.diagnosis_bank(cast.programme))
    answers = {item.id: [item.options[0].id] for item in items}
    journey.diagnose(actor, enrolment, answers, seconds={})
    enrolment.refresh_from_db()
    return enrolment


def handed_in(
    cast: Any, who: str, *, through: Identity | None = None, attempt: int = 1, level: int = 3
) -> Any:
    """A decided lesson of this person."""
    made = one_of_each.lesson(cast.enrolment(who), attempt=attempt)
    Lesson.objects.filter(id=made.id).update(identity=through)
    one_of_each.decide(cast, made, level=level)
    return made


def split(cast: Any, account: Identity, who: str = "colleague", *, by: str = "officer_city") -> Counter[str]:
    return office.hand_over(cast.actor(by), account.id, to=getattr(cast.people, who).id, reason=REASON)


def kinds(enrolment: Any) -> Counter[str]:
    return Counter(entry.kind for entry in results.of_enrolment(enrolment.id))


def proved() -> bool:
    return (audit.verify(), results.verify()) == (None, None)
