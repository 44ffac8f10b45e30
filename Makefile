# Edu Records: every command sets up what it needs first. See README.md.
PYTHON ?= python3
VENV := .edu/venv/bin/python

.PHONY: help python setup setup-tests demo test test-long lint bench coverage-matrix stop

help:
	@echo "make demo             the main job on a demo school, then http://localhost:8069 (EDU_SERVE=0: end after the job;"
	@echo "                      RESET=1: start afresh; SCHOOL=large: with a school of 30 classes and a small centre)"
	@echo "make test             all tests (PYTEST=\"-k name\" for some; FRESH=1: a new test database)"
	@echo "make test-long        the heavy suites whole; writes docs/figures.md"
	@echo "make lint             all static checks"
	@echo "make bench            benchmarks"
	@echo "make coverage-matrix  which row of the requirements is proven by which test; writes docs/coverage.md"
	@echo "make setup            only the set-up    make stop  stop the database server"

python:
	@command -v $(PYTHON) >/dev/null || { echo "edu: install Python 3.11, 3.12 or 3.13 (with its venv package) and run make again." >&2; exit 1; }

setup: python
	@$(PYTHON) tools/setup.py

setup-tests: python
	@$(PYTHON) tools/setup.py --tests

demo: setup
	@RESET="$(RESET)" SCHOOL="$(SCHOOL)" $(VENV) tools/demo.py

test: setup-tests
	@FRESH="$(FRESH)" $(VENV) tools/test.py $(PYTEST)

test-long: setup-tests
	@FRESH="$(FRESH)" $(VENV) tools/test.py --long $(PYTEST)

lint: setup
	@$(VENV) tools/lint.py

bench: setup
	@$(VENV) tools/bench.py

coverage-matrix: python
	@$(PYTHON) tools/coverage_matrix.py

stop: python
	@$(PYTHON) tools/postgres.py stop
