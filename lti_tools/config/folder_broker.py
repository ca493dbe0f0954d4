"""Wake-ups through a folder, for the embedded default: kombu's `filesystem://`, made safe against half a file.

Kombu's own writer opens the message under its final name and fills it afterwards; a reader in between finds an
empty file, and a worker that reads one ends for good. Here a message appears whole or not at all, and whatever
is unreadable all the same (a full disk, a power cut) is dropped: the sweep finds the row.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger("shijie.broker")


class Channel(filesystem.Channel):
    """Messages are files `<time>_<id>.<queue>.msg`; one that is being written has a name nobody looks for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for folder in (self.data_folder_in, self.data_folder_out, self.control_folder):
            Path(folder).mkdir(parents=True, exist_ok=True)

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:
        name = f"{time.monotonic_ns():020d}_{uuid.uuid4()}"
        unseen = Path(self.data_folder_out) / f"{name}.part"
        unseen.write_text(dumps(payload), encoding="utf-8")
        unseen.rename(unseen.with_name(f"{name}.{queue}.msg"))

    def _get(self, queue: str) -> Any:
        """The oldest message. Of two workers the one that removes the file has it."""
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] == f"{queue}.msg":
                found = _take(folder / name)
                if found is not None:
                    return found
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        try:
            super()._queue_bind(exchange, routing_key, pattern, queue)
        except ValueError:
            # Left empty by a process that was killed while it wrote: without this no worker would ever start.
            self._exchange_file(exchange).unlink(missing_ok=True)
            super()._queue_bind(exchange, routing_key, pattern, queue)


class Transport(filesystem.Transport):
    Channel = Channel
    # Seconds between two looks into an empty folder.
    polling_interval = 0.25


def _take(file: Path) -> Any | None:
    """The message, or None when somebody else took it first or when it cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
        file.unlink()
        return loads(text)
    except FileNotFoundError:
        return None
    except ValueError:
        file.unlink(missing_ok=True)
        log.warning("an unreadable wake-up was dropped, the sweep will find the row")
        return None
