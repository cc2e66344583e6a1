"""Conflicts go where their account goes."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from fieldcrm.accounts.signals import accounts_reappeared
from fieldcrm.core.actor import Actor
from fieldcrm.core.restamp import restamp
from fieldcrm.sync.models import Conflict


@accounts_reappeared.connect
def stamp_with_accounts(session: Session, *, actor: Actor, account_ids: Collection[uuid.UUID]) -> None:
    """Let phones that now see the accounts fetch their conflicts."""
    restamp(session, actor, Conflict, account_ids=account_ids)
