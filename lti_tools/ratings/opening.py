"""A lesson comes before the panel: the round it belongs to, its case, and the raters who are called."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lti_tools.audit.api import new_salt
from lti_tools.definitions import api as definitions
from lti_tools.errors import ShijieError
from lti_tools.people.api import Person
from lti_tools.programmes.api import retake
from lti_tools.ratings import footage, raters
from lti_tools.ratings.models import Case, Reading, Round
from rubrics.model import PanelRules

# Without letters and digits that look or sound alike when read out.
CODE_LETTERS = "ACDEFHJKMNPQRTUVWXY34679"
DAYS_TO_RATE = 7
COLLEAGUE_YEARS = 3


def ensure_round(programme: Any, rubric_hash: str, *, rules: Mapping[str, object] | None = None) -> Round:
    """The programme's round for this rubric, opened with the rubric's own panel rules if it is not there yet.

    `rules` replaces single rules when the round is opened (shares and points as text); a round already open
    keeps its own.
    """
    rubric = definitions.by_hash(rubric_hash)
    fresh = {
        "rubric_key": rubric.key,
        "rules": {**_rules_of(rubric.panel), **(rules or {})},
        "title": rubric.title.zh,
        "opens": programme.starts,
        "closes": programme.ends,
    }
    found, _ = Round.objects.get_or_create(programme=programme, rubric_hash=rubric.hash, defaults=fresh)
    return found


def _rules_of(panel: PanelRules) -> dict[str, object]:
    return {
        "criterion_gap": panel.criterion_gap,
        "total_gap": str(panel.total_gap),
        "straddling": panel.straddling,
        "random_share": str(panel.random_share),
        "days": DAYS_TO_RATE,
        "colleague_years": COLLEAGUE_YEARS,
    }


def panel_rules(round_: Round) -> PanelRules:
    rules = round_.rules
    return PanelRules(
        criterion_gap=int(rules["criterion_gap"]),
        total_gap=Decimal(rules["total_gap"]),
        straddling=bool(rules["straddling"]),
        random_share=Decimal(rules["random_share"]),
    )


def open_case(lesson: Any, *, raters_pool: Iterable[Person] | None = None) -> Case:
    """Puts a lesson's finished recording before the panel and calls two raters; each recording once only.

    A further attempt goes to raters who read no earlier one, where the rubric asks for it. `raters_pool`
    narrows the choice to these people. Refuses, not for good, a recording not ready yet and too few raters.
    """
    take = footage.ready_take(lesson)
    if known := Case.objects.filter(take=take).first():
        return known
    round_ = ensure_round(lesson.enrolment.programme, lesson.rubric_hash)
    chosen = raters.pick(2, seat=_seat(round_, lesson), without=_earlier_raters(lesson), pool=raters_pool)
    case, new = _case(round_, take=take, lesson=lesson)
    for ordinal, person in enumerate(chosen if new else [], start=1):
        _call(case, person, ordinal=ordinal)
    return case


def _seat(round_: Round, lesson: Any) -> raters.Seat:
    enrolment, years = lesson.enrolment, int(round_.rules["colleague_years"])
    return raters.Seat(teacher=enrolment.person, area=enrolment.programme.area, colleague_years=years)


def _earlier_raters(lesson: Any) -> Collection[uuid.UUID]:
    """Everybody who read an attempt of this person under this rubric, where the rules want new eyes."""
    if not retake(lesson.enrolment.programme, definitions.by_hash(lesson.rubric_hash)).new_raters:
        return ()
    read = Reading.objects.filter(case__enrolment=lesson.enrolment, case__round__rubric_key=lesson.rubric_key)
    return set(read.values_list("rater_id", flat=True))


def _case(round_: Round, *, take: Any, lesson: Any) -> tuple[Case, bool]:
    """The take's case and whether it is new; of two processes that open it, one does."""
    fresh = {"round": round_, "lesson": lesson, "enrolment": lesson.enrolment}
    for _attempt in range(50):
        code = "".join(secrets.choice(CODE_LETTERS) for _letter in range(4))
        lot = _drawn(Decimal(round_.rules["random_share"]))
        try:
            with transaction.atomic():
                return Case.objects.create(take=take, blind_code=code, lot=lot, **fresh), True
        except IntegrityError:
            # Either the code is taken (draw again) or the take was opened meanwhile (that case is the one).
            if known := Case.objects.filter(take=take).first():
                return known, False
    raise ShijieError("ratings.no_free_blind_code", permanent=False)


def _drawn(share: Decimal) -> bool:
    return secrets.randbelow(1_000_000) < share * 1_000_000


def _call(case: Case, person: Person, *, ordinal: int) -> Reading:
    days = int(case.round.rules["days"])
    due = timezone.localdate() + timedelta(days=days)
    return Reading.objects.create(case=case, rater=person, ordinal=ordinal, due=due, salt=new_salt())


def call_third(case_id: object) -> bool:
    """Calls the third rater of a case that needs one; False when that has been done or is not needed.

    The third is blind to the first two and is none of them. Refuses, not for good, while nobody is eligible.
    """
    case = Case.objects.select_related("round", "lesson__enrolment__programme__area").get(id=case_id)
    if case.state != Case.State.THIRD or case.readings.filter(ordinal=3).exists():
        return False
    mates = set(case.readings.values_list("rater_id", flat=True))
    barred = mates | set(_earlier_raters(case.lesson))
    chosen = raters.pick(1, seat=_seat(case.round, case.lesson), without=barred)
    _call(case, chosen[0], ordinal=3)
    return True
