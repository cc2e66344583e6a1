"""The organisation's ranks, best first: what accounts, filters, files and the map go by."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict
from fieldcrm.identity.organisation import lock_organisation, ranks_of, set_values


def set_ranks(session: Session, actor: Actor, wanted: Sequence[str], *, force: bool = False) -> list[str]:
    """Have exactly these ranks, best first, and return them.

    One that accounts have is only taken out of the choices when told to (``force``); they keep it.
    """
    organisation = lock_organisation(session, actor)
    gone = set(ranks_of(organisation)) - set(wanted)
    count = 0 if force or not gone else _count(session, actor, gone)
    if count:
        raise Conflict("rank_in_use", count=count)
    set_values(session, organisation, {"ranks": list(wanted)})
    return ranks_of(organisation)


def _count(session: Session, actor: Actor, ranks: Collection[str]) -> int:
    query = select(func.count()).where(
        Account.org_id == actor.org_id, Account.rank.in_(ranks), Account.deleted_at.is_(None)
    )
    return session.scalar(query) or 0
