"""Our absolute addresses: configured scheme and host, routed path."""

from __future__ import annotations

from django.urls import reverse

from xblocks.lti_platform import Urls

from . import conf, models


def absolute(name: str, **values: object) -> str:
    return conf.base_url() + reverse(f"shijie_lms:{name}", kwargs=values)


def urls() -> Urls:
    return Urls(
        authorize=absolute("authorize"),
        token=absolute("token"),
        jwks=absolute("jwks"),
        lineitems=lambda context_id: absolute("lineitems", context_id=context_id),
        memberships=lambda context_id: absolute("memberships", context_id=context_id),
    )


def line_item_url(row: models.LineItem) -> str:
    return absolute("lineitem", context_id=row.context_id, id=row.id)
