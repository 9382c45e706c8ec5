# Everything a person does with this repository. `make` alone lists it.
# Works from any folder (make -C path), with any shell, and installs into .venv only.

.DEFAULT_GOAL := help
.PHONY: help run test lint format types contracts hygiene docs bench soak lock clean .ready-run .ready-test .ready-bench

# The first Python on the path that is new enough; PYTHON=/path/to/python3 names another.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.14 python3.11 python; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$each"; exit; }; done; \
	echo python3)
# Programs are called as modules: their scripts hold the path of the folder they were installed in.
VENV_PYTHON := .venv/bin/python
BIN := $(VENV_PYTHON) -m
COMPILE := $(BIN) uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-header --no-annotate --no-emit-index-url pyproject.toml $(ARGS)

help:  ## list what can be done
	@echo "hirewire: make TARGET [ARGS=...]"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-12s %s\n' "$$name" "$$text"; done

.ready-run .ready-test .ready-bench:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "hirewire needs Python 3.11 or newer, and '$(PYTHON)' is" \
			"$$(command -v "$(PYTHON)" >/dev/null && "$(PYTHON)" --version 2>&1 || echo not here):" \
			"install one (Debian and Ubuntu: sudo apt-get install python3 python3-venv)," \
			"or name one (make PYTHON=/path/to/python3)." >&2; exit 1; }
	@"$(PYTHON)" tools/prepare.py $(@:.ready-%=%)

# Ctrl-C reaches make, this shell and the program: the program ends by its own rules, and that is no error here.
run: .ready-run  ## platform, connector and a small ATS, live (ONCE=1 ends after the summary)
	@trap : INT; $(BIN) hirewire demo $(ARGS) || { code=$$?; [ $$code -eq 130 ] || exit $$code; }

test: .ready-test lint docs  ## every check, then every test
	@$(BIN) pytest -n 2 --dist loadfile --cov --cov-report=term $(ARGS)

lint: format types contracts hygiene  ## format, lint, types, import contracts, dependencies, spelling

format: .ready-test
	@$(BIN) ruff format --check --quiet .  || { echo "formatting differs in the files above: .venv/bin/ruff format ." >&2; exit 1; }
	@$(BIN) ruff check --quiet .

types: .ready-test
	@$(BIN) mypy
	@$(BIN) pyright --warnings

contracts: .ready-test
	@$(VENV_PYTHON) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

hygiene: .ready-test
	@$(BIN) deptry src
	@$(BIN) codespell_lib

docs: .ready-test  ## build the documentation into site/, strictly
	@$(BIN) zensical build --strict --clean

bench: .ready-bench  ## measure against the peers, print a table and JSON
	@$(BIN) benchmarks $(ARGS)

soak: .ready-test  ## the tests that take minutes to hours
	@$(BIN) pytest -n 0 -m soak $(ARGS)

# The larger locks take the versions of the runtime's, so that one environment serves all.
lock: .ready-run  ## write the lock files from pyproject.toml (newest versions: ARGS=--upgrade)
	@$(BIN) pip install --quiet --disable-pip-version-check uv
	@$(COMPILE) --group build --output-file requirements.lock
	@$(COMPILE) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@$(COMPILE) --group build --group bench --constraint requirements.lock --constraint requirements-dev.lock \
		--output-file requirements-bench.lock

clean:  ## remove everything that was made here, .venv too
	rm -rf .venv .cache site .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
