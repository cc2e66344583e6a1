"""What work done offline needs: the survivor of a merge, whose an account was, bringing things back.

Phones speak of accounts as they were when last seen. Nothing here asks for the actor's scope: whoever
calls decides, by ``reaches`` and ``was_reached``, what may still be done.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import Integer, or_, select
from sqlalchemy.orm import Session

from fieldcrm.accounts import queries
from fieldcrm.accounts.contacts import search_by_contacts
from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.reappearing import reappear
from fieldcrm.accounts.visibility import reaches
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.audit import AuditEntry
from fieldcrm.core.ids import parse_id

__all__ = ["lock_survivor", "reaches", "revive_account", "revive_contact", "was_reached"]

LOOKED_BACK: Final = timedelta(days=400)

Owner = tuple[uuid.UUID | None, uuid.UUID | None]


def lock_survivor(session: Session, actor: Actor, account_id: uuid.UUID) -> Account | None:
    """Lock the account, or the one it was merged into (and so on), whoever may see it; None if unknown."""
    account = queries.lock_any_account(session, actor, account_id)
    while account is not None and account.merged_into_id is not None:
        account = queries.lock_any_account(session, actor, account.merged_into_id)
    return account


def was_reached(session: Session, actor: Actor, account: Account, *, since_version: int | None) -> bool:
    """Return whether the account was the actor's to see at that version or since.

    Without a version: within the time that a phone may have been away.
    """
    query = (
        select(AuditEntry.changes)
        .where(
            AuditEntry.org_id == actor.org_id,
            AuditEntry.entity_id == account.id,
            AuditEntry.action != "create",
            AuditEntry.at >= clock.now() - LOOKED_BACK,
            or_(AuditEntry.changes.has_key("owner_id"), AuditEntry.changes.has_key("team_id")),
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    if since_version is not None:
        query = query.where(AuditEntry.changes["version"][1].astext.cast(Integer) > since_version)
    entries = list(session.scalars(query))
    return any(
        reaches(actor, owner_id=owner_id, team_id=team_id)
        for owner_id, team_id in _owners((account.owner_id, account.team_id), entries)
    )


def _owners(now: Owner, entries: list[dict[str, list[object]]]) -> Iterator[Owner]:
    """Yield whose the account is and was, backwards; ``entries`` are newest first."""
    owner_id, team_id = now
    yield now
    for changes in entries:
        if "owner_id" in changes:
            owner_id = parse_id(changes["owner_id"][0])
        if "team_id" in changes:
            team_id = parse_id(changes["team_id"][0])
        yield owner_id, team_id


def revive_account(session: Session, actor: Actor, account: Account) -> None:
    """Bring a deleted account back because someone went on working with it."""
    account.deleted_at = None
    session.flush()
    reappear(session, actor, [account.id])


def revive_contact(session: Session, actor: Actor, contact: Contact, account: Account) -> None:
    """Bring a deleted contact back because someone changed it."""
    contact.deleted_at = None
    session.flush()
    search_by_contacts(session, actor, account)
