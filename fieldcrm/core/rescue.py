"""Jobs whose worker died are run again: killed, out of memory, or the machine went away.

A worker gives a sign of life every ten seconds. Tasks are written so that running one again does
what is still to do and nothing twice.
"""

from __future__ import annotations

import logging

from fieldcrm.core.jobs import queue

log = logging.getLogger(__name__)
# It would tell of every periodic task at every start of every command.
logging.getLogger("procrastinate.periodic").setLevel(logging.WARNING)

SILENT_FOR_S = 30
EVERY_15_S = "* * * * * */15"


@queue.periodic(cron=EVERY_15_S)
@queue.task(name="core.rescue_stalled", queueing_lock="core.rescue_stalled")
async def rescue_stalled(timestamp: int) -> None:
    """Put the jobs of silent workers back into the queue."""
    for job in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR_S):
        log.warning("job %s (%s) lost its worker at %s; it is run again", job.id, job.task_name, timestamp)
        await queue.job_manager.retry_job(job)
