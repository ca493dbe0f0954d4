"""Who a launch is about. A launch proves little: only a platform marked authoritative matches by itself."""

from __future__ import annotations

import unicodedata
import uuid
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.identities.models import Identity
from lti_tools.people.api import Affiliation, Person, RoleGrant

if TYPE_CHECKING:
    from lti_tools.launch.api import Launch

BY_NUMBER, BY_SCHOOL = "staff number", "school and name"


def identify(launch: Launch) -> Identity:
    """The account of (issuer, sub), linked with its person, or waiting in the confirm queue without one.

    Matched by itself is an account only if all of this holds: its platform is authoritative for an area; exactly
    one person who now works there has the teacher number of the launch and its name, or, where no number speaks
    against it, the name and the school of the launch; this person holds no staff role; no other account of the
    platform is theirs; and no human has decided about the account before.
    """
    account, _ = Identity.objects.get_or_create(platform_id=launch.platform_id, sub=launch.sub)
    _note_claims(account, launch)
    if account.person_id is None and account.rejected_at is None and not account.matched_by:
        _match(account, launch)
    return Identity.objects.select_related("person").get(id=account.id)


def _note_claims(account: Identity, launch: Launch) -> None:
    """What the person wrote into the short form stays; what the LMS says is kept beside it.

    Only these columns are written: an officer may be linking the account at this moment.
    """
    account.lms_name, account.lms_staff_no = launch.name[:120], launch.staff_no[:40]
    fields = ["lms_name", "lms_staff_no", "seen_at"]
    if account.claimed_at is None:
        account.claimed_name, account.claimed_staff_no = account.lms_name, account.lms_staff_no
        account.claimed_school = launch.school_code[:120]
        fields += ["claimed_name", "claimed_staff_no", "claimed_school"]
    account.save(update_fields=fields)


def _match(account: Identity, launch: Launch) -> None:
    """Links the account with the one person the launch fits. Of two launches at once that fit the same person on
    one platform, the second stays in the queue.
    """
    found, way = _fitting(launch)
    if found is None or staff().filter(person=found).exists():
        return
    waiting = Identity.objects.filter(
        id=account.id, person__isnull=True, rejected_at__isnull=True, matched_by=""
    )
    try:
        with transaction.atomic():
            linked = waiting.update(person=found, matched_by=way, linked_at=timezone.now(), claimed_last4="")
    except IntegrityError:
        return
    if linked:
        detail = {"identity": str(account.id), "platform": str(account.platform_id), "by": way}
        audit.record("identity.matched", actor="system", subject=str(found.id), detail=detail)


def _fitting(launch: Launch) -> tuple[Person | None, str]:
    if not launch.authoritative_area or not folded(launch.name):
        return None, ""
    here = Affiliation.objects.filter(
        until__isnull=True,
        person__erased_at__isnull=True,
        school__area__path__startswith=launch.authoritative_area,
    ).select_related("person")
    if launch.staff_no:
        with_number = list(here.filter(person__staff_no=launch.staff_no)[:2])
        if len(with_number) == 1 and same_name(with_number[0].person.name, launch.name):
            return with_number[0].person, BY_NUMBER
        # Somebody has this number, and it is not them: the school must not overrule that.
        if with_number:
            return None, ""
    if not launch.school_code:
        return None, ""
    there = here.filter(school__code=launch.school_code)
    namesakes = [row.person for row in there if same_name(row.person.name, launch.name)]
    if len(namesakes) != 1 or (launch.staff_no and namesakes[0].staff_no):
        return None, ""
    return namesakes[0], BY_SCHOOL


def staff() -> QuerySet[RoleGrant]:
    """Rights in force or still to come: an account that opens somebody's path today must not open that of a rater
    or an officer tomorrow.
    """
    open_end = Q(until__isnull=True) | Q(until__gte=timezone.localdate())
    return RoleGrant.objects.filter(open_end, revoked_at__isnull=True)


def folded(name: str) -> str:
    """A name as it is compared: without spaces, full-width letters and the many forms of the middle dot."""
    dots = str.maketrans(dict.fromkeys("•‧・∙⋅．", "·"))
    return "".join(unicodedata.normalize("NFKC", name.translate(dots)).translate(dots).split())


def same_name(one: str, other: str) -> bool:
    return folded(one) == folded(other) != ""


def person_of(platform_id: object, sub: str) -> Person | None:
    """The linked person of a platform's user, for the API that blocks call."""
    identity = Identity.objects.filter(platform_id=platform_id, sub=sub).select_related("person").first()
    return identity.person if identity else None


def opens(identity_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Whether the account still belongs to this person: a session may be older than a split."""
    return Identity.objects.filter(id=identity_id, person_id=person_id).exists()


def subs_of(person: Person) -> list[tuple[object, str]]:
    """(platform id, sub) of every LMS account linked to a person, for sending grades back."""
    return list(Identity.objects.filter(person=person).values_list("platform_id", "sub"))
