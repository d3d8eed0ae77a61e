# `make` prints the targets below. Each one brings about what it needs, and is quick when that is
# there already.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# At most three failures of a run are tried once more, alone.
PYTEST := .ci/again 3 $(BIN)/python -m pytest
# Tests that share images run in one worker, groups in the order of the files: what takes longest is
# not last. Containers wait now and then, so there are more workers than cores: with four, two cores are
# idle for an eighth of the time.
CONTAINERS := $(PYTEST) -n 5 --dist loadgroup --no-loadscope-reorder --durations 20 --durations-min 10
COMPOSE := .ci/require 'docker compose version || docker-compose version' docker-compose
APPARMOR := .ci/require 'command -v apparmor_parser' apparmor
REGISTRY := .ci/require 'command -v docker-registry' docker-registry
SCRIPTS := sample_apps/build.py tests/conftest.py tests/apps tests/bench tests/engine tests/survey tests/digests tests/engines tests/faults tests/fleet tests/forked tests/layers tests/soak tests/fleet_schema.py tests/schemas.py tests/slim_schema.py tests/site_pages.py tests/site_hooks.py

# Where this is set, each of a thousand `slim` processes would compile slimmer once more.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup browser engine samples demo test unit sensor-tests container-tests engine-tests apps lint format bench survey repair-survey hardened-survey digests layers faults engines fleet fuzz soak clean clean-samples schemas image pythons release site

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## Set up .venv with the package, its development tools and the sensor

$(INSTALLED): pyproject.toml $(wildcard hatch_build.py)
	@.ci/require '$(PYTHON) -c "import ensurepip"' python3-venv
	@.ci/require 'echo "int main(void){return 0;}" | gcc -x c -static -o /dev/null -' gcc libc6-dev
	@# Witnesses of the tests; the engine asks ps for what runs in a container.
	@.ci/require 'command -v strace && command -v busybox && command -v ps && command -v rpmbuild && command -v db5.3_load && command -v mandoc' strace busybox-static procps rpm db-util mandoc
	$(PYTHON) -m venv --clear $(VENV)
	@# uv takes a third of pip's time for a hundred packages, but does not read pip's settings.
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable '.[dev]' || $(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

browser: ## Get Chromium and axe-core, which the tests of the page need
	@.ci/require 'command -v chromium' chromium fonts-dejavu-core
	@.ci/axe

engine: ## Make sure that a container engine answers (install and start Docker where none does)
	@.ci/engine

samples: engine ## Build the sample images
	@$(PYTHON) sample_apps/build.py
	@sample_apps/distroless static base debug

demo: setup engine ## Slim the Flask sample before your eyes
	@.ci/require 'command -v curl' curl
	@sample_apps/demo $(BIN)/slim

test: lint unit sensor-tests container-tests ## Run all checks and tests

unit: setup browser ## Run the unit tests (no engine, seconds)
	@$(APPARMOR)
	$(PYTEST) -n 2 tests/unit

sensor-tests: setup ## Run the tests of the sensor
	$(PYTEST) -n 2 tests/sensor

container-tests: setup samples ## Run the two below, side by side
	@$(COMPOSE)
	@$(REGISTRY)
	$(CONTAINERS) tests/engine tests/apps

engine-tests: setup samples ## Run the tests against the container engine
	@$(COMPOSE)
	@$(REGISTRY)
	$(CONTAINERS) tests/engine

apps: setup samples ## Slim each sample application and check what came out
	$(CONTAINERS) tests/apps

lint: setup ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict $(SCRIPTS)

format: setup ## Bring the source into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup samples ## Measure the figures of the README; writes .build/bench.json
	$(BIN)/python -m tests.bench --output .build/bench.json

survey: setup samples ## Sizes and held-out behaviours of all samples, with each strategy
	$(BIN)/python -m tests.survey --output .build/survey.json

hardened-survey: setup samples ## Held-out behaviours with everything on that hardens, and what starts cost
	$(BIN)/python -m tests.survey.hardened --output .build/hardened-survey.json
	$(BIN)/python -m tests.survey.starts --output .build/starts.json

repair-survey: setup samples ## Withhold files of the samples, one at a time, and count the repairs
	$(BIN)/python -m tests.survey.repair --output .build/repair-survey.json

digests: setup samples ## Compare the images of all samples with those of the revision BASE
	@test -n "$(BASE)" || { echo "say which revision: make digests BASE=main" >&2; exit 2; }
	rm -rf .build/base && mkdir -p .build/base && git archive $(BASE) | tar -x -C .build/base
	$(PYTHON) -m venv .build/base/.venv && .build/base/.venv/bin/python -m pip install --quiet .build/base
	$(BIN)/python -m tests.digests record .build/digests --slim $(CURDIR)/.build/base/.venv/bin/slim
	$(BIN)/python -m tests.digests check .build/digests

layers: setup samples ## Change samples, and tell which layers of their slim images are new
	$(BIN)/python -m tests.layers

faults: setup samples ## Spoil the engine's answers, kill containers, fill a disk (root, dockerd)
	$(BIN)/python -m tests.faults

engines: setup samples ## Try slim on Docker 20 to 28 and Podman 4.3 to 5.8, by TLS, ssh and in containers (root; 3 GB)
	@.ci/require 'command -v mmdebstrap && command -v nsenter && command -v ssh && command -v openssl' mmdebstrap util-linux openssh-client openssl
	@$(REGISTRY)
	$(BIN)/python -m tests.engines

fleet: setup samples ## Three engines of their own, one killed; shared layers; 10,000 builds (root, dockerd)
	$(BIN)/python -m tests.fleet engines
	$(BIN)/python -m tests.fleet sharing
	$(BIN)/python -m tests.fleet simulation

fuzz: setup ## The sensor's parsers against a hostile target, under sanitizers, for a minute
	$(BIN)/python -m tests.sensor.fuzzing

soak: setup samples ## Build the samples 200 times (SOAK=20), kill some, and look what is left
	$(BIN)/python -m tests.soak --builds $(or $(SOAK),200)

release: setup ## Build wheel and sdist into dist/, install each into a fresh venv, and try it there
	@.ci/release $(PYTHON)

image: setup engine ## An image of slimmer, slimmed by slimmer (BASE=an image with Python)
	@.ci/image

pythons: setup engine ## The wheel and the unit tests under Python 3.13 and 3.14 (root, mmdebstrap)
	@.ci/require 'command -v mmdebstrap' mmdebstrap
	@.ci/pythons

schemas: setup ## Write docs/schemas and the tables of options and commands from the source
	$(BIN)/python -m tests.schemas

site: setup ## Build the documents as a site, in .build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean: ## Remove what was built in this folder
	rm -rf $(VENV) .build dist slim-report slimmer/trace/run/bin .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

clean-samples: ## Remove the sample images from the engine
	@docker image ls --quiet --filter label=slimmer.sample | sort -u | xargs --no-run-if-empty docker image rm --force
