# Two commands are enough: `make run` and `make test`. Words go on by ARGS: make run ARGS="--now 2026-11-25T09:00:00+07:00"

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
SERVER_ROOMS := tests/service/bus tests/service/store tests/service/intake/test_with_the_bus.py \
  tests/service/intake/test_readiness.py tests/service/intake/test_store.py tests/service/notify/test_over_the_bus.py \
  tests/service/notify/test_migrations.py tests/service/assign_tickets/test_acceptance.py \
  tests/service/assign_teams/test_roster.py

.DEFAULT_GOAL := help
.PHONY: help run test test-month test-phones test-containers test-servers images env lint format chaos bench pictures clean

help: ## Show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

run: env ## Start everything at http://127.0.0.1:8000 (PORT=… for another); Ctrl-C ends it
	@exec $(BIN)/caunoi up $(ARGS)

test: .venv/.ready-dev ## Run all tests (ARGS=tests/unit for some)
	@SERVERS=$${SERVERS:-embedded} exec $(BIN)/pytest -n 3 --dist loadfile -m "not bench and not phones and not containers" \
	  --ignore tests/journey/month $(ARGS)

test-month: .venv/.ready-dev ## A month of five hundred requests in the whole house; every figure is the test's own sum
	@SERVERS=embedded exec $(BIN)/pytest tests/journey/month $(ARGS)

test-phones: .venv/.ready-dev ## Tests with a real Kannel, killed senders and the whole house (Debian: kannel kannel-extras)
	@SERVERS=embedded exec $(BIN)/pytest -n 3 --dist load -m phones tests/phones $(ARGS)

test-containers: images .venv/.ready-dev ## The house in containers, each killed in turn; rights and secrets
	@exec $(BIN)/pytest -m containers tests/containers $(ARGS)

test-servers: images .venv/.ready-dev ## The rooms where the servers matter once more, on servers in containers
	@SERVERS=containers exec $(BIN)/pytest -n 2 --dist loadfile $(SERVER_ROOMS) $(ARGS)

images: ## A Docker engine and the public images, or stand-ins for them (needs root)
	@tests/support/images/make.sh

env: .venv/.ready ## Make the environment in .venv/ from requirements.lock

lint: .venv/.ready-dev ## Style, types, and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright
	$(BIN)/lint-imports

format: .venv/.ready-dev ## Lay out the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

chaos: .venv/.ready-dev ## Faults while requests arrive, the long run
	@CHAOS=long exec $(BIN)/pytest -s -m chaos tests/chaos $(ARGS)

bench: .venv/.ready-dev ## Measure; figures go to bench/latest.json
	@exec $(BIN)/python -m tests.bench $(ARGS)

pictures: .venv/.ready-dev ## Make the README's pictures from the running program
	@exec $(BIN)/python -m tests.pictures

clean: ## Remove the environment and caches; data in .caunoi/ stays
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# Hashes are checked. uv, itself from the lock, installs in seconds what takes pip half a minute; where it cannot, pip does.
# The package itself is installed in place, so that `.venv/bin/caunoi` works without activation.
.venv/.ready: requirements.lock pyproject.toml shared/web/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Cầu Nối needs Python 3.11 or newer; '$(PYTHON)' is not. Name another: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Making the environment in .venv/ …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python's venv module is missing (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	@awk '/^[a-z]/ { take = /^uv==/ } take && !/^ *#/' requirements-dev.lock > .venv/uv.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.lock || true
	@sh deploy/install.sh requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@$(BIN)/python -m shared.web.assets || true
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.lock
	@echo "Adding what tests need …"
	@sh deploy/install.sh requirements-dev.lock
	@touch $@
