"""Gathers static files with hashed names; needs no database and no secrets of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lti_tools.config.settings")
os.environ.setdefault("SHIJIE_BASE_URL", "http://127.0.0.1")
for name, prefix in (("SHIJIE_SECRET_KEY", ""), ("SHIJIE_MASTER_KEYS", "1:"), ("SHIJIE_ID_KEYS", "1:")):
    os.environ.setdefault(name, prefix + "not-used-while-collecting-static-files-")

import django  # noqa: E402
from django.core.management import call_command  # noqa: E402

django.setup()
call_command("collectstatic", interactive=False, verbosity=0)
