"""Coverage counted: two index-only scans, no account and no visit is read.

``accounts_coverage_ix`` holds all that is counted of accounts. Who was visited since a day has its last
visit since then, so a range of the same index finds the few whose visits are counted, and
``activities_visit_ix`` holds those.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select, tuple_
from sqlalchemy.orm import Session

from fieldcrm.accounts.filters import is_covered
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import without_plans
from fieldcrm.territories.rules import Counts

BY_OWNER, BY_MUNICIPALITY = 1, 2
"""What PostgreSQL's grouping(owner, municipality) says: the bits of the columns that are left out."""
_GROUPED = func.grouping(Account.owner_id, Account.municipality_code)

Key = uuid.UUID | str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose accounts are counted (of one rank), on which day, since when."""

    actor: Actor
    today: date
    since: datetime
    owner: uuid.UUID | str | None = None
    rank: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what an account must meet to be counted."""
        yield Account.org_id == self.actor.org_id
        yield Account.deleted_at.is_(None)
        yield scope_filter(self.actor, "team.read")
        if self.owner == "none":
            yield Account.owner_id.is_(None)
        elif self.owner is not None:
            yield Account.owner_id == (self.actor.user_id if self.owner == "me" else self.owner)
        if self.rank is not None:
            yield Account.rank == self.rank


def count_coverage(session: Session, asked: Asked, visits: FromClause) -> tuple[dict[Key, Counts], ...]:
    """Return the counts by owner and by municipality; ``visits`` has org_id, account_id, occurred_at."""
    # Account by account is never the way to count them all, however few the planner takes them for.
    with without_plans(session, "nestloop"):
        rows = session.execute(_visits(asked, visits)).all()
    visits_of = {(row[0], row[1], row[2]): row[3] for row in rows}
    by: dict[int, dict[Key, Counts]] = {BY_OWNER: {}, BY_MUNICIPALITY: {}}
    for row in session.execute(_accounts(asked)):
        grouped, owner_id, code = row[:3]
        numbers = (*row[3:], visits_of.get((grouped, owner_id, code), 0))
        by[grouped][owner_id if grouped == BY_OWNER else code] = Counts(*numbers)
    return by[BY_OWNER], by[BY_MUNICIPALITY]


def statements(asked: Asked, visits: FromClause) -> Sequence[Select[Any]]:
    """Return what is asked, for those who look at its plans."""
    return (_visits(asked, visits), _accounts(asked))


def _accounts(asked: Asked) -> Select[Any]:
    every = func.count()
    return (
        select(
            _GROUPED,
            Account.owner_id,
            Account.municipality_code,
            every,
            every.filter(is_covered(asked.today, asked.since)),
            every.filter(Account.due_on < asked.today),
            every.filter(Account.last_visit_at.is_(None)),
            every.filter(Account.due_on.is_(None)),
            every.filter(Account.last_visit_at >= asked.since),
        )
        .where(*asked.conditions())
        .group_by(_either())
    )


def _visits(asked: Asked, visits: FromClause) -> Select[Any]:
    is_of = (visits.c.org_id == Account.org_id) & (visits.c.account_id == Account.id)
    return (
        select(_GROUPED, Account.owner_id, Account.municipality_code, func.count())
        .select_from(Account)
        .join(visits, is_of)
        .where(
            *asked.conditions(),
            Account.last_visit_at >= asked.since,
            visits.c.org_id == asked.actor.org_id,
            visits.c.occurred_at >= asked.since,
        )
        .group_by(_either())
    )


def _either() -> ColumnElement[Any]:
    return func.grouping_sets(tuple_(Account.owner_id), tuple_(Account.municipality_code))
