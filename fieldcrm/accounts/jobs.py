"""Background work of accounts: placing addresses that changed by the thousand."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts import position, rules
from fieldcrm.accounts.bulk import GEOCODE_TASK, bulk_update
from fieldcrm.accounts.models import Account
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.jobs import queue
from fieldcrm.core.worker import running_app


@queue.task(name=GEOCODE_TASK)
def geocode(*, org_id: int, account_ids: list[str]) -> None:
    """Place accounts whose address changed; what a person placed since stays."""
    actor = system_actor(org_id)
    with running_app().app_context(), transaction(actor) as session:
        place_stale(session, actor, [uuid.UUID(account_id) for account_id in account_ids])


def place_stale(session: Session, actor: Actor, ids: list[uuid.UUID]) -> int:
    """Place those of the accounts that are still marked stale by their address; return how many."""
    query = select(Account.id, *(getattr(Account, name) for name in sorted(rules.ADDRESS_FIELDS))).where(
        Account.org_id == actor.org_id,
        Account.id.in_(ids),
        Account.geo_flags.contains([position.STALE]),
        Account.geo_source.is_(None) | Account.geo_source.not_in(rules.STANDING_SOURCES),
    )
    at = clock.now()
    changes = {
        row["id"]: position.from_address(dict(row), at=at) for row in session.execute(query).mappings()
    }
    return len(bulk_update(session, actor, changes))
