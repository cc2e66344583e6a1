"""Activities, tasks and attachments go where their account goes."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from fieldcrm.accounts.signals import accounts_merged, accounts_reappeared
from fieldcrm.core.actor import Actor
from fieldcrm.core.restamp import rehang, restamp
from fieldcrm.visits import tasks
from fieldcrm.visits.models import Activity, Attachment, Task

_HANGING = (Activity, Task, Attachment)


@accounts_reappeared.connect
def stamp_with_accounts(session: Session, *, actor: Actor, account_ids: Collection[uuid.UUID]) -> None:
    """Let phones that now see the accounts fetch what hangs on them."""
    for table in _HANGING:
        restamp(session, actor, table, account_ids=account_ids)


@accounts_merged.connect
def move_to_survivor(session: Session, *, actor: Actor, loser_id: uuid.UUID, survivor_id: uuid.UUID) -> None:
    """Move them, and tell the survivor what is next."""
    for table in _HANGING:
        rehang(session, actor, table, from_id=loser_id, to_id=survivor_id)
    tasks.refresh_next_action(session, actor, survivor_id)
