"""Codes and values in, sentences out. Which code is which sentence stands in the two modules beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from gettext import gettext as _

from rubrics.command.language import own
from rubrics.command.names import number
from rubrics.command.phrases import N_, line_in, phrase, place
from rubrics.command.reason_words import REASONS
from rubrics.command.refusal_words import ADVICE, REFUSALS
from rubrics.command.report_words import REPORTS
from rubrics.errors import DefinitionError, ExchangeError, RubricsError
from rubrics.model import Reason, Rubric, Value

#: Values that are words of ours and not of a definition.
VALUES: Mapping[tuple[str, str], str] = {
    ("basis", "hands_on"): N_("seen hands-on"),
    ("basis", "answered"): N_("from answers"),
    ("basis", "said"): N_("as the teacher says"),
    ("basis", "outside"): N_("outside test"),
    ("keep", "best"): N_("the best"),
    ("keep", "last"): N_("the last"),
    ("part", "rubric"): N_("rubric"),
    ("part", "criterion"): N_("criteria"),
    ("part", "level"): N_("levels"),
    ("part", "text"): N_("texts"),
    ("part", "row"): N_("lines"),
    ("part", "package"): N_("package"),
    ("where", "rubric"): N_("as a whole"),
    ("language", "zh"): N_("Chinese"),
    ("language", "en"): N_("English"),
}


def reason(found: Reason, *, rubric: Rubric | None = None) -> str:
    """One sentence. Criteria are named by id and label where the rubric is known."""
    template = REASONS.get(found.code) or REPORTS.get(found.code)
    if template is None:
        return f"{found.code} {dict(found.values)}"
    return _(template) % _worded(found.values, rubric)


def refusal(error: RubricsError) -> tuple[str, str]:
    """What is wrong, and what to do (empty where the first says it)."""
    if isinstance(error, DefinitionError | ExchangeError):
        return _stated(error.values), _(ADVICE.get(error.code, ADVICE["definition.wrong_value"]))
    if error.code not in REFUSALS:
        return str(error), ""
    values = _worded(error.values, None)
    if "rater" in values and error.code.startswith("marks."):
        values["rater"] = _("%(rater)s: ") % values if values["rater"] else ""
    return _(REFUSALS[error.code]) % values, ""


def _stated(values: Mapping[str, Value]) -> str:
    """``file:line: key: expected ..., found ...``; parts that are not known are left out. Files of other systems have
    ``where`` in place of the key."""
    line = str(values.get("line", "")) or line_in(str(values["found"]))
    file = ":".join(part for part in (str(values["source"]), line) if part)
    key = str(values.get("key", "")) or place(str(values.get("where", "")))
    at = ": ".join(part for part in (file, key) if part)
    said = {"expected": phrase(str(values["expected"])), "found": phrase(str(values["found"]))}
    return f"{at}: " + _("expected %(expected)s, found %(found)s") % said


def _worded(values: Mapping[str, Value], rubric: Rubric | None) -> dict[str, str]:
    return {name: _value(name, value, rubric) for name, value in values.items()}


def _value(name: str, value: Value, rubric: Rubric | None) -> str:
    if isinstance(value, Decimal):
        return number(value)
    if name == "criterion" and rubric is not None:
        found = next((one for one in rubric.criteria if one.id == value), None)
        return f"{value} ({own(found.label)})" if found else str(value)
    word = VALUES.get((name, str(value)))
    return _(word) if word else str(value)
