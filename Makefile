# Each target sets up what it needs. `make help` lists them.
.DEFAULT_GOAL := help
AS = deploy/as_user.sh
SETTINGS ?= madoguchi.toml

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup:  ## install everything the centre needs (root: packages and the system user too)
	@deploy/setup.sh run

demo: setup  ## the main job before your eyes: a resident's call, answered, noted, counted (ONCE=1: then end)
	@$(AS) madoguchi demo $(if $(ONCE),--once)

run: setup  ## start the centre for real use from SETTINGS=madoguchi.toml
	@$(AS) madoguchi --settings $(SETTINGS) up

test:  ## every test
	@deploy/setup.sh test
	@$(AS) python -m pytest -q -p no:cacheprovider -n 2 --dist loadfile --no-loadscope-reorder tests $(ARGS)

check:  ## ruff, mypy, import contracts, documentation
	@[ .venv/setup-done -nt setup.cfg ] || deploy/setup.sh run
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@PATH=$$PWD/.venv/bin:$$PATH lint-imports --no-cache
	@.venv/bin/python -m pytest -q -p no:cacheprovider tests/contracts

bench:  ## speed, side by side with the plain alternative
	@deploy/setup.sh bench
	@$(AS) madoguchi bench $(ARGS)

.PHONY: help setup demo run test check bench
