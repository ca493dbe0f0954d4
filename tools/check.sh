#!/usr/bin/env bash
# Format, lint, types, contracts between packages and rooms, and complete catalogues.
set -euo pipefail
bin=.venv/bin
$bin/ruff format --check .
$bin/ruff check .
$bin/mypy
$bin/lint-imports
$bin/python -I -S -c "import sys; sys.path.insert(0, '.'); import rubrics.library"
tools/messages.sh --check
