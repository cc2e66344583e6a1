"""Background work of accounts: placing addresses, counting due days again, following a rank's new name."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts import position, rank_renaming, rules
from fieldcrm.accounts.bulk import GEOCODE_TASK, bulk_update
from fieldcrm.accounts.due_days import RECOUNT_TASK, recount
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.online import ONLINE_TASK, ask_later, refine
from fieldcrm.accounts.rank_renaming import RENAME_TASK
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.core.db import transaction
from fieldcrm.core.jobs import Job, queue
from fieldcrm.core.worker import running_app
from fieldcrm.identity.absent import actor_of


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
    placed = bulk_update(session, actor, changes)
    ask_later(session, actor, sorted(placed))
    return len(placed)


@queue.task(name=ONLINE_TASK, lock=ONLINE_TASK)
def geocode_online(*, org_id: int, account_ids: list[str]) -> None:
    """Ask the online geocoder of the settings about accounts that were placed by their address."""
    app = running_app()
    actor = system_actor(org_id)
    for account_id in account_ids:
        with app.app_context(), transaction(actor) as session:
            refine(session, actor, uuid.UUID(account_id), settings=app.extensions["settings"])


@queue.task(name=RECOUNT_TASK, lock=RECOUNT_TASK)
def recount_due_days(*, org_id: int) -> None:
    """Count due days again in the time zone the organisation has now, some accounts a transaction."""
    with running_app().app_context():
        actor = actor_of(org_id, None)
        after: uuid.UUID | None = None
        while True:
            with transaction(actor) as session:
                after = recount(session, actor, after=after)
            if after is None:
                return


@queue.task(name=RENAME_TASK, lock=RENAME_TASK)
def rename_rank(*, org_id: int, user_id: str | None, job_id: str | None, rank: str, to: str) -> None:
    """Give accounts the new name of their rank, in the name of who renamed it; run again it goes on."""
    with running_app().app_context():
        actor = actor_of(org_id, None if user_id is None else uuid.UUID(user_id))
        job = None if job_id is None else uuid.UUID(job_id)
        count = 1
        while count:
            with transaction(actor) as session:
                count = rank_renaming.follow(session, actor, rank, to)
                rank_renaming.note(session, actor, job, state="running", done=Job.done + count)
        with transaction(actor) as session:
            rank_renaming.note(session, actor, job, state="done", finished_at=clock.now())
