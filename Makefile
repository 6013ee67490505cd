# Countersign: `make` lists what can be done. Every target is one line; the work is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help demo test build sim canaries fuzz torture bench format lint ci

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Install what is missing, build, and watch a day of orders go through the gate
	@scripts/demo

test: ## Format check, import check, all tests with a real ERP beside them
	@scripts/test

build: ## Build everything, tests included
	@swift build --build-tests

sim: ## Run the coordinator through 2,000 seeds of a faulty world; SEED=n replays one (ORDER=n, CANARY=name)
	@scripts/sim $(SEED)

canaries: ## Put every seeded bug into the simulation and see that its oracle finds it
	@scripts/sim canaries

fuzz: ## Feed every parser of foreign bytes with what no vendor sends; FUZZ_SECONDS=n for each
	@scripts/fuzz

bench: ## Measure orders per second and latencies
	@scripts/bench

torture: ## Kill it at every call, cut its power, and see what is left (over an hour; scripts/torture --quick: minutes)
	@scripts/torture

format: ## Bring every Swift file into the house format
	@scripts/format

lint: ## Check the format without changing anything
	@scripts/lint

ci: ## What continuous integration runs on a clean clone
	@bash .ci/run
