"""What can go wrong in the service, said so that a person can act on it."""

from __future__ import annotations

from typing import Any


class ShijieError(Exception):
    """Base of every error of the service.

    `code` is stable and safe to log; `message` is a lazy translation that says what happened.
    `permanent` tells the outbox whether trying again can help.
    """

    permanent = True

    def __init__(self, code: str, message: Any = "", *, permanent: bool | None = None, **values: object):
        super().__init__(code)
        self.code = code
        self.message = message
        self.values = values
        if permanent is not None:
            self.permanent = permanent

    def __str__(self) -> str:
        return f"{self.code} {self.values}" if self.values else self.code


class Refused(ShijieError):
    """Bad input: what happened (`message`), what was kept (`kept`), what to do next (`todo`)."""

    def __init__(
        self,
        code: str,
        message: Any,
        *,
        kept: Any = "",
        todo: Any = "",
        status: int = 400,
        permanent: bool = True,
        **values: object,
    ):
        super().__init__(code, message, permanent=permanent, **values)
        self.kept = kept
        self.todo = todo
        self.status = status


class Denied(ShijieError):
    """The person may not do this, or may not know whether it exists: both look the same outside."""


class Temporary(ShijieError):
    """Something outside did not answer: the outbox tries again later."""

    permanent = False
