# Every target is one line of a tool; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/techcommerce
UV := $(or $(shell command -v uv),$(CACHE)/uv-$(UV_VERSION)/bin/uv)
export UV
VENV := .venv
RUN := $(VENV)/bin/platformctl
LOCKS := requirements/dev.txt requirements/platformctl.txt $(wildcard services/*/requirements.txt)

.PHONY: help up down status test test-releases check dev bench update lint unit tools images

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s $$'\t'

up: $(VENV)/program ## Bring the whole platform up (CONTEXT=name GIT_URL=url: on that existing cluster)
	$(RUN) up $(if $(CONTEXT),--context $(CONTEXT) --git-url $(GIT_URL)) $(UP_OPTIONS)

down: $(VENV)/program ## Stop and remove everything that `up` made
	$(RUN) down

status: $(VENV)/program ## Show what runs where
	$(RUN) status

check: $(VENV)/ready ## Judge everything that Git deploys
	$(RUN) tools checkov conftest expand kubeconform render
	$(RUN) check

test: $(VENV)/ready ## Everything that CI runs, the cluster end to end included
	tests/run

dev: $(VENV)/ready ## Run the three services here on SQLite; they follow changes (DEV_OPTIONS='--fresh --port-offset 100')
	$(RUN) dev $(DEV_OPTIONS)

lint: $(VENV)/ready ## Style, types and layers
	tests/run lint

unit: $(VENV)/ready ## The tests that need no cluster
	tests/run unit

test-releases: $(VENV)/ready ## Good, bad and disturbed releases under traffic, on a cluster of their own (an hour and three quarters)
	$(RUN) tools
	$(VENV)/bin/pytest tests/e2e/releases

bench: $(VENV)/ready ## Measure, print with spread and keep a JSON record
	$(VENV)/bin/python -m tests.bench

tools: $(VENV)/program ## Bring the pinned programs that are missing
	$(RUN) tools

images: $(VENV)/program ## Build the container images that are missing
	$(RUN) images

update: $(VENV)/ready ## Rewrite lock files, vendored manifests and golden files
	tests/update

define install
	$(UV) venv --quiet --allow-existing --python '>=3.11,<3.12' $(VENV)
	$(UV) pip sync --quiet --require-hashes --compile-bytecode --python $(VENV)/bin/python $(1)
	$(UV) pip install --quiet --no-deps --python $(VENV)/bin/python -e .
endef

$(VENV)/ready: $(LOCKS) pyproject.toml | $(UV)
	$(call install,$(LOCKS))
	@touch $(VENV)/program $@

# the command alone, which is three quarters of a gigabyte less to fetch; what is there already may be more
$(VENV)/program: requirements/platformctl.txt pyproject.toml | $(UV)
	$(if $(wildcard $(VENV)/ready),@$(MAKE) --no-print-directory $(VENV)/ready,$(call install,$<))
	@touch $@

$(CACHE)/uv-$(UV_VERSION)/bin/uv:
	@python3 -m venv $(CACHE)/uv-$(UV_VERSION) || { echo "error: uv is missing and cannot be installed: python3-venv is missing (apt-get install python3-venv)" >&2; exit 2; }
	@$(CACHE)/uv-$(UV_VERSION)/bin/pip install --quiet uv==$(UV_VERSION)
