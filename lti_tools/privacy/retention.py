"""What has had its time goes: once a day, class by class, each through the door of the room that owns it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.identities import api as identities
from lti_tools.lessons import api as lessons
from lti_tools.outbox import api as outbox
from lti_tools.people import api as people
from lti_tools.privacy import corrections, erasing
from lti_tools.privacy.rules import Rule, rules
from lti_tools.ratings import api as ratings
from lti_tools.results import api as results
from lti_tools.rosters import api as rosters

EVENT = "retention.run"
# People taken away in one run: what is left is due again tomorrow.
IN_ONE_RUN = 200


@dataclass(frozen=True)
class Due:
    """A class and how many of it have had their time; None where another job or nobody takes them away."""

    rule: Rule
    count: int | None


@dataclass(frozen=True)
class Run:
    at: datetime
    counts: Mapping[str, int]


def _recordings(before: datetime, *, dry_run: bool = False) -> int:
    return lessons.forget_recordings(timezone.localdate(before), dry_run=dry_run)


def _left(before: datetime, *, dry_run: bool = False) -> int:
    """People who left before that day and about whom the ledger says nothing; not while raters have their lesson."""
    gone = people.left_before(timezone.localdate(before))
    found = (one for one in sorted(set(gone) - results.with_results(gone)) if not ratings.has_open_case(one))
    in_this_run = list(islice(found, IN_ONE_RUN))
    if not dry_run:
        for person_id in in_this_run:
            erasing.erase(person_id, actor="system", reason="retention: left without any result")
    return len(in_this_run)


HANDS: dict[str, Callable[..., int]] = {
    "accounts_waiting": identities.forget_waiting,
    "accounts_rejected": identities.forget_rejected,
    "rosters_undecided": rosters.forget_undecided,
    "roster_errors": rosters.forget_wrong_rows,
    "recordings": _recordings,
    "slips": identities.forget_slips,
    "corrections": corrections.forget_decided,
    "outbox": outbox.forget_payloads,
    "left_without_result": _left,
}


def due(now: datetime | None = None) -> list[Due]:
    """Every class in the order of the rules; nothing is changed by asking."""
    return [Due(rule=rule, count=_count(rule, now or timezone.now())) for rule in rules()]


def _count(rule: Rule, now: datetime) -> int | None:
    hand = HANDS.get(rule.code)
    return hand(rule.before(now), dry_run=True) if hand else None


def run(now: datetime | None = None, *, dry_run: bool = False) -> dict[str, int]:
    """Carries the rules out, or only counts; returns how many of each class. Safe to repeat and to break off.

    One event on the audit trail holds the counts. A dry run leaves none.
    """
    moment = now or timezone.now()
    hands = [(rule, HANDS[rule.code]) for rule in rules() if rule.code in HANDS]
    counts = {rule.code: hand(rule.before(moment), dry_run=dry_run) for rule, hand in hands}
    if not dry_run:
        audit.record(EVENT, actor="system", detail=counts)
    return counts


def keep() -> None:
    """For the hourly housekeeping: runs once a day, after the night has begun."""
    last = last_run()
    if last is None or timezone.localdate(last.at) < timezone.localdate():
        run()


def last_run() -> Run | None:
    event = audit.last_of(EVENT)
    return (
        Run(at=event.at, counts={key: int(count) for key, count in event.detail.items()}) if event else None
    )


def next_run() -> datetime:
    """The midnight after which the next hourly housekeeping runs the rules."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time.min))
