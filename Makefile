# Everything lives in this folder: .venv (made here), .airflow (state of demos), dist.
# Needs python3 (3.11 or newer) and make. Installs with uv; `make UV= <target>` insists on pip.

PYTHON ?= python3
UV ?= uv
AIRFLOW_VERSION ?= 3.3.2
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EXTRAS := dev,sandbox,inspect,parquet
BENCH := .venv-bench
CELERY := .venv-celery
RELEASE := .venv-release
INSTALL := PYTHON='$(PYTHON)' UV='$(UV)' sh scripts/install.sh
CHROMIUM := $(firstword $(foreach name,chromium google-chrome chromium-browser,$(shell command -v $(name) 2>/dev/null)))
NO_POSTGRESQL := echo "The extra e2e could not be installed here: SQLite only"
PYTEST = $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup
# the same content is tested at the same moment, so that what is red stays red until it is mended
MOMENT = $(addprefix :,$(shell git rev-parse --short=12 'HEAD^{tree}' 2>/dev/null))
FAST := 'not slow and not e2e'
# with what the first of the two runs leaves out, because other processes have the real time
SLOW := 'slow or e2e or real_clock'
SOURCES := $(wildcard airflow_qa_provider sandbox example_dags tests scripts benchmarks hatch_build.py)
# of which Python is formatted
TEXTS := docs $(wildcard *.md)

# The caller's Airflow and Python settings must not reach ours.
unexport $(filter AIRFLOW__% AIRFLOW_CONN_% AIRFLOW_VAR_% AIRFLOW_HOME AIRFLOW_CONFIG,$(.VARIABLES))
unexport PYTHONPATH PYTHONDONTWRITEBYTECODE PYTHONHOME VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX PIP_CONSTRAINT UV_CONSTRAINT
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo airflow sandbox test test-fast test-moment test-matrix test-oldest bench bench-page e2e e2e-browser browser e2e-celery first-contact lint format coverage-page lists-page docs build release-check clean constraints

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## create .venv with the pinned versions of constraints.txt; instant when nothing changed

# __init__.py holds the version that the installed metadata repeats.
$(STAMP): pyproject.toml sandbox/pyproject.toml constraints.txt hatch_build.py airflow_qa_provider/__init__.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "constraints.txt needs Python 3.11 or newer, $(PYTHON) is %d.%d: make PYTHON=python3.11 setup" % sys.version_info[:2])'
	@echo "Installing into $(VENV): about a minute the first time"
	@$(INSTALL) $(VENV) --constraint constraints.txt --editable ./sandbox --editable '.[$(EXTRAS)]'
	@touch $@

demo: setup ## send a day of reports through Airflow against the local sandboxes (ARGS=--all: all examples; VERBOSE=1: every log line)
	@exec $(BIN)/airflow-qa demo $(if $(VERBOSE),--verbose) $(ARGS)

airflow: setup ## open the demo in Airflow's own user interface; Ctrl-C ends it
	@exec $(BIN)/airflow-qa demo --ui

sandbox: setup ## serve the five services locally, to point a connection at; Ctrl-C ends it
	@exec $(BIN)/qa-sandbox serve

test: setup ## run all tests, the fast ones at another time, which it prints (ARGS="tests/unit -k name": those, now)
ifneq ($(ARGS),)
	@exec $(PYTEST) $(ARGS)
else
	@$(PYTEST) -m $(FAST) --moment=random$(MOMENT)
	@$(PYTEST) -m $(SLOW)
endif

test-fast: setup ## run the tests that start no Airflow and take no time
	@exec $(PYTEST) -m $(FAST) $(ARGS)

test-moment: setup ## the same at a random moment of the next four years, which it prints
	@exec $(PYTEST) -m $(FAST) --moment=random $(ARGS)

test-matrix: ## run what does not need the newest Airflow on 3.1.8, 3.2.2 and 3.3.2, on each Python here (ARGS="--airflow 3.1.8")
	@exec $(PYTHON) scripts/test_matrix.py $(ARGS)

test-oldest: ## run the examples, and what depends on Airflow most, on the oldest Airflow that is promised
	@exec $(PYTHON) scripts/test_matrix.py --quick

bench: $(BENCH)/.installed setup ## measure five jobs, waits beside other providers' (ARGS=--full: 1,000), accounts, files, lists, bulk writes
	@missed=; \
	$(BIN)/python -m benchmarks.authoring || missed="$$missed authoring"; \
	for part in "wait $(ARGS)" "tenants $(filter --full,$(ARGS))" download looking "read $(filter --full,$(ARGS))" "bulk $(filter --full,$(ARGS))" imports; do \
		$(BENCH)/bin/python -W ignore -m benchmarks.$$part || missed="$$missed $${part%% *}"; \
	done; \
	test -z "$$missed" || { echo "Missed:$$missed"; exit 1; }

bench-page: $(BENCH)/.installed ## measure anew and write docs/performance.md with its picture (half an hour on an idle machine)
	@exec $(BENCH)/bin/python -W ignore -m benchmarks.page $(ARGS)

# Apart from .venv, so that the other providers and what they bring disturb nothing.
$(BENCH)/.installed: pyproject.toml constraints.txt benchmarks/constraints.txt
	@echo "Installing this package and the other providers into $(BENCH): about a minute the first time"
	@$(INSTALL) $(BENCH) --constraint constraints.txt --constraint benchmarks/constraints.txt --editable ./sandbox --editable '.[bench,fast,parquet]'
	@touch $@

