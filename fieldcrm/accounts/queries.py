"""Reads of single accounts, of accounts by their ids, and of what hangs on them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.serialise import JSON_COLUMNS
from fieldcrm.accounts.visibility import is_in_reach, scope_filter
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import known

SEARCHED: Final = (
    "name", "name_kana", "address", "building", "postal_code", "external_id", "phones", "tags", "custom"
)  # fmt: skip
"""The columns that search looks at."""

# Text for the driver: to compile and convert forty-odd columns would take longer than to read them.
_BY_IDS: Final = (
    f"select {', '.join(column.key for column in JSON_COLUMNS)}"  # noqa: S608 - names of our own columns
    " from accounts where org_id = %(org_id)s::bigint and id = any(%(ids)s::uuid[])"
)


class ForChange(NamedTuple):
    """An account locked for a change, and whether the policy of the change reaches it."""

    account: Account
    is_reached: bool


def find_account(session: Session, actor: Actor, account_id: uuid.UUID) -> Account | None:
    """Return an account (deleted ones too) that ``actor`` may see, or None."""
    query = select(Account).where(
        Account.org_id == actor.org_id, Account.id == account_id, scope_filter(actor)
    )
    return session.scalar(query)


def find_for_change(
    session: Session, actor: Actor, account_id: uuid.UUID, *, policy: str
) -> ForChange | None:
    """Lock an account that ``actor`` may see until commit and return it as it now is, or None."""
    locked = _locked(session).get(account_id)
    if locked is not None:
        is_seen = is_in_reach(actor, locked)
        return ForChange(locked, is_in_reach(actor, locked, policy)) if is_seen else None
    query = (
        select(Account, scope_filter(actor, policy).label("is_reached"))
        .where(Account.org_id == actor.org_id, Account.id == account_id, scope_filter(actor))
        .with_for_update(of=Account)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    _locked(session)[account_id] = row[0]
    return ForChange(account=row[0], is_reached=row[1])


def find_any_account(session: Session, actor: Actor, account_id: uuid.UUID) -> Account | None:
    """Return an account of the organisation whoever may see it (to tell a taken id), or None."""
    return session.scalar(select(Account).where(Account.org_id == actor.org_id, Account.id == account_id))


def lock_any_account(session: Session, actor: Actor, account_id: uuid.UUID) -> Account | None:
    """Lock an account of the organisation whoever may see it, deleted ones too; return it as it now is."""
    lock_accounts(session, actor, [account_id])
    return _locked(session).get(account_id)


def lock_accounts(
    session: Session, actor: Actor, account_ids: Iterable[uuid.UUID]
) -> Mapping[uuid.UUID, Account]:
    """Lock accounts of the organisation in the order of their ids; return all that are locked by now.

    Until the transaction ends they need not be read again.
    """
    locked = _locked(session)
    wanted = sorted(set(account_ids) - locked.keys())
    if wanted:
        query = (
            select(Account)
            .where(Account.org_id == actor.org_id, Account.id.in_(wanted))
            .order_by(Account.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        locked.update((account.id, account) for account in session.scalars(query))
    return locked


def _locked(session: Session) -> dict[uuid.UUID, Account]:
    found: dict[uuid.UUID, Account] = known(session).setdefault("accounts", {})
    return found


def find_by_external_id(session: Session, actor: Actor, external_id: str) -> uuid.UUID | None:
    """Return the id of the account that carries the organisation's own number, or None."""
    return session.scalar(
        select(Account.id).where(Account.org_id == actor.org_id, Account.external_id == external_id)
    )


def list_rows(session: Session, actor: Actor, ids: Sequence[uuid.UUID]) -> list[Row[Any]]:
    """Return rows of ``JSON_COLUMNS`` in the order of ``ids``, whoever may see them (chosen before)."""
    given = {"org_id": actor.org_id, "ids": list(ids)}
    by_id = {row.id: row for row in session.connection().exec_driver_sql(_BY_IDS, given)}
    return [by_id[account_id] for account_id in ids if account_id in by_id]


def contact_names(session: Session, actor: Actor, account_id: uuid.UUID) -> Sequence[str]:
    """Return the names of an account's contacts, for search."""
    query = (
        select(Contact.name)
        .where(
            Contact.org_id == actor.org_id,
            Contact.account_id == account_id,
            Contact.deleted_at.is_(None),
        )
        .order_by(Contact.id)
    )
    return session.scalars(query).all()


def contact_names_of(
    session: Session, actor: Actor, account_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, Sequence[str]]:
    """Return the contacts' names of many accounts."""
    query = (
        select(Contact.account_id, func.array_agg(Contact.name))
        .where(
            Contact.org_id == actor.org_id,
            Contact.account_id.in_(account_ids),
            Contact.deleted_at.is_(None),
        )
        .group_by(Contact.account_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def contact_ids_of(session: Session, actor: Actor, account_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the ids of an account's contacts, those taken away too (they were met all the same)."""
    query = select(Contact.id).where(Contact.org_id == actor.org_id, Contact.account_id == account_id)
    return frozenset(session.scalars(query))


def contact_ids_of_many(
    session: Session, actor: Actor, account_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return the contacts' ids of many accounts, by account."""
    query = (
        select(Contact.account_id, func.array_agg(Contact.id))
        .where(Contact.org_id == actor.org_id, Contact.account_id.in_(account_ids))
        .group_by(Contact.account_id)
    )
    return {row[0]: frozenset(row[1]) for row in session.execute(query)}
