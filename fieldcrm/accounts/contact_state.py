"""What a visit, a call or a mail changes on the account: called by the room of visits."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldcrm.accounts import queries, rules
from fieldcrm.accounts.catalogue import catalogue_of
from fieldcrm.accounts.models import Account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import flush
from fieldcrm.core.errors import FieldError, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Contacted:
    """One contact with an account, by whatever channel, and what was decided there."""

    account_id: uuid.UUID
    at: datetime
    is_visit: bool
    outcome: int | None = None
    status: int | None = None
    win_prob: int | None = None
    next_action: str | None = None
    next_action_on: date | None = None
    stands: Mapping[str, bool] = field(default_factory=dict)
    """Whether status or win probability hold against what others said meanwhile; else the time decides."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Status and win probability before and after a contact."""

    status_before: int
    status_after: int
    win_prob_before: int | None
    win_prob_after: int | None


def apply_activity(session: Session, actor: Actor, contact: Contacted) -> Effect:
    """Carry a contact over to its account and return what it changed.

    A contact that arrives late (a phone was offline) does not undo what a newer one decided.
    Raises NotFound when the actor may not see the account.
    """
    account = lock_contacted(session, actor, contact.account_id)
    if contact.status is not None and contact.status not in catalogue_of(session, actor).statuses:
        raise Invalid(FieldError("status", "not_a_choice"))
    before = (account.status, account.win_prob)
    is_newest = account.last_contact_at is None or contact.at >= account.last_contact_at
    _decide(account, contact, actor=actor, is_newest=is_newest)
    if contact.is_visit and (account.last_visit_at is None or contact.at >= account.last_visit_at):
        account.last_visit_at, account.last_outcome = contact.at, contact.outcome
    refresh_due(account, timezone=actor.timezone)
    flush(session)
    return Effect(
        status_before=before[0],
        status_after=contact.status if contact.status is not None else before[0],
        win_prob_before=before[1],
        win_prob_after=contact.win_prob if contact.win_prob is not None else before[1],
    )


def _decide(account: Account, contact: Contacted, *, actor: Actor, is_newest: bool) -> None:
    if contact.status is not None and contact.stands.get("status", is_newest):
        account.status = contact.status
    is_other = contact.win_prob is not None and contact.win_prob != account.win_prob
    if is_other and contact.stands.get("win_prob", is_newest):
        account.win_prob = contact.win_prob
        account.win_prob_by, account.win_prob_at = actor.user_id, actor.acted_at
    if not is_newest:
        return
    account.last_contact_at = contact.at
    if contact.next_action or contact.next_action_on:
        account.next_action, account.next_action_on = contact.next_action, contact.next_action_on


def set_last_contact(
    session: Session,
    actor: Actor,
    account_id: uuid.UUID,
    *,
    last_contact_at: datetime | None,
    last_visit_at: datetime | None,
    last_outcome: int | None,
) -> None:
    """Set when the account was last contacted and visited, after an activity was amended."""
    account = lock_contacted(session, actor, account_id)
    account.last_contact_at = last_contact_at
    account.last_visit_at, account.last_outcome = last_visit_at, last_outcome
    refresh_due(account, timezone=actor.timezone)
    session.flush()


def set_next_action(
    session: Session, actor: Actor, account_id: uuid.UUID, *, title: str | None, due: date | None
) -> None:
    """Set what the account is waiting for, after a task was done or moved."""
    account = lock_contacted(session, actor, account_id)
    account.next_action, account.next_action_on = title, due
    session.flush()


def refresh_due(account: Account, *, timezone: str) -> None:
    """Set the day by which the next visit is due; days are the organisation's own."""
    visited = account.last_visit_at
    account.due_on = rules.due_on(
        last_visit_on=clock.local_date(visited, timezone) if visited else None,
        created_on=clock.local_date(account.created_at, timezone),
        cadence_days=account.cadence_days,
    )


def lock_contacted(session: Session, actor: Actor, account_id: uuid.UUID) -> Account:
    """Lock and return an account that one may log contacts for: whoever sees it may."""
    found = queries.find_for_change(session, actor, account_id, policy="accounts.read")
    if found is None or found.account.deleted_at is not None:
        raise NotFound()
    return found.account
