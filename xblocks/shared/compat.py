"""The only place in the blocks that touches edx-platform, Django or the LMS app. Everything else asks here.

Each function gives a plain answer on a runtime that lacks the thing asked for (the workbench, a test
runtime), so a block never has to know where it runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from xblock.completable import XBlockCompletionMode

from xblocks.shared.client import PathService, ServiceClient

STAFF_ROLES = {"staff", "instructor"}


@dataclass(frozen=True)
class Learner:
    """`sub` is the id that LTI launches of this platform carry too, so that the service knows one person."""

    sub: str
    is_staff: bool


def learner(block: Any) -> Learner:
    user = _current_user(block)
    attributes = user.opt_attrs if user else {}
    sub = attributes.get("edx-platform.user_id") or attributes.get("xblock-workbench.user_id")
    return Learner(sub=str(sub or ""), is_staff=_is_staff(attributes))


def may_author(block: Any) -> bool:
    """Whether settings of the block may be written: by authors in Studio, by course staff elsewhere."""
    permissions = block.runtime.service(block, "studio_user_permissions")
    if permissions is not None:
        return bool(permissions.can_write(block.context_key))
    return learner(block).is_staff


def language() -> str:
    return get_language() or "zh-hans"


def now() -> Any:
    return timezone.now()


def local_time(moment: Any) -> str:
    return str(date_format(timezone.localtime(moment), "DATETIME_FORMAT"))


def path_service(block: Any) -> PathService | None:
    """The service plugged into the runtime, or else a client made from the platform's settings."""
    return block.runtime.service(block, "shijie") or _client_from_settings()


def finished(block: Any, children: Iterable[Any]) -> frozenset[str]:
    """Ids of the children whose completable leaves are all complete; none where completion is not tracked."""
    service = block.runtime.service(block, "completion")
    if service is None or not service.completion_tracking_enabled():
        return frozenset()
    leaves = {str(child.scope_ids.usage_id): _leaves(child) for child in children}
    done = service.get_completions([key for keys in leaves.values() for key in keys])
    return frozenset(
        name for name, keys in leaves.items() if keys and all(done.get(key) == 1.0 for key in keys)
    )


def is_container_page(block: Any, context: Any) -> bool:
    """Whether Studio shows the page on which this block's children are added and ordered."""
    root = (context or {}).get("root_xblock")
    return bool(root) and root.scope_ids.usage_id == block.scope_ids.usage_id


def _current_user(block: Any) -> Any:
    service = block.runtime.service(block, "user")
    return service.get_current_user() if service else None


def _is_staff(attributes: Any) -> bool:
    """The role comes first: it follows an instructor who looks at the course as a learner."""
    role = attributes.get("edx-platform.user_role")
    return role in STAFF_ROLES if role else bool(attributes.get("edx-platform.user_is_staff"))


def _leaves(block: Any) -> list[Any]:
    if not block.has_children:
        counts = XBlockCompletionMode.get_mode(block) == XBlockCompletionMode.COMPLETABLE
        return [block.scope_ids.usage_id] if counts else []
    return [leaf for child in block.get_children() for leaf in _leaves(child)]


def _client_from_settings() -> PathService | None:
    base_url = getattr(settings, "SHIJIE_SERVICE_URL", "")
    client_id = getattr(settings, "SHIJIE_SERVICE_CLIENT_ID", "")
    return make_client(base_url=base_url, client_id=client_id) if base_url and client_id else None


def make_client(*, base_url: str, client_id: str) -> ServiceClient:
    from xblocks.lms_app.api import sign_service_jwt  # needs a loaded Django app registry

    return ServiceClient(base_url=base_url.rstrip("/"), sign=partial(sign_service_jwt, client_id))
