"""One JSON object a line. Fields are codes and pseudonymous ids, never names, numbers or addresses of people."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# The last part of a slip's address is its secret, and Django logs the address of every refused request.
SLIP_SECRET = re.compile(r"(/s/)[\w-]+", re.ASCII)


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message and whatever was passed in `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": SLIP_SECRET.sub(r"\1…", record.getMessage()),
        }
        entry.update(
            {
                key: str(value)
                for key, value in vars(record).items()
                if key not in STANDARD and key != "request"
            }
        )
        if record.exc_info:
            entry["trace"] = SLIP_SECRET.sub(r"\1…", self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)
