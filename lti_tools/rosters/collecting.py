"""Python looks for garbage every few hundred objects; where a hundred thousand rows come and go that is a third of
the time, for hardly any garbage that counting references does not free at once.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Rows and cells of some hundred rows: memory stays bounded, the looking is rare.
NEW_OBJECTS = 100_000


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Inside, the collector of this process looks seldom; what it did before it does again afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
