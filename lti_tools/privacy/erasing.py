"""Takes everything about a person away that this room and those below it hold; the chains stay provable."""

from __future__ import annotations

from lti_tools.audit import api as audit
from lti_tools.certificates import api as certificates
from lti_tools.identities import api as identities
from lti_tools.launch import api as launch
from lti_tools.lessons import api as lessons
from lti_tools.outbox import api as outbox
from lti_tools.people import api as people
from lti_tools.privacy import corrections
from lti_tools.privacy.models import ErasureOrder
from lti_tools.programmes import api as programmes
from lti_tools.ratings import api as ratings
from lti_tools.results import api as results
from lti_tools.rosters import api as rosters
from lti_tools.tasks import api as tasks


def erase(person_id: object, *, actor: str, reason: str) -> dict[str, int]:
    """Returns counts by room. Every step may be repeated; the person's row is emptied last, so a kill shows.

    Steps that delete files hold no transaction. The reason goes into the trail without naming the person.
    """
    counts = {
        "recordings": lessons.erase_person(person_id),
        "readings": ratings.erase_person(person_id),
        "certificates": certificates.erase_person(person_id),
        "tasks": tasks.erase_person(person_id),
        "rows": _rows(person_id),
        "accounts": _accounts(person_id),
        "corrections": corrections.erase_person(person_id),
    }
    programmes.erase_person(person_id)
    if results.with_results([person_id]):
        counts["results"] = results.forget(person_id, actor=actor, reason=reason)
    ErasureOrder.objects.filter(person_id=person_id).update(reason="")
    people.erase_person(person_id)
    audit.forget(str(person_id), actor=actor)
    audit.record("person.erased", actor=actor, subject=str(person_id), detail=counts)
    return counts


def _rows(person_id: object) -> int:
    """Asked before the name is gone: wrong rows of a roster lead to nobody but by what stands in them."""
    held = people.person_held(person_id)
    return rosters.erase_person(person_id, name=held["name"], staff_no=held["staff_no"])


def _accounts(person_id: object) -> int:
    linked = identities.erase_person(person_id, staff_no=people.person_held(person_id)["staff_no"])
    for platform_id, sub in linked:
        launch.forget_sub(platform_id, sub)
    outbox.forget_scores([sub for _platform, sub in linked])
    return len(linked)
