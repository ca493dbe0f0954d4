"""The short form: who somebody says they are while their account waits. It proves nothing and matches nobody.

It only sorts the confirm queue and offers an officer people to compare with. The answer is the same whatever was
written, so nobody learns from it who exists.
"""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass

from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.errors import Denied
from lti_tools.identities.models import Identity

ACTION = "identity.claim"


@dataclass(frozen=True)
class Claim:
    """`school` is a code or a name as typed; `last4` are the last four characters of the ID number, or empty."""

    name: str
    staff_no: str = ""
    school: str = ""
    last4: str = ""

    @property
    def told(self) -> str:
        """Which of them were filled in, for the trail: codes only."""
        return " ".join(field for field in ("name", "staff_no", "school", "last4") if getattr(self, field))


def claim_of(identity_id: object) -> Claim:
    """What was said so far, by the LMS or in the form. Refuses an account that does not wait (`Denied`)."""
    account = _waiting(identity_id)
    return Claim(
        name=account.claimed_name,
        staff_no=account.claimed_staff_no,
        school=account.claimed_school,
        last4=account.claimed_last4,
    )


def standing(identity_id: object) -> str:
    """ "waiting", "told" once the form was sent in, "confirmed" when it is somebody's, "" when there is none.

    A rejected account is told that it waits, too.
    """
    account = Identity.objects.filter(id=_id(identity_id)).first()
    if account is None or account.person_id:
        return "confirmed" if account else ""
    return "told" if account.claimed_at else "waiting"


def claim(identity_id: object, said: Claim) -> None:
    """Keeps what somebody says about themselves; a later answer takes the place of an earlier one.

    Refuses an account that does not wait (`Denied`). A rejected one stays rejected until an officer reopens it.
    """
    account = _waiting(identity_id)
    kept = Identity.objects.filter(id=account.id, person__isnull=True).update(
        claimed_name=plain(said.name),
        claimed_staff_no=plain(said.staff_no),
        claimed_school=plain(said.school),
        claimed_last4=said.last4,
        claimed_at=timezone.now(),
    )
    if not kept:
        raise Denied(ACTION)
    audit.record("identity.claimed", actor="launch", subject=str(account.id), detail={"told": said.told})


def plain(text: str) -> str:
    """Full-width digits and letters as one types them elsewhere, without spaces around."""
    return unicodedata.normalize("NFKC", text).strip()


def _waiting(identity_id: object) -> Identity:
    account = Identity.objects.filter(id=_id(identity_id), person__isnull=True).first()
    if account is None:
        raise Denied(ACTION)
    return account


def _id(identity_id: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(identity_id))
    except ValueError:
        return None
