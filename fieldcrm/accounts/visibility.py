"""Which accounts a person sees and may change: the scopes of the policy table as SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, true

from fieldcrm.accounts.models import Account
from fieldcrm.core.actor import Actor
from fieldcrm.identity.policy import Scope, scope_of


def scope_filter(actor: Actor, policy: str = "accounts.read") -> ColumnElement[bool]:
    """Return the predicate of the accounts that ``policy`` reaches for ``actor``.

    Own: owned by the person, and the pool (neither owner nor team). Team: those of their teams too.
    """
    scope = scope_of(actor, policy)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NONE:
        return false()
    reached = [
        Account.owner_id == actor.user_id,
        and_(Account.owner_id.is_(None), Account.team_id.is_(None)),
    ]
    if scope is Scope.TEAM and actor.team_ids:
        reached.append(Account.team_id.in_(sorted(actor.team_ids)))
    return or_(*reached)
