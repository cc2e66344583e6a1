"""Conflicts go where their account goes."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldcrm.accounts.signals import accounts_merged, accounts_reappeared
from fieldcrm.core.actor import Actor
from fieldcrm.core.restamp import rehang, restamp
from fieldcrm.sync.models import Conflict


@accounts_reappeared.connect
def stamp_with_accounts(session: Session, *, actor: Actor, account_ids: Collection[uuid.UUID]) -> None:
    """Let phones that now see the accounts fetch their conflicts."""
    restamp(session, actor, Conflict, account_ids=account_ids)


@accounts_merged.connect
def move_to_survivor(session: Session, *, actor: Actor, loser_id: uuid.UUID, survivor_id: uuid.UUID) -> None:
    """Move the conflicts; those about the merged account itself are now about the survivor."""
    rehang(session, actor, Conflict, from_id=loser_id, to_id=survivor_id)
    session.execute(
        update(Conflict)
        .where(Conflict.org_id == actor.org_id, Conflict.entity == "account", Conflict.entity_id == loser_id)
        .values(entity_id=survivor_id)
        .execution_options(synchronize_session="fetch")
    )
