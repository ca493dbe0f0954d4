"""Settings of the demo LMS. It shares with the service only the addresses by which they reach each other."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
DATA_DIR = Path(os.environ.get("SHIJIE_DATA_DIR") or ROOT / "var" / "demo").resolve()
LMS_URL = (os.environ.get("SHIJIE_DEMO_LMS_URL") or "http://localhost:8010").rstrip("/")
TOOL_URL = (os.environ.get("SHIJIE_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
PEOPLE_FILE = ROOT / "fixtures" / "demo" / "people.json"
ACCOUNTS_FILE = DATA_DIR / "accounts.json"


def _secret() -> str:
    """Made once and kept with the data: the platform's signing key is encrypted with it."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    file = DATA_DIR / "lms-secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text()


DEBUG = False
SECRET_KEY = os.environ.get("SHIJIE_DEMO_LMS_SECRET_KEY") or _secret()
ALLOWED_HOSTS = [urlsplit(LMS_URL).hostname or "localhost"]
ROOT_URLCONF = "lti_tools.demo.urls"
WSGI_APPLICATION = "lti_tools.demo.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "workbench",
    "xblocks.lms_app",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lti_tools.demo.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "lti_tools.demo.directory.page_context",
            ],
        },
    },
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "lms.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
# Files are found where they lie: nothing has to be collected before the demo starts.
WHITENOISE_USE_FINDERS = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "lms_language"
LOCALE_PATHS = [ROOT / "lti_tools" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# localhost and 127.0.0.1 differ as sites and as cookie hosts; ports do not, so the names must differ as well.
SESSION_COOKIE_NAME = "lms_session"
CSRF_COOKIE_NAME = "csrftoken"  # the workbench's script reads this name
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        # The launch form is answered by redirects to the tool and back.
        "form-action": [SELF, TOOL_URL],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
# Sample blocks of the workbench carry their style in the page.
WORKBENCH_STYLE = [SELF, UNSAFE_INLINE]

LMS_NAME = _("Qinghe Teachers Online")
COURSE_ID = "shijie-2026"
SHIJIE_LMS_ISSUER = LMS_URL
SHIJIE_LMS_NAME = "青禾教师在线（演示）"
SHIJIE_LMS_PRODUCT = "shijie-demo"
SHIJIE_LMS_DIRECTORY = "lti_tools.demo.directory"
SHIJIE_LMS_FETCH_HOSTS = [TOOL_URL]
SHIJIE_SERVICE_URL = TOOL_URL
SHIJIE_SERVICE_CLIENT_ID = "shijie-demo"

EXCLUDED_XBLOCKS: set[str] = set()
WORKBENCH = {
    "reset_state_on_restart": False,
    "services": {
        "shijie": "lti_tools.demo.services.PathService",
        "user": "lti_tools.demo.services.UserService",
        "i18n": "lti_tools.demo.services.I18nService",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
