"""Assignment and Grade Services 2.0: what a tool may send, and what it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .documents import number, plain, read_object, text, time
from .errors import bad_request
from .model import LineItemMessage, ScoreMessage
from .vocabulary import ACTIVITY_PROGRESS, FINAL, GRADING_PROGRESS, MediaType

MAX_COMMENT = 20_000
MAX_AHEAD = timedelta(hours=1)


def read_score(body: bytes, *, content_type: str, now: datetime) -> ScoreMessage:
    """A score by AGS 2.0 section 3.4. `score_given` may exceed `score_maximum` (extra credit, section 3.4.4).

    Refuses a time stamp more than an hour ahead (our own rule): as the newest wins, it would silence every
    later score.
    """
    data = read_object(body, content_type=content_type, allowed=(MediaType.SCORE,))
    timestamp = time(data, "timestamp", sub_second=True)
    if timestamp is None:
        raise bad_request("timestamp is missing")
    if timestamp > now + MAX_AHEAD:
        raise bad_request("timestamp lies in the future")
    given, maximum = _points(data)
    started, submitted = _submission(data)
    return ScoreMessage(
        user_id=text(data, "userId", limit=255, required=True),
        timestamp=timestamp,
        activity_progress=_one_of(data, "activityProgress", ACTIVITY_PROGRESS),
        grading_progress=_one_of(data, "gradingProgress", GRADING_PROGRESS),
        score_given=given,
        score_maximum=maximum,
        comment=text(data, "comment", limit=MAX_COMMENT),
        started_at=started,
        submitted_at=submitted,
    )


def _one_of(data: Mapping[str, Any], name: str, allowed: frozenset[str]) -> str:
    value = data.get(name)
    if not isinstance(value, str) or value not in allowed:
        raise bad_request(f"{name} must be one of {', '.join(sorted(allowed))}")
    return value


def _points(data: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    given, maximum = number(data, "scoreGiven"), number(data, "scoreMaximum")
    if maximum is not None and maximum <= 0:
        raise bad_request("scoreMaximum must be above 0")
    if given is not None and maximum is None:
        raise bad_request("scoreMaximum is required with scoreGiven")
    return given, maximum


def _submission(data: Mapping[str, Any]) -> tuple[datetime | None, datetime | None]:
    found = data.get("submission")
    if found is None:
        return None, None
    if not isinstance(found, dict):
        raise bad_request("submission must be an object")
    return time(found, "startedAt"), time(found, "submittedAt")


def read_line_item(body: bytes, *, content_type: str) -> LineItemMessage:
    data = read_object(body, content_type=content_type, allowed=(MediaType.LINE_ITEM,))
    maximum = number(data, "scoreMaximum")
    if maximum is None or maximum <= 0:
        raise bad_request("scoreMaximum must be a number above 0")
    return LineItemMessage(
        label=text(data, "label", limit=255, required=True),
        score_maximum=maximum,
        resource_id=text(data, "resourceId", limit=255),
        tag=text(data, "tag", limit=255),
        resource_link_id=text(data, "resourceLinkId", limit=255),
        starts_at=time(data, "startDateTime"),
        ends_at=time(data, "endDateTime"),
    )


def line_item(url: str, message: LineItemMessage) -> dict[str, Any]:
    optional = {
        "resourceId": message.resource_id,
        "tag": message.tag,
        "resourceLinkId": message.resource_link_id,
        "startDateTime": message.starts_at and message.starts_at.isoformat(),
        "endDateTime": message.ends_at and message.ends_at.isoformat(),
    }
    shown = {name: value for name, value in optional.items() if value}
    return {"id": url, "label": message.label, "scoreMaximum": plain(message.score_maximum)} | shown


def scaled(given: Decimal, *, out_of: Decimal, to: Decimal) -> Decimal:
    """The share of the tool's maximum, on the line item's own scale."""
    return given if out_of == to else (given * to / out_of).quantize(Decimal("0.0001"))


def result(url: str, score: ScoreMessage, *, maximum: Decimal) -> dict[str, Any]:
    """One result (AGS 2.0 section 3.3). A score that is not fully graded shows no number."""
    shown: dict[str, Any] = {
        "id": f"{url}/results/{score.user_id}",
        "scoreOf": url,
        "userId": score.user_id,
        "resultMaximum": plain(maximum),
    }
    if score.comment:
        shown["comment"] = score.comment
    value = final_score(score, maximum=maximum)
    return shown if value is None else shown | {"resultScore": plain(value)}


def final_score(score: ScoreMessage, *, maximum: Decimal) -> Decimal | None:
    if score.grading_progress != FINAL or score.score_given is None or score.score_maximum is None:
        return None
    return scaled(score.score_given, out_of=score.score_maximum, to=maximum)
