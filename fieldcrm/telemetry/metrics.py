"""Figures for Prometheus, added up over the web server's processes.

Each process writes its own into files of a folder that the processes of one server share; whoever is asked
adds them up. The folder is that of the parent process: a server that is started anew begins at nothing, and
what a process had counted that died meanwhile stays counted.

The library decides when it is imported that there are such files: it is imported late, here and by its users.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


class Instruments:
    """What is counted in this process."""

    def __init__(self) -> None:
        # The library reads where its files go when it is imported.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        own: Any = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Histogram(
            "fieldcrm_request_duration_seconds",
            "Requests and how long they took until the last byte.",
            labels,
            buckets=_BUCKETS_S,
            registry=own,
        )
        self.slow_statements = Counter(
            "fieldcrm_slow_statements", "Statements above SLOW_QUERY_MS.", registry=own
        )
        self.connections = Gauge(
            "fieldcrm_database_connections",
            "Open connections of the web server's pools, and those in use.",
            ("state",),
            multiprocess_mode="livesum",
            registry=own,
        )
        self.pool_limit = Gauge(
            "fieldcrm_database_pool_limit",
            "How many connections the pools may open at most.",
            multiprocess_mode="livesum",
            registry=own,
        )

    def observe(self, *, method: str, route: str, status: int, duration_s: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).observe(duration_s)


@cache
def instruments(folder: Path) -> Instruments:
    """Return this process's instruments; their files go into the server's own folder below ``folder``."""
    mine = folder / str(os.getppid())
    for stale in _of_dead_servers(folder):
        shutil.rmtree(stale, ignore_errors=True)
    mine.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault(_FOLDER_VARIABLE, str(mine))
    return Instruments()


def counted() -> Any:
    """Return a registry with the sum of what all processes of this server counted."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry: Any = CollectorRegistry()
    folder = os.environ[_FOLDER_VARIABLE]
    _forget_connections_of_the_dead(Path(folder))
    MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]  # the library leaves it so
    return registry


def _forget_connections_of_the_dead(folder: Path) -> None:
    """Remove gauges of processes that are gone: their connections went with them."""
    for file in folder.glob("gauge_live*_*.db"):
        if not is_alive(file.stem.rpartition("_")[2]):
            file.unlink(missing_ok=True)


def _of_dead_servers(folder: Path) -> Iterator[Path]:
    for each in folder.glob("*"):
        if each.is_dir() and not is_alive(each.name):
            yield each


def is_alive(pid_text: str) -> bool:
    """Return whether there is a process of that number."""
    try:
        os.kill(int(pid_text), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
