"""Accounts by rank: in the organisation's own order, best first; of one rank by name, as phones have it.

The order is the organisation's, not the alphabet's, so no index holds it. One look into
``accounts_rank_ix`` a rank gives it all the same, and a page seldom needs more than one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, text
from sqlalchemy.orm import Session

from fieldcrm.accounts.catalogue import catalogue_of
from fieldcrm.accounts.models import Account
from fieldcrm.core.actor import Actor
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.ids import parse_id
from fieldcrm.core.wire import is_usable

# From one rank to the next through the index: as many steps as there are ranks, however many accounts.
_IN_USE = text(
    """
    with recursive found (rank) as (
      (select rank from accounts
        where org_id = :org_id and deleted_at is null and rank is not null order by rank limit 1)
      union all
      select (select a.rank from accounts a
               where a.org_id = :org_id and a.deleted_at is null and a.rank > found.rank
               order by a.rank limit 1)
        from found where found.rank is not null
    )
    select rank from found where rank is not null
    """
)


@dataclass(frozen=True, slots=True)
class RankMark:
    """The last account of a page: its rank, what its name is ordered by, its id."""

    rank: str | None
    sort_key: str
    account_id: uuid.UUID

    def __str__(self) -> str:
        return encode_cursor([self.rank, self.sort_key, str(self.account_id)])


def mark_of(row: Row[Any]) -> RankMark:
    """Return the mark after ``row``."""
    return RankMark(row.rank, row.sort_key, row.id)


def parse_mark(cursor: str) -> RankMark:
    """Return the mark that ``str(mark)`` wrote, or raise Invalid."""
    rank, sort_key, id_text = decode_cursor(cursor, length=3)
    account_id = parse_id(id_text)
    is_text = isinstance(sort_key, str) and is_usable(sort_key)
    is_rank = rank is None or (isinstance(rank, str) and is_usable(rank))
    if account_id is None or not is_text or not is_rank:
        raise bad_cursor()
    return RankMark(rank, sort_key, account_id)


def walk_by_rank(
    session: Session, actor: Actor, base: Select[Any], *, after: RankMark | None, count: int
) -> list[Row[Any]]:
    """Return up to ``count`` rows of ``base`` after a mark; ranks no longer offered come before none."""
    rows: list[Row[Any]] = []
    for rank in _ranks(session, actor, after):
        of_rank = base.where(Account.rank.is_(None) if rank is None else Account.rank == rank)
        if after is not None and after.rank == rank:
            of_rank = of_rank.where(_beyond(after))
        # By rank as well, although there is but one: so it is the order of the index.
        ordered = of_rank.order_by(Account.rank, Account.sort_key, Account.id)
        rows += session.execute(ordered.limit(count - len(rows)))
        if len(rows) == count:
            break
    return rows


def _ranks(session: Session, actor: Actor, after: RankMark | None) -> Iterator[str | None]:
    """Yield the ranks from the mark's on: those offered, those that accounts still have, none."""
    offered = catalogue_of(session, actor).ranks
    if after is None or after.rank in offered:
        begin = 0 if after is None or after.rank is None else offered.index(after.rank)
        yield from offered[begin:]
        after = None
    if after is None or after.rank is not None:
        in_use = session.scalars(_IN_USE, {"org_id": actor.org_id})
        former = sorted(rank for rank in in_use if rank not in offered)
        yield from (rank for rank in former if after is None or after.rank is None or rank >= after.rank)
    yield None


def _beyond(after: RankMark) -> ColumnElement[bool]:
    # The first half is what the index begins at.
    is_later = or_(Account.sort_key > after.sort_key, Account.id > after.account_id)
    return and_(Account.sort_key >= after.sort_key, is_later)
