"""Accounts that come into somebody's view bring what hangs on them."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Contact
from fieldcrm.accounts.signals import accounts_reappeared
from fieldcrm.core.actor import Actor
from fieldcrm.core.restamp import restamp

SEEN_BY = ("owner_id", "team_id")
"""Who sees an account follows from these."""


def reappear(session: Session, actor: Actor, account_ids: Collection[uuid.UUID]) -> None:
    """Let phones fetch contacts, and by the signal activities and tasks, of these accounts anew."""
    if account_ids:
        restamp(session, actor, Contact, account_ids=account_ids)
        accounts_reappeared.send(session, actor=actor, account_ids=account_ids)
