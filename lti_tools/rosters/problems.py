"""What is wrong with a row, as data (code, values) and as a sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lti_tools.people.api import codes, id_numbers

LONGEST_SHOWN = 60
TABLES = ("sex", "stage", "title", "employment", "staff_status", "participation")

# Code -> what happened and what to do, with %(...)s filled from the problem's values.
REASONS: dict[str, Any] = {
    "missing": _("This cell is empty, but every row needs it."),
    "birth_or_id_missing": _("There is neither an ID number nor a birth month. One of the two is needed."),
    "formula": _("The cell holds a formula. Copy the column and paste it again as values."),
    "cell_error": _("The cell shows an error of the spreadsheet. Type the value again."),
    "merged": _(
        "The cell is merged with %(cell)s, and only that one holds a value. Undo the merging and fill in "
        "every row."
    ),
    "too_long": _("The text is longer than %(longest)s characters."),
    "not_a_name": _("This is not a name: it has digits in it, or no letters."),
    "name_lost_character": _(
        "A rare character of the name was lost on the way and shows as a question mark or box. Type it "
        "again in the spreadsheet and save as .xlsx."
    ),
    "number_lost_digits": _(
        "The spreadsheet has turned this number into %(shown)s, and its last digits are lost. Format "
        "the column as text and type the number again."
    ),
    "id_lost_digits": _(
        "The spreadsheet has turned this ID number into %(shown)s, and its last digits are lost. Format "
        "the column as text and type the number again."
    ),
    "id_length": _("An ID number has 18 characters; this one has %(length)s."),
    "id_characters": _("An ID number has 17 digits and then a digit or X."),
    "id_check_digit": _(
        "The check digit is wrong, so at least one digit was mistyped. Compare it with the ID card."
    ),
    "id_birth_date": _("The birth date inside this ID number does not exist."),
    "staff_no_is_id": _("This is an ID number. Put the staff number here; ID numbers are not stored."),
    "unknown_school": _("No school has this code. Check it against the list of schools of your area."),
    "school_outside_area": _(
        "This school is not in the area of the programme (%(area)s), so its teachers cannot be imported here."
    ),
    "school_name_contradicts": _(
        "This is the name of another school than the code %(code)s says. Correct the one or the other."
    ),
    "area_differs": _("The school with this code lies in %(area)s."),
    "impossible_birth_date": _("This is not a possible month. Write it like 1968-03."),
    "month_unclear": _("%(year)s.1 may mean January or October. Write %(year)s-01 or %(year)s-10."),
    "impossible_month": _("This is not a possible month. Write it like 2018-12."),
    "month_in_future": _("This month is still to come."),
    "birth_in_future": _("This birth month is still to come."),
    "too_young": _(
        "By this birth month the person is %(age)s years old. Teachers here are at least %(least)s."
    ),
    "too_old": _("By this birth month the person is %(age)s years old. Please check it."),
    "birth_differs": _("The ID number says %(birth)s. Correct the one or the other."),
    "unknown_sex": _("This word is not in the code table. Use: %(known)s."),
    "unknown_stage": _("This word is not in the code table. Use: %(known)s."),
    "unknown_title": _("This word is not in the code table. Use: %(known)s."),
    "unknown_employment": _("This word is not in the code table. Use: %(known)s."),
    "unknown_staff_status": _("This word is not in the code table. Use: %(known)s."),
    "unknown_participation": _("This word is not in the code table. Use: %(known)s."),
    "unknown_batch": _(
        "This programme has no batch of that title. Leave the cell empty or open the batch first."
    ),
    "not_a_post_level": _("A post level is a whole number from 1 to 13."),
    "duplicate": _("The same person already stands in row %(first_row)s."),
    "staff_no_taken": _("This staff number already belongs to somebody else. Check it, and check the name."),
    "id_under_other_name": _(
        "This ID number is registered under another name. Check both against the ID card."
    ),
    "transfer_needs_id": _(
        "This staff number is registered at a school outside your area. To take the person over, fill "
        "in the ID number."
    ),
}


@dataclass(frozen=True)
class Problem:
    """Row number as in the sheet, heading as in the sheet, value with ID numbers masked to the last four."""

    row: int
    column: str
    value: str
    code: str
    values: dict[str, str | int] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        return str(REASONS[self.code]) % (self.values | _words(self.code))

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def _words(code: str) -> dict[str, str]:
    """What the cell might have said, in the reader's language."""
    table = code.removeprefix("unknown_")
    if table == code or table not in TABLES:
        return {}
    language = get_language() or "zh-hans"
    return {"known": ", ".join(entry.text(language) for entry in codes.known(table))}


def problem(
    row: int, column: str, value: str, code: str, values: Mapping[str, str | int] | None = None
) -> Problem:
    if code not in REASONS:
        raise LookupError(f"{code} has no sentence in rosters/problems.py")
    shown = id_numbers.masked(value)[:LONGEST_SHOWN]
    return Problem(row=row, column=column, value=shown, code=code, values=dict(values or {}))


def from_json(stored: Mapping[str, Any]) -> Problem:
    return Problem(**stored)
