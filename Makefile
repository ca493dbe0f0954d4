# Everything here does its own set-up. Two commands matter: `make demo` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
# The first interpreter that really runs; a shim named python3.12 may exist and fail.
PYTHON := $(shell for p in python3.12 python3.11 python3; do \
  $$p -c 'import ssl,sqlite3,venv,sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,12))' >/dev/null 2>&1 && echo $$p && break; done)
STAMPS := var/stamps

.PHONY: help setup demo demo-check demo-reset test test-services check bench format messages wheel clean

help:
	@echo "make demo           the whole product on this machine, nothing else needed (Ctrl-C stops it)"
	@echo "make demo-check     plays the whole story against it in a headless browser; results in var/demo/"
	@echo "make demo-reset     forgets the demo's data"
	@echo "make test           all tests on the embedded default"
	@echo "make test-services  again on PostgreSQL with Redis and RabbitMQ"
	@echo "make check          format, lint, types, contracts, catalogues"
	@echo "make wheel          what is installed elsewhere: the four packages, complete, in dist/"
	@echo "make bench          measures, as ratios against named peers"

setup: $(STAMPS)/system $(VENV)/.installed node_modules/.installed $(STAMPS)/messages $(STAMPS)/clips

$(STAMPS):
	@mkdir -p $@

$(STAMPS)/system: tools/system_packages.sh | $(STAMPS)
	@echo "[setup 1/5] system packages"
	@tools/system_packages.sh
	@touch $@

$(VENV)/.installed: setup.cfg requirements.lock | $(STAMPS)
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 with ssl, sqlite3 and venv is needed and was not found."; exit 1; }
	@echo "[setup 2/5] Python packages ($(PYTHON))"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[dev]'
	@touch $@

node_modules/.installed: package.json package-lock.json | $(STAMPS)
	@echo "[setup 3/5] browser libraries"
	@npm ci --silent --no-audit --no-fund
	@touch $@

PO := $(shell find lti_tools reports rubrics xblocks -name '*.po' 2>/dev/null)
STATIC := $(shell find lti_tools/web/static -type f 2>/dev/null)
$(STAMPS)/messages: $(PO) $(STATIC) node_modules/.installed $(VENV)/.installed | $(STAMPS)
	@echo "[setup 4/5] translations and static files"
	@for po in $(PO); do msgfmt -o "$${po%.po}.mo" "$$po" || exit 1; done
	@$(BIN)/python tools/collect_static.py
	@touch $@

$(STAMPS)/clips: fixtures/clips.py $(VENV)/.installed $(STAMPS)/system | $(STAMPS)
	@echo "[setup 5/5] sample lesson clips"
	@$(BIN)/python -m fixtures.clips var/clips
	@touch $@

demo: setup
	@$(BIN)/python -m lti_tools.demo

demo-check: setup
	@$(BIN)/python -m lti_tools.demo.check

demo-reset:
	@$(PYTHON) tools/demo_reset.py

test: setup
	@tools/test.sh

test-services: setup
	@tools/test_services.sh

check: setup
	@tools/check.sh

$(STAMPS)/bench: setup.cfg requirements.lock $(VENV)/.installed | $(STAMPS)
	@echo "[bench] the peers to measure against"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[bench]'
	@touch $@

bench: setup $(STAMPS)/bench
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

format: setup
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

messages: setup
	@tools/messages.sh

wheel: setup
	@rm -rf build
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

clean:
	@rm -rf var/stamps var/static build dist *.egg-info
