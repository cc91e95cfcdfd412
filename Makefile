# Everything a developer does with Legwork. `make` alone explains itself.
#
# Nothing is written outside of VENV and Legwork's data directory (LEGWORK_DATA_DIR).

VENV ?= .venv
BIN = $(VENV)/bin
ARGS ?=

# The interpreter to make VENV with. Without it: the first of python3.13, 3.12, 3.11 and python3 that really runs.
PYTHON ?=

.DEFAULT_GOAL := help
.PHONY: help setup ready run up doctor test lint format types contracts docs bench peers chaos ci lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  ARGS=… is passed on: make test ARGS=tests/unit, make run ARGS='--once hello'"

SETUP = VENV='$(VENV)' PYTHON='$(PYTHON)' sh .ci/setup

setup: ## create or refresh the virtualenv, with the development tools
	@$(SETUP) dev </dev/null >&2

ready: # what Legwork runs on, and no more
	@$(SETUP) run </dev/null >&2

run: ready ## talk to Legwork in this terminal; make run < messages.txt answers each line
	@exec $(BIN)/legwork chat $(ARGS)

up: ready ## start everything on this machine; make up ARGS=--apart, each process by itself
	@exec $(BIN)/legwork up $(ARGS)

doctor: ready ## check every setting and service
	@exec $(BIN)/legwork doctor

test: setup ## run the whole test suite
	@exec $(BIN)/python -m pytest $(or $(ARGS),-n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder)

lint: setup ## check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup ## mend style and format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup ## check types, strictly
	@exec $(BIN)/pyright --pythonpath $(BIN)/python

contracts: setup ## check who imports whom
	@exec $(BIN)/lint-imports --no-cache --no-logo

docs: setup ## write the documents that are made from the code
	@exec $(BIN)/python -m tests.docs

bench: setup ## measure speed and memory
	@exec $(BIN)/python -m tests.bench $(ARGS)

peers: ## install what `make bench ARGS=peers` compares Legwork with
	@$(SETUP) peers </dev/null >&2

chaos: setup ## kill, pause and starve real processes while they work
	@exec $(BIN)/python -m tests.chaos $(ARGS)

ci: ## all of it, as it is run before a change is accepted
	@exec .ci/run

LOCK = env -i HOME='$(CURDIR)/$(VENV)' PATH="$$PATH" $(BIN)/uv --no-config --no-cache --system-certs pip compile \
	--universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-header --quiet

lock: setup ## resolve the locks anew from pyproject.toml
	@$(LOCK) pyproject.toml --extra embedded -o requirements.lock
	@$(LOCK) --group pyproject.toml:dev --constraint requirements.lock -o requirements-dev.lock

clean: ## remove the virtualenv and what tools left behind
	@rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
