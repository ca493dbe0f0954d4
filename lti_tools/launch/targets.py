"""Where a person's grade goes: remembered from the launches that offered it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from lti_tools.launch.message import Ags, Launch
from lti_tools.launch.models import GradeTarget, SeenLaunch

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE = SCOPE + "score"
LINE_ITEM = SCOPE + "lineitem"
LINE_ITEM_READ = SCOPE + "lineitem.readonly"
LONGEST_TITLE = 255


def remember_target(launch: Launch) -> GradeTarget | None:
    """Notes that this person opened this link and where its scores go; None when the platform takes no
    scores.

    Runs in the caller's transaction. A later launch brings addresses and titles up to date.
    """
    if launch.ags is None or SCORE not in launch.ags.scopes:
        return None
    target, _ = GradeTarget.objects.update_or_create(
        platform_id=launch.platform_id,
        deployment_id=launch.deployment_id,
        resource_link_id=launch.resource_link_id,
        defaults={**_place(launch), **_addresses(launch.ags)},
    )
    SeenLaunch.objects.update_or_create(target=target, sub=launch.sub, defaults={"seen_at": timezone.now()})
    return target


def _place(launch: Launch) -> dict[str, object]:
    return {
        "context_id": launch.context_id,
        "context_title": launch.context_title[:LONGEST_TITLE],
        "resource_title": launch.resource_title[:LONGEST_TITLE],
    }


def _addresses(ags: Ags) -> dict[str, object]:
    """A launch without a line item does not erase the one we found or made for it."""
    found: dict[str, object] = {"lineitems_url": ags.lineitems, "scopes": list(ags.scopes)}
    return found | ({"lineitem_url": ags.lineitem} if ags.lineitem else {})


def targets_of(subs: Iterable[tuple[object, str]]) -> list[tuple[uuid.UUID, str]]:
    """(target id, sub) for every link opened by any of these (platform id, sub), the latest opened first."""
    mine = Q(pk__in=[])
    for platform_id, sub in subs:
        mine |= Q(target__platform_id=platform_id, sub=sub)
    return list(SeenLaunch.objects.filter(mine).order_by("-seen_at").values_list("target_id", "sub"))


def forget_sub(platform_id: object, sub: str) -> int:
    """No grade goes to this user of this platform any more, and nothing says which links they opened."""
    return SeenLaunch.objects.filter(target__platform_id=platform_id, sub=sub).delete()[0]
