"""The night watch over the chains: views are collected, each chain proved and its end signed, once a day.

What goes wrong stays on the outbox, where an administrator reads it on the page of problems.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lti_tools.audit import api as audit
from lti_tools.audit.api import Broken
from lti_tools.errors import ShijieError, Temporary
from lti_tools.outbox import api as outbox
from lti_tools.results import api as results

PROVED = "chains.proved"
HOOK_SECONDS = 120


@dataclass(frozen=True)
class Chain:
    """How one chain is proved, and what its rows are to be held against."""

    verify: Callable[[], Broken | None]
    hash_at: Callable[[int], str]


CHAINS: Mapping[str, Chain] = {
    "audit": Chain(verify=lambda: audit.verify(), hash_at=audit.trail_hash_at),
    "results": Chain(verify=lambda: results.verify(), hash_at=results.hash_at),
}


def prove(name: str, *, copies: Path | None = None) -> Broken | None:
    """The first broken row of a chain, or the first signed head that it does not bear out.

    Heads are those in the database, in our own folder, which a database that was put back does not change, and in
    the folder of `copies`.
    """
    chain = CHAINS[name]
    if broken := chain.verify() or audit.check_heads(name, chain.hash_at):
        return broken
    folders = (Path(settings.SHIJIE_HEADS_ROOT), copies)
    held = (audit.check_heads(name, chain.hash_at, copies=folder) for folder in folders if folder)
    return next(filter(None, held), None)


def prove_all(*, copies: Path | None = None) -> dict[str, Broken | None]:
    """Proves every chain. Leaves an event when all hold, and touches nothing when one does not."""
    found = {name: prove(name, copies=copies) for name in CHAINS}
    if not any(found.values()):
        audit.record(PROVED, actor="system", detail={"chains": " ".join(sorted(found))})
    return found


def sign_heads() -> Path:
    """Signs where the chains end now, and orders the file to be carried elsewhere if a hook is set."""
    today = timezone.localdate()
    with transaction.atomic():
        path = audit.sign_heads(today)
        if settings.SHIJIE_HEADS_HOOK:
            key = f"{today.isoformat()}:{timezone.now().timestamp():.0f}"
            outbox.put("ship_heads", key=key, payload={"file": path.name}, supersedes="heads")
    return path


def watch() -> None:
    """Background, once an hour; what is due once a day is done by the first call of the day."""
    today = timezone.localdate()
    if audit.signed_on(today):
        return
    sign_heads()
    with transaction.atomic():
        outbox.put("prove_chains", key=today.isoformat(), payload={"day": today.isoformat()})


def prove_chains(row: outbox.Row) -> None:
    """Background: a chain that does not hold becomes a problem that stays; nothing is tried again by itself."""
    broken = {name: found for name, found in prove_all().items() if found}
    for name, found in broken.items():
        raise ShijieError("audit.chain_broken", chain=name, row=found.seq, reason=found.reason)


def ship_heads(row: outbox.Row) -> None:
    """Background: runs the operator's program with the file; tried again until it ends well.

    No shell, two minutes, and nothing of our environment but the path: the master keys are none of its business.
    """
    file = Path(settings.SHIJIE_HEADS_ROOT) / str(row.payload["file"])
    if not file.exists():
        audit.write_heads(date.fromisoformat(file.stem))
    command = [settings.SHIJIE_HEADS_HOOK, str(file)]
    try:
        subprocess.run(  # noqa: S603
            command,
            check=True,
            timeout=HOOK_SECONDS,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
    except subprocess.CalledProcessError as error:
        raise Temporary("audit.heads_hook_failed", status=error.returncode) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Temporary("audit.heads_hook_failed", kind=type(error).__name__) from error
