# FieldCRM: everything one types. `make` alone lists the targets.
.DEFAULT_GOAL := help
PYTHON ?= python3
FLASK := .venv/bin/flask --app fieldcrm

.PHONY: help setup run stop dev db build test lint bench screenshots clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

db: setup ## start the private database and bring its tables up to date
	@$(PYTHON) scripts/db.py up && $(PYTHON) scripts/migrate.py

setup: ## install what the app needs (packages, .venv, node_modules); does nothing when all is there
	@$(PYTHON) scripts/setup.py

