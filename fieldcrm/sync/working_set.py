"""Which accounts a phone holds: all that its person may see, or the 20,000 that matter to them most."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.ids import parse_id
from fieldcrm.sync.sources import carried_since
from fieldcrm.visits.models import Task

MOST: Final = 20_000
"""Accounts on one phone."""
OWN, TEAMS, CONTACTED, CHANGED, REST = range(5)


@dataclass(frozen=True, slots=True)
class Edge:
    """The last account that still belongs to a working set that is not everything.

    Rank first, then how lately it was contacted or changed, then its id.
    """

    rank: int
    at: str
    account_id: uuid.UUID

    def __str__(self) -> str:
        return encode_cursor([self.rank, self.at, str(self.account_id)])


def parse_edge(text: str) -> Edge:
    """Return the edge that ``str(edge)`` wrote, or raise Invalid."""
    rank, at, id_text = decode_cursor(text, length=3)
    account_id = parse_id(id_text)
    if rank not in range(REST) or clock.parse_iso(at) is None or account_id is None:
        raise bad_cursor()
    return Edge(rank, at, account_id)


def count_in_reach(session: Session, actor: Actor) -> int:
    """Return how many accounts ``actor`` may see."""
    return session.scalar(select(func.count()).select_from(Account).where(*_seen(actor))) or 0


def find_edge(session: Session, actor: Actor) -> Edge:
    """Return where the working set of ``actor``, who may see more than fits, ends."""
    rank, at = _rank(actor), _lately()
    query = select(rank, at, Account.id).where(*_seen(actor), rank < REST)
    last = session.execute(
        query.order_by(rank, at.desc(), Account.id).limit(1).offset(MOST - 1)
    ).one_or_none()
    return Edge(last[0], str(clock.iso(last[1])), last[2]) if last else NOTHING_RESTS


def working_set(actor: Actor, edge: Edge | None) -> Select[Any]:
    """Return the query of the ids of the accounts that the phone of ``actor`` holds."""
    query = select(Account.id).where(*_seen(actor))
    return query if edge is None else query.where(_inside(actor, edge))


NOTHING_RESTS: Final = Edge(CHANGED, "0001-01-01T00:00:00Z", uuid.UUID(int=(1 << 128) - 1))
"""The edge of a set that leaves out only what nobody has touched for a year."""


def _seen(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (Account.org_id == actor.org_id, Account.deleted_at.is_(None), scope_filter(actor))


def _inside(actor: Actor, edge: Edge) -> ColumnElement[bool]:
    rank, at = _rank(actor), _lately()
    edge_at = clock.parse_iso(edge.at)
    # Later first, so the moment is compared the other way round than rank and id.
    return or_(
        rank < edge.rank,
        and_(rank == edge.rank, or_(at > edge_at, and_(at == edge_at, Account.id <= edge.account_id))),
    )


def _rank(actor: Actor) -> ColumnElement[int]:
    """Own ones and those one has to do something for; the teams'; those contacted; those changed."""
    to_do = select(Task.account_id).where(
        Task.org_id == actor.org_id,
        Task.owner_id == actor.user_id,
        Task.done_at.is_(None),
        Task.deleted_at.is_(None),
    )
    is_teams = Account.team_id.in_(sorted(actor.team_ids)) if actor.team_ids else false()
    since = carried_since()
    return case(
        (or_(Account.owner_id == actor.user_id, Account.id.in_(to_do)), OWN),
        (is_teams, TEAMS),
        (Account.last_contact_at >= since, CONTACTED),
        (Account.updated_at >= since, CHANGED),
        else_=REST,
    )


def _lately() -> ColumnElement[datetime]:
    return func.coalesce(Account.last_contact_at, Account.updated_at)
