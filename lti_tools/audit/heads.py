"""Signed heads: where each chain ended on a day, for copies that lie where nobody of the house can reach.

A database put back to an older state, or rewritten by somebody who holds the master keys too, is sound in itself;
a head that was signed before says what it should hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lti_tools.audit.chain import Broken
from lti_tools.audit.models import AuditEvent, ChainHead, SignedHead
from lti_tools.keys import api as keys

PURPOSE = "chain-heads"
FIELDS = ("chain", "day", "seq", "hash")
HashAt = Callable[[int], str]


@dataclass(frozen=True)
class Statement:
    """What is signed: on this day this chain had so many rows, the last with this hash."""

    chain: str
    day: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Head:
    """A signed head for the eye; without `kid` its signature does not hold."""

    day: date
    chain: str
    seq: int
    hash: str
    kid: str


def sign_heads(day: date | None = None) -> Path:
    """Signs where every chain ends now, keeps it as the head of `day` (today) and writes the file of that day.

    Signed again on the same day it replaces the earlier one: a later head covers all before it.
    """
    day = day or timezone.localdate()
    with transaction.atomic():
        for head in ChainHead.objects.order_by("name"):
            said = {"chain": head.name, "day": day.isoformat(), "seq": head.seq, "hash": head.hash}
            made = {
                "seq": head.seq,
                "hash": head.hash,
                "signature": keys.sign(PURPOSE, said),
                "made_at": timezone.now(),
            }
            SignedHead.objects.update_or_create(chain=head.name, day=day, defaults=made)
    return write_file(day)


def write_file(day: date) -> Path:
    """The heads of a day with their signatures and the public keys, written beside and then put in place."""
    rows = SignedHead.objects.filter(day=day).order_by("chain")
    content = {
        "day": day.isoformat(),
        "heads": [
            {"chain": row.chain, "seq": row.seq, "hash": row.hash, "signature": row.signature} for row in rows
        ],
        "keys": keys.public_jwks(PURPOSE)["keys"],
    }
    path = Path(settings.SHIJIE_HEADS_ROOT) / f"{day.isoformat()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
    return path


def signed_on(day: date) -> bool:
    return SignedHead.objects.filter(day=day).exists()


def newest(limit: int = 30) -> list[Head]:
    """The last heads, newest day first."""
    return [_head(row) for row in SignedHead.objects.order_by("-day", "chain")[:limit]]


def _head(row: SignedHead) -> Head:
    good = keys.verify(PURPOSE, row.signature)
    return Head(day=row.day, chain=row.chain, seq=row.seq, hash=row.hash, kid=good.kid if good else "")


def public_keys() -> dict[str, list[dict[str, Any]]]:
    """What anybody needs to check a head: a JWK set (RFC 7517)."""
    return keys.public_jwks(PURPOSE)


def check_heads(chain: str, hash_at: HashAt, *, copies: Path | None = None) -> Broken | None:
    """Holds the chain to every head signed for it: those in the database, and copies from a folder.

    `hash_at(seq)` is the hash of that row, or "" when there is none. Reasons: "head signature" (not ours, or it
    says something else than stands beside it), "rolled back" (the row it names is gone), "rewritten" (another row
    stands in its place).
    """
    for seq, said in (*_stored(chain), *(_copied(chain, copies) if copies else ())):
        if said is None:
            return Broken(seq=seq, reason="head signature")
        found = hash_at(said.seq) if said.seq else said.hash
        if found != said.hash:
            return Broken(seq=said.seq, reason="rewritten" if found else "rolled back")
    return None


def trail_hash_at(seq: int) -> str:
    return AuditEvent.objects.filter(seq=seq).values_list("hash", flat=True).first() or ""


def _stored(chain: str) -> Iterator[tuple[int, Statement | None]]:
    for row in SignedHead.objects.filter(chain=chain).order_by("day"):
        beside = Statement(chain=row.chain, day=row.day.isoformat(), seq=row.seq, hash=row.hash)
        yield row.seq, beside if _signed(row.signature) == beside else None


def _copied(chain: str, folder: Path) -> Iterator[tuple[int, Statement | None]]:
    for path in sorted(folder.glob("*.json")):
        for head in _heads_in(path):
            said = _signed(str(head.get("signature", "")))
            if (said.chain if said else head.get("chain", chain)) == chain:
                named = head.get("seq")
                yield (said.seq if said else named if isinstance(named, int) else 0), said


def _heads_in(path: Path) -> Iterable[dict[str, Any]]:
    """An unreadable copy is one whose signature does not hold."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["heads"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return [{}]
    return [head for head in found if isinstance(head, dict)] or [{}]


def _signed(signature: str) -> Statement | None:
    good = keys.verify(PURPOSE, signature)
    if good is None:
        return None
    try:
        said = json.loads(good.payload)
        return Statement(**{name: said[name] for name in FIELDS})
    except (ValueError, KeyError, TypeError):
        return None