e2e: $(if $(findstring --only,$(ARGS)),,e2e-browser) $(VENV)/.installed-e2e ## click through the demo, kill Airflow's processes 200 times and count what is at the vendors (ARGS=--quick: fewer)
	@exec $(BIN)/python -m tests.e2e.kills $(ARGS)

e2e-celery: $(CELERY)/.installed ## run examples on CeleryExecutor, two workers, two triggerers and S3, kill one of each, and count (minutes)
	@exec $(CELERY)/bin/python -W ignore -m tests.e2e.celery $(ARGS)
ifneq ($(CHROMIUM),)
e2e-browser: $(VENV)/.installed-browser
	@exec $(BIN)/python -W ignore -m tests.browser --quick

browser: $(VENV)/.installed-browser ## do what a stranger does in `make airflow`, in a real browser (Debian: apt install chromium)
	@exec $(BIN)/python -W ignore -m tests.browser $(ARGS)
else
e2e-browser:
	@echo "No Chromium here: the browser test is left out"

browser:
	@echo "No Chromium here: apt install chromium" >&2; exit 1
endif

first-contact: setup ## do what a stranger does in `make airflow`, by Airflow's API, and count what is green (minutes)
	@exec $(BIN)/python -W ignore -m tests.e2e.first_contact $(ARGS)

# Without wheels of PostgreSQL for this platform, the harness does what it can on SQLite.
$(VENV)/.installed-e2e: $(STAMP)
	@$(INSTALL) $(VENV) --constraint constraints.txt --editable ./sandbox --editable '.[e2e]' || $(NO_POSTGRESQL)
	@touch $@

# Apart from .venv, with versions of its own: an object storage wants an older dateutil.
$(CELERY)/.installed: pyproject.toml tests/e2e/celery/constraints.txt
	@echo "Installing this package, Celery and an object storage into $(CELERY): about a minute the first time"
	@$(INSTALL) $(CELERY) --constraint tests/e2e/celery/constraints.txt --editable ./sandbox --editable '.[celery,e2e,sandbox]'
	@touch $@

# Drives the Chromium of the machine: no browser is downloaded.
$(VENV)/.installed-browser: $(STAMP)
	@$(INSTALL) $(VENV) --constraint constraints.txt --editable ./sandbox --editable '.[browser]'
	@touch $@

lint: setup ## check format, style, types, import arrows and sizes
	@$(BIN)/ruff format --quiet --check $(SOURCES) $(TEXTS)
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/check_tree.py
	@$(BIN)/python -W ignore scripts/coverage_page.py --check
	@$(BIN)/python -W ignore scripts/xcom_page.py --check
	@$(BIN)/python -W ignore scripts/records_page.py --check
	@$(BIN)/python -W ignore scripts/provider_info.py --check

format: setup ## write what is made from the records, apply the formatter and the safe fixes
	@$(BIN)/python -W ignore scripts/provider_info.py
	@$(BIN)/ruff format --quiet $(SOURCES) $(TEXTS)
	@$(BIN)/ruff check --quiet --fix $(SOURCES)

coverage-page: setup ## write docs/coverage.md from the routes, and docs/xcoms.md from the operators
	@$(BIN)/python scripts/coverage_page.py
	@$(BIN)/python -W ignore scripts/xcom_page.py

lists-page: setup ## write docs/lists.md from the listings, and docs/stored_files.md from the transfers
	@$(BIN)/python scripts/records_page.py

docs: setup ## build the documentation into docs/_build
	@$(BIN)/python -W ignore -m sphinx -q -W --keep-going docs docs/_build
	@echo "docs/_build/index.html"

build: setup ## build sdist and wheel of both distributions into dist/
	@$(BIN)/python -m build --no-isolation --outdir dist .
	@$(BIN)/python -m build --no-isolation --outdir dist sandbox

release-check: $(RELEASE)/.installed ## build both distributions and look at them as an index and a stranger would (minutes)
	@exec $(RELEASE)/bin/python scripts/release_check.py $(ARGS)

$(RELEASE)/.installed: scripts/release_constraints.txt
	@$(INSTALL) $(RELEASE) --requirement scripts/release_constraints.txt
	@touch $@

constraints: ## resolve everything anew and rewrite constraints.txt and that of e2e-celery; constraints/ with AIRFLOW_VERSION=3.1.8 AS_OF=2026-03-15
ifdef AS_OF
	@PYTHON='$(PYTHON)' UV='$(UV)' sh scripts/freeze_constraints.sh '$(AIRFLOW_VERSION)' test,sandbox,inspect,parquet 'constraints/airflow-$(AIRFLOW_VERSION).txt' '$(AS_OF)'
else
	@PYTHON='$(PYTHON)' UV='$(UV)' sh scripts/freeze_constraints.sh '$(AIRFLOW_VERSION)' '$(EXTRAS),e2e,browser' constraints.txt
	@PYTHON='$(PYTHON)' UV='$(UV)' sh scripts/freeze_constraints.sh '$(AIRFLOW_VERSION)' 'celery,e2e,sandbox' tests/e2e/celery/constraints.txt
endif

clean: ## remove what builds, tests and demos left behind (.venv stays)
	@rm -rf build dist demo-output .airflow .coverage htmlcov docs/_build docs/operations .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find airflow_qa_provider sandbox example_dags tests scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
