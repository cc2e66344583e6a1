"""The organisation's ranks, best first: what accounts, filters, files and the map go by."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldcrm.accounts import rank_renaming
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.rules import rank_as_read
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Conflict, FieldError, Invalid
from fieldcrm.identity.organisation import (
    former_ranks_of,
    lock_organisation,
    note_former_ranks,
    ranks_of,
    set_values,
)


def set_ranks(session: Session, actor: Actor, wanted: Sequence[str], *, force: bool = False) -> list[str]:
    """Have exactly these ranks, best first, and return them.

    One that accounts have is only taken out of the choices when told to (``force``); they keep it.
    """
    organisation = lock_organisation(session, actor)
    gone = set(ranks_of(organisation)) - set(wanted)
    count = 0 if force or not gone else count_with(session, actor, gone)
    if count:
        raise Conflict("rank_in_use", count=count)
    set_values(session, organisation, {"ranks": list(wanted)})
    note_former_ranks(session, organisation, former_ranks_of(organisation))
    return ranks_of(organisation)


def rename_rank(session: Session, actor: Actor, rank: str, to: str) -> list[str]:
    """Call a rank otherwise and return all ranks. Accounts that have it follow: many of them in a job.

    What still says the former name (a phone that was away, a file) means the rank from now on.
    Raises Invalid at ``rank`` or ``to``.
    """
    # First, as it locks accounts: everybody locks those before the organisation.
    few = rank_renaming.hold_few(session, actor, rank)
    organisation = lock_organisation(session, actor)
    present = ranks_of(organisation)
    if rank not in present:
        raise Invalid(FieldError("rank", "unknown_reference"))
    if rank_as_read(to) in {rank_as_read(each) for each in present if each != rank}:
        raise Invalid(FieldError("to", "already_taken"))
    if rank == to:
        return present
    set_values(session, organisation, {"ranks": [to if each == rank else each for each in present]})
    before = former_ranks_of(organisation)
    note_former_ranks(session, organisation, {**before, **_now_called(before, rank, to), rank: to})
    count = count_with(session, actor, [rank]) if few is None else len(few)
    rank_renaming.begin(session, actor, rank, to, few=few, count=count)
    return ranks_of(organisation)


def count_with(session: Session, actor: Actor, ranks: Collection[str]) -> int:
    """Return how many accounts have one of the ranks, whoever may see them."""
    query = select(func.count()).where(
        Account.org_id == actor.org_id, Account.rank.in_(ranks), Account.deleted_at.is_(None)
    )
    return session.scalar(query) or 0


def _now_called(former: dict[str, str], rank: str, to: str) -> dict[str, str]:
    return {name: to for name, now in former.items() if now == rank}
