"""Corrections and erasures as the bureau decides them, and an erasure carried out in the background."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction

from lti_tools.errors import Refused, ShijieError
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Actor
from lti_tools.privacy import api as privacy
from lti_tools.privacy.api import corrections, orders
from lti_tools.reporting import api as reporting


def ask_correction(actor: Actor, *, field: str, wanted: str, reason: str) -> Any:
    with transaction.atomic():
        return corrections.ask(actor, field=field, wanted=wanted, reason=reason)


def withdraw_correction(actor: Actor, correction_id: uuid.UUID) -> None:
    with transaction.atomic():
        corrections.withdraw(actor, correction_id)


def decide_correction(actor: Actor, correction_id: uuid.UUID, *, approve: bool, answer: str) -> Any:
    """All or nothing: a value that cannot be written leaves the request waiting."""
    with transaction.atomic():
        return corrections.decide(actor, correction_id, approve=approve, answer=answer)


def order_erasure(actor: Actor, person_id: uuid.UUID, *, reason: str) -> Any:
    with transaction.atomic():
        return orders.order(actor, person_id, reason=reason)


def decide_erasure(actor: Actor, order_id: uuid.UUID, *, approve: bool) -> Any:
    """An approved order is carried out in the background, soon and certainly."""
    with transaction.atomic():
        found = orders.decide(actor, order_id, approve=approve)
        if approve:
            outbox.put("erase_person", key=str(found.id), payload={"order": str(found.id)})
    return found


def erase_person(row: outbox.Row) -> None:
    """Background: carries out an approved order. Repeating it, also after a kill half way, does no harm.

    Stops for good, and shows on the page of problems, when the person has taken a role since.
    """
    found = orders.approved(row.payload["order"])
    if found is None:
        return
    try:
        orders.refuse_impossible(found.person_id)
    except Refused as impossible:
        raise ShijieError(impossible.code, order=str(found.id)) from impossible
    actor = str(found.decided_by_id)
    reporting.forget_candidate(found.person_id, actor=actor)
    privacy.erase(found.person_id, actor=actor, reason="erasure order")
    orders.done(found)
