#!/usr/bin/env bash
# Run by the database's container at its first start.
set -euo pipefail
psql --username "$POSTGRES_USER" -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" \
  -f /fieldcrm/create_database.sql
