# Everything starts from `python3` and this file; `make` alone prints what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := results/demo
MEMORY := results/demo-memory
AGENTS := results/demo-agents
WRITER := writer=reference/compactor?loss=0.1%26garble=0.05%26limit=99999

MEMORIES := results/demo-memories

.DEFAULT_GOAL := help
.PHONY: help demo demo-memory demo-memories demo-agents real test check format bench docs measured site clean

help: ## Print this help
	@grep -E '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F':.*?## ' '{printf "  make %-13s %s\n", $$1, $$2}'

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
		scenarios/sidebar.yaml -m reference/perfect -w 8k --seeds 4 \
		--memory 'none,transcript,summary?budget=200,facts?budget=300,facts?budget=80,retrieval?k=1' \
		-q --out $(MEMORY)
	@$(BIN)/harness report $(MEMORY)/*/ --out $(MEMORY) -o $(MEMORY)/report.md
	@$(BIN)/harness report $(MEMORY)/*/ --out $(MEMORY)

demo-agents: $(READY) ## See what survives tools that are cleared and pasts that are summarised
	@rm -rf $(AGENTS)
	@$(BIN)/harness run scenarios/agent-debugging.yaml scenarios/agent-research.yaml \
		-m 'reference/fading?limit=8000&onset=0.6' -w 8k --seeds 6 --fills 0.05,0.5,0.95,2 --no-controls \
		--policy 'drop_oldest,clear_tool_results?keep=3' -q --out $(AGENTS)
	@$(BIN)/harness run scenarios/compaction-rounds.yaml -m reference/perfect -w 8k --seeds 6 --repeats 2 \
		--no-controls -q --out $(AGENTS) \
		--policy 'summarise?budget=1600&keep=0.2&$(WRITER),clear_tool_results?keep=3|summarise?budget=1600&keep=0.2&$(WRITER)'
	@$(BIN)/harness report $(AGENTS)/*/ --out $(AGENTS) -o $(AGENTS)/report.md -o $(AGENTS)/report.html \
		-o $(AGENTS)/survival.png
	@$(BIN)/harness report $(AGENTS)/*/ --out $(AGENTS)
	@echo "the whole report, each summary in it: $(AGENTS)/report.html"

demo-memories: $(READY) ## Memories side by side over 4, 16 and 64 sessions: what each lost where, and its price
	@rm -rf $(MEMORIES)
	@$(BIN)/harness run scenarios/weeks-of-work.yaml scenarios/contradictions.yaml scenarios/two-people.yaml \
		-m reference/perfect -w 8k --seeds 2 --no-controls -q --out $(MEMORIES) --memory \
		'none,full,last-k?k=4,last-k?k=16,summary?budget=200,facts?budget=80,facts?budget=300,retrieval?k=1,retrieval?k=4'
	@$(BIN)/harness report $(MEMORIES)/*/ --out $(MEMORIES) -o $(MEMORIES)/report.html -o $(MEMORIES)/report.md \
		-o $(MEMORIES)/carried.png
	@$(BIN)/harness report $(MEMORIES)/*/ --out $(MEMORIES)

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

bench: $(READY) ## Run the benchmarks beside their rivals, and write docs/benchmarks.md: 20 minutes
	@PYTHONPATH=. $(BIN)/python benchmarks/run_all.py

docs: $(READY) ## Write the generated parts of docs/: the keys of a scenario, the command
	@PYTHONPATH=. $(BIN)/python docs/generate.py

measured: $(READY) ## Make the tables of README and docs anew and compare: minutes
	@PYTHONPATH=. $(BIN)/python docs/measured.py

site: $(READY) ## Build the documentation's site into build/site
	@$(BIN)/python -m pip install --quiet --editable '.[docs]'
	@$(BIN)/python -m mkdocs build --strict --quiet

clean: ## Remove the environment and every cache
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
