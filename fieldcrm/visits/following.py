"""Activities, tasks and attachments go where their account goes."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from fieldcrm.accounts.signals import accounts_reappeared
from fieldcrm.core.actor import Actor
from fieldcrm.core.restamp import restamp
from fieldcrm.visits.models import Activity, Attachment, Task


@accounts_reappeared.connect
def stamp_with_accounts(session: Session, *, actor: Actor, account_ids: Collection[uuid.UUID]) -> None:
    """Let phones that now see the accounts fetch what hangs on them."""
    for table in (Activity, Task, Attachment):
        restamp(session, actor, table, account_ids=account_ids)
