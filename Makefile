# Everything starts from `python3` and this file; `make` alone prints what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := results/demo

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench docs clean

help: ## Print this help
	@grep -E '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(READY): pyproject.toml requirements.lock
	@echo "making $(VENV) with the packages of requirements.lock ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[charts,dev]'
	@touch $@

demo: $(READY) ## Run the main job: recall falls as sessions approach the window
	@$(BIN)/harness run scenarios/brand-voice.yaml scenarios/design-decisions.yaml scenarios/client-call.yaml \
		-m 'reference/perfect,reference/window?tokens=4000,reference/fading?limit=8000&onset=0.6' \
		-w 8k,16k --seeds 8 --out $(DEMO)
	@$(BIN)/harness report latest --out $(DEMO) -o $(DEMO)/curve.png -o $(DEMO)/heatmap.png -o $(DEMO)/report.md -o $(DEMO)/report.html
	@echo "the picture: $(DEMO)/curve.png; the whole report: $(DEMO)/report.html"

test: $(READY) ## Pass every check and every test
	@$(MAKE) --no-print-directory check

check: $(READY) ## Format, lint, types, import contract, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -n 2

format: $(READY) ## Format and mend what can be mended
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: $(READY) ## Run the benchmarks; each prints what it claims beside what it measured
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docs: $(READY) ## Write the generated parts of docs/: the keys of a scenario, the command
	@PYTHONPATH=. $(BIN)/python docs/generate.py

clean: ## Remove the environment and every cache
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
