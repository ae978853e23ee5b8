# Everything starts from `python3` and this file; `make` alone prints what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := results/demo
MEMORY := results/demo-memory

.DEFAULT_GOAL := help
.PHONY: help demo demo-memory real test check format bench docs measured site clean

help: ## Print this help
	@grep -E '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-11s %s\n", $$1, $$2}'

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

demo-memory: $(READY) ## Ask what should be carried over from one session to the next, and see rules drift
	@rm -rf $(MEMORY)
	@$(BIN)/harness run scenarios/house-rules.yaml -m 'reference/drifting?limit=4000&onset=0.6' -w 4k \
		--replies live --seeds 6 -q --out $(MEMORY)
	@$(BIN)/harness run scenarios/tuesday-wednesday.yaml scenarios/disposable-threads.yaml \
		scenarios/weeks-of-work.yaml scenarios/sidebar.yaml -m reference/perfect -w 8k --seeds 4 \
		--memory 'none,transcript,summary?budget=200,facts?budget=300,facts?budget=80,retrieval?k=1' \
		-q --out $(MEMORY)
	@$(BIN)/harness report $(MEMORY)/*/ --out $(MEMORY) -o $(MEMORY)/report.md
	@$(BIN)/harness report $(MEMORY)/*/ --out $(MEMORY)

real: $(READY) ## Measure two real models on this machine: hours, and a C++ compiler
	@$(BIN)/python benchmarks/real/study.py

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

measured: $(READY) ## Make the tables of README and docs anew and compare: minutes
	@PYTHONPATH=. $(BIN)/python docs/measured.py

site: $(READY) ## Build the documentation's site into build/site
	@$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@$(BIN)/python -m mkdocs build --strict --quiet

clean: ## Remove the environment and every cache
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
