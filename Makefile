# `make` alone tells what there is.
.DEFAULT_GOAL := help
.PHONY: help setup test format-check lint types imports docs docs-check tests browser screenshots fmt demo serve nightly bench clean
.NOTPARALLEL:
SHELL := /bin/sh
# Compiled files are kept, even where a container's environment says not to: dozens of tests start programs of ours.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
STAMP := .venv/.ready
DEMO ?=
SERVE ?=
# The machine's own certificates where it has them, as pip does: behind a private authority the built-in ones fail.
SYSTEM_CERTS := $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),--system-certs)

help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with everything in uv.lock; needs Python 3.11 or newer and pip, nothing else

$(STAMP): pyproject.toml uv.lock Makefile
	@$(FIND_PYTHON)
	@$(MAKE_VENV)
	@$(INSTALL_UV)
	@env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never UV_PYTHON=$(BIN)/python \
	    $(BIN)/uv sync --frozen --quiet $(SYSTEM_CERTS)
	@$(BIN)/python -c 'import mufakat.cli.serving, mufakat.lab.little_shop'
	@touch $@

test: setup format-check lint types imports tests ## check everything: format, lint, types, import directions, docs, tests

format-check: setup ## is the code formatted?
	@$(BIN)/ruff format --check .

lint: setup ## is anything suspect?
	@$(BIN)/ruff check .

types: setup ## do the types agree?
	@$(BIN)/mypy

imports: setup ## does every room keep to its neighbours?
	@PYTHONPATH=src $(BIN)/lint-imports

docs: setup ## write the generated parts of docs/reference anew
	@$(BIN)/python -m tools.reference

docs-check: setup ## is the reference whole and up to date, do links between documents lead somewhere?
	@$(BIN)/python -m tools.reference --check
	@$(BIN)/python -m pytest --quiet --numprocesses=0 tests/docs/test_reference.py tests/test_tidy.py -k "document or reference"

tests: setup browser ## run the tests, in random order, on two cores
	@$(BIN)/python -m pytest

browser: ## Chromium, which the tests of the pages drive: installed where this is Debian's or Ubuntu's root
	@$(FIND_CHROMIUM)

screenshots: setup browser ## make the pictures of the pages in docs/screenshots anew
	@$(BIN)/python -m tools.screenshots

fmt: setup ## format the code and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

demo: setup ## try the platform: make demo DEMO="--help"
	.venv/bin/mufakat demo $(DEMO)

serve: setup ## pages and HTTP API on http://127.0.0.1:8080 with a made-up shop to try: make serve SERVE="--help"
	.venv/bin/mufakat serve $(SERVE)

nightly: setup ## long checks: every PostgreSQL that is found, a thousand simulated worlds, requests by chance, hostile files, mutations of the core
	.venv/bin/python -m tests.servers
	.venv/bin/mufakat simulate --seeds 1000
	TEST_REQUESTS=300 .venv/bin/python -m pytest tests/api/test_schemathesis.py
	.venv/bin/python -m tests.evidence.fuzz_inspection
	.venv/bin/python -m tests.mutate

bench: setup ## measure the core, the engine, settling, the HTTP API, its memory and its start, the evidence, the queue, the pages, orders
	for what in core engine money http memory start evidence queue pages orders; do .venv/bin/mufakat bench $$what || exit 1; done

clean: ## remove .venv and the caches
	rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# --- how setup does it -----------------------------------------------------------------------------------------------
# Debian's python3 may lack ensurepip (python3-venv), its pip may be 23.0 and refuse to touch the system (PEP 668). So the
# environment may be made without pip, and a pip that exists installs into it. uv itself is checked by the hashes in uv.lock.

# The import at the end compiles what `make serve` needs, so that the first start of it is as fast as the next.

define FIND_PYTHON
found=; \
for python in $(or $(PYTHON),python3.11 python3 python3.12 python3.13 python3.14); do \
    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
done; \
if [ -z "$$found" ]; then \
    echo "mufakat needs Python 3.11 or newer and found none; install one, or say where: make setup PYTHON=/path/to/python3" >&2; \
    exit 1; \
fi; \
mkdir -p .venv; printf '%s\n' "$$found" > .venv/.base-python
endef

define FIND_CHROMIUM
for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null 2>&1 && exit 0; done; \
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
        >/dev/null 2>&1 && command -v chromium >/dev/null 2>&1 && exit 0; \
fi; \
echo "the tests of the pages need Chromium and found none; on Debian: apt install chromium" >&2; exit 1
endef

define MAKE_VENV
python=$$(cat .venv/.base-python); \
$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    || "$$python" -m venv $(VENV_OPTIONS) .venv >/dev/null 2>&1 \
    || "$$python" -m venv --without-pip .venv
endef

define INSTALL_UV
awk '/^\[\[package\]\]/ {in_uv = 0} /^name = "uv"$$/ {in_uv = 1} \
    in_uv && /^version = / {gsub(/"/, "", $$3); printf "uv==%s", $$3} \
    in_uv && match($$0, /sha256:[0-9a-f]+/) {printf " --hash=%s", substr($$0, RSTART, RLENGTH)} \
    END {print ""}' uv.lock > .venv/uv-requirements.txt; \
wanted=$$(sed 's/^uv==\([^ ]*\).*/uv \1/' .venv/uv-requirements.txt); \
case "$$($(BIN)/uv --version 2>/dev/null) " in "$$wanted "*) exit 0;; esac; \
for pip in "$(BIN)/python -m pip" "$$(cat .venv/.base-python) -m pip --python $(BIN)/python" \
           "python3 -m pip --python $(BIN)/python"; do \
    if $$pip --version >/dev/null 2>&1; then \
        exec $$pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
            --requirement .venv/uv-requirements.txt; \
    fi; \
done; \
echo "mufakat needs pip for the first setup and found none; on Debian and Ubuntu: apt install python3-pip" >&2; exit 1
endef
