# How to run, test and check ikmPay. `make` alone lists the targets.
#
# The first target that needs Python makes .venv. A stamp file remembers what has been installed, so the second
# `make run` starts at once; a changed pyproject.toml installs again.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
# What the program needs, and what the tests need on top.
RUN    := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev

CODE := bot handlers wallet storage locales

.DEFAULT_GOAL := help
.PHONY: help setup run test check bench soak locales migrate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(DEV) ## install everything into .venv, test tools included

run: $(RUN) ## the local chat at http://127.0.0.1:8080/, or with BOT_TOKEN set the bot on Telegram
	@exec $(BIN)/ikmpay $(if $(BOT_TOKEN),run,local)

# All of them share out the cores; a few are done sooner by one process than several have started.
test: $(DEV) ## all tests; for some of them `make test ARGS="-k receipt"`
	@$(BIN)/python -m pytest --durations=10 $(or $(ARGS),-n auto --dist worksteal)

check: $(DEV) ## style, types, layers between the rooms, house rules, catalogues
	@failed=; step() { echo "$$1"; shift; "$$@" || failed=1; }; mkdir -p build; \
	layers() { $(BIN)/lint-imports --no-logo >build/layers.txt || { cat build/layers.txt; return 1; }; }; \
	step "ruff"                      $(BIN)/ruff check --quiet .; \
	step "mypy"                      $(BIN)/mypy --no-error-summary $(CODE) tests; \
	step "import-linter"             layers; \
	step "house rules and catalogues" $(BIN)/python -m pytest tests/test_house.py tests/handlers/test_catalogues.py; \
	test -z "$$failed" || { echo "Not yet."; exit 1; }; echo "All good."

bench: $(DEV) ## compare with the anchors; writes build/bench.json
	@$(BIN)/python -m tests.benchmarks $(ARGS)

soak: $(DEV) ## the long proof: kills, races, hostile updates; writes build/soak.json
	@$(BIN)/python -m tests.soak $(ARGS)

locales: $(RUN) ## bring the catalogues up to date with the sentences in the code
	@$(BIN)/python -m locales

migrate: $(RUN) ## bring the database of DATABASE_URL to the newest schema
	@$(BIN)/ikmpay migrate

clean: ## remove .venv and everything that was made (data/ stays)
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ikmPay needs Python 3.11 or newer; name one: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "This Python can't make one; on Debian and Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }

$(RUN): pyproject.toml | $(BIN)/python
	@echo "Installing what ikmPay needs; the first time this takes a minute ..."
	@$(PIP) install --editable .
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing what ikmPay and its tests need; the first time this takes a minute or two ..."
	@$(PIP) install --editable '.[dev]'
	@touch $(RUN) $@
