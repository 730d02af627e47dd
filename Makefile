# Everything runs in a virtual environment. Stamp files in it prevent a second `make`
# from installing the packages again.
PYTHON ?= python3
VENV ?= .venv
# Number of parallel tests. Compilation dominates, and each test uses one core for it.
# Some tests wait for other processes, so three tests make the best use of two cores.
JOBS ?= 3
# Files or folders to test; by default, all of them.
TESTS ?=
# Options of `make fuzz`, `make kill-campaign` and `make load`, such as "--seed 1".
ARGUMENTS ?=

# Write compiled modules, even if the environment forbids it, as it does in many
# containers. Python ignores an empty value. With compiled modules, workers collect the
# tests in half the time, and subprocesses start faster.
export PYTHONDONTWRITEBYTECODE =

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
NODE := web/node_modules/.package-lock.json
# uv installs four times as fast as pip, which is the fallback. Its options are in $(2).
define INSTALL
$(BIN)/uv pip install --quiet $(2) --python $(BIN)/python --require-hashes --requirement $(1) || \
	$(PIP) install --require-hashes --requirement $(1)
endef

.DEFAULT_GOAL := help
.PHONY: help demo test test-faults test-gpu test-lowest test-newest coverage check docs wheels web web-check sanitize fuzz kill-campaign load notebooks bench bench-accuracy bench-doctor examples lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(VENV)/.run  ## install, then train on handwritten digits and report
	$(BIN)/assay train digits

test: $(VENV)/.dev  ## run all tests except those marked faults or gpu
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal -m "not gpu and not faults" $(TESTS)

test-faults: $(VENV)/.dev  ## kill processes, hosts and nodes, and resume their work
	$(BIN)/python -m pytest --numprocesses $(JOBS) -m faults $(TESTS)

test-gpu: $(VENV)/.dev  ## run the tests for GPUs (on a CPU if ASSAY_GPU_DRY_RUN is set)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal -m gpu tests/gpu

test-lowest: $(VENV)/.dev  ## run quick tests with the lowest versions of the dependencies
	$(BIN)/python scripts/check_versions.py lowest $(TESTS)

test-newest: $(VENV)/.dev  ## run quick tests with the newest versions of the dependencies
	$(BIN)/python scripts/check_versions.py newest $(TESTS)

bench-doctor: $(VENV)/.bench  ## plant faults, and measure how many the doctor finds and corrects
	$(BIN)/python -m benchmarks.doctor --processes 2

coverage: $(VENV)/.dev  ## run the tests and measure their branch coverage
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal -m "not gpu" --cov

check: $(VENV)/.dev  ## check style, formatting, types, import layers and sizes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/check_sizes.py

docs: $(VENV)/.docs  ## build the documentation in build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

wheels: $(VENV)/.dev  ## build the wheels in build/wheels, install each and train
	scripts/build_wheels build/wheels

web: $(NODE)  ## build the pages of the lab (needs Node)
	cd web && npm run build

web-check: $(NODE) $(VENV)/.dev  ## check, test and rebuild the pages of the lab
	cd web && npm run check && npm test
	$(BIN)/python scripts/check_web.py

sanitize: $(VENV)/.dev  ## test the C++ kernels with sanitizers
	$(BIN)/python scripts/sanitize.py

fuzz: $(VENV)/.dev  ## read damaged files, specs and requests (a few minutes)
	$(BIN)/python -m scripts.fuzz $(ARGUMENTS)

kill-campaign: $(VENV)/.dev  ## kill 200 runs and resume them (half an hour)
	$(BIN)/python -m scripts.kill_campaign $(ARGUMENTS)

load: $(VENV)/.dev  ## measure the lab and a server under load (20 minutes)
	$(BIN)/python -m benchmarks.load $(ARGUMENTS)

notebooks: $(VENV)/.notebooks  ## run the notebooks with unsolved and solved exercises
	$(BIN)/python scripts/run_notebooks.py

bench: $(VENV)/.bench  ## measure the figures quoted in the documents
	$(BIN)/python -m benchmarks

bench-accuracy: $(VENV)/.bench  ## compare test errors on tables (several hours)
	$(BIN)/python -m benchmarks.tables

examples: $(VENV)/.examples  ## compare test accuracies with published results (half an hour)
	$(BIN)/python -m examples.mnist1d
	$(BIN)/python -m examples.ucr

lock: $(VENV)/.dev  ## update requirements/*.txt from pyproject.toml
	UV=$(BIN)/uv scripts/lock

clean:  ## remove the environment and the caches of the tools
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(NODE): web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	touch $@

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(BIN)/uv: requirements/installer.txt | $(BIN)/python
	$(PIP) install --require-hashes --requirement requirements/installer.txt
	touch $@

$(VENV)/.run: requirements/lock.txt pyproject.toml | $(BIN)/uv
	$(call INSTALL,requirements/lock.txt,--compile-bytecode)
	$(PIP) install --no-deps --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.run
	$(call INSTALL,requirements/dev.txt)
	touch $@

$(VENV)/.bench: requirements/bench.txt | $(VENV)/.dev
	$(PIP) install --requirement requirements/bench.txt
	touch $@

$(VENV)/.notebooks: requirements/notebooks.txt | $(VENV)/.run
	$(call INSTALL,requirements/notebooks.txt)
	touch $@

$(VENV)/.docs: requirements/docs.txt | $(VENV)/.dev
	$(call INSTALL,requirements/docs.txt)
	touch $@

$(VENV)/.examples: requirements/examples.txt | $(VENV)/.dev
	$(call INSTALL,requirements/examples.txt)
	touch $@
