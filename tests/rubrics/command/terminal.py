"""What a person sees of one run of the command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    code: int
    out: str
    err: str


Run = Callable[..., Seen]
