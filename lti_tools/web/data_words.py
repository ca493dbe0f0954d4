"""Words for what happened to data about a person, and for a value that cannot be entered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lti_tools.privacy.api import BadFact

# By the beginning of the code of an event; the longest that fits counts.
EVENTS: dict[str, Any] = {
    "viewed": gettext_lazy("looked at"),
    "own_data.downloaded": gettext_lazy("downloaded everything"),
    "report.": gettext_lazy("made or downloaded a report"),
    "roster.exported": gettext_lazy("exported a roster"),
    "roster.": gettext_lazy("imported a roster"),
    "dossier.": gettext_lazy("put into a dossier of a title committee"),
    "correction.": gettext_lazy("request for correction"),
    "erasure.": gettext_lazy("order to erase"),
    "identity.": gettext_lazy("LMS account linked or unlinked"),
    "slip.": gettext_lazy("slip printed, scanned or ended"),
    "certificate.": gettext_lazy("certificate"),
    "lesson.": gettext_lazy("lesson"),
    "tasks.": gettext_lazy("tasks signed off"),
    "placed": gettext_lazy("placed in a tier"),
    "participation.": gettext_lazy("leave or exemption"),
    "role.": gettext_lazy("role given or ended"),
    "person.": gettext_lazy("facts about the person changed"),
}
PAGES: dict[str, Any] = {
    "dossier": gettext_lazy("dossier of a title committee"),
    "correction": gettext_lazy("request for correction"),
    "erasure": gettext_lazy("order to erase"),
    "programme": gettext_lazy("programme"),
    "person": gettext_lazy("page about the person"),
    "school": gettext_lazy("list of a school"),
    "specialist": gettext_lazy("specialist's desk"),
    "slip": gettext_lazy("slips"),
    "roster": gettext_lazy("roster"),
    "identity": gettext_lazy("LMS accounts"),
    "audit": gettext_lazy("audit trail"),
    "report": gettext_lazy("report"),
    "participation": gettext_lazy("leave or exemption"),
    "certificate": gettext_lazy("certificate"),
    "role": gettext_lazy("roles"),
}


def happened(kind: str, what: str) -> str:
    """What somebody did, in words; a code nobody gave words for yet is shown as it is."""
    known = max((start for start in EVENTS if kind.startswith(start)), key=len, default="")
    verb = str(EVENTS[known]) if known else kind
    page = what.split(".")[0].split("-")[0]
    return f"{verb}: {PAGES.get(page, what)}" if what else verb


def problem(bad: BadFact) -> str:
    """Why a wanted value cannot be entered, and what would be."""
    words = {
        "required": _("Write what is right."),
        "unknown_code": _("Choose one of: %(known)s.") % {"known": bad.values.get("known", "")},
        "not_a_month": _("Write year and month, for example 1968-03."),
        "month_unclear": _("Write year and month, for example 1968-03."),
        "age_impossible": _("With this month nobody could be a teacher now. Check the year."),
        "staff_no_is_id": _("This is an ID number. Write the staff number; ID numbers are not stored."),
        "number_lost_digits": _("Some digits are lost. Write the whole number."),
        "not_a_name": _("Write the name as on the ID card, without numbers."),
        "name_lost_character": _("A character of the name is lost. Write it again."),
        "too_long": _("This is too long."),
    }
    return words.get(bad.code) or _("This cannot be entered.")
