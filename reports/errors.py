"""What can go wrong between evidence and document, by stable code."""

from __future__ import annotations

from decimal import Decimal


class ReportError(Exception):
    """A document that cannot be made. `code` is stable; `permanent` says whether trying again can help.

    `values` name the field or file concerned and never carry a person's name or number: this ends in logs.
    """

    def __init__(self, code: str, *, permanent: bool = True, **values: str | int | Decimal) -> None:
        self.code = code
        self.permanent = permanent
        self.values = values
        detail = ", ".join(f"{key}={value}" for key, value in sorted(values.items()))
        super().__init__(f"{code} ({detail})" if detail else code)


class EvidenceError(ReportError):
    """Evidence that states something impossible, or something that must not stand on paper."""


class EnvironmentNotReady(ReportError):
    """This machine lacks a library, font or compiled catalogue; `values["install"]` says what to install."""
