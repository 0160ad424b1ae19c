# make run    the site on http://127.0.0.1:8000 with a demo team, and nothing to install but Python 3.11
# make test   everything, against real servers and a real browser
# make lint   style, types, migrations, production checks
# make bench  how fast it is, beside other servers
# make clean  remove what these made, but not your data in var/

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test lint bench clean

help:
	@sed -n 's/^# //p' Makefile

run: $(VENV)/site.stamp node_modules/.stamp
	@PORT=$(PORT) DEBUG=$${DEBUG-1} $(BIN)/python -m deploy.local

test: $(VENV)/dev.stamp node_modules/.stamp
	@$(BIN)/python -m tests.run

lint: $(VENV)/dev.stamp node_modules/.stamp
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash deploy/lint.sh

bench: $(VENV)/dev.stamp node_modules/.stamp
	@$(BIN)/python -m bench.fanout

clean:
	rm -rf $(VENV) node_modules static-root test-results .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/venv.stamp:
	@bash deploy/venv.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/site.stamp: $(VENV)/venv.stamp requirements.txt
	$(BIN)/pip install -q -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/site.stamp requirements-dev.txt
	$(BIN)/pip install -q -r requirements-dev.txt
	@touch $@

node_modules/.stamp: $(VENV)/venv.stamp package.json package-lock.json
	@bash deploy/npm.sh "$(BIN)" ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
