"""XBlock services that the workbench lends to blocks here, as an LMS would.

The workbench makes each anew for a request, without arguments, and sets `runtime` afterwards.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, to_locale
from xblock.reference.user_service import UserService as BaseUserService
from xblock.reference.user_service import XBlockUser
from xblock.runtime import NullI18nService

import xblocks
from lti_tools.demo import directory
from xblocks.shared import compat
from xblocks.shared.client import Placement

COURSE_STAFF = "course-staff"


class PathService:
    """The `shijie` service: the demo LMS signs, the service answers."""

    runtime: Any

    def placement(self, sub: str, *, language: str) -> Placement:
        client = compat.make_client(
            base_url=settings.SHIJIE_SERVICE_URL, client_id=settings.SHIJIE_SERVICE_CLIENT_ID
        )
        return client.placement(sub, language=language)


class UserService(BaseUserService):
    """Who `?student=` names: a teacher of the course, or its staff."""

    runtime: Any

    def __init__(self) -> None:
        super().__init__()

    def get_current_user(self) -> XBlockUser:
        sub = str(self.runtime.user_id or "")
        known = directory.teacher(sub)
        user = XBlockUser(is_current_user=True, full_name=known.name if known else sub)
        user.opt_attrs["xblock-workbench.user_id"] = sub
        user.opt_attrs["edx-platform.user_role"] = "staff" if sub == COURSE_STAFF else "student"
        return user


class I18nService(NullI18nService):
    """Blocks bring their catalogue, `translations/<locale>/LC_MESSAGES/text.mo`, as in edx-platform."""

    runtime: Any

    def __init__(self) -> None:
        self._translations = _catalogues(get_language() or settings.LANGUAGE_CODE)


@cache
def _catalogues(language: str) -> gettext.NullTranslations:
    found = gettext.NullTranslations()
    for folder in sorted(Path(xblocks.__file__).parent.glob("*/translations")):
        found.add_fallback(
            gettext.translation("text", str(folder), languages=[to_locale(language)], fallback=True)
        )
    return found
