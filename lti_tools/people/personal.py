"""What this room holds about one person, and how it is taken away. Callers have asked `require`."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from lti_tools.people.models import Account, Affiliation, Person, RoleGrant


def person_held(person_id: object) -> dict[str, Any]:
    """The facts about a person as they are kept; of an ID number only whether there is one and its last four."""
    person = Person.objects.get(id=person_id)
    return {
        "id": str(person.id),
        "name": person.name,
        "sex": person.sex,
        "staff_no": person.staff_no,
        "birth_month": person.birth_month,
        "id_number_known": bool(person.id_hash),
        "id_last4": person.id_last4,
        "on_record_since": person.created_at.isoformat(),
        "account": Account.objects.filter(person=person).values_list("username", flat=True).first() or "",
        "roles": [_role(grant) for grant in person.grants.order_by("since")],
    }


def _role(grant: RoleGrant) -> dict[str, Any]:
    return {"role": grant.role, "since": grant.since.isoformat(), "until": _day(grant.until)}


def affiliations_held(person_id: object) -> list[dict[str, Any]]:
    """Where a person works and worked, the newest first."""
    rows = Affiliation.objects.filter(person_id=person_id).select_related("school").order_by("-since")
    return [_affiliation(row) for row in rows]


def _affiliation(row: Affiliation) -> dict[str, Any]:
    plain = ("personnel_unit", "employment", "staff_status", "stage", "subjects", "title")
    months = ("title_date", "appointed_date", "post_level", "left")
    return {
        "school": row.school.name,
        "school_code": row.school.code,
        **{key: getattr(row, key) for key in (*plain, *months)},
        "since": row.since.isoformat(),
        "until": _day(row.until),
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def holds_staff_role(person_id: object) -> bool:
    """True while a right holds or is still to begin: ended and revoked ones do not count."""
    today = timezone.localdate()
    rows = RoleGrant.objects.filter(person_id=person_id, revoked_at__isnull=True)
    return rows.filter(Q(until__isnull=True) | Q(until__gte=today)).exists()


def left_before(day: date) -> list[uuid.UUID]:
    """People whose last place ended before that day and who hold no account and never held a role."""
    here = Affiliation.objects.filter(person=OuterRef("pk"))
    since_then = here.filter(Q(until__isnull=True) | Q(until__gte=day))
    rows = Person.objects.filter(Exists(here), erased_at__isnull=True).exclude(Exists(since_then))
    rows = rows.filter(grants__isnull=True, account__isnull=True)
    return list(rows.values_list("id", flat=True))


def people_in_area(person_ids: Iterable[object], path: str) -> set[uuid.UUID]:
    """Those of them who work in the area now."""
    present = Affiliation.objects.filter(until__isnull=True, school__area__path__startswith=path)
    return set(present.filter(person_id__in=list(person_ids)).values_list("person_id", flat=True))


@transaction.atomic
def erase_person(person_id: object) -> None:
    """Leaves the bare row others point at: no name, no number, no place, no account. Safe to repeat."""
    Account.objects.filter(person_id=person_id).delete()
    Affiliation.objects.filter(person_id=person_id).delete()
    RoleGrant.objects.filter(person_id=person_id).update(reason="", revoked_reason="")
    nothing = {"name": "", "sex": "", "staff_no": "", "birth_month": "", "id_hash": "", "id_last4": ""}
    Person.objects.filter(id=person_id).update(**nothing, id_key_version=0)
    Person.objects.filter(id=person_id, erased_at__isnull=True).update(erased_at=timezone.now())


def roles_at(pseudonym: str, day: date) -> tuple[tuple[str, str], ...]:
    """(role, unit) of everything the bearer of a pseudonym could do on a day; empty for jobs and plain teachers.

    A role given later does not reach back, whatever first day it names, and one taken back earlier is not there.
    """
    try:
        person_id = uuid.UUID(pseudonym)
    except ValueError:
        return ()
    rows = RoleGrant.objects.filter(person_id=person_id, since__lte=day).select_related("area", "school")
    given = rows.filter(granted_at__date__lte=day).exclude(revoked_at__date__lt=day)
    held = given.filter(Q(until__isnull=True) | Q(until__gte=day)).order_by("role")
    return tuple((row.role, str(row.school or row.area or "")) for row in held)
