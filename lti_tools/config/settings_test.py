"""The service under test: throwaway data, quick hashing, everything else as in life."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_data = Path(tempfile.mkdtemp(prefix="shijie-test-"))
os.environ.setdefault("SHIJIE_DATA_DIR", str(_data))
os.environ.setdefault("SHIJIE_BASE_URL", "http://127.0.0.1:8000")
os.environ.setdefault("SHIJIE_ALLOWED_HOSTS", "127.0.0.1,testserver")
os.environ.setdefault("SHIJIE_SECRET_KEY", "test-only-" + "s" * 40)
os.environ.setdefault("SHIJIE_MASTER_KEYS", "1:" + "m" * 40)
os.environ.setdefault("SHIJIE_ID_KEYS", "1:" + "i" * 40)
os.environ.setdefault("SHIJIE_TRUSTED_HOSTS", "localhost,127.0.0.1")
os.environ.setdefault("SHIJIE_LOG_LEVEL", "WARNING")

from lti_tools.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
# Every test client builds the middleware anew, and would read the whole folder of static files each time.
WHITENOISE_AUTOREFRESH = True
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # A real file, so that writers in several threads meet the locks they meet in life.
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}  # noqa: F405
if CELERY_BROKER_URL.startswith("redis"):  # noqa: F405
    # Wake-ups of tests lie on a shared server under a name of their own run.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": os.environ.get("SHIJIE_TEST_RUN", "shijie-test-")}
