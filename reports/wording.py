"""The words of documents in the reader's language, out of compiled gettext catalogues."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

from .errors import EnvironmentNotReady, ReportError

LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "reports"
_CATALOGUES = {"zh-Hans": "zh_Hans", "en": None}
LANGUAGES = tuple(_CATALOGUES)


@cache
def translations(lang: str) -> gettext.NullTranslations:
    """Refuses an unknown language, and a Chinese paper without its catalogue rather than an English one."""
    if lang not in _CATALOGUES:
        raise ReportError("language.unknown", lang=lang)
    locale = _CATALOGUES[lang]
    if locale is None:
        return gettext.NullTranslations()
    try:
        return gettext.translation(DOMAIN, localedir=LOCALE_DIR, languages=[locale])
    except FileNotFoundError:
        raise EnvironmentNotReady("catalogue.missing", install="python -m reports.locale_build") from None
