"""A hash chain over rows of a table: each row carries the hash of the one before it.

Used by the audit trail and by the results ledger. The text of a row holds pseudonymous ids and salted digests
only, so that destroying a salt erases a person without breaking the chain. The head carries a keyed hash under a
master key of the environment: whoever can write to the database alone cannot compute the chain anew.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from lti_tools.audit.models import ChainHead
from lti_tools.errors import ShijieError

GENESIS = "0" * 64
PURPOSE = b"shijie chain head v1"
# A row as the database gives it: seq, previous, hash, the text that was hashed, whether digests and columns agree.
Row = tuple[int, str, str, str, bool]


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


def link_hash(seq: int, previous: str, text: str) -> str:
    return hashlib.sha256(f"{seq}\n{previous}\n{text}".encode()).hexdigest()


def next_mark(mark: str, value: str, *, version: int) -> str:
    """Keyed hash over the mark before and the newest hash, so that a row forged once shows for ever.

    A chain keeps the key version it began with. Refuses a version that is not configured any more.
    """
    return _marker(version)(mark, value)


def _marker(version: int) -> Callable[[str, str], str]:
    master = settings.SHIJIE_MASTER_KEYS.get(version)
    if master is None:
        raise ShijieError("audit.master_key_missing", version=version)
    return keyed(hmac.digest(master.encode(), PURPOSE, "sha256"))


def keyed(key: bytes) -> Callable[[str, str], str]:
    """HMAC-SHA256 over "mark\\nvalue" as RFC 2104 writes it, with the key's two blocks hashed once for all rows:
    half of what `hmac.digest` costs, in a loop over millions.
    """
    block = key.ljust(64, b"\0")
    inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))

    def marked(mark: str, value: str) -> str:
        within, around = inner.copy(), outer.copy()
        within.update(f"{mark}\n{value}".encode())
        around.update(within.digest())
        return around.hexdigest()

    return marked


def salted(value: str, salt: str) -> str:
    return hmac.digest(bytes.fromhex(salt), value.encode(), "sha256").hex()


def new_salt() -> str:
    return secrets.token_hex(16)


def extend(chain: str, text: str) -> Link:
    """Claims the next place in `chain`; the caller stores the row in the same transaction."""
    return extend_many(chain, [text])[0]


def extend_many(chain: str, texts: Sequence[str]) -> list[Link]:
    """Claims a place for each text, in order, and moves the head once.

    The head moves by a conditional update: a second writer waits for the first, sees that the head has moved and
    takes the next places. Refuses to run outside a transaction, where a place could stay empty.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a chain is extended only inside a transaction")
    while True:
        head = hold(chain)
        links, mark = _linked(head, texts)
        moved = {"seq": links[-1].seq, "hash": links[-1].hash, "mark": mark}
        if ChainHead.objects.filter(name=chain, seq=head.seq).update(**moved):
            return links


def _linked(head: ChainHead, texts: Sequence[str]) -> tuple[list[Link], str]:
    marked = _marker(head.key_version)
    seq, previous, mark, links = head.seq, head.hash, head.mark, []
    for text in texts:
        seq += 1
        value = link_hash(seq, previous, text)
        links.append(Link(seq=seq, previous=previous, hash=value))
        previous, mark = value, marked(mark, value)
    return links, mark


def hold(chain: str) -> ChainHead:
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


def check(chain: str, rows: Callable[[int], Iterable[Row]]) -> Broken | None:
    """Walks rows(after) in order of seq and compares the last with the signed head.

    Others may append meanwhile: the head is read after the rows, and what it is ahead of them is walked too.
    """
    head = ChainHead.objects.filter(name=chain).first()
    walk = _Walk(head)
    while True:
        before = walk.seq
        broken = walk.over(rows(before))
        head = ChainHead.objects.filter(name=chain).first()
        if broken or head is None or head.seq <= walk.seq or walk.seq == before:
            return broken or _check_head(head, seq=walk.seq, value=walk.previous, mark=walk.mark)


class _Walk:
    """How far a chain was proved."""

    def __init__(self, head: ChainHead | None):
        keyed = head is not None and head.key_version in settings.SHIJIE_MASTER_KEYS
        self.marked = _marker(head.key_version) if head is not None and keyed else _unmarked
        self.seq, self.previous, self.mark = 0, GENESIS, GENESIS

    def over(self, rows: Iterable[Row]) -> Broken | None:
        # Locals, and `link_hash` written out: this loop is what proving costs.
        seq, previous, mark, marked, sha256 = self.seq, self.previous, self.mark, self.marked, hashlib.sha256
        for row_seq, row_previous, row_hash, text, honest in rows:
            seq += 1
            if row_seq != seq:
                return Broken(seq=seq, reason="missing")
            if row_previous != previous:
                return Broken(seq=seq, reason="does not follow")
            if not honest or sha256(f"{seq}\n{previous}\n{text}".encode()).hexdigest() != row_hash:
                return Broken(seq=seq, reason="changed")
            previous = row_hash
            mark = marked(mark, row_hash)
        self.seq, self.previous, self.mark = seq, previous, mark
        return None


def _unmarked(_mark: str, _value: str) -> str:
    return ""


def _check_head(head: ChainHead | None, *, seq: int, value: str, mark: str) -> Broken | None:
    """An empty chain may have no head yet; any other without one has lost it to somebody."""
    if head is None:
        return Broken(seq=seq, reason="head missing") if seq else None
    if (head.seq, head.hash) != (seq, value):
        return Broken(seq=seq + 1, reason="cut off")
    if head.key_version not in settings.SHIJIE_MASTER_KEYS:
        return Broken(seq=seq, reason="head key missing")
    return None if hmac.compare_digest(mark, head.mark) else Broken(seq=seq, reason="head forged")
