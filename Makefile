# Two commands do everything: `make run` and `make test`. Both make the environment in .venv first.
PYTHON ?= python3
BIN := .venv/bin

export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false

.PHONY: run test check clean

run: .venv/run
	$(BIN)/imr run data_lake/landing --lake data_lake || [ $$? -eq 3 ]

test: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

.venv/pip:
	$(PYTHON) -m venv .venv
	touch $@

.venv/run: .venv/pip pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/test: .venv/run
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test,spark]'
	touch $@

clean:
	rm -rf .venv
