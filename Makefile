# `make help` lists the commands; each does what it needs first, and nothing twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all check bench gallery kiosk-gallery staff-gallery safeguards soak format lock
BIN := .venv/bin

# Passed on to the program behind a command: make demo ARGS="--residents 150000", make test ARGS="tests/pdf -x"
ARGS ?=
# Of tests, side by side; each keeps a whole service running at most and wants some 2 GB.
WORKERS ?= 2
MINUTES ?= 60
RATE ?= 20

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: ## Make .venv with the program and all development tools; starts nothing
	@scripts/ensure-environment dev

demo: ## Start the whole service with a synthetic city (Ctrl-C stops it)
	@[ -e .venv/installed-dev ] || scripts/ensure-environment runtime
	@[ ! -e .venv/installed-dev ] || scripts/ensure-environment dev
	@exec $(BIN)/kiosk up --demo $(ARGS)

test: ## Install what the tests need, and run them, two files at a time (WORKERS=4: more; ARGS=-n0: in one process)
	@scripts/ensure-system-packages
	@scripts/ensure-environment dev
	@$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=loadscope --no-loadscope-reorder $(ARGS)

test-all: ## As test, with the exhaustive ones
	@$(MAKE) --no-print-directory test ARGS='-m "" $(ARGS)'

check: setup ## Lint, formatting, types, import rules, lock files, file sizes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/check_tree.py

safeguards: setup ## Take out each safeguard in turn, and name the test that fails (ARGS=--write: into docs/rules-and-tests.md)
	@scripts/ensure-system-packages
	@$(BIN)/python -m tests.safeguards $(ARGS)

format: setup ## Format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## Measure, and print a table
	$(BIN)/python -m tests.bench $(ARGS)

gallery: setup ## Ask the demo for every kind and every hard case, and show them in docs/gallery
	$(BIN)/python -m tests.gallery $(ARGS)

kiosk-gallery: setup ## Take pictures of the kiosk terminal's screens into docs/gallery/kiosk
	@scripts/ensure-system-packages
	$(BIN)/python -m tests.terminal.gallery

staff-gallery: setup ## Take pictures of the staff console into docs/gallery/staff
	@scripts/ensure-system-packages
	$(BIN)/python -m tests.staff.gallery

soak: setup ## Load and trouble for MINUTES (60) at RATE (20) a second, every answer checked
	$(BIN)/python -m tests.soak --minutes $(MINUTES) --rate $(RATE) $(ARGS)

lock: setup ## Resolve requirements/*.in anew (ARGS=--upgrade for newer versions)
	@scripts/lock $(ARGS)
