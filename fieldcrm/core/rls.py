"""Row-level security as migrations write it: every tenant table, one plain comparison."""

from __future__ import annotations

from alembic import op

CURRENT_ORG = "nullif(current_setting('app.org_id', true), '')::bigint"
"""The tenant of the running transaction; null (no rows) when none is set."""

LOOKUP = "nullif(current_setting('app.lookup', true), '')"
"""The one key (sign-in e-mail or organisation slug) a transaction without tenant may look up."""


def protect(*tables: str) -> None:
    """Enable row-level security on tenant tables: own organisation only, to read and to write.

    ENABLE and not FORCE: the owner migrates, the application's role owns nothing.
    """
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(
            f"create policy {table}_tenant on {table}"
            f" using (org_id = {CURRENT_ORG}) with check (org_id = {CURRENT_ORG})"
        )


def protect_lookup(table: str, key: str) -> None:
    """Like ``protect`` for a look-up table: also shows the one row whose key was asked for."""
    protect(table)
    op.execute(f"create policy {table}_lookup on {table} for select using ({key} = {LOOKUP})")
