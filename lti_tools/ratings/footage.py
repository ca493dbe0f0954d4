"""What the rating desk needs from the lessons room, and nothing by which a teacher could be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tools.errors import ShijieError
from lti_tools.lessons import api as lessons
from lti_tools.people.api import Actor, present_affiliation

MASK = "○○"


@dataclass(frozen=True)
class Footage:
    """A recording as a rater sees it. Stage is a code; title and subject have their owner's names masked."""

    title: str
    subject: str
    stage: str
    duration_ms: int
    media_url: str
    poster_url: str


def ready_take(lesson: Any) -> Any:
    """The newest finished recording. Refuses, not for good, a lesson that has none yet."""
    take = lesson.takes.filter(state="ready").order_by("-received_at").first()
    if take is None:
        raise ShijieError("ratings.recording_not_ready", permanent=False, lesson=str(lesson.id))
    return take


def of(case: Any, *, viewer: Actor) -> Footage:
    shown = {
        rendition.kind: lessons.media_url(rendition, viewer=viewer)
        for rendition in case.take.renditions.all()
    }
    return Footage(
        title=_masked(case.lesson.title, person=case.enrolment.person),
        subject=_masked(case.lesson.subject, person=case.enrolment.person),
        stage=case.lesson.stage,
        duration_ms=case.take.duration_ms,
        media_url=next((url for kind, url in shown.items() if kind != "poster"), ""),
        poster_url=shown.get("poster", ""),
    )


def _masked(title: str, *, person: Any) -> str:
    """Teachers like to write their own name and school into a title: a blind reader must not see them."""
    affiliation = present_affiliation(person)
    school = affiliation.school if affiliation else None
    names = [person.name, person.staff_no, school and school.name, school and school.code]
    for name in sorted(filter(None, names), key=len, reverse=True):
        title = title.replace(name, MASK)
    return title
