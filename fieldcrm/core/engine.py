"""The connection: driver, role, search path."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask
from psycopg import OperationalError
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from fieldcrm.config import Settings
from fieldcrm.core import fast_json
from fieldcrm.core.db import db
from fieldcrm.core.jobs import SEARCH_PATH

APP_ROLE = "fieldcrm_app"
ASK_AFTER_S = 2.0


def sqlalchemy_url(url: str) -> str:
    """Return ``url`` with our driver (psycopg 3) named."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def configure_database(app: Flask) -> None:
    """Bind the session to PostgreSQL as a role that owns nothing."""
    settings: Settings = app.extensions["settings"]
    app.config["SQLALCHEMY_DATABASE_URI"] = sqlalchemy_url(settings.database_url)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_size": 8,
        "max_overflow": 8,
        "json_serializer": fast_json.dumps,
        "json_deserializer": fast_json.loads,
        # What people entered stays out of error messages, and so out of logs.
        "hide_parameters": True,
        "connect_args": {"options": f"-c search_path={SEARCH_PATH} -c jit=off"},
    }
    db.init_app(app)
    with app.app_context():
        event.listen(db.engine, "connect", _lower_privileges)
        event.listen(db.engine, "checkin", _note_return)
        event.listen(db.engine, "checkout", _ask_after_pause)


def _lower_privileges(connection: Any, _record: object) -> None:
    """Become the application's role where the sign-in role is another (one URL for all)."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user = %s", (APP_ROLE,))
        if not cursor.fetchone()[0]:
            cursor.execute(f"set role {APP_ROLE}")
    connection.commit()


def _note_return(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["returned_s"] = time.monotonic()


def _ask_after_pause(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Have a connection replaced that died while unused.

    Asking at every request, as pool_pre_ping does, would cost a round trip each.
    """
    if time.monotonic() - record.info.get("returned_s", 0.0) < ASK_AFTER_S:
        return
    try:
        connection.execute("select 1")
        connection.rollback()
    except OperationalError:
        raise DisconnectionError() from None
