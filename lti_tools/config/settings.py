"""Two modes, one code: the embedded default needs no other server; production differs in variables only."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lti_tools.config import env

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = env.folder("SHIJIE_DATA_DIR", ROOT / "var" / "data")
BASE_URL = env.web_address("SHIJIE_BASE_URL")
DEBUG = False
SECRET_KEY = env.secret("SHIJIE_SECRET_KEY")
# Master keys only: what they protect (signing keys, LTI keys) lives encrypted in the database.
SHIJIE_MASTER_KEYS = env.keys("SHIJIE_MASTER_KEYS")
SHIJIE_ID_KEYS = env.keys("SHIJIE_ID_KEYS")
SHIJIE_ISSUER_CODE = env.text("SHIJIE_ISSUER_CODE", "SJIE")
SHIJIE_ISSUER_NAME = env.text("SHIJIE_ISSUER_NAME", "")
# Hosts on private addresses that outgoing requests may reach (LMS, JWKS): everything else private is refused.
SHIJIE_TRUSTED_HOSTS = env.words("SHIJIE_TRUSTED_HOSTS")
SHIJIE_LEASE_SECONDS = env.whole("SHIJIE_LEASE_SECONDS", 330, least=1)
SHIJIE_RETRY_SECONDS = env.whole("SHIJIE_RETRY_SECONDS", 30, least=1)
SHIJIE_SWEEP_SECONDS = env.whole("SHIJIE_SWEEP_SECONDS", 15, least=1)
SHIJIE_VIEWS_SECONDS = env.whole("SHIJIE_VIEWS_SECONDS", 300, least=1)
SHIJIE_UPLOAD_MAX_BYTES = env.whole("SHIJIE_UPLOAD_MAX_MIB", 4096, least=1) * 1024 * 1024
# Views of personal data wait here for the job that chains them: local to each host, never shared.
SHIJIE_SPOOL_ROOT = env.folder("SHIJIE_SPOOL_ROOT", DATA_DIR / "spool")
# Signed heads of the chains, a file a day, and the program that carries each of them elsewhere.
SHIJIE_HEADS_ROOT = env.folder("SHIJIE_HEADS_ROOT", DATA_DIR / "heads")
SHIJIE_HEADS_HOOK = env.text("SHIJIE_HEADS_HOOK", "")
SHIJIE_MEDIA_URL_SECONDS = env.whole("SHIJIE_MEDIA_URL_SECONDS", 6 * 3600, least=60)
# nginx serves media through X-Accel-Redirect under this internal prefix; empty: Django streams ranges itself.
SHIJIE_ACCEL_PREFIX = env.text("SHIJIE_ACCEL_PREFIX", "")

ALLOWED_HOSTS = env.words("SHIJIE_ALLOWED_HOSTS", urlsplit(BASE_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "lti_tools.config.urls"
WSGI_APPLICATION = "lti_tools.config.wsgi.application"
AUTH_USER_MODEL = "shijie.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "lti_tools.apps.ShijieConfig",
]
MIDDLEWARE = [
    "lti_tools.web.guards.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lti_tools.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the CSRF check, which reads the body.
    "lti_tools.web.guards.BodyMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lti_tools.web.staff_session.StaffSessionMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lti_tools.web.middleware.ActorMiddleware",
    "lti_tools.web.middleware.FramesMiddleware",
    "lti_tools.web.middleware.ErrorPagesMiddleware",
    # Last by the library's own rule: it must see the final answer of a sign-in.
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "lti_tools" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "lti_tools.web.middleware.page_context",
            ],
        },
    },
]


def _database() -> dict[str, object]:
    url = env.text("SHIJIE_DATABASE_URL", f"sqlite:///{DATA_DIR / 'shijie.sqlite3'}")
    parsed: dict[str, object] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        # Deferred transactions fail under several writers where immediate ones wait (measured: 305 of 400).
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
        parsed["CONN_MAX_AGE"] = 0
    return parsed


DATABASES = {"default": _database()}
# Caches that carry meaning (rate limits, sign-in delays) are shared by all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shijie_cache",
        # With the default of 300, three hundred new addresses would wash away everybody's count.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "media"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("SHIJIE_STATIC_ROOT", ROOT / "var" / "static")
STATICFILES_DIRS = [
    ROOT / "lti_tools" / "web" / "static",
    # No bundler: npm puts pinned packages there and pages load their dist files.
    ("npm/htmx", ROOT / "node_modules" / "htmx.org" / "dist"),
    ("npm/tus", ROOT / "node_modules" / "tus-js-client" / "dist"),
]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "lti_tools" / "locale"]
TIME_ZONE = env.text("SHIJIE_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# An invitation link works this long, once.
PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "lti_tools.web.sign_in.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
LOGIN_URL = "sign-in"
# django-ratelimit wants an atomic counter; the database cache is not quite one, a lost count costs one extra try.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]

# A launch arrives by a cross-site POST and teacher pages may be framed, so cookies are SameSite=None and
# therefore Secure; browsers accept Secure cookies on loopback over http, which is what the demo uses.
SESSION_COOKIE_NAME = "shijie_session"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_SAMESITE = "None"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
# A sign-in of ours ends after so long without a page, and after so long in any case.
SHIJIE_STAFF_IDLE_MINUTES = env.whole("SHIJIE_STAFF_IDLE_MINUTES", 120, least=5)
SHIJIE_STAFF_HOURS = env.whole("SHIJIE_STAFF_HOURS", 12, least=1)
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "lti_tools.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = None  # the LMS that opened us may be the page that closes us
SECURE_SSL_REDIRECT = env.flag("SHIJIE_SSL_REDIRECT", False)
SECURE_HSTS_SECONDS = env.whole("SHIJIE_HSTS_SECONDS", 0)
SHIJIE_BEHIND_PROXY = env.flag("SHIJIE_BEHIND_PROXY", False)
if SHIJIE_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        # FramesMiddleware names the registered platforms on the pages that may be framed.
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

CELERY_BROKER_URL = env.text("SHIJIE_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    _box = DATA_DIR / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_box / "messages"),
        "data_folder_out": str(_box / "messages"),
        "control_folder": str(_box / "control"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 330
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"shijie.work_media": {"queue": "media"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
# The sweep is the one delivery guarantee: brokers may lose a wake-up, rows are never lost.
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "shijie.work",
        "schedule": SHIJIE_SWEEP_SECONDS,
        "options": {"expires": SHIJIE_SWEEP_SECONDS},
    },
    "housekeeping": {"task": "shijie.housekeeping", "schedule": 3600, "options": {"expires": 3600}},
    "collect-views": {
        "task": "shijie.collect_views",
        "schedule": SHIJIE_VIEWS_SECONDS,
        "options": {"expires": SHIJIE_VIEWS_SECONDS},
    },
    "sweep-media": {
        "task": "shijie.work_media",
        "schedule": SHIJIE_SWEEP_SECONDS,
        "options": {"expires": SHIJIE_SWEEP_SECONDS},
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "lti_tools.config.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.text("SHIJIE_LOG_LEVEL", "INFO")},
    # Axes writes user names and addresses; the audit trail holds what is needed.
    "loggers": {
        "axes": {"level": "CRITICAL"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
PRODUCT_NAME = _("Shijie")
