"""The organisations door: the tree of areas, schools and teaching points, now and on any day before."""

from __future__ import annotations

__all__: list[str] = []
