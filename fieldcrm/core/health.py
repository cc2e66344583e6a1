"""GET /healthz: the truth about the database, its migrations and the queue.

503 when the app cannot do its work; 200 with status "degraded" when only background work stands
still, because taking the web server out of service would not bring the worker back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from alembic.script import ScriptDirectory
from apiflask import APIBlueprint
from flask import Response, jsonify
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from fieldcrm import __version__
from fieldcrm.core.db import db
from fieldcrm.core.description import PUBLIC, details
from fieldcrm.core.endpoint import endpoint
from fieldcrm.core.wire import Wire

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Workers report every 10 s; three missed reports are a worker that is gone.
WORKER_SILENT_S = 30
WAITING_TOO_LONG_S = 300

blueprint = APIBlueprint("health", __name__)

_QUEUE = text("""
    select
        (select count(*) from procrastinate.procrastinate_jobs
          where status = 'todo' and coalesce(scheduled_at, now()) <= now()) as waiting,
        (select extract(epoch from now() - min(greatest(e.at, j.scheduled_at)))
           from procrastinate.procrastinate_jobs j
           join procrastinate.procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
          where j.status = 'todo' and coalesce(j.scheduled_at, now()) <= now()) as oldest_waiting_s,
        (select extract(epoch from now() - max(last_heartbeat))
           from procrastinate.procrastinate_workers) as worker_seen_s
""")


class Health(Wire):
    """What was found; each check has ``ok`` and its figures."""

    status: Literal["ok", "degraded", "failing"]
    version: str
    checks: dict[str, dict[str, Any]]


@blueprint.get("/healthz")
@endpoint(PUBLIC, answer=Health)
@details(also=(503,))
def healthz() -> Response:
    """Tell whether database, migrations and queue are well: 503 when the app cannot do its work."""
    report = examine()
    response = jsonify(report)
    response.status_code = 503 if report["status"] == "failing" else 200
    response.headers["Cache-Control"] = "no-store"
    return response


def examine() -> dict[str, Any]:
    """Return {status: ok|degraded|failing, version, checks: {database, migrations, queue}}."""
    checks: dict[str, dict[str, Any]] = {
        "database": {"ok": False},
        "migrations": {"ok": False},
        "queue": {"ok": False},
    }
    try:
        started = time.perf_counter()
        with db.engine.connect() as connection:
            connection.execute(text("select 1"))
            checks["database"] = {"ok": True, "ms": round((time.perf_counter() - started) * 1000, 1)}
            checks["migrations"] = _look_at(_migrations, connection)
            checks["queue"] = _look_at(_queue, connection)
    except SQLAlchemyError as error:
        checks["database"]["error"] = _reason(error)
    return {"status": _status(checks), "version": __version__, "checks": checks}


def _status(checks: dict[str, dict[str, Any]]) -> str:
    if not all(check["ok"] for check in checks.values()):
        return "failing"
    return "ok" if checks["queue"]["is_working"] else "degraded"


def _look_at(check: Callable[[Connection], dict[str, Any]], connection: Connection) -> dict[str, Any]:
    try:
        with connection.begin_nested():
            return check(connection)
    except SQLAlchemyError as error:
        return {"ok": False, "error": _reason(error)}


def _migrations(connection: Connection) -> dict[str, Any]:
    current = list(connection.scalars(text("select version_num from alembic_version order by 1")))
    heads = _heads()
    return {"ok": current == heads, "current": current, "head": heads}


def _queue(connection: Connection) -> dict[str, Any]:
    waiting, oldest, seen = connection.execute(_QUEUE).one()
    is_working = seen is not None and seen < WORKER_SILENT_S and (oldest or 0) < WAITING_TOO_LONG_S
    return {
        "ok": True,
        "is_working": is_working,
        "waiting": waiting,
        "oldest_waiting_s": None if oldest is None else round(float(oldest)),
        "worker_seen_s": None if seen is None else round(float(seen)),
    }


@cache
def _heads() -> list[str]:
    """Return the newest revisions in the code; read once, they change only with a new release."""
    return sorted(ScriptDirectory(str(MIGRATIONS)).get_heads())


def _reason(error: SQLAlchemyError) -> str:
    """Name the failure without its text, which may hold host names and users."""
    return type(getattr(error, "orig", None) or error).__name__
