"""Alembic's environment: migrates as the owner of the tables, one transaction a migration."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine

from fieldcrm.core.db import db
from fieldcrm.core.engine import sqlalchemy_url

settings = current_app.extensions["settings"]
OWNER_URL = sqlalchemy_url(settings.database_owner_url or settings.database_url)


def _process_directives(ctx: Any, revision: Any, directives: list[Any]) -> None:
    # GeoAlchemy2's rewriter goes first: passed through Migrate() it writes empty migrations.
    alembic_helpers.writer(ctx, revision, directives)


def _include_object(obj: Any, name: str, kind: str, reflected: bool, compare_to: Any) -> bool:
    if kind == "table" and getattr(obj, "schema", None) not in (None, "public"):
        return False
    return bool(alembic_helpers.include_object(obj, name, kind, reflected, compare_to))


def run() -> None:
    """Apply the migrations."""
    engine = create_engine(OWNER_URL, connect_args={"options": "-c search_path=public"})
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            process_revision_directives=_process_directives,
            include_object=_include_object,
            render_item=alembic_helpers.render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
