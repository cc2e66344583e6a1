"""Who leaves hands their accounts over: to a successor, or to the team, where somebody will take them up.

A team that ends hands them to another; without one they stay with who has them, or are everybody's.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.bulk import bulk_update
from fieldcrm.accounts.catalogue import catalogue_of
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.signals import owner_leaving, owner_left
from fieldcrm.core.actor import Actor
from fieldcrm.identity import service as identity
from fieldcrm.identity.signals import person_left, team_dissolved


@person_left.connect
def hand_over_accounts(
    session: Session, *, actor: Actor, user_id: uuid.UUID, heir_id: uuid.UUID | None
) -> dict[str, int]:
    """Give the person's accounts to the heir, or to nobody of the same team, and what hangs on accounts.

    All accounts concerned are locked before anything is written, in the order of their ids: who writes takes
    the organisation's clock, and everybody locks accounts before that. Returns how many, by kind.
    """
    mine = select(Account.id, Account.team_id).where(
        Account.org_id == actor.org_id, Account.owner_id == user_id, Account.deleted_at.is_(None)
    )
    concerned = {account_id for account_id, _ in session.execute(mine)}
    for _receiver, account_ids in owner_leaving.send(session, actor=actor, user_id=user_id):
        concerned |= account_ids
    _lock(session, actor, concerned)
    counts = {"accounts": _give(session, actor, session.execute(mine).all(), heir_id=heir_id)}
    for _receiver, others in owner_left.send(session, actor=actor, user_id=user_id, heir_id=heir_id):
        counts.update(others)
    return counts


def _lock(session: Session, actor: Actor, account_ids: Collection[uuid.UUID]) -> None:
    ids = select(Account.id).where(Account.org_id == actor.org_id, Account.id.in_(account_ids))
    session.execute(ids.order_by(Account.id).with_for_update())


def _give(session: Session, actor: Actor, held: Sequence[Any], *, heir_id: uuid.UUID | None) -> int:
    if not held:
        return 0
    teams = () if heir_id is None else identity.team_ids_of(session, actor, heir_id)
    first = None if heir_id is None else catalogue_of(session, actor).team_of_owner.get(heir_id)
    changes: dict[uuid.UUID, dict[str, Any]] = {}
    for account_id, team_id in held:
        # It stays with its team where the heir is of it too, so that the colleagues go on seeing it.
        stays = heir_id is None or team_id in teams
        changes[account_id] = {"owner_id": heir_id, "team_id": team_id if stays else first}
    return len(bulk_update(session, actor, changes))


@team_dissolved.connect
def hand_over_accounts_of_team(
    session: Session, *, actor: Actor, team_id: uuid.UUID, heir_id: uuid.UUID | None
) -> dict[str, int]:
    """Give the team's accounts to the other, or to a further team of their owners; return how many."""
    held = select(Account.id, Account.owner_id).where(
        Account.org_id == actor.org_id, Account.team_id == team_id, Account.deleted_at.is_(None)
    )
    further = {} if heir_id is not None else identity.further_teams(session, actor, team_id)
    changes: dict[uuid.UUID, dict[str, Any]] = {
        account_id: {"team_id": heir_id or further.get(owner_id)}
        for account_id, owner_id in session.execute(held)
    }
    return {"accounts": len(bulk_update(session, actor, changes)) if changes else 0}
