"""The stores of a platform in dictionaries: enough to drive the core without any framework."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.xblocks import lms_people
from tests.xblocks.mini_tool import LOGIN, REDIRECT, TARGET, MiniTool
from xblocks.lti_platform import FetchRules, Grant, Hint, Link, Platform, Tool, ToolKeys, Urls
from xblocks.lti_platform.keys import generate_key

KEY = generate_key()
ISSUER = "https://lms.example"
TOKEN_URL = "https://lms.example/token"


@dataclass
class Tools:
    tools: dict[str, Tool] = field(default_factory=dict)
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    cached: dict[str, ToolKeys] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)

    def tool(self, client_id):
        return self.tools.get(client_id)

    def link(self, client_id, link_id):
        return self.links.get((client_id, link_id))

    def cached_keys(self, client_id):
        return self.cached.get(client_id)

    def save_keys(self, client_id, keys):
        self.cached[client_id] = keys

    def may_fetch(self, client_id, *, now, wait):
        last = self.asked.get(client_id)
        if last and now - last < timedelta(seconds=wait):
            return False
        self.asked[client_id] = now
        return True


class Keys:
    def signing_key(self):
        return KEY

    def published(self):
        return [replace(KEY, private_pem="")]


@dataclass
class Hints:
    rows: dict[str, tuple[Hint, datetime]] = field(default_factory=dict)

    def add(self, digest, hint, *, expires):
        self.rows[digest] = (hint, expires)

    def get(self, digest, *, now):
        hint, expires = self.rows.get(digest, (None, now))
        return hint if expires > now else None

    def use(self, digest, *, now):
        return self.rows.pop(digest, None) is not None


@dataclass
class Once:
    seen: set[tuple[str, str, str]] = field(default_factory=set)

    def use(self, kind, client_id, digest, *, expires):
        value = (kind, client_id, digest)
        fresh = value not in self.seen
        self.seen.add(value)
        return fresh


@dataclass
class Tokens:
    rows: dict[str, tuple[Grant, datetime]] = field(default_factory=dict)

    def add(self, digest, grant, *, expires):
        self.rows[digest] = (grant, expires)

    def get(self, digest, *, now):
        grant, expires = self.rows.get(digest, (None, now))
        return grant if expires > now else None


@dataclass
class Clock:
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self):
        return self.moment

    def forward(self, **delta):
        self.moment += timedelta(**delta)


def tool_for(mini: MiniTool, **changes) -> Tool:
    values = {
        "client_id": mini.client_id,
        "name": "Shijie",
        "login_url": LOGIN,
        "redirect_uris": (REDIRECT,),
        "deployment_id": "1",
        "jwks": mini.jwks(),
        "share": frozenset({"name", "staff_number"}),
    }
    return Tool(**(values | changes))


def link_for(mini: MiniTool, **changes) -> Link:
    values = {
        "id": "block-1",
        "client_id": mini.client_id,
        "context_id": lms_people.COURSE,
        "title": "我的路径",
        "target_link_uri": TARGET,
        "custom": {"page": "path"},
    }
    return Link(**(values | changes))


def platform_with(*minis: MiniTool, **changes) -> Platform:
    tools = Tools()
    for mini in minis:
        tools.tools[mini.client_id] = tool_for(mini)
        tools.links[mini.client_id, "block-1"] = link_for(mini)
    values = {
        "issuer": ISSUER,
        "urls": Urls(
            authorize="https://lms.example/authorize",
            token=TOKEN_URL,
            jwks="https://lms.example/jwks",
            lineitems=lambda course: f"https://lms.example/{course}/lineitems",
            memberships=lambda course: f"https://lms.example/{course}/memberships",
        ),
        "tools": tools,
        "keys": Keys(),
        "hints": Hints(),
        "once": Once(),
        "tokens": Tokens(),
        "directory": lms_people,
        "fetch_rules": FetchRules(),
        "now": Clock(),
    }
    return Platform(**(values | changes))
