"""What earns a certificate, at which level and for how long, how it is renewed and how often a lesson is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rubrics.nouns.base import Definition, Label, Note


@dataclass(frozen=True, slots=True)
class Excellence:
    """The counted lessons' mean must reach ``mean_min`` and none may lie below ``lowest_min`` (points)."""

    mean_min: Decimal
    lowest_min: Decimal


@dataclass(frozen=True, slots=True)
class Renewal:
    """What renews a certificate: new lessons in any rubric of the tier, refreshed tasks and hours, all within the
    last ``window_months`` whole months of its validity."""

    lessons: int
    tasks: tuple[str, ...]
    hours: Decimal
    window_months: int


@dataclass(frozen=True, slots=True)
class Validity:
    """Valid to 31 December of the ``years``-th year after the award year, which itself does not count."""

    years: int
    renewal: Renewal


@dataclass(frozen=True, slots=True)
class ProgrammeHours:
    """How version 1 of the award rules counted hours; later ones leave that to :class:`rubrics.model.HoursRules`.
    ``hours_per_credit`` is None until a bureau sets its own rate.

    ``annual_cap``: at most this many count toward one calendar year; with ``carries_over`` the rest counts
    next year. ``absence_limit``: the share of a session missed from which on the session does not count.
    """

    annual_cap: Decimal
    carries_over: bool
    double_count: bool
    subject_class: str
    hours_per_credit: Decimal | None
    absence_limit: Decimal


@dataclass(frozen=True, slots=True)
class Retake:
    """How often one lesson may be handed in, which attempt counts (``best`` or ``last``), whether by new raters.

    ``carries_over``: attempts left over at the end of a round stay for the next.
    """

    attempts: int
    keep: str
    new_raters: bool
    carries_over: bool


@dataclass(frozen=True, slots=True)
class AwardRules(Definition):
    """The rules a certificate is issued by. ``outcomes`` names excellent, pass and fail as they are printed.

    ``hours`` is None from version 2 on, where hours rules are definitions of their own; ``retake`` is None in
    version 1, where each rubric says how often its lesson may be handed in.
    """

    outcomes: Mapping[str, Label]
    excellence: Excellence
    validity: Validity
    hours: ProgrammeHours | None
    retake: Retake | None
    notes: tuple[Note, ...]
