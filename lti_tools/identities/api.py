"""The identities door: whose an LMS account is, and who says so."""

from __future__ import annotations

from lti_tools.identities.matching import identify, person_of, subs_of, waiting
from lti_tools.identities.queue import candidates, find_waiting, link_identity, reject_identity, waiting_for

__all__ = [
    "candidates",
    "find_waiting",
    "identify",
    "link_identity",
    "person_of",
    "reject_identity",
    "subs_of",
    "waiting",
    "waiting_for",
]
