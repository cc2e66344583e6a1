"""The queue of background work as figures, read from the database when Prometheus asks."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from fieldcrm import __version__
from fieldcrm.core.db import db

_DEPTH = text("""
    select task_name,
           count(*) filter (where status = 'todo' and coalesce(scheduled_at, now()) <= now()) as waiting,
           count(*) filter (where status = 'doing') as running
      from procrastinate.procrastinate_jobs
     where status in ('todo', 'doing')
     group by task_name
""")
_FAILURES = text("""
    select j.task_name, count(*) as failures
      from procrastinate.procrastinate_events e
      join procrastinate.procrastinate_jobs j on j.id = e.job_id
     where e.type in ('failed', 'deferred_for_retry')
     group by j.task_name
""")
_OLDEST = text("""
    select coalesce(extract(epoch from now() - min(greatest(e.at, j.scheduled_at))), 0)
      from procrastinate.procrastinate_jobs j
      join procrastinate.procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
     where j.status = 'todo' and coalesce(j.scheduled_at, now()) <= now()
""")


class QueueCollector:
    """Reads the queue; says whether the database answered."""

    def collect(self) -> Iterable[Metric]:
        """Yield the figures of this moment."""
        info = GaugeMetricFamily("fieldcrm_info", "The version that runs.", labels=("version",))
        info.add_metric([__version__], 1)
        yield info
        is_up = GaugeMetricFamily("fieldcrm_database_up", "Whether the database answered.")
        try:
            found = list(_queue(db.session.connection()))
        except SQLAlchemyError:
            is_up.add_metric([], 0)
            yield is_up
            return
        is_up.add_metric([], 1)
        yield is_up
        yield from found


def _queue(connection: Connection) -> Iterable[Metric]:
    depth = GaugeMetricFamily(
        "fieldcrm_queue_jobs", "Background jobs that wait or run.", labels=("task", "state")
    )
    for task, waiting, running in connection.execute(_DEPTH):
        depth.add_metric([task, "waiting"], waiting)
        depth.add_metric([task, "running"], running)
    failures = CounterMetricFamily(
        "fieldcrm_job_failures", "Runs of background jobs that failed.", labels=("task",)
    )
    for task, count in connection.execute(_FAILURES):
        failures.add_metric([task], count)
    oldest = GaugeMetricFamily(
        "fieldcrm_queue_oldest_seconds", "How long the oldest job has been waiting that could run."
    )
    oldest.add_metric([], float(connection.scalar(_OLDEST) or 0))
    return depth, failures, oldest
