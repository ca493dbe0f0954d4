"""What of a ledger row enters the hash chain: digests and codes, nothing that names a person."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from decimal import Decimal

from lti_tools.audit.api import canonical, salted
from lti_tools.errors import ShijieError
from lti_tools.results.models import LedgerEntry

CHAIN = "results"
Checked = tuple[int, str, str, Mapping[str, object]]


def plain(value: object) -> object:
    """The JSON form that is stored and hashed: decimals become text.

    Refuses binary fractions, and the character NUL, which PostgreSQL cannot store in JSON.
    """
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        raise ShijieError("results.float_refused", value=value)
    if isinstance(value, Mapping):
        return {_text(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, int):
        return value
    return _text(str(value))


def _text(value: str) -> str:
    if "\x00" in value:
        raise ShijieError("results.nul_refused")
    return value


def person_digest(entry: LedgerEntry) -> str:
    return salted(str(entry.person_id), entry.salt)


def content_digest(entry: LedgerEntry) -> str:
    """Covers everything an erasure takes away except the person, who has a digest of their own."""
    content = {
        "enrolment": str(entry.enrolment_id or ""),
        "school_name": entry.school_name,
        "school_code": entry.school_code,
        "value": entry.value,
    }
    return salted(canonical(content).decode(), entry.salt)


def payload(entry: LedgerEntry) -> dict[str, object]:
    return {
        "id": str(entry.id),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "programme": str(entry.programme_id),
        "definition": [entry.definition_key, entry.definition_version, entry.definition_hash],
        "key": hashlib.sha256(entry.idempotency_key.encode()).hexdigest(),
        "person": entry.person_digest,
        "content": entry.content_digest,
    }


def honest(entry: LedgerEntry) -> bool:
    """Whether the plain columns are those the digests were made of; an erased row holds nothing at all."""
    if not entry.salt:
        left = (entry.person_id, entry.enrolment_id, entry.school_name, entry.school_code, entry.value)
        return not any(left)
    same_person = hmac.compare_digest(person_digest(entry), entry.person_digest)
    return same_person and hmac.compare_digest(content_digest(entry), entry.content_digest)


def rows() -> Iterator[Checked]:
    """Rows for the chain check; one whose columns were changed is given a hash that cannot match."""
    for entry in LedgerEntry.objects.order_by("seq").iterator(chunk_size=2000):
        yield entry.seq, entry.previous, entry.hash if honest(entry) else "", payload(entry)
