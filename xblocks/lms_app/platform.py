"""The one platform of this site, put together from settings and tables."""

from __future__ import annotations

from xblocks.lti_platform import FetchRules, Platform

from . import addresses, conf, stores


def platform() -> Platform:
    return Platform(
        issuer=conf.issuer(),
        urls=addresses.urls(),
        tools=stores.Tools(),
        keys=stores.Keys(),
        hints=stores.Hints(),
        once=stores.Once(),
        tokens=stores.Tokens(),
        directory=conf.directory(),
        fetch_rules=FetchRules(listed=conf.fetch_hosts()),
        facts=conf.facts,
    )
