"""Who could see an account before it changed hands: phones are told to forget what is no longer theirs.

A trigger on ``accounts`` writes the rows (migration 0010), so that no way of changing an account's owner or
team, one by one or in bulk, can forget to.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Select, select, true
from sqlalchemy.orm import Mapped, mapped_column

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.visibility import reached, scope_filter
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import TenantModel


class AccountDeparture(TenantModel):
    """An account left this owner and this team at this step of the change clock.

    Of several changes in one transaction only the first counts: what lay between was seen by nobody.
    """

    __tablename__ = "account_departures"
    __audited__ = False
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "account_id"], ["accounts.org_id", "accounts.id"]),
        ForeignKeyConstraint(["org_id", "owner_id"], ["users.org_id", "users.id"]),
        ForeignKeyConstraint(["org_id", "team_id"], ["teams.org_id", "teams.id"]),
        Index("account_departures_change_ix", "org_id", "change_seq"),
    )

    account_id: Mapped[uuid.UUID]
    owner_id: Mapped[uuid.UUID | None]
    team_id: Mapped[uuid.UUID | None]
    change_seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


def departed(actor: Actor) -> Select[Any]:
    """Return the query of {id, change_seq} of the accounts that ``actor`` saw once and sees no longer."""
    left = AccountDeparture
    columns: tuple[Any, ...] = (left.account_id.label("id"), left.change_seq)
    has_account = (Account.org_id == left.org_id) & (Account.id == left.account_id)
    query = select(*columns).join(Account, has_account).where(left.org_id == actor.org_id)
    # Not merely NOT: of an account without owner the scope is unknown rather than false.
    is_beyond = scope_filter(actor).is_not(true())
    return query.where(reached(actor, owner_id=left.owner_id, team_id=left.team_id), is_beyond)
