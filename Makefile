# Two commands do everything: `make run` and `make test`; `make check` is the part of the second that is done in a
# minute or two. Each makes the environment in .venv first. Tests run in as many processes as WORKERS says.
PYTHON ?= python3
WORKERS ?= 4
BIN := .venv/bin
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup --no-loadscope-reorder

export DO_NOT_TRACK = 1
export PREFECT_SERVER_ANALYTICS_ENABLED = false
# Tests start Python hundreds of times: our modules are compiled once, not by each.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run check test lint docs browser clean

run: .venv/run
	$(BIN)/imr run data_lake/landing --lake data_lake || [ $$? -eq 3 ]

check: lint
	$(PYTEST) -m unit

test: .venv/test browser lint
	$(PYTEST)

lint: .venv/check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What is made from the code, and the site, into build/site.
docs: .venv/docs
	$(BIN)/python -m docs.make_dictionary
	$(BIN)/python -m docs.make_codes
	$(BIN)/python -m docs.make_layers
	$(BIN)/zensical build --strict

# The browser tests skip themselves where there is no Chromium; a CI machine that may install one gets it.
browser:
	@[ -z "$$CI" ] || command -v chromedriver >/dev/null || [ "$$(id -u)" != 0 ] || \
	  { apt-get update -qq && apt-get install -y -qq chromium chromium-driver; } >/dev/null 2>&1 || \
	  echo "no Chromium could be installed: the browser tests will be skipped"

.venv/pip:
	$(PYTHON) -m venv .venv
	touch $@

.venv/run: .venv/pip pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[flows,ocr]"
	touch $@

.venv/docs: .venv/run
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[docs]'
	touch $@

.venv/check: .venv/run
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

.venv/test: .venv/check
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test,spark]'
	touch $@

clean:
	rm -rf .venv
