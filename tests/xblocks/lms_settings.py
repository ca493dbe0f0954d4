"""The smallest LMS: one table of people in a module, our app, nothing of the service."""

from __future__ import annotations

SECRET_KEY = "only-for-tests-of-the-lms-side"
DEBUG = False
USE_TZ = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
ALLOWED_HOSTS = ["lms.example", "localhost", "127.0.0.1", "testserver"]
ROOT_URLCONF = "tests.xblocks.lms_urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "xblocks.lms_app",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
STATIC_URL = "/static/"

SHIJIE_LMS_ISSUER = "https://lms.example"
SHIJIE_LMS_NAME = "测试平台"
SHIJIE_LMS_PRODUCT = "test-lms"
SHIJIE_LMS_DIRECTORY = "tests.xblocks.lms_people"
