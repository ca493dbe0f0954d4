"""A scoring standard and the rules of its panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rubrics.decimals import plain
from rubrics.nouns.base import Definition, Label, Note


@dataclass(frozen=True, slots=True)
class Identity:
    """How another system names this thing (CASE 1.1 ``identifier`` and ``uri``); kept exactly as it came."""

    identifier: str
    uri: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rater gives one criterion: a level, and ``points`` inside it where the rubric has range scoring.

    ``level`` None says that the criterion does not apply to this lesson. A bare whole number is short for its level.
    """

    level: int | None
    points: Decimal | None = None


#: One reading: criterion to mark.
Marks = Mapping[str, int | Mark]


@dataclass(frozen=True, slots=True)
class LevelPoints:
    """What one level of one criterion earns: ``points``, or what the rater gives from ``least`` to ``most``."""

    points: Decimal
    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class ScaleLevel:
    """One level of the scale and the share of a criterion's weight it earns, 0 to 1.

    ``least`` and ``most`` are the shares a rater may choose between inside the level; both equal ``share`` where the
    level has no range. All three are None in a rubric where every criterion that counts states its points.
    """

    level: int
    label: Label
    share: Decimal | None
    least: Decimal | None
    most: Decimal | None

    def of(self, weight: Decimal) -> LevelPoints:
        """What the level earns of this weight, exactly. Only for a scale that has shares."""
        shares = (self.share, self.least, self.most)
        return LevelPoints(*(plain(weight * share) for share in shares if share is not None))


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """When a criterion may be left out of a lesson, and which criteria its weight then goes to.

    ``weight_to`` adds up to the criterion's weight, so the rubric's total stays what it is and no division enters. It
    names only criteria that count in every lesson and earn by share: the same level everywhere earns the same total,
    whatever is left out.
    """

    when: Label
    weight_to: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing looked at. ``gate`` is the lowest level that still lets the lesson pass, or None.

    ``evidence`` says what a rater must point to: ``span`` (time-coded), ``whole_lesson`` or ``attachment``;
    any one of those listed is enough. ``levels`` describes every level of the scale, and no other; a
    ``feedback_only`` criterion may describe none, has weight 0 and never counts. ``points`` has an entry for every
    level it can earn by, worked out by the parser from weight and scale or, with ``states_points``, as the definition
    states them; it is empty where ``feedback_only``.
    """

    id: str
    label: Label
    weight: Decimal
    gate: int | None
    evidence: tuple[str, ...]
    indicators: tuple[str, ...]
    levels: Mapping[int, Label]
    points: Mapping[int, LevelPoints]
    states_points: bool = False
    feedback_only: bool = False
    not_applicable: NotApplicable | None = None
    identity: Identity | None = None
    level_identities: Mapping[int, Identity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Band:
    """One outcome of :data:`OUTCOMES` and the lowest total that earns it."""

    id: str
    label: Label
    min: Decimal


@dataclass(frozen=True, slots=True)
class PanelRules:
    """When two sealed readings are not enough; see :mod:`rubrics.panel`.

    ``criterion_gap``: levels apart on one criterion that call a third. ``total_gap``: more points apart than
    this. ``straddling``: one reading passes and the other does not. ``random_share``: the part of the
    remaining lessons that gets a third reading by lot (the caller draws the lot).
    """

    criterion_gap: int
    total_gap: Decimal
    straddling: bool
    random_share: Decimal = Decimal(0)
    blind: bool = True
    own_school: bool = False


@dataclass(frozen=True, slots=True)
class Video:
    """What a recording must be. ``minutes`` per school stage is (least, most); height in pixels."""

    segment_allowed: bool
    min_height: int
    minutes: Mapping[str, tuple[int, int]]
    note: Label | None


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a lesson may be handed in, which attempt counts, and the days to resubmit and to object."""

    max: int
    keep: str
    new_raters: bool
    resubmit_days: int
    appeal_days: int


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A task whose sign-off must exist before the lesson is rated; raters never score it."""

    task: str
    evidence: str
    why: Label | None


@dataclass(frozen=True, slots=True)
class Rubric(Definition):
    """A scoring standard: weights add up to ``total``, shares come from ``scale``, outcomes from
    ``bands``.

    ``step`` is the smallest difference of points inside a level, in points; None where a level is all a rater gives.
    """

    audience_tier: str
    audience: Label
    total: Decimal
    scale: tuple[ScaleLevel, ...]
    bands: tuple[Band, ...]
    criteria: tuple[Criterion, ...]
    panel: PanelRules
    video: Video
    attempts: Attempts
    attachments: tuple[Note, ...]
    prerequisites: tuple[Prerequisite, ...]
    notes: tuple[Note, ...]
    step: Decimal | None = None
    identity: Identity | None = None

    @property
    def cut(self) -> Decimal:
        """The lowest total that passes."""
        return next(band.min for band in self.bands if band.id == "pass")

    def band_of(self, total: Decimal) -> Band:
        """The best outcome this total reaches, gates apart."""
        return next(band for band in self.bands if total >= band.min)

    def band(self, outcome: str) -> Band:
        return next(band for band in self.bands if band.id == outcome)
