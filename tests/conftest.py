"""Fixtures: a real PostGIS migrated once, every test rolled back; no network but loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

ROOT = Path(__file__).resolve().parent.parent
pytest_plugins = (
    "tests.fixtures.people",
    "tests.fixtures.committed",
    "tests.fixtures.mail",
    "tests.fixtures.queries",
    "tests.fixtures.rings",
    "tests.fixtures.surroundings",
)
SHARED_DATA = Path(os.environ.get("FIELDCRM_SHARED_DATA", ROOT.parent / "shared" / "data"))


def own_name(name: str) -> str:
    """Return the name as this process uses it alone: tests may run in several at once (pytest -n)."""
    return "_".join(filter(None, (name, os.environ.get("PYTEST_XDIST_WORKER"))))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files; tests that need it skip where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real files are not here ({SHARED_DATA}); set FIELDCRM_SHARED_DATA")
    return SHARED_DATA


def _read_env(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return dict(pairs)


def _database_urls(found: Mapping[str, str]) -> dict[str, str]:
    app_url = found["TEST_DATABASE_URL"]
    return {
        "app": app_url,
        "owner": found.get("TEST_DATABASE_OWNER_URL", app_url),
        "superuser": found.get("TEST_DATABASE_SUPERUSER_URL", app_url),
    }


@pytest.fixture(scope="session")
def database() -> dict[str, str]:
    """The URLs of a freshly migrated test database, by role: app, owner, superuser."""
    if "TEST_DATABASE_URL" in os.environ:
        urls = _database_urls(os.environ)
    else:
        name = own_name("fieldcrm_test")
        subprocess.run([sys.executable, "scripts/db.py", "create-test", name], cwd=ROOT, check=True)
        private = _database_urls(_read_env(ROOT / ".local" / "env"))
        urls = {role: url.replace("/fieldcrm_test?", f"/{name}?") for role, url in private.items()}
    settings = {
        "DATABASE_URL": urls["app"],
        "DATABASE_OWNER_URL": urls["owner"],
        "DATABASE_SUPERUSER_URL": urls["superuser"],
    }
    for step in (["db", "upgrade"], ["db-post"]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "fieldcrm", *step],
            cwd=ROOT,
            env={**os.environ, **settings},
            check=True,
            capture_output=True,
        )
    return urls


def build_app(database: dict[str, str]) -> Flask:
    """Return an application on the test database, its clients being ``FieldClient``."""
    from fieldcrm.app import create_app
    from fieldcrm.config import load_settings
    from tests.fixtures.people import FieldClient

    settings = load_settings().model_copy(
        update={
            "database_url": database["app"],
            "database_owner_url": database["owner"],
            "database_superuser_url": database["superuser"],
            "secret_key": "only-for-tests",
            "attachments_dir": ROOT / ".local" / own_name("test-attachments"),
        }
    )
    application = create_app(settings, testing=True)
    application.test_client_class = FieldClient
    return application


@pytest.fixture(scope="session")
def app(database: dict[str, str]) -> Flask:
    """The application on the test database."""
    return build_app(database)


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """One connection of the application's role whose transaction is rolled back at the end.

    The session runs on it; what the code under test commits becomes a savepoint inside.
    """
    from fieldcrm.core.db import db

    def leave_last_tenant(session: Session, _transaction: object, held: Connection) -> None:
        # A released savepoint keeps what it set locally; a real commit would have ended it.
        if session.info.get("actor") is None:
            held.exec_driver_sql("set local app.org_id = ''")

    with app.app_context():
        engines = db._app_engines[app]
        engine = engines[None]
        held = engine.connect()
        outer = held.begin()
        engines[None] = held  # type: ignore[assignment]  # a Connection serves as the session's bind
        event.listen(Session, "after_begin", leave_last_tenant)
        try:
            yield held
        finally:
            event.remove(Session, "after_begin", leave_last_tenant)
            db.session.remove()
            engines[None] = engine
            outer.rollback()
            held.close()
