"""Gets the demo LMS ready to be served: tables, the tool's registration, the link in the course, the blocks.

`python -m lti_tools.demo.boot` does it and prints what the service must know about this platform, as JSON.
Every step may run again and changes nothing the second time.
"""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from typing import Any

LINK_ID = "open-lesson"


def prepare() -> dict[str, Any]:
    """Returns what the service registers: issuer, client_id, deployment_id, auth_url, token_url, jwks_url."""
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    return register()


def register() -> dict[str, Any]:
    """Connects the tool to this platform and puts its link, with a gradebook column, into the course."""
    from django.conf import settings

    from xblocks.lms_app import api

    tool = settings.TOOL_URL
    api.connect_tool(
        "师阶",
        client_id=settings.SHIJIE_SERVICE_CLIENT_ID,
        login_url=f"{tool}/lti/login",
        redirect_uris=[f"{tool}/lti/launch"],
        jwks_url=f"{tool}/lti/jwks",
    )
    api.place_link(
        settings.SHIJIE_SERVICE_CLIENT_ID,
        course=settings.COURSE_ID,
        link_id=LINK_ID,
        title="教师数字素养分层培训",
        target_link_uri=f"{tool}/lti/launch",
        score_maximum=Decimal(100),
        label="公开课得分",
        tag="open-lesson",
    )
    return dict(api.tool_settings(settings.SHIJIE_SERVICE_CLIENT_ID))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lti_tools.demo.settings")
    import django

    django.setup()
    json.dump(prepare(), sys.stdout)


if __name__ == "__main__":
    main()
