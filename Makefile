# Every target sets up what it needs. PYTHON picks the interpreter (3.11 to 3.13).
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/rag-service
DEMO_DIR := data/demo
EVAL_DIR := data/eval
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: help install demo serve test check lint types architecture coverage eval soak fuzz lock clean

help:
	@echo "make demo    ingest seeds/, answer three questions, decline a fourth"
	@echo "make serve   serve the same on http://127.0.0.1:8000"
	@echo "make test    run the whole test suite"
	@echo "make check   format, lint, types, architecture"
	@echo "make eval    evaluate over seeds/ and hold the figures against evals/gate.yaml"
	@echo "make install set up .venv only;  make clean removes what was built"

install: .venv/installed

.venv/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, {sys.executable} is {v[0]}.{v[1]}: call make PYTHON=...")'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/python requirements.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/developing: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes -r requirements-dev.txt
	@touch $@

demo: install
	@RAG_DATA_DIR=$(DEMO_DIR) $(RUN) demo

serve: install
	@$(RUN) ingest seeds
	@$(RUN) serve

test: .venv/developing
	@sh tests/browser.sh
	$(PYTEST)

check: .venv/developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The same figures wherever it runs: no key, no settings of this machine but the encoder's cache.
eval: install
	@rm -rf $(EVAL_DIR)
	@env -u OPENAI_API_KEY -u OPENAI_BASE_URL $(RUN) eval run --answerer extractive --no-similarity --out $(EVAL_DIR)
	@$(RUN) eval gate $(EVAL_DIR)

coverage: .venv/developing
	$(PYTEST) --cov --cov-report=term-missing:skip-covered

soak: .venv/developing
	$(BIN)/python -m pytest -m soak

# Twenty times as many generated inputs, from a fresh seed; about a quarter of an hour.
fuzz: .venv/developing
	FUZZ=20 $(BIN)/python -m pytest -m hypothesis --timeout=3600

# Pins every version with its hashes; no index address is written.
lock: .venv/developing
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra build pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --all-extras -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis data/demo data/eval htmlcov .coverage
