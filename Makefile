# Everything that a person or a machine does with this checkout. `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help serve test lint fmt train evaluate bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

serve: $(VENV)/serve.stamp ## install what serving needs and serve the shipped model on http://127.0.0.1:8000
	$(BIN)/sigap serve --host $(HOST) --port $(PORT)

test: $(VENV)/dev.stamp ## run all tests
	$(BIN)/python -m pytest

lint: $(VENV)/dev.stamp ## check style, types and the corpus; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m training.check_corpus

fmt: $(VENV)/dev.stamp ## format the code
	$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format .

train: $(VENV)/dev.stamp ## rebuild models/release from the corpus (and public data, where it is at hand)
	$(BIN)/sigap train --output models/release

evaluate: $(VENV)/dev.stamp ## figures of the released model on the development files, beside a bare TF-IDF
	$(BIN)/sigap evaluate --baseline

bench: $(VENV)/dev.stamp ## time loading and assessing, stage by stage
	$(BIN)/sigap bench

clean: ## remove the environment and caches
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); \
	  else echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; fi; }

$(VENV)/serve.stamp: requirements/serve.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/serve.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ $(VENV)/serve.stamp
