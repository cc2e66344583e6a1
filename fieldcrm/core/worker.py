"""`flask worker`: runs background jobs until stopped."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from procrastinate import JobContext

from fieldcrm.config import Settings
from fieldcrm.core import collector
from fieldcrm.core.jobs import queue, worker_connector

_running_app: Flask | None = None


def running_app() -> Flask:
    """Return the application whose worker runs this task (tasks run in threads of their own)."""
    if _running_app is None:
        raise RuntimeError("no worker runs in this process")
    return _running_app


@click.command("worker")
@click.option("--concurrency", default=2, show_default=True, help="Jobs at the same time.")
@click.option("--once", is_flag=True, help="Stop when the queue is empty.")
@with_appcontext
def worker(*, concurrency: int, once: bool) -> None:
    """Run background jobs."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - how Flask unwraps it
    collector.settle()
    run_worker(app, concurrency=concurrency, is_once=once)


def run_worker(app: Flask, *, concurrency: int = 2, is_once: bool = False) -> None:
    """Run jobs of ``app``'s database; with ``is_once`` until none is left."""
    global _running_app  # noqa: PLW0603 - one worker a process, known to its task threads
    _running_app = app
    settings: Settings = app.extensions["settings"]
    with queue.replace_connector(worker_connector(settings.database_url)) as bound:
        options: dict[str, Any] = {"wait": not is_once, "concurrency": concurrency}
        bound.run_worker(**options)


__all__ = ["JobContext", "run_worker", "running_app", "worker"]
