#!/usr/bin/env bash
# Before the first release there is one migration: made anew from the models. Afterwards this file goes.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -f lti_tools/migrations/0001_initial.py
DJANGO_SETTINGS_MODULE=lti_tools.config.settings_test .venv/bin/python manage.py makemigrations shijie --name initial
.venv/bin/ruff format -q lti_tools/migrations
