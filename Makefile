# Retinue: `make demo` sets up and plans the model case, `make test` sets up and runs the tests.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OUT ?= demo-out
# Tests of real data look here; without it they are skipped and counted.
RETINUE_SHARED ?= $(abspath $(wildcard ../shared))
export RETINUE_SHARED
# Of bench-displib.
export TIME SET

.DEFAULT_GOAL := demo
.PHONY: demo test lint bench bench-displib pack clean

$(VENV)/.base: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@

# Peers pin older libraries: they get an environment of their own.
$(VENV)-bench/.bench: pyproject.toml
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	@touch $@

demo: $(VENV)/.base ## set up and plan the model case
	$(BIN)/retinue plan vladivostok-2023 -o $(OUT)

test: $(VENV)/.test ## set up and run the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.test ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)-bench/.bench ## measure against peers in one run
	$(VENV)-bench/bin/python -m benchmarks

bench-displib: $(VENV)-bench/.bench ## dispatching instances: TIME=seconds each, SET=names begin so
	$(VENV)-bench/bin/python -m benchmarks.displib

pack: $(VENV)/.base ## rebuild the world pack from registry packages
	$(BIN)/python tools/make_pack.py

clean:
	rm -rf $(VENV) $(VENV)-bench $(OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis
