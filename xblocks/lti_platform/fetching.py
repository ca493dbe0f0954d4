"""Fetching what a tool publishes, without becoming its errand boy inside the LMS's network (SSRF)."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from .errors import PlatformError
from .model import origin

# Prefixes in which an IPv4 address hides inside an IPv6 one: NAT64 and 6to4.
_TUNNELS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))


@dataclass(frozen=True, kw_only=True)
class FetchRules:
    """`listed`: what the operator vouches for, origins ("http://10.0.0.8:80") or hosts (https, any port).

    Anything else must be https and resolve to public addresses only. Seconds are wall-clock.
    """

    listed: frozenset[str] = frozenset()
    socket_seconds: float = 3.0
    total_seconds: float = 6.0
    max_bytes: int = 256 * 1024

    def vouches_for(self, url: str) -> bool:
        parts = urlsplit(url)
        bare_host = parts.scheme == "https" and (parts.hostname or "") in self.listed
        return bare_host or origin(url) in self.listed


def fetch_json(url: str, *, rules: FetchRules) -> dict[str, Any]:
    """The JSON object at `url`. Never follows a redirect; connects to the very address it checked.

    Raises PlatformError: `url_refused`, `address_refused` (permanent), `fetch_failed` (may be tried again).
    """
    parts = _checked(url, rules=rules)
    address = _resolve(parts, private_allowed=rules.vouches_for(url))
    try:
        body = _get(parts, address, rules=rules)
        found = json.loads(body)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PlatformError("fetch_failed", type(error).__name__, permanent=False) from error
    if not isinstance(found, dict):
        raise PlatformError("fetch_failed", "not a JSON object", permanent=False)
    return found


def _checked(url: str, *, rules: FetchRules) -> SplitResult:
    if not origin(url):
        raise PlatformError("url_refused", "not an absolute http(s) address")
    parts = urlsplit(url)
    if parts.scheme != "https" and not rules.vouches_for(url):
        raise PlatformError("url_refused", "plain http from a host that is not listed")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _resolve(parts: SplitResult, *, private_allowed: bool) -> str:
    """One address of the host. All of them must be public: a mixed answer is how DNS rebinding begins."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise PlatformError("fetch_failed", "the host name has no address", permanent=False) from error
    addresses = [str(row[4][0]) for row in found]
    if not private_allowed and not all(is_public(address) for address in addresses):
        raise PlatformError("address_refused", "the host is on a private network and not listed")
    return addresses[0]


def is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if address.version == 6 and any(address in net for net in _TUNNELS):
        return False
    return address.is_global and not address.is_multicast


class _PinnedHTTP(http.client.HTTPConnection):
    """Connects to a checked address while keeping the host name for Host and TLS."""

    def __init__(self, parts: SplitResult, address: str, *, seconds: float) -> None:
        super().__init__(parts.hostname or "", _port(parts), timeout=seconds)
        self._parts, self._address = parts, address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _get(parts: SplitResult, address: str, *, rules: FetchRules) -> bytes:
    connection = _PinnedHTTP(parts, address, seconds=rules.socket_seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Accept": "application/json", "Host": parts.netloc, "Connection": "close"}
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            raise OSError(f"status {response.status}")
        return _read(response, rules=rules)
    finally:
        connection.close()


def _read(response: http.client.HTTPResponse, *, rules: FetchRules) -> bytes:
    deadline = time.monotonic() + rules.total_seconds
    body = b""
    while chunk := response.read1(65536):
        body += chunk
        if len(body) > rules.max_bytes or time.monotonic() > deadline:
            raise OSError("too large or too slow")
    return body
