"""Turns Django templates into Python that xgettext reads, the way Django's own makemessages does."""

from __future__ import annotations

import sys
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

settings.configure(USE_I18N=True)
work = Path(sys.argv[1]) / "templates"
for number, name in enumerate(line.strip() for line in sys.stdin):
    target = work / f"{number}.py"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(templatize(Path(name).read_text(encoding="utf-8"), origin=name), encoding="utf-8")
