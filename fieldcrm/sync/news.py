"""Which kinds of rows have news for a person: one question, asked before reading any of them.

In a busy organisation the clock moves with every visit, and nearly every pull is about other people's
accounts: it ends here.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, bindparam, exists, literal, select, union_all
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Session

from fieldcrm.accounts.departures import AccountDeparture
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.visibility import held_within
from fieldcrm.core.actor import Actor
from fieldcrm.identity.policy import Scope, scope_of
from fieldcrm.sync.sources import SOURCES
from fieldcrm.sync.whose import PERSONAL

DEPARTURES = "departures"


def kinds_with_news(session: Session, actor: Actor, *, cursor: int) -> frozenset[str]:
    """Return the keys of the sources (and DEPARTURES) that may have something after ``cursor``."""
    given = {
        "org_id": actor.org_id,
        "user_id": actor.user_id,
        "team_ids": sorted(actor.team_ids),
        "cursor": cursor,
    }
    question = _question(scope_of(actor, "accounts.read"))
    return frozenset(session.connection().scalars(question, given))


@cache
def _question(scope: Scope) -> CompoundSelect[Any]:
    """Return the question, the same for all people of a scope: built and compiled once."""
    asked = [_any(source.key, source.table, scope, held=Account) for source in SOURCES]
    asked += [_any_own(source.key, source.table) for source in SOURCES if source.table in PERSONAL]
    if scope is not Scope.ALL:
        asked.append(_any(DEPARTURES, AccountDeparture, scope, held=AccountDeparture))
    return union_all(*asked)


def _any_own(key: str, table: Any) -> Any:
    org_id, cursor = bindparam("org_id", type_=BigInteger), bindparam("cursor", type_=BigInteger)
    user_id = bindparam("user_id", type_=UUID(as_uuid=True))
    found = exists().where(table.org_id == org_id, table.change_seq > cursor, PERSONAL[table] == user_id)
    return select(literal(key)).where(found)


def _any(key: str, table: Any, scope: Scope, *, held: Any) -> Any:
    org_id, cursor = bindparam("org_id", type_=BigInteger), bindparam("cursor", type_=BigInteger)
    theirs = held_within(
        scope,
        user_id=bindparam("user_id", type_=UUID(as_uuid=True)),
        team_ids=bindparam("team_ids", type_=UUID(as_uuid=True), expanding=True),
        owner_id=held.owner_id,
        team_id=held.team_id,
    )
    found = exists().where(table.org_id == org_id, table.change_seq > cursor, theirs)
    if held is Account and table is not Account:
        found = found.where(Account.org_id == org_id, Account.id == table.account_id)
    return select(literal(key)).where(found)
