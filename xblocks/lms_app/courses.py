"""What one tool may see and change in one course through the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from xblocks.lti_platform import Context, Grant, LineItemMessage, ServiceRefused, grades, roster
from xblocks.lti_platform.documents import next_link, page
from xblocks.lti_platform.errors import bad_request

from . import addresses, conf, models
from .gradebook import current_scores, keep_score, message_of
from .stores import tool_of

Query = Mapping[str, str]
Listing = tuple[Any, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class Access:
    tool: models.Tool
    course: Context


def _not_found() -> ServiceRefused:
    """The same answer for what does not exist and for what belongs to another tool."""
    return ServiceRefused(404, "not_found", "there is nothing here for this tool")


def access(grant: Grant, *, context_id: str) -> Access:
    """Only courses in which the tool is placed, and only while they exist."""
    links = models.ResourceLink.objects.filter(tool__client_id=grant.client_id, context_id=context_id)
    link = links.select_related("tool").first()
    course = conf.directory().course(context_id) if link else None
    if link is None or course is None:
        raise _not_found()
    return Access(tool=link.tool, course=course)


def _items(access: Access) -> QuerySet[models.LineItem]:
    rows = models.LineItem.objects.filter(tool=access.tool, context_id=access.course.id, removed_at=None)
    return rows.select_related("link").order_by("created_at", "id")


def _item(access: Access, id: UUID) -> models.LineItem:
    row = _items(access).filter(id=id).first()
    if row is None:
        raise _not_found()
    return row


def _link(access: Access, link_id: str) -> models.ResourceLink | None:
    links = models.ResourceLink.objects.filter(tool=access.tool, context_id=access.course.id)
    return links.filter(link_id=link_id).first()


def _shown(row: models.LineItem) -> dict[str, Any]:
    message = LineItemMessage(
        label=row.label,
        score_maximum=row.score_maximum,
        resource_id=row.resource_id,
        tag=row.tag,
        resource_link_id=row.link.link_id if row.link else "",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
    return grades.line_item(addresses.line_item_url(row), message)


def list_line_items(access: Access, *, query: Query) -> Listing:
    """Filters of AGS 2.0 section 3.2.4; they narrow together."""
    names = {"resource_link_id": "link__link_id", "resource_id": "resource_id", "tag": "tag"}
    wanted = {field: query[name] for name, field in names.items() if name in query}
    rows = _items(access).filter(**wanted)
    url = addresses.absolute("lineitems", context_id=access.course.id)
    return _paged(rows, query=query, url=url, show=_shown)


def _paged(rows: Any, *, query: Query, url: str, show: Any) -> Listing:
    asked = page(query)
    found = list(rows[asked.start : asked.stop + 1])
    more = len(found) > asked.size
    return [show(row) for row in found[: asked.size]], next_link(url, query=query, page=asked, more=more)


def create_line_item(access: Access, body: bytes, *, content_type: str) -> dict[str, Any]:
    message = grades.read_line_item(body, content_type=content_type)
    link = _link(access, message.resource_link_id) if message.resource_link_id else None
    if message.resource_link_id and link is None:
        raise bad_request("resourceLinkId is not a placement of this tool in this course")
    row = models.LineItem(tool=access.tool, link=link, context_id=access.course.id, made_by_tool=True)
    return _save(row, message)


def show_line_item(access: Access, id: UUID) -> dict[str, Any]:
    return _shown(_item(access, id))


def change_line_item(access: Access, id: UUID, body: bytes, *, content_type: str) -> dict[str, Any]:
    """A full replacement, except that a column stays with its link (AGS 2.0 section 3.2.8)."""
    message = grades.read_line_item(body, content_type=content_type)
    row = _item(access, id)
    held = row.link.link_id if row.link else ""
    if message.resource_link_id not in ("", held):
        raise bad_request("resourceLinkId cannot be changed")
    return _save(row, message)


def _save(row: models.LineItem, message: LineItemMessage) -> dict[str, Any]:
    row.label, row.score_maximum = message.label, message.score_maximum
    row.resource_id, row.tag = message.resource_id, message.tag
    row.starts_at, row.ends_at = message.starts_at, message.ends_at
    row.save()
    return _shown(row)


def remove_line_item(access: Access, id: UUID) -> None:
    row = _item(access, id)
    if not row.made_by_tool:
        raise ServiceRefused(403, "forbidden", "this column belongs to the course")
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])


def receive_score(access: Access, id: UUID, body: bytes, *, content_type: str) -> bool:
    """True when the gradebook changed. A repeated or older score is accepted and changes nothing."""
    row = _item(access, id)
    message = grades.read_score(body, content_type=content_type, now=timezone.now())
    if conf.directory().user(message.user_id, course=access.course.id) is None:
        raise bad_request("userId is not a member of this course", code="unknown_user", status=422)
    return keep_score(row, message)


def list_results(access: Access, id: UUID, *, query: Query) -> Listing:
    item = _item(access, id)
    rows = current_scores().filter(line_item=item).order_by("sub")
    if "user_id" in query:
        rows = rows.filter(sub=query["user_id"])
    url = addresses.line_item_url(item)

    def show(row: models.Score) -> dict[str, Any]:
        return grades.result(url, message_of(row), maximum=item.score_maximum)

    return _paged(rows, query=query, url=f"{url}/results", show=show)


def list_members(access: Access, *, query: Query) -> Listing:
    """Members by role (`role`) or, as all of them see every link, of one link (`rlid`)."""
    if "rlid" in query and _link(access, query["rlid"]) is None:
        raise _not_found()
    people = list(conf.directory().members(access.course.id))
    if "role" in query:
        people = [person for person in people if roster.has_role(person, query["role"])]
    url = addresses.absolute("memberships", context_id=access.course.id)
    shown, links = _paged(people, query=query, url=url, show=lambda person: person)
    return roster.container(url, course=access.course, members=shown, tool=tool_of(access.tool)), links
