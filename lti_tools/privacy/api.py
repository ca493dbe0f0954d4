"""The privacy door: what is held about a person, for how long, and how it is corrected or erased."""

from __future__ import annotations

__all__: list[str] = []
