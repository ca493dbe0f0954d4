"""Names and Role Provisioning Services 2.0: the member list one tool may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .model import Context, Member, Tool


def container(url: str, *, course: Context, members: Sequence[Member], tool: Tool) -> dict[str, Any]:
    named = {"id": course.id, "title": course.title, "label": course.label}
    return {
        "id": url,
        "context": {name: value for name, value in named.items() if value},
        "members": [_member(member, tool=tool) for member in members],
    }


def _member(member: Member, *, tool: Tool) -> dict[str, Any]:
    sourcedid = member.person_sourcedid(tool.share)
    shown: dict[str, Any] = {"status": member.status, "user_id": member.sub, "roles": list(member.roles)}
    return shown | member.shared(tool.share) | ({"lis_person_sourcedid": sourcedid} if sourcedid else {})


def has_role(member: Member, role: str) -> bool:
    """A role filter may be a full URI or, for context roles, its short name (NRPS 2.0 section 2.4.1.2)."""
    return any(role in (held, held.rpartition("#")[2]) for held in member.roles)
