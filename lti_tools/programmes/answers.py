"""What a person answered in earlier diagnoses of an enrolment, and what a specialist saw, for the next one to join."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from lti_tools.errors import Refused
from lti_tools.programmes.models import Enrolment, PlacementEntry
from rubrics.answers import read


@dataclass(frozen=True)
class Kept:
    """The teacher's own answers with the seconds they took, the specialist's checks, points in outside tests (as text,
    by test), and the account of the answers.

    Empty where nobody has answered, and for placements made before answers were kept.
    """

    answers: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, int] = field(default_factory=dict)
    checks: Mapping[str, Any] = field(default_factory=dict)
    outside: Mapping[str, str] = field(default_factory=dict)
    identity_id: uuid.UUID | None = None

    @property
    def everything(self) -> dict[str, Any]:
        return {**self.answers, **self.checks}

    @property
    def points(self) -> dict[str, Decimal]:
        """In outside tests, as the bank reads them."""
        return {test: Decimal(points) for test, points in self.outside.items()}

    def watched(self, bank: Any, seen: Mapping[str, Any], *, outside: Mapping[str, Decimal]) -> Kept:
        """With what a specialist saw now, and results of other tests that were shown. What could not be tried today
        leaves what was seen before as it is; a newer result of a test stands for the older.

        Refuses where the teacher has answered nothing: a level judged from a check or two would be no diagnosis.
        """
        if not self.answers:
            raise _not_answered()
        tried = read(bank, seen) if seen else ()
        untried = {one.item.id for one in tried if all(option.silent for option in one.options)}
        new = {check: found for check, found in seen.items() if check not in untried & set(self.checks)}
        points = {test: str(found) for test, found in outside.items()}
        return replace(self, checks={**self.checks, **new}, outside={**self.outside, **points})


def _not_answered() -> Refused:
    return Refused(
        "diagnosis.not_answered",
        _("This teacher has not answered the first questions yet."),
        kept=_("Nothing was written down."),
        todo=_("Let the teacher answer them first, then write down what you saw."),
        status=409,
    )


def kept_answers(enrolment: Enrolment) -> Kept:
    """Of the newest diagnosis, by whichever account."""
    entries = _diagnoses(enrolment)
    return _kept(entries, entries[0].identity_id if entries else None)


def kept_through(enrolment: Enrolment, identity_id: uuid.UUID | None) -> Kept:
    """The answers given through one account, and every check. Answers of two accounts never mix: one of them may turn
    out to be somebody else's, and then its diagnosis goes over to them whole."""
    return _kept(_diagnoses(enrolment), identity_id)


def _kept(entries: list[PlacementEntry], identity_id: uuid.UUID | None) -> Kept:
    own = next((one.diagnosis for one in entries if one.identity_id == identity_id), {})
    checks, outside = (_newest(entries, name) for name in ("checks", "outside"))
    return Kept(
        answers=own.get("answers", {}),
        seconds=own.get("seconds", {}),
        checks=checks,
        outside=outside,
        identity_id=identity_id,
    )


def _newest(entries: list[PlacementEntry], name: str) -> Mapping[str, Any]:
    return next((one.diagnosis[name] for one in entries if one.diagnosis.get(name)), {})


def _diagnoses(enrolment: Enrolment) -> list[PlacementEntry]:
    """The newest first; placements without a diagnosis are left out."""
    return [one for one in enrolment.placements.order_by("-at") if one.diagnosis]


def hold(enrolment: Enrolment) -> None:
    """Until the transaction ends nobody else joins answers to this enrolment's: of two at once neither is lost."""
    Enrolment.objects.select_for_update().get(id=enrolment.id)
