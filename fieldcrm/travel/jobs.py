"""Background work of travel: counting an organisation's own factors."""

from __future__ import annotations

import logging

from fieldcrm.core.actor import system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.jobs import queue
from fieldcrm.core.worker import running_app
from fieldcrm.travel.calibration import TASK, calibrate

log = logging.getLogger(__name__)


@queue.task(name=TASK)
def calibrate_organisation(*, org_id: int, timezone: str) -> None:
    """Count one organisation's factors anew."""
    actor = system_actor(org_id, timezone=timezone)
    with running_app().app_context(), transaction(actor) as session:
        factors = calibrate(session, actor)
    log.info("travel times of organisation %s: %s factors", org_id, len(factors.known))
