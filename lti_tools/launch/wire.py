"""Outgoing HTTP to platforms that cannot be turned against our own network (SSRF).

https only, no redirects, private addresses refused, and the connection goes to the very address that was
checked, so that a second DNS answer changes nothing. SHIJIE_TRUSTED_HOSTS lists the hosts (or host:port) an
operator vouches for: those may be private and may speak plain http, as in a bureau's intranet or the demo.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.db import transaction

from lti_tools.errors import ShijieError, Temporary

SOCKET_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MOST_BYTES = 1024 * 1024
# IPv4 addresses hide inside these IPv6 prefixes (mapped, NAT64, 6to4, Teredo).
_TUNNELS = tuple(
    ipaddress.ip_network(net)
    for net in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


@dataclass(frozen=True)
class Answer:
    """Header names are lower case. A redirect is an answer like any other: nobody follows it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The decoded body, or None when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def send(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """One request, one answer.

    Raises ShijieError `wire.address` (permanent) for an address we must not call and Temporary
    `wire.unreachable` when nobody answers in time. Refuses to run inside a database transaction.
    """
    with transaction.atomic(durable=True):
        pass  # a lock must never wait for somebody else's server; Django raises when a transaction is open
    parts = checked(url)
    addresses = _resolve(parts)
    try:
        return _exchange(method, parts, addresses, headers=headers or {}, body=body)
    except (UnicodeError, http.client.InvalidURL) as error:
        raise ShijieError("wire.address") from error
    except (OSError, http.client.HTTPException) as error:
        raise Temporary("wire.unreachable", kind=type(error).__name__) from error


def checked(url: str) -> SplitResult:
    """The parts of an address we may call as far as its text tells; DNS is looked at when it is called."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ShijieError("wire.address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ShijieError("wire.address")
    if parts.scheme == "http" and not _trusted(parts):
        raise ShijieError("wire.address", reason="plain http")
    return parts


def origin(url: str) -> str:
    """scheme://host[:port] of an absolute web address; empty for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    # Host and port only: an origin is written into the page's security policy, where ; and * mean something.
    web = parts.scheme in {"http", "https"} and re.fullmatch(
        r"[A-Za-z0-9_.-]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?", parts.netloc
    )
    return f"{parts.scheme}://{parts.netloc.lower()}" if web else ""


def _trusted(parts: SplitResult) -> bool:
    return bool({parts.hostname, parts.netloc.lower()} & set(settings.SHIJIE_TRUSTED_HOSTS))


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _resolve(parts: SplitResult) -> list[str]:
    """All addresses of the host. One private among public ones refuses all: that is how rebinding begins."""
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except ValueError as error:
        raise ShijieError("wire.address") from error
    except OSError as error:
        raise Temporary("wire.unreachable", kind="no address") from error
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not _trusted(parts) and not all(_public(address) for address in addresses):
        raise ShijieError("wire.address", reason="private network")
    return addresses


def _public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if any(address in net for net in _TUNNELS if net.version == address.version):
        return False
    return address.is_global and not address.is_multicast


def _exchange(
    method: str, parts: SplitResult, addresses: list[str], *, headers: Mapping[str, str], body: bytes | None
) -> Answer:
    connection = _Pinned(parts, addresses)
    try:
        connection.connect()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = {
            "Host": parts.netloc,
            "Accept": "application/json",
            "User-Agent": "Shijie",
            "Connection": "close",
        }
        connection.request(method, path, body=body, headers=named | dict(headers))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(status=response.status, headers=found, body=_read(response), url=parts.geturl())
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """Connects to checked addresses while TLS still asks for the host by its name."""

    def __init__(self, parts: SplitResult, addresses: list[str]) -> None:
        super().__init__(parts.hostname or "", _port(parts), timeout=SOCKET_SECONDS)
        self._secure = parts.scheme == "https"
        self._addresses = addresses

    def connect(self) -> None:
        self.sock = self._first_that_answers()
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def _first_that_answers(self) -> socket.socket:
        """Another address is tried only where connecting failed: what went out is never sent twice."""
        problem: OSError = OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), SOCKET_SECONDS)
            except OSError as error:
                problem = error
        raise problem


def _read(response: http.client.HTTPResponse) -> bytes:
    deadline = time.monotonic() + TOTAL_SECONDS
    body = b""
    while chunk := response.read1(65536):
        body += chunk
        if len(body) > MOST_BYTES or time.monotonic() > deadline:
            raise OSError("too large or too slow")
    return body
