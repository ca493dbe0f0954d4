"""Scores to the gradebook (LTI Assignment and Grade Services 2.0)."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from django.db.models import Q
from django.utils import timezone

from lti_tools.errors import ShijieError, Temporary
from lti_tools.launch import wire
from lti_tools.launch.models import GradeTarget, Platform
from lti_tools.launch.targets import LINE_ITEM, LINE_ITEM_READ, SCORE
from lti_tools.launch.tokens import access_token, forget_token

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
TAG = "shijie"
MOST_PAGES = 20
FINDING = timedelta(seconds=60)
WORTH_ANOTHER_TRY = frozenset({401, 408, 425, 429})
# AGS 2.0 section 3.4: without these a score says nothing.
NEEDED = ("userId", "timestamp", "activityProgress", "gradingProgress")


def post_score(target_id: uuid.UUID | str, *, score: Mapping[str, Any]) -> None:
    """Posts one score; the same mapping always gives the same bytes, so that a repeated delivery changes
    nothing.

    A platform that already has this or a newer score (409) counts as done. Raises ShijieError otherwise:
    permanent where the platform refuses (400, 403, 404, 410, 422, ...), temporary where another try may help
    (no answer, 401 after a fresh token, 429, 5xx). Does HTTP, so it never runs inside a transaction.
    """
    body = canonical(score)
    target = GradeTarget.objects.select_related("platform").filter(id=target_id).first()
    if target is None:
        raise ShijieError("grade.target_unknown")
    if SCORE not in target.scopes:
        raise ShijieError("grade.scope_missing")
    line_item = target.lineitem_url or _line_item(target, maximum=score.get("scoreMaximum", 100))
    answer = _call(
        target.platform, "POST", scores_url(line_item), scopes=[SCORE], media=SCORE_TYPE, body=body
    )
    if answer.ok or answer.status == 409:
        return
    if answer.status in {404, 410}:
        _forget_line_item(target)
    raise _failure(answer)


def canonical(score: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces. Refuses a score that lacks what AGS 2.0 section 3.4
    requires.
    """
    missing = [name for name in NEEDED if not score.get(name)]
    if missing or ("scoreGiven" in score) != ("scoreMaximum" in score):
        raise ShijieError("grade.incomplete", missing=",".join(missing) or "scoreGiven and scoreMaximum")
    return json.dumps(
        score, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_number
    ).encode()


def _number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in a score")
    return int(value) if value == value.to_integral_value() else float(value)


def scores_url(line_item: str) -> str:
    """AGS 2.0 section 3.4: `/scores` belongs to the path, before any query the line item carries."""
    parts = urlsplit(line_item)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))


def _call(
    platform: Platform, method: str, url: str, *, scopes: Sequence[str], media: str, body: bytes | None = None
) -> wire.Answer:
    """With a token for these scopes; one that was refused is replaced once."""
    answer = _with_token(platform, method, url, scopes=scopes, media=media, body=body)
    if answer.status != 401:
        return answer
    forget_token(platform, scopes=scopes)
    return _with_token(platform, method, url, scopes=scopes, media=media, body=body)


def _with_token(
    platform: Platform, method: str, url: str, *, scopes: Sequence[str], media: str, body: bytes | None
) -> wire.Answer:
    token = access_token(platform, scopes=scopes)
    kind = {"Content-Type": media} if body is not None else {"Accept": media}
    return wire.send(method, url, headers={"Authorization": f"Bearer {token}", **kind}, body=body)


def _failure(answer: wire.Answer) -> ShijieError:
    again = answer.status in WORTH_ANOTHER_TRY or answer.status >= 500
    return ShijieError("grade.refused", permanent=not again, status=answer.status)


def _forget_line_item(target: GradeTarget) -> None:
    """A deleted column: when somebody tries again, it is looked for or made anew, where we may."""
    if target.lineitems_url and LINE_ITEM in target.scopes:
        GradeTarget.objects.filter(id=target.id).update(lineitem_url="")


def _line_item(target: GradeTarget, *, maximum: Any) -> str:
    """Finds or makes the line item of the link. One worker at a time: two would make two columns."""
    if not target.lineitems_url or not {LINE_ITEM, LINE_ITEM_READ} & set(target.scopes):
        raise ShijieError("grade.no_line_item")
    now = timezone.now()
    free = Q(finding_until__isnull=True) | Q(finding_until__lte=now)
    mine = GradeTarget.objects.filter(free, id=target.id, lineitem_url="")
    if not mine.update(finding_until=now + FINDING):
        raise Temporary("grade.line_item_busy")
    found = ""
    try:
        found = _find(target) or _create(target, maximum=maximum)
    finally:
        GradeTarget.objects.filter(id=target.id).update(lineitem_url=found, finding_until=None)
    return found


def _find(target: GradeTarget) -> str:
    """By resource link, checked by ourselves: some platforms ignore the filter. Ours by tag goes first."""
    scope = LINE_ITEM_READ if LINE_ITEM_READ in target.scopes else LINE_ITEM
    filtered = urlencode({"resource_link_id": target.resource_link_id})
    url = target.lineitems_url + ("&" if "?" in target.lineitems_url else "?") + filtered
    for _page in range(MOST_PAGES):
        answer = _call(target.platform, "GET", url, scopes=[scope], media=LINE_ITEMS_TYPE)
        if not answer.ok:
            raise _failure(answer)
        here = [item for item in _items(answer) if item.get("resourceLinkId") == target.resource_link_id]
        here.sort(key=lambda item: item.get("tag") != TAG)
        if here:
            return str(here[0].get("id", ""))
        url = next_page(answer)
        if not url:
            break
    return ""


def _items(answer: wire.Answer) -> list[dict[str, Any]]:
    found = answer.json()
    if not isinstance(found, list):
        raise ShijieError("grade.line_items_unreadable", permanent=False)
    return [item for item in found if isinstance(item, dict)]


def next_page(answer: wire.Answer) -> str:
    """RFC 8288 `rel=next`, quoted, unquoted or with the curly quotes one LMS sends; same origin only."""
    for part in re.findall(r"<([^>]*)>([^<]*)", answer.headers.get("link", "")):
        if re.search(r"rel\s*=\W*next\b", part[1], re.IGNORECASE):
            url = urljoin(answer.url, part[0])
            return url if wire.origin(url) == wire.origin(answer.url) else ""
    return ""


def _create(target: GradeTarget, *, maximum: Any) -> str:
    if LINE_ITEM not in target.scopes:
        raise ShijieError("grade.no_line_item")
    wanted = {
        "label": target.resource_title or target.context_title or "Shijie",
        "resourceLinkId": target.resource_link_id,
        "scoreMaximum": maximum,
        "tag": TAG,
    }
    body = json.dumps(wanted, ensure_ascii=False, default=_number).encode()
    answer = _call(
        target.platform, "POST", target.lineitems_url, scopes=[LINE_ITEM], media=LINE_ITEM_TYPE, body=body
    )
    made = answer.json()
    if not answer.ok:
        raise _failure(answer)
    if not isinstance(made, dict) or not isinstance(made.get("id"), str):
        raise ShijieError("grade.line_items_unreadable", permanent=False)
    return str(made["id"])
