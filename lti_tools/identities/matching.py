"""Who a launch is about. A launch proves little: only a platform marked authoritative matches by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_tools.identities.models import Identity
from lti_tools.people.api import Affiliation, Person, RoleGrant

if TYPE_CHECKING:
    from lti_tools.launch.api import Launch


def identify(launch: Launch) -> Person | None:
    """The person linked to (issuer, sub), or None while the identity waits in the confirm queue.

    Automatic matching needs all of: a platform authoritative for an area, a staff number, exactly one person with
    it whose present school lies in that area and whose name is the same, no staff role held by that person, and no
    other account of this platform that is theirs already: name and staff number are what a colleague knows too.
    """
    identity, _ = Identity.objects.get_or_create(platform_id=launch.platform_id, sub=launch.sub)
    identity.claimed_name = launch.name[:120]
    identity.claimed_staff_no = launch.staff_no[:40]
    if identity.person is None and identity.rejected_at is None:
        identity.person = _match(launch)
        identity.matched_by = "authoritative platform" if identity.person else ""
    identity.save()
    return identity.person


def _match(launch: Launch) -> Person | None:
    if not launch.authoritative_area or not launch.staff_no:
        return None
    present = Affiliation.objects.filter(
        until__isnull=True,
        person__staff_no=launch.staff_no,
        school__area__path__startswith=launch.authoritative_area,
    ).select_related("person")
    found = list(present[:2])
    if len(found) != 1 or found[0].person.name != launch.name:
        return None
    person = found[0].person
    taken = Identity.objects.filter(platform_id=launch.platform_id, person=person)
    return None if taken.exists() or RoleGrant.objects.filter(person=person).exists() else person


def person_of(platform_id: object, sub: str) -> Person | None:
    """The linked person of a platform's user, for the API that blocks call."""
    identity = Identity.objects.filter(platform_id=platform_id, sub=sub).select_related("person").first()
    return identity.person if identity else None


def subs_of(person: Person) -> list[tuple[object, str]]:
    """(platform id, sub) of every LMS account linked to a person, for sending grades back."""
    return list(Identity.objects.filter(person=person).values_list("platform_id", "sub"))


def waiting() -> list[Identity]:
    """The confirm queue, whole. Officers see their part of it (`confirm.waiting_for`)."""
    queue = Identity.objects.filter(person__isnull=True, rejected_at__isnull=True)
    return list(queue.select_related("platform").order_by("-seen_at")[:200])
