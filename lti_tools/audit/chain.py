"""A hash chain over rows of a table: each row carries the hash of the one before it.

Used by the audit trail and by the results ledger. A payload holds pseudonymous ids and salted digests only, so
that destroying a salt erases a person without breaking the chain. The head carries a keyed hash under a master
key of the environment: whoever can write to the database alone cannot compute the chain anew.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from lti_tools.audit.models import ChainHead
from lti_tools.errors import ShijieError

GENESIS = "0" * 64
PURPOSE = b"shijie chain head v1"


@dataclass(frozen=True)
class Link:
    seq: int
    previous: str
    hash: str


@dataclass(frozen=True)
class Broken:
    """The first row that does not follow from the one before it."""

    seq: int
    reason: str


def canonical(payload: Mapping[str, object]) -> bytes:
    """Sorted keys, no spaces, UTF-8: the one form that is hashed. Numbers with a fraction are given as text."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link_hash(seq: int, previous: str, payload: Mapping[str, object]) -> str:
    return hashlib.sha256(f"{seq}\n{previous}\n".encode() + canonical(payload)).hexdigest()


def next_mark(mark: str, value: str, *, version: int) -> str:
    """Keyed hash over the mark before and the newest hash, so that a row forged once shows for ever.

    A chain keeps the key version it began with. Refuses a version that is not configured any more.
    """
    master = settings.SHIJIE_MASTER_KEYS.get(version)
    if master is None:
        raise ShijieError("audit.master_key_missing", version=version)
    key = hmac.new(master.encode(), PURPOSE, hashlib.sha256).digest()
    return hmac.new(key, f"{mark}\n{value}".encode(), hashlib.sha256).hexdigest()


def salted(value: str, salt: str) -> str:
    return hmac.new(bytes.fromhex(salt), value.encode(), hashlib.sha256).hexdigest()


def new_salt() -> str:
    return secrets.token_hex(16)


def extend(chain: str, payload: Mapping[str, object]) -> Link:
    """Claims the next place in `chain`; the caller stores the row in the same transaction.

    The head moves by a conditional update: a second writer waits for the first, sees that the head has moved and
    takes the next place. Refuses to run outside a transaction, where a place could stay empty.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a chain is extended only inside a transaction")
    while True:
        head = _head(chain)
        seq = head.seq + 1
        value = link_hash(seq, head.hash, payload)
        mark = next_mark(head.mark, value, version=head.key_version)
        if ChainHead.objects.filter(name=chain, seq=head.seq).update(seq=seq, hash=value, mark=mark):
            return Link(seq=seq, previous=head.hash, hash=value)


def _head(chain: str) -> ChainHead:
    """The head, with all other heads held too and always in the same order.

    One story writes the ledger first and the audit trail second, another the other way round: if each held only
    the chain it came to first, both would wait for ever (where rows are locked; SQLite has one writer anyway).
    """
    held = {head.name: head for head in ChainHead.objects.select_for_update().order_by("name")}
    if chain in held:
        return held[chain]
    version = max(settings.SHIJIE_MASTER_KEYS)
    fresh = {"seq": 0, "hash": GENESIS, "key_version": version, "mark": GENESIS}
    ChainHead.objects.get_or_create(name=chain, defaults=fresh)
    return ChainHead.objects.get(name=chain)


def check(chain: str, rows: Iterable[tuple[int, str, str, Mapping[str, object]]]) -> Broken | None:
    """Walks rows of (seq, previous, hash, payload) in order and compares the last with the signed head."""
    head = ChainHead.objects.filter(name=chain).first()
    signed = head is not None and head.key_version in settings.SHIJIE_MASTER_KEYS
    seq, previous, mark = 0, GENESIS, GENESIS
    for row_seq, row_previous, row_hash, payload in rows:
        seq += 1
        if row_seq != seq:
            return Broken(seq=seq, reason="missing")
        if row_previous != previous:
            return Broken(seq=seq, reason="does not follow")
        if link_hash(seq, previous, payload) != row_hash:
            return Broken(seq=seq, reason="changed")
        previous = row_hash
        if head is not None and signed:
            mark = next_mark(mark, row_hash, version=head.key_version)
    return _check_head(head, seq=seq, value=previous, mark=mark)


def _check_head(head: ChainHead | None, *, seq: int, value: str, mark: str) -> Broken | None:
    """An empty chain may have no head yet; any other without one has lost it to somebody."""
    if head is None:
        return Broken(seq=seq, reason="head missing") if seq else None
    if (head.seq, head.hash) != (seq, value):
        return Broken(seq=seq + 1, reason="cut off")
    if head.key_version not in settings.SHIJIE_MASTER_KEYS:
        return Broken(seq=seq, reason="head key missing")
    return None if hmac.compare_digest(mark, head.mark) else Broken(seq=seq, reason="head forged")
