"""Background work of appointments: invitations by mail, and reading calendars elsewhere."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

from sqlalchemy.orm import Session

from fieldcrm.appointments import busy_calendars, invitations
from fieldcrm.appointments.fetching import FetchFailed, fetch
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.jobs import queue
from fieldcrm.core.mail import AGAIN, deliver
from fieldcrm.core.worker import running_app
from fieldcrm.identity import organisation

log = logging.getLogger(__name__)


@queue.task(name=invitations.MAIL_TASK, retry=AGAIN)
def mail_invitation(*, org_id: int, appointment_id: str, to: str, method: str) -> None:
    """Mail an invitation, or that it is off, if that is still so."""
    app, actor = running_app(), system_actor(org_id)
    with app.app_context():
        with transaction(actor) as session:
            letter = invitations.letter_of(session, actor, uuid.UUID(appointment_id), to=to, method=method)
        if letter is not None:
            deliver(app.extensions["settings"], letter)


@queue.task(name=busy_calendars.READ_TASK)
def read_busy(*, org_id: int, calendar_id: str, serial: int) -> None:
    """Read a calendar elsewhere and keep its times; what fails is written down, and tried again later."""
    app, actor, row_id = running_app(), system_actor(org_id), uuid.UUID(calendar_id)
    with app.app_context():
        with transaction(actor) as session:
            url = busy_calendars.begin_reading(session, actor, row_id, serial=serial)
        if url is None:
            return
        try:
            content = fetch(url)
        except FetchFailed as failed:
            with transaction(actor) as session:
                busy_calendars.note_failure(session, actor, row_id, serial=serial, failed=failed)
            log.info("a calendar of organisation %s was not read: %s", org_id, failed.reason)
            return
        with transaction(actor) as session:
            there = _at_home(session, actor)
            count = busy_calendars.keep(session, there, row_id, serial=serial, content=content)
        log.info("read %s busy times for organisation %s", count, org_id)


def _at_home(session: Session, actor: Actor) -> Actor:
    """Return the actor with the organisation's own clock."""
    return replace(actor, timezone=organisation.organisation_of(session, actor).timezone)
