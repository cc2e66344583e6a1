"""Background work: a PostgreSQL queue (Procrastinate) and the progress people see.

A job is deferred on the session's own connection, so it exists exactly if the data it is about
does. Every job carries its organisation and runs inside ``transaction(actor)``.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.tasks import Task
from sqlalchemy import Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from fieldcrm.core import clock
from fieldcrm.core.db import TenantModel

SCHEMA = "procrastinate"
SEARCH_PATH = f"public,{SCHEMA}"

queue = App(connector=PsycopgConnector())
"""Rooms register their tasks with ``@queue.task(name="room.task")`` in their ``jobs.py``."""


class Job(TenantModel):
    """Progress of one piece of long work, as shown to the person who asked for it."""

    __tablename__ = "jobs"
    __audited__ = False

    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="queued")
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int | None] = mapped_column(Integer)
    message: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    requested_by: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


def defer(session: Session, task: Task[Any, Any, Any], /, **arguments: Any) -> int:
    """Queue ``task`` in the running transaction; it is seen by a worker once this commits."""
    driver_connection = session.connection().connection.driver_connection
    return task.configure(connection=driver_connection).defer(**arguments)


def defer_by_name(session: Session, name: str, /, **arguments: Any) -> int:
    """Like ``defer`` for a task known by name: a service may not import its room's jobs."""
    driver_connection = session.connection().connection.driver_connection
    deferrer = queue.configure_task(name, connection=driver_connection)
    return deferrer.defer(**arguments)


class WorkerConnector(PsycopgConnector):
    """A worker's own connections are asynchronous; what its tasks queue goes through their sessions'."""

    def get_sync_connector(self) -> BaseConnector:
        """Return what defers on a session's connection, and has none of its own."""
        return SyncPsycopgConnector()


def worker_connector(conninfo: str) -> PsycopgConnector:
    """Return the connector a worker uses to fetch jobs."""
    return WorkerConnector(conninfo=conninfo, kwargs={"options": f"-c search_path={SEARCH_PATH}"})
