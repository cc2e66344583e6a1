"""Operations that make or delete a thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountDraft
from fieldcrm.appointments import service as appointments
from fieldcrm.appointments.schemas import AppointmentDraft
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import Tracked
from fieldcrm.sync.applied import Applied, note
from fieldcrm.sync.push_schemas import Nothing, Operation
from fieldcrm.sync.target import find_account, find_row
from fieldcrm.sync.touches import is_touched_since

Apply = Callable[[Session, Actor, Operation, Any], Applied]


def create_account(session: Session, actor: Actor, _operation: Operation, body: AccountDraft) -> Applied:
    """Create an account."""
    return Applied(accounts.create_account(session, actor, body))


def creation(use_case: Callable[..., Tracked]) -> Apply:
    """Return how a thing is added to its account, or to the one that was merged into."""

    def apply(session: Session, actor: Actor, operation: Operation, body: Any) -> Applied:
        target = find_account(session, actor, operation, body.account_id)
        draft = body.model_copy(update={"account_id": target.account.id})
        return Applied(use_case(session, target.actor, draft), target.notes)

    return apply


def create_appointment(
    session: Session, actor: Actor, operation: Operation, body: AppointmentDraft
) -> Applied:
    """Make an appointment: with an account, or the one that was merged into, or without any."""
    if body.account_id is None:
        return Applied(appointments.create_appointment(session, actor, body))
    return creation(appointments.create_appointment)(session, actor, operation, body)


def delete_account(session: Session, actor: Actor, operation: Operation, _body: Nothing) -> Applied:
    """Delete an account, unless someone else changed it, or merged another into it, meanwhile."""
    target = find_account(session, actor, operation, operation.entity_id)
    account = target.account
    if account.id != operation.entity_id:
        return Applied(account, target.notes)
    if account.deleted_at is None and is_touched_since(session, actor, account, operation.base_version):
        return Applied(account, [*target.notes, note(actor, "changed_since")])
    return Applied(accounts.delete_account(session, actor, account.id), target.notes)


def restore_account(session: Session, actor: Actor, operation: Operation, _body: Nothing) -> Applied:
    """Bring a deleted account back."""
    target = find_account(session, actor, operation, operation.entity_id)
    return Applied(accounts.restore_account(session, actor, target.account.id), target.notes)


def deletion(table: type[Tracked], use_case: Callable[..., None]) -> Apply:
    """Return how a thing is deleted, unless someone else changed it meanwhile."""

    def apply(session: Session, actor: Actor, operation: Operation, _body: Nothing) -> Applied:
        row, target = find_row(session, actor, operation, table)
        if row.deleted_at is not None:
            return Applied(None, target.notes)
        if is_touched_since(session, actor, row, operation.base_version):
            return Applied(row, [*target.notes, note(actor, "changed_since")])
        use_case(session, target.actor, row.id)
        return Applied(None, target.notes)

    return apply
