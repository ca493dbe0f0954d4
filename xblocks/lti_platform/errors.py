"""One base class; every refusal carries a code that logs and tests can name, never a person's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class PlatformError(Exception):
    """`permanent` says whether the same request can ever succeed later."""

    def __init__(self, code: str, description: str = "", *, permanent: bool = True) -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code
        self.description = description
        self.permanent = permanent


class LaunchRefused(PlatformError):
    """The request cannot be answered to anyone: its sender or its return address is not registered."""


@dataclass
class ServiceRefused(PlatformError):
    """A service call is refused with this HTTP status; the body is RFC 6749 section 5.2 JSON."""

    status: int
    code: str
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.code, self.description, permanent=self.status < 500)

    def body(self) -> dict[str, str]:
        return {"error": self.code, "error_description": self.description}


def bad_request(description: str, *, code: str = "invalid_request", status: int = 400) -> ServiceRefused:
    return ServiceRefused(status, code, description)
