"""Putting the watch on an application."""

from __future__ import annotations

from flask import Flask

from fieldcrm.config import Settings
from fieldcrm.core.db import db
from fieldcrm.telemetry.metrics import instruments
from fieldcrm.telemetry.pool import watch_pool
from fieldcrm.telemetry.request_log import configure_request_log
from fieldcrm.telemetry.slow_queries import watch_statements


def configure_telemetry(app: Flask) -> None:
    """Watch the application's requests, its statements and its connections."""
    settings: Settings = app.extensions["settings"]
    own = instruments(settings.fieldcrm_local_dir / "metrics")
    configure_request_log(app, own)
    with app.app_context():
        watch_pool(db.engine, own)
        watch_statements(db.engine, own, threshold_ms=settings.slow_query_ms)
