"""What the core asks of whoever keeps its tables: the guarantees are the contract an LMS app implements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from .fetching import FetchRules
from .model import Context, Grant, Hint, Key, Link, Member, Tool, ToolKeys


class ToolStore(Protocol):
    def tool(self, client_id: str) -> Tool | None:
        """None for unknown and for switched-off tools alike."""

    def link(self, client_id: str, link_id: str) -> Link | None: ...

    def cached_keys(self, client_id: str) -> ToolKeys | None: ...

    def save_keys(self, client_id: str, keys: ToolKeys) -> None: ...

    def may_fetch(self, client_id: str, *, now: datetime, wait: int) -> bool:
        """True for one caller per `wait` seconds, across processes: a conditional update."""


class KeyStore(Protocol):
    def signing_key(self) -> Key:
        """The newest active key, with its private half. Raises PlatformError `no_signing_key`."""

    def published(self) -> Sequence[Key]:
        """Active and still-honoured retired keys, without private halves."""


class HintStore(Protocol):
    def add(self, digest: str, hint: Hint, *, expires: datetime) -> None: ...

    def get(self, digest: str, *, now: datetime) -> Hint | None:
        """None when unknown, used or expired."""

    def use(self, digest: str, *, now: datetime) -> bool:
        """True exactly once, also under concurrent calls."""


class OnceStore(Protocol):
    def use(self, kind: str, client_id: str, digest: str, *, expires: datetime) -> bool:
        """True the first time this value is seen for this client; a unique insert, never read-then-write."""


class TokenStore(Protocol):
    def add(self, digest: str, grant: Grant, *, expires: datetime) -> None: ...

    def get(self, digest: str, *, now: datetime) -> Grant | None:
        """None when unknown or expired, or when the client is switched off."""


class Directory(Protocol):
    """Who the people and courses of this LMS are. Supplied by the LMS."""

    def course(self, course_id: str) -> Context | None: ...

    def user(self, sub: str, *, course: str) -> Member | None: ...

    def members(self, course: str) -> Sequence[Member]: ...


@dataclass(frozen=True, kw_only=True)
class Urls:
    """Absolute addresses of this platform; built from configuration, never from a request's Host header."""

    authorize: str
    token: str
    jwks: str
    lineitems: Callable[[str], str]
    memberships: Callable[[str], str]


def utc_now() -> datetime:
    return datetime.now(UTC)


def no_platform_facts() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Platform:
    """One LTI platform: an issuer, its addresses and its stores."""

    issuer: str
    urls: Urls
    tools: ToolStore
    keys: KeyStore
    hints: HintStore
    once: OnceStore
    tokens: TokenStore
    directory: Directory
    fetch_rules: FetchRules
    facts: Callable[[], Mapping[str, Any]] = no_platform_facts
    now: Callable[[], datetime] = utc_now
    id_token_seconds: int = 300
