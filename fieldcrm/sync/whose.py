"""Whose the rows are that phones hold: whoever sees the account, or one person alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, or_
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import is_in_reach, scope_filter
from fieldcrm.appointments.models import Appointment
from fieldcrm.core.actor import Actor
from fieldcrm.sync.models import Conflict

PERSONAL: Final[Mapping[Any, Any]] = {Appointment: Appointment.owner_id, Conflict: Conflict.person_id}
"""Tables with rows that are one person's alone, and the column that names them.

Null there: whose is who sees the account.
"""
_PERSONAL_ONLY: Final = frozenset({Appointment})


def is_own(actor: Actor, table: Any) -> ColumnElement[bool]:
    """Return the predicate of the rows that are the actor's alone; the system has none."""
    whose = PERSONAL[table]
    # Compared with nobody, a column would be asked whether it is empty: then all would be the system's.
    return false() if actor.user_id is None else whose == actor.user_id


def within_reach(query: Select[Any], actor: Actor, table: Any, *, beside: Any = None) -> Select[Any]:
    """Return ``query`` of ``table`` without what is not the actor's to see.

    ``beside`` is what must hold as well of rows that hang on an account.
    """
    if table is Account:
        return query.where(scope_filter(actor))
    if table in _PERSONAL_ONLY:
        return query.where(is_own(actor, table))
    hangs_on = (Account.org_id == table.org_id) & (Account.id == table.account_id)
    is_seen = scope_filter(actor) if beside is None else and_(scope_filter(actor), beside)
    if table not in PERSONAL:
        return query.join(Account, hangs_on).where(is_seen)
    # A row without account would pass for one of the pool's: what has no owner, no team and is not deleted.
    has_account = Account.id.is_not(None)
    return query.outerjoin(Account, hangs_on).where(or_(is_own(actor, table), and_(has_account, is_seen)))


def is_reached(session: Session, actor: Actor, row: Any) -> bool:
    """Return whether the row is the actor's to see: phones keep nothing else."""
    if isinstance(row, Account):
        return is_in_reach(actor, row)
    whose = PERSONAL.get(type(row))
    person_id: uuid.UUID | None = None if whose is None else getattr(row, whose.key)
    if person_id is not None:
        return person_id == actor.user_id
    account = session.get(Account, (row.org_id, row.account_id))
    return account is not None and is_in_reach(actor, account)
