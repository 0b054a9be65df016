.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AUDIT := .venv-audit
ARGS ?=
MINUTES ?= 60
SEEDS ?= 100
FIRST ?= 1
KILLS ?= 20
EVENTS ?= 100000
ATTEMPTS ?= 2000
WORLDS ?= 500
CASES ?= 20000
SECONDS ?= 600
ROUNDS ?= 20

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(VENV)/installed: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, found " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

install: $(VENV)/installed ## make .venv with the locked libraries

demo: install ## seed the 13 plants, tell the stories, check the books, serve (ARGS=--no-serve ends after the checks)
	$(BIN)/python -m services demo $(ARGS)

seed: install ## set up the fictional world alone and serve it (ARGS=--tell-time lets you set its clock)
	$(BIN)/python -m services seed $(ARGS)

serve: install ## serve the platform on http://127.0.0.1:8480, data in var/ (ARGS="--data DIR --port N")
	$(BIN)/python -m services serve $(ARGS)

lint: install ## style, types and dependency direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

API_TOOLS := tests/contract/api_tools

$(API_TOOLS)/node_modules/.package-lock.json: $(API_TOOLS)/package.json $(API_TOOLS)/package-lock.json
	cd $(API_TOOLS) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

api-tools: $(API_TOOLS)/node_modules/.package-lock.json ## install what the API document is judged with (Node 20.19 or newer)

lint-api: install api-tools ## both public linters over the OpenAPI document: 0 errors, 0 warnings
	$(BIN)/python -m tests.contract.api_tools

test: lint api-tools ## lint, types, dependency direction and all tests
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: test ## all that the continuous integration runs
	$(MAKE) demo ARGS="--no-serve"

bench: install ## measure the event log, the order flow, 10,000 plans and promises beside their optimum
	$(BIN)/python -m services bench eventlog $(ARGS)
	$(BIN)/python -m services bench flow --orders 300 --preload 20000 $(ARGS)
	$(BIN)/python -m services bench plans --orders 10000 --cases 1000 --quarter $(ARGS)

soak: install ## load a server steadily and compare its end with its beginning (MINUTES=60)
	$(BIN)/python -m services bench soak --minutes $(MINUTES) $(ARGS)

fault: install ## kill, freeze, starve a server under load; compare what it kept (KILLS=n EVENTS=n ARGS=--json)
	$(BIN)/python -m tests.fault.campaign --kills $(KILLS) --events $(EVENTS) $(ARGS)

races: install ## race for the last hours of a line: 4 processes on one log, and over HTTP (ATTEMPTS=n)
	$(BIN)/python -m tests.fault.races --attempts $(ATTEMPTS) $(ARGS)

rival: install ## worlds that differ in a rival's orders only: can a brand tell? (WORLDS=500 ARGS=--json)
	$(BIN)/python -m tests.rival --worlds $(WORLDS) $(ARGS)

planted: install ## plant bugs in a copy of the tree and see which layer of testing notices (ARGS="--bug NAME")
	$(BIN)/python -m tests.planted $(ARGS)

sim: install ## months of the platform's life under faults, by seed (SEEDS=2000 FIRST=1, ARGS=--help)
	$(BIN)/python -m services sim --seeds $(SEEDS) --first $(FIRST) $(ARGS)

sim-coverage: install ## how much of the rules, the event log and the bus a simulation passes through (SEEDS=40)
	mkdir -p .coverage
	$(BIN)/python -m coverage run -m services sim --seeds $(SEEDS) --first $(FIRST) $(ARGS)
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report --sort=cover --skip-covered

doctor: install ## look after python, sqlite, disk, logs and lag
	$(BIN)/python -m services doctor $(ARGS)

TARGET ?=
fuzz-api: install ## Schemathesis over all operations as three roles (CASES=20000, ARGS="--seed N --role buyer --summary FILE")
	$(BIN)/python -m tests.fuzz.api_campaign --cases $(CASES) $(ARGS)

fuzz: install ## every parser fuzzed for SECONDS=600, or TARGET=name alone (ARGS="--at-once 2 --work DIR")
	$(BIN)/python -m tests.fuzz.campaign --seconds $(SECONDS) $(if $(TARGET),--target $(TARGET)) $(ARGS)

verify: install ## check logs, views, tree and books of var/
	$(BIN)/python -m services verify $(ARGS)

audit: $(AUDIT)/installed ## ask the public database of vulnerabilities about every locked library
	.ci/audit $(AUDIT)/bin/pip-audit

$(AUDIT)/installed: Makefile
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@touch $@

runtime-lock: install ## write requirements.runtime.lock, what the container installs, anew
	$(BIN)/python deploy/docker/runtime_lock.py > requirements.runtime.lock

backups: install ## back a server under load up again and again; verify, restore, drain each (ROUNDS=20)
	$(BIN)/python -m tests.fault.backups --rounds $(ROUNDS) $(ARGS)

image: ## build the container image of the embedded mode
	docker compose build

clean: ## remove var/ and the caches (not .venv)
	rm -rf var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

.PHONY: api-tools lint-api help install demo seed serve lint test check bench soak doctor verify audit image clean fault races fuzz fuzz-api planted rival sim sim-coverage
