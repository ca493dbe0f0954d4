"""One JSON object a line. Fields are codes and pseudonymous ids, never names, numbers or addresses of people."""

from __future__ import annotations

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from lti_tools.errors import ShijieError

STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# The last part of a slip's or an invitation's address is its secret, and Django logs every refused address.
SECRET_PART = re.compile(r"(/s/|/account/activate/[\w-]+/)[\w-]+", re.ASCII)


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message and whatever was passed in `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": SECRET_PART.sub(r"\1…", record.getMessage()),
        }
        entry.update(
            {
                key: str(value)
                for key, value in vars(record).items()
                if key not in STANDARD and key != "request"
            }
        )
        if record.exc_info:
            entry["trace"] = SECRET_PART.sub(r"\1…", self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)

    def formatException(self, ei: Any) -> str:
        """Where it happened and what kind of error it was. What an error says is left out: a database quotes the
        row it refuses, a parser the line it could not read.
        """
        return "\n".join(_trace(ei[1])) if ei[1] else ""


def _trace(error: BaseException) -> list[str]:
    """Innermost cause first, as Python prints it."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = [*_trace(cause), "which led to"] if cause else []
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return [*before, *places, f"{kind} {error.code}" if isinstance(error, ShijieError) else kind]
