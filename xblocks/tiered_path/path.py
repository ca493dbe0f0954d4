"""Which parts of a course a learner of a tier is shown, and which comes next. Pure: no XBlock, no network."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from xblocks.shared.client import ClientError, PathService, Placement

UNPLACED = "unplaced"
DEFAULT_TIERS = ("basic", "integrated", "innovation", "innovation-bridge", "lead")
FRESH = timedelta(minutes=15)
# A service that just failed is left alone for a while: each page would otherwise wait for the timeout again.
PAUSE_AFTER_FAILURE = timedelta(minutes=1)


@dataclass(frozen=True)
class Known:
    """What is known of a learner: `problem` is a ClientError code, `as_of` the time of the last answer."""

    placement: Placement | None = None
    as_of: datetime | None = None
    problem: str = ""


def child_key(usage_id: Any) -> str:
    """Stable through a course re-run, which changes the course in a usage id and not the block's own id."""
    block_id = getattr(usage_id, "block_id", None)
    return f"{usage_id.block_type}:{block_id}" if block_id else str(usage_id)


def shown(tiers: Collection[str], *, placement: Placement | None) -> bool:
    """A part without tiers is for everybody; one for the unplaced waits until the service has said so."""
    if not tiers:
        return True
    if placement is None:
        return False
    return (placement.tier if placement.placed else UNPLACED) in tiers


def next_one(keys: Sequence[str], *, finished: Collection[str]) -> str | None:
    return next((key for key in keys if key not in finished), None)


def read_tiers(text: str) -> list[str]:
    """`tiers="basic, integrated"` in course XML: words parted by spaces or commas, each once, in order."""
    return list(dict.fromkeys(text.replace(",", " ").split()))


def look_up(
    saved: Mapping[str, Any],
    *,
    service: PathService | None,
    sub: str,
    language: str,
    now: datetime,
    insist: bool = False,
) -> tuple[Known, dict[str, Any]]:
    """What is known, and what to keep for the next page.

    An answer is used again for 15 minutes (a "not placed" never: the diagnosis may just have been done). When
    the service does not answer, the older answer stays, marked with the problem.
    """
    old = _remembered(saved, sub=sub, language=language)
    if not insist and _settled(old, saved, language=language, now=now):
        return old, dict(saved)
    try:
        placement = _ask(service, sub=sub, language=language)
    except ClientError as error:
        return _after_failure(old, saved, error=error, sub=sub, now=now)
    kept = {"sub": sub, "language": language, "placement": placement.to_json(), "as_of": now.isoformat()}
    return Known(placement=placement, as_of=now), kept


def _remembered(saved: Mapping[str, Any], *, sub: str, language: str) -> Known:
    if saved.get("sub") != sub:
        return Known()
    if not saved.get("placement"):
        return Known(problem=saved.get("problem", ""))
    try:
        placement = Placement.from_json(saved["placement"], language=language)
    except ClientError:  # written by another version; asking again heals it
        return Known()
    return Known(
        placement=placement, as_of=datetime.fromisoformat(saved["as_of"]), problem=saved.get("problem", "")
    )


def _settled(old: Known, saved: Mapping[str, Any], *, language: str, now: datetime) -> bool:
    if old.problem and now - datetime.fromisoformat(saved["tried_at"]) < PAUSE_AFTER_FAILURE:
        return True
    if saved.get("language") != language or not old.placement or not old.as_of:
        return False
    return old.placement.placed and now - old.as_of < FRESH


def _ask(service: PathService | None, *, sub: str, language: str) -> Placement:
    if service is None or not sub:
        raise ClientError("not_connected", permanent=True)
    return service.placement(sub, language=language)


def _after_failure(
    old: Known, saved: Mapping[str, Any], *, error: ClientError, sub: str, now: datetime
) -> tuple[Known, dict[str, Any]]:
    kept = {**(saved if old.placement else {"sub": sub}), "problem": error.code, "tried_at": now.isoformat()}
    return Known(placement=old.placement, as_of=old.as_of, problem=error.code), kept
