"""What a diagnosis found, for the teacher to read: five areas, how well each is known, and what to learn next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor
from typing import Any

from django.utils.translation import gettext as _

from lti_tools.programmes import api as programmes
from lti_tools.programmes.api import Enrolment
from lti_tools.tasks import api as tasks
from lti_tools.web import wording
from rubrics import library
from rubrics.diagnosis import further_questions

# Up to how wide a span, of 100, an area is called well known or roughly known.
WELL = 20
ROUGHLY = 50
# Tasks advised at once: what comes first is what one does first.
MOST_ADVICE = 3


@dataclass(frozen=True)
class Area:
    """One of the five dimensions in words: the value or that there is no evidence yet, and the span."""

    name: str
    value: str
    span: str


@dataclass(frozen=True)
class Portrait:
    """`further`: there are questions left that would tell more."""

    areas: Sequence[Area]
    advice: Sequence[str]
    further: bool


def portrait(entry: Any, enrolment: Enrolment, policy: Any) -> Portrait | None:
    """None for a placement without a diagnosis, or with one from before its bounds were kept."""
    found = entry.diagnosis if entry else {}
    if "spans" not in found:
        return None
    bank = programmes.diagnosis_bank(enrolment.programme)
    open_reasons = _still_open(found["advice_reasons"], tasks.passed(enrolment))
    kept = programmes.kept_through(enrolment, entry.identity_id)
    return Portrait(
        areas=_areas(found, bank),
        advice=wording.stored_reasons(open_reasons[:MOST_ADVICE], policy, bank),
        further=enrolment.programme.closed_at is None
        and bool(further_questions(bank, kept.everything, limit=1)),
    )


def _still_open(reasons: Sequence[Any], passed: Any) -> list[Any]:
    return [reason for reason in reasons if reason["values"]["task"] not in passed]


def _areas(found: Any, bank: Any) -> list[Area]:
    return [
        _area(axis.label.text(wording.language()), found["axes"][axis.id], found["spans"][axis.id])
        for axis in library.framework(bank.framework).at_level(1)
    ]


def _area(name: str, value: str | None, span: Sequence[str]) -> Area:
    if value is None:
        return Area(name, _("no evidence yet"), _("None of your answers says anything about it."))
    low, high = (Decimal(end) for end in span)
    return Area(
        name,
        _("about %(value)s") % {"value": Decimal(value).quantize(Decimal(1), ROUND_HALF_UP)},
        _("%(known)s: between %(low)s and %(high)s")
        % {"known": _known(high - low), "low": floor(low), "high": ceil(high)},
    )


def _known(width: Decimal) -> str:
    if width <= WELL:
        return _("well known")
    return _("roughly known") if width <= ROUGHLY else _("little known yet")
