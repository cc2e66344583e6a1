"""The pool of database connections as figures."""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlalchemy.pool import QueuePool

from fieldcrm.telemetry.metrics import Instruments


def watch_pool(engine: Engine, instruments: Instruments) -> None:
    """Keep the gauges of open and used connections up to date."""
    is_open = instruments.connections.labels("open")
    in_use = instruments.connections.labels("in_use")
    if isinstance(engine.pool, QueuePool):
        instruments.pool_limit.set(engine.pool.size() + engine.pool._max_overflow)  # noqa: SLF001 - told nowhere else

    @event.listens_for(engine, "connect")
    def _connect(*_: object) -> None:
        is_open.inc()

    @event.listens_for(engine, "close")
    def _close(*_: object) -> None:
        is_open.dec()

    @event.listens_for(engine, "checkout")
    def _checkout(*_: object) -> None:
        in_use.inc()

    @event.listens_for(engine, "checkin")
    def _checkin(*_: object) -> None:
        in_use.dec()
