# FieldCRM: everything one types. `make` alone lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3

.PHONY: help run stop dev setup db build lint test test-sync bench bench-app bench-routes screenshots clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## install what is missing, start everything in the background, print address and sign-ins (PORT=, HOST=)
	@$(PYTHON) scripts/run.py

stop: ## stop the app, its worker and the private database
	@$(PYTHON) scripts/stop.py

dev: db ## run with live reload in the foreground
	@$(PYTHON) scripts/dev.py

setup: ## install only: system packages, .venv, node_modules; does nothing when all is there
	@$(PYTHON) scripts/setup.py

db: setup ## start the private database and bring its tables up to date
	@$(PYTHON) scripts/db.py up && $(PYTHON) scripts/migrate.py

build: setup ## build the front end if its sources changed
	@$(PYTHON) scripts/assets.py

lint: ## the checks alone: ruff, mypy, import contracts, file sizes, svelte-check
	@$(PYTHON) scripts/checks.py --lint

test: ## every check and every test, as CI runs them
	@$(PYTHON) scripts/checks.py

test-sync: setup ## the proof of the offline promise at full length (HISTORIES=, SEED=)
	@$(PYTHON) scripts/setup.py --dev && .venv/bin/python -m pytest -q tests/simulator && .venv/bin/python -m tests.simulator --histories $(or $(HISTORIES),2000) --seed $(or $(SEED),1)

bench: db build ## measure against the bars; SUITE= runs one suite
	@$(PYTHON) scripts/setup.py --dev && .venv/bin/python -m bench $(SUITE)

bench-app: db build ## the bars on the phone alone: 20,000 accounts in real Chromium, one page slowed down four times
	@$(PYTHON) scripts/setup.py --dev && .venv/bin/python -m bench app

bench-routes: setup ## plans against the best known ones, OR-Tools and PyVRP beside them
	@$(PYTHON) scripts/setup.py --dev && .venv/bin/python -m bench routes

screenshots: run ## take the pictures of docs/screenshots anew, from the demo
	@$(PYTHON) scripts/setup.py --dev && .venv/bin/flask --app fieldcrm basemap build && .venv/bin/python scripts/screenshots.py

clean: stop ## remove what was built or installed here; keeps the database
	@$(PYTHON) scripts/clean.py
