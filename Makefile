# `make run` sets everything up and serves; `make test` sets everything up and runs every check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export HOST ?= 127.0.0.1
export PORT ?= 8000

.PHONY: run test check unit prove bench load faults faults-page soak surroundings fuzz mutants coverage sbom audit-deps lock format clean

run: $(VENV)/.runtime
	$(BIN)/ivig-cds serve

test: check unit

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/ivig-cds rules check
	$(BIN)/ivig-cds rules prove
	$(BIN)/ivig-cds rules coverage

unit: $(VENV)/.dev
	$(BIN)/pytest -n auto

# The storage faults of `make test`, many more times.
faults: $(VENV)/.dev
	KILLS=200 FLIPS=1500 POINTS=150 POWER=3000 $(BIN)/python -m pytest tests/faults/test_storage.py tests/faults/test_power.py

# docs/faults.md: which test carries which row of the catalogue of faults.
faults-page: $(VENV)/.dev
	$(BIN)/python -m tests.faults.rows

# 2,000,000 calls, or CALLS: memory and open files must not grow.
soak: $(VENV)/.dev
	SOAK=$(or $(CALLS),2000000) $(BIN)/python -m pytest -q tests/faults/test_soak.py

# The tests without a network, on a read-only source tree, LANG=C, TZ=Pacific/Kiritimati, a random hash seed; needs unshare.
surroundings: $(VENV)/.dev
	$(BIN)/python -m tools.surroundings $(or $(TESTS),-n auto)

# The slow tests of the proofs and of docs/authoring.md; the proofs themselves are part of `make test`.
prove: $(VENV)/.dev
	$(BIN)/ivig-cds rules prove
	$(BIN)/ivig-cds rules coverage
	$(BIN)/pytest -m prove

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

# Rate, overload, slow senders and memory beside a floor; about two minutes, or SHARE times as long.
load: $(VENV)/.dev
	$(BIN)/python -m benchmarks.load --share $(or $(SHARE),1.0)

fuzz: $(VENV)/.dev
	FUZZ_CASES=$(or $(CASES),100000) RULE_SET_RUNS=$(or $(RUNS),2000) $(BIN)/python -m pytest -q tests/fuzz tests/services/test_rule_set_life.py

# One change at a time in app/logic and the guard: docs/mutants.md. All of them take hours; SAMPLE=7 of each file some minutes.
mutants: $(VENV)/.dev
	$(BIN)/python -m tools.mutants --sample $(or $(SAMPLE),0)

# Lines and branches that some test reaches. Below 100 % of app/logic it fails.
coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --cov --cov-branch --cov-report=
	$(BIN)/coverage report --include="app/store/*" --skip-covered
	$(BIN)/coverage report --include="app/clinical/*" --skip-covered
	$(BIN)/coverage report --include="app/logic/*" --skip-covered --show-missing --fail-under=100

sbom: $(VENV)/.runtime
	$(BIN)/python -m tools.sbom

# Asks the advisory database over the network, so it is no part of `make test`.
audit-deps: $(VENV)/.dev
	$(BIN)/uv tool run pip-audit --strict --require-hashes --disable-pip -r requirements.lock

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Versions and hashes only: the index that pip uses is the machine's own affair.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra postgres --extra prove --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements-dev.lock

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ivig-cds needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.runtime

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
