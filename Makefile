# The verbs of EPSM; `make help` explains them. Everything is done in .venv and .local, nothing system-wide but
# Debian packages that are missing (Postgres, RabbitMQ, and Chromium for the tests), which apt installs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PAGE := api_service/web
PAGE_STAMP := $(PAGE)/static/vendor/.installed
STACK := $(BIN)/python -m deploy.local
# Two processes, each with servers of its own; ARGS=-n0 runs all tests in one.
PARALLEL := -n2 --dist=loadfile
ARGS ?=
SCENARIOS ?= 200
SEED ?=

.DEFAULT_GOAL := help
.PHONY: help setup up down status logs monitor url worker demo test test-deploy test-unit chaos hostile fuzz check lint types audit format dashboards pictures lock fidelity measures mutations study bench-overhead bench-helper bench-backlog bench-front bench-page bench-submit bench-estimate clean

help: ## Show this list
	@awk -F ':.*## ' '/^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

##@ Use it
demo: up ## From nothing to numbers: start the stack, run a small annual study, print its table
	@$(BIN)/python -m deploy.demo

up: setup ## Start Postgres, RabbitMQ, API, worker and scheduler on this machine (loopback only)
	@$(STACK) up

down: setup ## Stop them; simulations and files stay in .local
	@$(STACK) down

status: setup ## Show for each part whether it runs, and if not, why
	@$(STACK) status

logs: setup ## Show the end of every part's log (ARGS=--follow goes on)
	@$(STACK) logs $(ARGS)

worker: setup ## Run one more worker beside the stack's own, until Ctrl-C
	@$(STACK) worker

monitor: up ## Start Prometheus beside the stack, with the rules that every deployment has
	@$(STACK) monitor

url: setup ## Print the base address of the running API
	@$(STACK) url

##@ Work on it
setup: $(STAMP) $(PAGE_STAMP) ## Create .venv with exactly what requirements.lock says, and fetch the page's libraries
$(STAMP): requirements.lock pyproject.toml
	@deploy/local/venv.sh "$(PYTHON)" "$(VENV)" >&2
	@touch $@

$(PAGE_STAMP): $(PAGE)/package-lock.json $(PAGE)/.npmrc $(PAGE)/vendor.mjs | $(STAMP)
	@deploy/local/page.sh "$(VENV)" "$(PAGE)" >&2
	@touch $@

test: setup ## Run all tests against real Postgres, RabbitMQ and EnergyPlus, two at a time (ARGS=-n0: one)
	@$(STACK) install
	@$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

fuzz: setup ## Send random requests to the API for minutes, new ones each time (ARGS=--hypothesis-seed=1 repeats)
	@$(STACK) install
	@$(BIN)/python -m pytest --hypothesis-profile=fuzz \
		tests/integration/api/test_openapi.py tests/integration/api/test_openapi_authorization.py \
		tests/integration/api/test_hostile_bytes.py $(ARGS)

test-deploy: setup ## Run the tests of images, compose, chart and monitoring, on a Docker engine of their own, and of CONTRIBUTING.md
	@$(STACK) install
	@$(BIN)/python -m pytest -m "deploy or not slow" tests/deploy $(ARGS)

test-unit: setup ## Run the unit tests, which need nothing but Python
	@$(BIN)/python -m pytest -q $(PARALLEL) tests/unit $(ARGS)

fidelity: setup ## Compare a year of every DOE model with EnergyPlus run by hand, digit for digit (about an hour)
	@$(BIN)/python -m tests.fidelity years $(ARGS)

measures: setup ## Apply every measure to DOE models in the engine and write docs/guide/measures.md (ARGS="--only lighting")
	@$(BIN)/python -m tests.measures $(ARGS)

mutations: setup ## Mutate the text of DOE models and look that nothing of them is lost (ARGS="--count 300 --seed 1")
	@$(BIN)/python -m tests.fidelity mutations $(ARGS)

study: setup ## Simulate a study of variants, compare it with EnergyPlus by hand, submit it again (ARGS="--count 200")
	@$(BIN)/python -m tests.fidelity study $(ARGS)

chaos: setup ## Inject faults into a whole stack and check that nothing is lost (SCENARIOS=200 SEED=1, ARGS="--only rolling")
	@$(STACK) install
	@$(BIN)/python -m tests.chaos --scenarios $(SCENARIOS) $(if $(SEED),--seed $(SEED)) $(ARGS)

hostile: setup ## Attack the services in memory cgroups of the chart's sizes, in full (needs root; make test has a short form)
	@$(STACK) install
	@$(BIN)/python -m pytest -m hostile tests/hostile $(ARGS)

check: lint types test-unit ## Lint, types, import contracts and unit tests, in under two minutes

lint: setup ## Check style and import contracts
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

types: setup ## Check types, of the page's modules too
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/node $(PAGE)/node_modules/typescript/bin/tsc --project $(PAGE)

audit: setup ## List what is installed (ARGS=DIRECTORY, else .local/audit) and look it up among known vulnerabilities
	@$(BIN)/python -m deploy.audit $(ARGS)

format: setup ## Format the code and sort imports
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

dashboards: setup ## Write Grafana's dashboards from deploy/dashboards
	@$(BIN)/python -m deploy.dashboards

lock: setup ## Resolve pyproject.toml into requirements.lock anew
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--upgrade --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock

pictures: demo ## Take the pictures of the README from the running stack
	@$(BIN)/python -m tests.pictures

##@ Measure it
bench-overhead: setup ## Compare runs through the service with the bare engine (ARGS="--annual 6 --rounds 5 --against REVISION")
	@$(BIN)/python -m tests.bench.overhead $(ARGS)

bench-helper: setup ## Measure a helper that does nothing, and preparing and reading inside and outside of one (ARGS="--rounds 5")
	@$(BIN)/python -m tests.bench.helper $(ARGS)

bench-backlog: setup ## Measure what a run costs while up to a million others wait (ARGS="--powers 2,5 --rounds 5")
	@$(BIN)/python -m tests.bench.backlog $(ARGS)

bench-front: setup ## Measure the HTTP server under attack and with open streams (ARGS="--rounds 5 --against REVISION")
	@$(BIN)/python -m tests.bench.front $(ARGS)

bench-page: setup ## Measure the page of 20,000 runs at 50 changes a second, alone and with 500 followers (ARGS="--rounds 5")
	@$(BIN)/python -m tests.bench.page $(ARGS)

bench-submit: setup ## Measure submitting and cancelling up to a million runs: time, memory, bytes (ARGS="--rounds 5")
	@$(BIN)/python -m tests.bench.submit $(ARGS)

bench-estimate: setup ## Measure the error of estimated times over 215 mixed runs (ARGS="--recorded" runs nothing, --write keeps them)
	@$(BIN)/python -m tests.bench.estimate $(ARGS)

##@ Tidy up
clean: ## Stop the stack and delete .local and .venv, with all simulations in them
	@test ! -x $(BIN)/python || $(STACK) down
	@test ! -x $(BIN)/python || $(STACK) destroy
	@rm -rf .local $(VENV) $(PAGE)/node_modules $(PAGE)/static/vendor
