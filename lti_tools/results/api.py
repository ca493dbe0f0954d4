"""The results door: one append-only ledger, whatever the source of a result.

Callers hold the transaction and have asked `people.require` for the person's scope before they read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.audit.api import Broken
from lti_tools.errors import ShijieError
from lti_tools.people.api import present_affiliation
from lti_tools.results import chain
from lti_tools.results.models import LedgerEntry

__all__ = [
    "KINDS",
    "Broken",
    "Entry",
    "entry",
    "find",
    "forget",
    "hash_at",
    "history_of",
    "lessons_in_turn",
    "lessons_of",
    "move",
    "of_enrolment",
    "of_person",
    "record",
    "verify",
    "void",
    "with_results",
]

KINDS = frozenset(LedgerEntry.Kind.values)


class Judged(Protocol):
    """The definition a result was judged by, as `definitions.by_hash` returns it."""

    key: str
    version: int
    hash: str


@dataclass(frozen=True)
class Entry:
    """One row of the ledger as others see it. `person_id` is None after an erasure."""

    seq: int
    id: uuid.UUID
    at: datetime
    kind: str
    programme_id: uuid.UUID
    person_id: uuid.UUID | None
    enrolment_id: uuid.UUID | None
    school_name: str
    school_code: str
    definition_key: str
    definition_version: int
    definition_hash: str
    value: Mapping[str, Any]
    key: str
    hash: str


def record(
    kind: str,
    *,
    enrolment: Any,
    definition: Judged,
    value: Mapping[str, object],
    key: str,
    at: datetime | None = None,
) -> Entry:
    """Appends one result for the person of `enrolment` at the school they work at now.

    `key` makes it happen once: a second call with the same key returns the first entry and changes nothing,
    whatever else it says. An entry that was voided stands in nobody's way: then it may happen once more.
    Refuses an unknown kind, an empty key and binary fractions in `value`.
    """
    if kind not in KINDS or not key:
        raise ShijieError("results.kind_or_key_unknown", kind=kind)
    known = LedgerEntry.objects.filter(idempotency_key=key).first()
    if known and LedgerEntry.objects.filter(idempotency_key=_void_key(known.seq)).exists():
        again = f"{key}:after:{known.seq}"
        return record(kind, enrolment=enrolment, definition=definition, value=value, key=again, at=at)
    if known:
        return _entry(known)
    row = _draft(kind, enrolment=enrolment, definition=definition, value=value, key=key, at=at)
    try:
        with transaction.atomic():
            _append(row)
    except IntegrityError:
        # Another process recorded the same key while we waited for the head of the chain.
        return _entry(LedgerEntry.objects.get(idempotency_key=key))
    return _entry(row)


def _draft(
    kind: str,
    *,
    enrolment: Any,
    definition: Judged,
    value: Mapping[str, object],
    key: str,
    at: datetime | None,
) -> LedgerEntry:
    affiliation = present_affiliation(enrolment.person)
    row = LedgerEntry(
        at=at or timezone.now(),
        kind=kind,
        programme_id=enrolment.programme_id,
        person_id=enrolment.person_id,
        enrolment_id=enrolment.id,
        school_name=affiliation.school.name if affiliation else "",
        school_code=affiliation.school.code if affiliation else "",
        definition_key=definition.key,
        definition_version=definition.version,
        definition_hash=definition.hash,
        value=chain.plain(value),
        idempotency_key=key,
        salt=audit.new_salt(),
    )
    row.person_digest, row.content_digest = chain.person_digest(row), chain.content_digest(row)
    return row


def _append(row: LedgerEntry) -> None:
    link = audit.extend(chain.CHAIN, chain.text_of(row))
    row.seq, row.previous, row.hash = link.seq, link.previous, link.hash
    row.save(force_insert=True)


def _entry(row: LedgerEntry) -> Entry:
    return Entry(
        seq=row.seq,
        id=row.id,
        at=row.at,
        kind=row.kind,
        programme_id=row.programme_id,
        person_id=row.person_id,
        enrolment_id=row.enrolment_id,
        school_name=row.school_name,
        school_code=row.school_code,
        definition_key=row.definition_key,
        definition_version=row.definition_version,
        definition_hash=row.definition_hash,
        value=row.value,
        key=row.idempotency_key,
        hash=row.hash,
    )


def history_of(enrolment_id: object) -> list[Entry]:
    """Everything ever recorded for one enrolment, oldest first, with what was voided and the corrections."""
    return [_entry(row) for row in LedgerEntry.objects.filter(enrolment_id=enrolment_id).order_by("seq")]


def of_enrolment(enrolment_id: object) -> list[Entry]:
    """What holds for one enrolment, oldest first: without entries that a correction has voided."""
    entries = history_of(enrolment_id)
    voided = {entry.value.get("voids") for entry in entries if entry.kind == LedgerEntry.Kind.CORRECTION}
    return [entry for entry in entries if entry.seq not in voided]


def void(entry: Entry, *, enrolment: Any) -> Entry:
    """Appends the correction by which an entry of `enrolment` no longer counts; the entry itself stays as it was.

    Refuses an entry of somebody else. The correction says nothing about whose the result is instead.
    """
    if entry.enrolment_id != enrolment.id:
        raise ShijieError("results.not_theirs", seq=entry.seq)
    value = {"voids": entry.seq, "kind": entry.kind}
    standard = _standard(entry)
    return record(
        "correction", enrolment=enrolment, definition=standard, value=value, key=_void_key(entry.seq)
    )


def move(entry: Entry, *, to: Any, changes: Mapping[str, object] | None = None) -> Entry:
    """Records the same result for the enrolment `to`, with the time it had. The caller voids the old entry.

    `changes` replaces values that follow from the person and not from the work, such as the tier.
    """
    value = {**entry.value, **(changes or {}), "moved_from": entry.seq}
    return record(
        entry.kind,
        enrolment=to,
        definition=_standard(entry),
        value=value,
        key=f"moved:{entry.seq}",
        at=entry.at,
    )


def _void_key(seq: int) -> str:
    return f"voids:{seq}"


@dataclass(frozen=True)
class _Standard:
    key: str
    version: int
    hash: str


def _standard(entry: Entry) -> _Standard:
    return _Standard(key=entry.definition_key, version=entry.definition_version, hash=entry.definition_hash)


def lessons_of(enrolment_id: object) -> list[Entry]:
    """Demo lessons of one enrolment, oldest first; of several entries about one lesson the newest counts."""
    newest: dict[str, Entry] = {}
    for entry in of_enrolment(enrolment_id):
        if entry.kind == LedgerEntry.Kind.LESSON:
            newest[str(entry.value.get("lesson", entry.id))] = entry
    return sorted(newest.values(), key=lambda entry: entry.seq)


def lessons_in_turn(enrolment_id: object) -> list[str]:
    """The same lessons by the order of their first decision, whatever was put right since."""
    found = (entry for entry in of_enrolment(enrolment_id) if entry.kind == LedgerEntry.Kind.LESSON)
    return list(dict.fromkeys(str(entry.value.get("lesson", entry.id)) for entry in found))


def find(key: str) -> Entry | None:
    """The entry recorded under an idempotency key."""
    row = LedgerEntry.objects.filter(idempotency_key=key).first()
    return _entry(row) if row else None


def entry(entry_id: uuid.UUID) -> Entry | None:
    """One row by its id, for callers who then ask `people.require` for its person."""
    row = LedgerEntry.objects.filter(id=entry_id).first()
    return _entry(row) if row else None


def of_person(person_id: object) -> list[Entry]:
    """Everything ever recorded about one person, newest first."""
    return [_entry(row) for row in LedgerEntry.objects.filter(person_id=person_id).order_by("-seq")]


def with_results(person_ids: Iterable[object]) -> set[uuid.UUID]:
    """Those of them about whom the ledger says anything."""
    rows = LedgerEntry.objects.filter(person_id__in=list(person_ids))
    return set(rows.values_list("person_id", flat=True))


def forget(person_id: object, *, actor: str, reason: str) -> int:
    """Erases a person from the ledger by destroying the salts; returns the rows. The chain stays provable."""
    erased = LedgerEntry.objects.filter(person_id=person_id).erase()
    audit.record("results.erased", actor=actor, reason=reason, detail={"rows": erased})
    return erased


def hash_at(seq: int) -> str:
    """The hash of a row, or "" when there is none: what a signed head is held against."""
    return LedgerEntry.objects.filter(seq=seq).values_list("hash", flat=True).first() or ""


def verify() -> Broken | None:
    """Proves the ledger; names the first row that was changed, removed, cut off, or emptied without an order."""
    return audit.check_chain(chain.CHAIN, chain.rows) or _emptied_in_secret()


def _emptied_in_secret() -> Broken | None:
    """An erasure leaves its number of rows on the audit trail; more empty rows than that are somebody's work."""
    emptied = LedgerEntry.objects.filter(salt="").order_by("seq")
    ordered = sum(event.detail.get("rows", 0) for event in audit.events_of("results.erased"))
    first = emptied.first() if emptied.count() > ordered else None
    return Broken(seq=first.seq, reason="erased without an order") if first else None
