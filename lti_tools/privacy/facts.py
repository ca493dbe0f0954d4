"""The facts a person may have corrected: how each is checked, what is held now, and where a change goes."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lti_tools.errors import Refused, ShijieError
from lti_tools.people.api import (
    Affiliation,
    Person,
    code_label,
    codes,
    id_numbers,
    present_affiliation,
    system,
    visible_to,
)
from lti_tools.rosters import api as rosters

ON_PERSON = ("name", "birth_month", "staff_no")
CODED = ("title", "employment", "staff_status")
FIELDS = {
    "name": _("Name"),
    "birth_month": _("Month of birth"),
    "staff_no": _("Staff number"),
    "title": _("Professional title"),
    "subjects": _("Subjects"),
    "employment": _("Employment"),
    "staff_status": _("Staff status"),
    "other": _("Something else"),
}
LONGEST = 200


class BadFact(ShijieError):
    """`code` says what is wrong with the wanted value; `values` fill the sentence."""


def checked(field: str, wanted: str) -> str:
    """The value in the one form that is kept, by the rules of the roster's cells. Refuses with `BadFact`."""
    if field not in FIELDS:
        raise BadFact("unknown_field")
    try:
        found = _CHECKS.get(field, _line)(wanted)
    except rosters.BadCell as bad:
        raise BadFact(bad.code, **bad.values) from bad
    if not found:
        raise BadFact("required")
    return found


def _line(wanted: str) -> str:
    return rosters.cells.short(rosters.cells.text(wanted), longest=LONGEST)


def _birth(wanted: str) -> str:
    found = rosters.cells.month(wanted)
    today = timezone.localdate()
    age = ((today.year - int(found[:4])) * 12 + today.month - int(found[5:])) // 12
    if not rosters.YOUNGEST <= age <= rosters.OLDEST:
        raise BadFact("age_impossible", age=age)
    return found


def _staff_no(wanted: str) -> str:
    found = rosters.cells.number_text(wanted, longest=40)
    if id_numbers.looks_like_one(found):
        raise BadFact("staff_no_is_id")
    return found


def _coded(table: str) -> Callable[[str], str]:
    def read(wanted: str) -> str:
        found = codes.find(table, wanted)
        if found is None:
            words = [entry.text(get_language() or "zh-hans") for entry in codes.known(table)]
            raise BadFact("unknown_code", known=", ".join(words))
        return found.code

    return read


def _subjects(wanted: str) -> str:
    return "、".join(dict.fromkeys(codes.split(_line(wanted))))


_CHECKS: dict[str, Callable[[str], str]] = {
    "name": rosters.cells.name,
    "birth_month": _birth,
    "staff_no": _staff_no,
    "subjects": _subjects,
    **{table: _coded(table) for table in CODED},
}


def held(person_id: object, field: str) -> str:
    """The value kept now, as kept (codes as codes); empty where there is none."""
    person = _person(person_id)
    if field in ON_PERSON:
        return str(getattr(person, field))
    work = present_affiliation(person)
    if work is None or field == "other":
        return ""
    return "、".join(work.subjects) if field == "subjects" else str(getattr(work, field))


def shown(field: str, value: str) -> str:
    """A value for people to read: codes in words."""
    return code_label(field, value, language=get_language() or "zh-hans") if field in CODED else value


def change(person_id: object, field: str, value: str) -> None:
    """Writes an approved value to the person or to the present place of work; "other" changes nothing by itself.

    Refuses a staff number somebody else holds and a value about a place of work where there is none.
    """
    if field in ON_PERSON:
        _change_person(person_id, field, value)
    elif field != "other":
        _change_work(person_id, field, value)


def _change_person(person_id: object, field: str, value: str) -> None:
    everybody = visible_to(system("staff numbers are unique"))
    if field == "staff_no" and everybody.filter(staff_no=value).exclude(id=person_id).exists():
        raise _refused("correction.staff_no_taken", _("Somebody else has this staff number."))
    everybody.filter(id=person_id, erased_at__isnull=True).update(**{field: value})


def _change_work(person_id: object, field: str, value: str) -> None:
    new = value.split("、") if field == "subjects" else value
    present = Affiliation.objects.filter(person_id=person_id, until__isnull=True)
    if not present.update(**{field: new}):
        raise _refused("correction.no_work", _("This person does not work at any school now."))


def _refused(code: str, message: object) -> Refused:
    return Refused(
        code,
        message,
        kept=_("Nothing was changed, and the request still waits."),
        todo=_("Check the value with the school office, or decline the request and say why."),
        status=409,
    )


def _person(person_id: object) -> Person:
    return visible_to(system("a person's own facts")).get(id=person_id)
