"""How long it is remembered what was applied already: receipts 400 days, request keys 30.

An organisation's phones pay for it themselves, once a day, after a push: row-level security lets no
process see all organisations, and who sends nothing has nothing to forget.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.idempotency import IdempotencyKey
from fieldcrm.sync import rules
from fieldcrm.sync.models import SyncReceipt

log = logging.getLogger(__name__)

KEYS_KEPT: Final = timedelta(days=30)
_AT_ONCE: Final = 5_000

_done_on: dict[int, date] = {}
"""The day on which this process last did it, by organisation."""


def purge_daily(actor: Actor) -> None:
    """Forget what is old enough, unless that was done today; never the request's trouble."""
    today = clock.now().date()
    if _done_on.get(actor.org_id) == today:
        return
    _done_on[actor.org_id] = today
    try:
        with transaction(actor) as session:
            purge(session, actor)
    except DBAPIError:
        log.warning("receipts of organisation %s were not purged", actor.org_id, exc_info=True)


def purge(session: Session, actor: Actor) -> int:
    """Delete old receipts and request keys, some thousands at once; return how many."""
    now = clock.now()
    count = _delete(session, actor, SyncReceipt, SyncReceipt.received_at < now - rules.KEPT)
    return count + _delete(session, actor, IdempotencyKey, IdempotencyKey.at < now - KEYS_KEPT)


def _delete(session: Session, actor: Actor, table: Any, is_old: ColumnElement[bool]) -> int:
    old = select(table.id).where(table.org_id == actor.org_id, is_old).limit(_AT_ONCE)
    done: Any = session.execute(
        delete(table)
        .where(table.org_id == actor.org_id, table.id.in_(old))
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)
