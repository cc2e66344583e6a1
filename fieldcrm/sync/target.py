"""Finding what an operation is about, although the world went on: merged, deleted, given to others.

The account is locked first, whatever the operation is about: so two writers never wait in a ring. What is
one person's alone (an appointment) is theirs whoever sees the account: there the change clock is held first.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts import offline
from fieldcrm.accounts.models import Account, Contact
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import Tracked, advance_clock
from fieldcrm.core.errors import Forbidden, NotFound
from fieldcrm.sync.applied import Note, note
from fieldcrm.sync.push_schemas import Operation
from fieldcrm.sync.whose import PERSONAL

_OWNERS_ONLY: Final = frozenset({"account.update", "account.move", "account.delete", "account.restore"})
"""What only the person may do whose account it is; all else is a record of what happened."""
_OF_ACCOUNT: Final = _OWNERS_ONLY | {"activity.log"}
"""Operations whose base version is the account's."""
_LEAVES_DELETED: Final = frozenset(
    {"account.delete", "account.restore", "contact.delete", "appointment.cancel", "attachment.delete"}
)

Row = TypeVar("Row", bound=Tracked)


@dataclass(slots=True, kw_only=True)
class Target:
    """Who may write for this one operation; what to tell the author."""

    actor: Actor
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class AccountTarget(Target):
    """The account, locked, that the operation concerns."""

    account: Account
    is_survivor: bool = False
    """Whether the phone speaks of an account that was merged into this one."""


def find_account(
    session: Session, actor: Actor, operation: Operation, account_id: uuid.UUID
) -> AccountTarget:
    """Lock the account, or the one it was merged into; bring it back when work went on with it.

    Raises NotFound, or Forbidden for what only the present owner may do.
    """
    account = offline.lock_survivor(session, actor, account_id)
    if account is None:
        raise NotFound()
    target = AccountTarget(actor=actor, account=account)
    former = _former(session, account, known_as=(account_id, operation.account_id))
    target.is_survivor = former is not account
    if not offline.reaches(actor, owner_id=account.owner_id, team_id=account.team_id):
        _allow_records(session, target, operation, former=former)
    elif target.is_survivor:
        target.notes.append(note(actor, "followed_merge", account_id=str(account.id), name=account.name))
    if account.deleted_at is not None and operation.type not in _LEAVES_DELETED:
        offline.revive_account(session, actor, account)
        target.notes.append(note(actor, "revived"))
    return target


def find_row(session: Session, actor: Actor, operation: Operation, table: type[Row]) -> tuple[Row, Target]:
    """Return the row the operation is about, its account locked; bring a deleted one back.

    What is another person's alone is NotFound.
    """
    entity: Any = table
    query = select(table).where(entity.org_id == actor.org_id, entity.id == operation.entity_id)
    whose = PERSONAL.get(table)
    person_id = None if whose is None else session.scalar(query.with_only_columns(whose))
    if person_id is not None:
        target = _find_own(session, actor, person_id)
    else:
        account_id = session.scalar(query.with_only_columns(entity.account_id))
        if account_id is None:
            raise NotFound()
        target = find_account(session, actor, operation, account_id)
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    if operation.type not in _LEAVES_DELETED:
        revive(session, target, row)
    return row, target


def _find_own(session: Session, actor: Actor, person_id: uuid.UUID) -> Target:
    if person_id != actor.user_id:
        raise NotFound()
    advance_clock(session)
    return Target(actor=actor)


def revive(session: Session, target: Target, row: Any) -> None:
    """Bring the row back if it was deleted, and tell the author."""
    if row.deleted_at is None:
        return
    if isinstance(row, Contact) and isinstance(target, AccountTarget):
        offline.revive_contact(session, target.actor, row, target.account)
    else:
        row.deleted_at = None
        session.flush()
    target.notes.append(note(target.actor, "revived"))


def _former(session: Session, account: Account, *, known_as: Iterable[uuid.UUID | None]) -> Account:
    """Return the account as the phone knows it: itself, or one that was merged into it."""
    for account_id in known_as:
        if account_id not in (None, account.id):
            former = session.get(Account, (account.org_id, account_id))
            if former is not None and former.merged_into_id is not None:
                return former
    return account


def _allow_records(session: Session, target: AccountTarget, operation: Operation, *, former: Account) -> None:
    """Let someone whose account it was until lately add what they recorded; raise for anything else."""
    actor, account = target.actor, target.account
    is_versioned = former is account and operation.type in _OF_ACCOUNT
    since = operation.base_version if is_versioned else None
    if not any(offline.was_reached(session, actor, each, since_version=since) for each in {account, former}):
        raise NotFound()
    if operation.type in _OWNERS_ONLY:
        raise Forbidden("account_reassigned")
    target.actor = replace(actor, also_reaches=frozenset({account.id}))
    target.notes.append(note(actor, "no_longer_yours"))
