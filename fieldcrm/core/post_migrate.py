"""`flask db-post`: what migrations cannot keep: grants and LEAKPROOF marks, safe to repeat.

pg_dump drops LEAKPROOF from functions of extensions, so this runs after every upgrade and restore.
"""

from __future__ import annotations

import click
import psycopg
from flask import current_app
from flask.cli import with_appcontext
from procrastinate import SyncPsycopgConnector

from fieldcrm.config import Settings
from fieldcrm.core.engine import APP_ROLE
from fieldcrm.core.jobs import SCHEMA, queue

# Under row-level security an operator may use its index only when its function is LEAKPROOF.
# These compare boxes or patterns and raise nothing that would tell a row's content.
LEAKPROOF = (
    "public.geometry_overlaps(geometry, geometry)",
    "public.geometry_distance_centroid(geometry, geometry)",
    "public.st_intersects(geometry, geometry)",
    "public.st_dwithin(geometry, geometry, double precision)",
    "pg_catalog.textlike(text, text)",
    "pg_catalog.arraycontains(anyarray, anyarray)",
    "pg_catalog.jsonb_contains(jsonb, jsonb)",
)

REFERENCE_TABLES = ("place_names", "place_areas", "place_borders", "basemap_builds")


@click.command("db-post")
@with_appcontext
def db_post() -> None:
    """Apply grants, the queue's schema and LEAKPROOF marks."""
    settings: Settings = current_app.extensions["settings"]
    owner_url = settings.database_owner_url or settings.database_url
    with psycopg.connect(owner_url, autocommit=True) as owner:
        _apply_queue(owner, owner_url)
        _grant(owner)
    with psycopg.connect(settings.database_superuser_url or owner_url, autocommit=True) as superuser:
        _mark_leakproof(superuser)


def _apply_queue(owner: psycopg.Connection, owner_url: str) -> None:
    owner.execute(f"create schema if not exists {SCHEMA}")
    present = owner.execute("select to_regclass(%s)", (f"{SCHEMA}.procrastinate_jobs",)).fetchone()
    if present and present[0] is None:
        # The queue's own first, so that its tables land in its schema.
        options = f"-c search_path={SCHEMA},public"
        connector = SyncPsycopgConnector(conninfo=owner_url, kwargs={"options": options})
        with queue.replace_connector(connector) as bound, bound.open():
            bound.schema_manager.apply_schema()


def _grant(owner: psycopg.Connection) -> None:
    for statement in (
        f"grant usage on schema public, {SCHEMA} to {APP_ROLE}",
        f"grant select, insert, update, delete on all tables in schema public to {APP_ROLE}",
        f"grant select, insert, update, delete on all tables in schema {SCHEMA} to {APP_ROLE}",
        f"grant usage on sequence public.organisation_ids to {APP_ROLE}",
        f"grant usage on all sequences in schema {SCHEMA} to {APP_ROLE}",
        f"grant execute on all functions in schema {SCHEMA} to {APP_ROLE}",
        # The past is not the application's to change.
        f"revoke update, delete on audit_log from {APP_ROLE}",
        f"revoke insert, update, delete on alembic_version from {APP_ROLE}",
        # The basemap is the same for every organisation; the owner's job builds it.
        f"revoke insert, update, delete on {', '.join(REFERENCE_TABLES)} from {APP_ROLE}",
    ):
        try:
            owner.execute(statement)
        except psycopg.errors.InsufficientPrivilege as error:
            click.echo(f"Not applied ({error.diag.message_primary}): {statement}", err=True)


def _mark_leakproof(superuser: psycopg.Connection) -> None:
    row = superuser.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    if row is None or not row[0]:
        click.echo(
            "Map and search indexes need a superuser once: run `flask db-post` with "
            "DATABASE_SUPERUSER_URL set, or they will be slow.",
            err=True,
        )
        return
    for function in LEAKPROOF:
        superuser.execute(f"alter function {function} leakproof")
