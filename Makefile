# Everything runs in .venv and sets itself up on first use. Needs Python 3.11, 3.12 or 3.13.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
APP := $(VENV)/.app-installed
DEV := $(VENV)/.dev-installed
DOCS := $(VENV)/.docs-installed
# Most modules are never imported: Python compiles those that are, at their first import, and keeps
# them, also where the environment forbids it: TensorFlow compiled in each of the tests' processes is
# 12 seconds each.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile
TESTS ?= tests
# Test files are spread over this many processes. One that dies ends the run: replaced, it may leave
# the others waiting for ever (pytest-xdist 3.8, issue 1378). Files with slow tests come first
# (tests/conftest.py), not those with many: a slow one that begins last leaves the others idle.
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	--max-worker-restart=0

.PHONY: setup demo test test-tensorflow test-jax lint docs space bench pins clean

setup: $(APP) $(DEV)

demo: $(APP)
	$(BIN)/sr-app demo

test: test-tensorflow test-jax

test-tensorflow: $(DEV)
	KERAS_BACKEND=tensorflow $(PYTEST) $(TESTS)

# Layers, networks and training once more on the second backend.
test-jax: $(DEV)
	KERAS_BACKEND=jax $(PYTEST) tests/layers tests/networks tests/training

lint: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/oxlint sr_app/serving tests/serving tests/walks
	$(BIN)/pyright --pythonpath $(BIN)/python

# Pages in build/docs; a link or name that leads nowhere is an error.
docs: $(DOCS)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# A folder to push to a Hugging Face Space: the page, the package and its presets.
SPACE ?= build/space
space:
	rm -rf $(SPACE)
	mkdir -p $(SPACE)
	cp deploy/space/* LICENSE $(SPACE)
	git ls-files sr_app models | tar cf - -T - | tar xf - -C $(SPACE)

# Speed and memory: all of these, also after one that failed. The others in benchmarks (batches, kills,
# full disks, hostile files) are run by themselves, as each one says; what was studied once lies in
# benchmarks/studies.
BENCHMARKS := start inference photos feeding slider_frames web_folder page_load

bench: $(DEV)
	@failed=; for name in $(BENCHMARKS); do \
		echo "benchmarks/$$name.py"; \
		$(BIN)/python benchmarks/$$name.py || failed="$$failed $$name"; \
	done; test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

# Every package that is installed, pinned, with the hashes of its files for all systems: written from
# pyproject.toml by uv. Versions stay as they are unless PINS=--upgrade, or --upgrade-package NAME.
PINS ?=
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make pins" uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-annotate

pins:
	$(COMPILE) $(PINS) pyproject.toml --extra all --extra openvino -o requirements.txt
	for group in dev jax docs; do \
		$(COMPILE) $(PINS) --group $$group -c requirements.txt -o requirements-$$group.txt || exit; \
	done
	$(COMPILE) pyproject.toml --extra page --group build -c requirements.txt -o deploy/requirements.txt

# Leaves downloaded data, runs and presets alone.
clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
	find sr_app tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: none found on PATH." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(APP): requirements.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): requirements-dev.txt requirements-jax.txt $(APP)
	$(PIP) --require-hashes -r requirements-dev.txt -r requirements-jax.txt
	touch $@

$(DOCS): requirements-docs.txt | $(BIN)/python
	$(PIP) --require-hashes -r requirements-docs.txt
	touch $@
