"""Which accounts a person sees and may change: the scopes of the policy table as SQL."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from fieldcrm.accounts.models import Account
from fieldcrm.core.actor import Actor
from fieldcrm.identity.policy import Scope, scope_of


def scope_filter(actor: Actor, policy: str = "accounts.read") -> ColumnElement[bool]:
    """Return the predicate of the accounts that ``policy`` reaches for ``actor``.

    Own: owned by the person, and the pool (neither owner nor team). Team: those of their teams too.
    """
    found = reached(actor, policy, owner_id=Account.owner_id, team_id=Account.team_id)
    return or_(found, Account.id.in_(sorted(actor.also_reaches))) if actor.also_reaches else found


def reached(
    actor: Actor, policy: str = "accounts.read", *, owner_id: Any, team_id: Any
) -> ColumnElement[bool]:
    """Return the predicate that ``policy`` reaches what is held by this owner and team (columns)."""
    return held_within(
        scope_of(actor, policy),
        user_id=actor.user_id,
        team_ids=sorted(actor.team_ids),
        owner_id=owner_id,
        team_id=team_id,
    )


def held_within(
    scope: Scope, *, user_id: Any, team_ids: Any, owner_id: Any, team_id: Any
) -> ColumnElement[bool]:
    """Return the predicate that a scope of this person and these teams (values or parameters) reaches."""
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NONE:
        return false()
    found = [owner_id == user_id, and_(owner_id.is_(None), team_id.is_(None))]
    if scope is Scope.TEAM and team_ids != []:
        found.append(team_id.in_(team_ids))
    return or_(*found)


def reaches(
    actor: Actor, policy: str = "accounts.read", *, owner_id: uuid.UUID | None, team_id: uuid.UUID | None
) -> bool:
    """Return what ``reached`` says of an account of that owner and team."""
    scope = scope_of(actor, policy)
    if scope in (Scope.ALL, Scope.NONE):
        return scope is Scope.ALL
    if owner_id is None and team_id is None:
        return True
    is_own = owner_id is not None and owner_id == actor.user_id
    return is_own or (scope is Scope.TEAM and team_id in actor.team_ids)


def is_in_reach(actor: Actor, account: Account, policy: str = "accounts.read") -> bool:
    """Return what ``scope_filter`` says of ``account``."""
    if account.id in actor.also_reaches:
        return True
    return reaches(actor, policy, owner_id=account.owner_id, team_id=account.team_id)
