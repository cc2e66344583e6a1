"""Search as one types: the best hits first, quick at any size.

In three steps, the next one only while hits are wanting: names and readings that begin with the word, by the
trigram index; the newest accounts, read through, which answers words that many accounts hold; all
accounts, by the index again. Under row-level security the index serves because LIKE is marked
LEAKPROOF (core/post_migrate.py); why text is doubled: folding.doubled.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, or_, select, text
from sqlalchemy.orm import Session, aliased

from fieldcrm.accounts import rules
from fieldcrm.accounts.filters import AccountFilter, predicates
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.queries import list_rows
from fieldcrm.accounts.visibility import scope_filter
from fieldcrm.core.actor import Actor

MAX_CANDIDATES: Final = 200
NEWEST: Final = 500
_RANKED: Final[tuple[Any, ...]] = (Account.id, Account.search_text, Account.sort_key)


def search(
    session: Session,
    actor: Actor,
    q: str,
    *,
    chosen: AccountFilter | None = None,
    limit: int = 20,
) -> list[Row[Any]]:
    """Return the accounts that hold every word of ``q``, best first, as rows of ``JSON_COLUMNS``.

    Names that begin with the first word come first, then readings that do, then names and readings
    that hold it, then the rest (address, phone, tags...); equals by reading. Of a word that very many
    accounts hold, some are returned.
    """
    words = rules.search_words(q)
    if not words:
        return []
    found: dict[uuid.UUID, tuple[int, str]] = {}
    query = _visible(actor, chosen, count=max(limit, MAX_CANDIDATES))
    for step in (_beginning, _among_newest, _anywhere):
        rows = step(session, query, words)
        found |= {row.id: (rules.search_rank(row.search_text, words[0]), row.sort_key) for row in rows}
        if len(found) >= limit:
            break
    best = sorted(found, key=lambda account_id: (found[account_id], account_id))[:limit]
    return list_rows(session, actor, best)


def holds(word: str) -> ColumnElement[bool]:
    """Return the predicate of accounts that hold a word."""
    return or_(*(Account.search_text.like(pattern) for pattern in rules.holding_patterns(word)))


def _visible(actor: Actor, chosen: AccountFilter | None, *, count: int) -> Select[Any]:
    return (
        select(*_RANKED)
        .where(
            Account.org_id == actor.org_id,
            Account.deleted_at.is_(None),
            scope_filter(actor),
            *(predicates(chosen, actor) if chosen is not None else ()),
        )
        .limit(count)
    )


def _beginning(session: Session, query: Select[Any], words: Sequence[str]) -> Sequence[Row[Any]]:
    """Names and readings that begin with the first word."""
    begins = (Account.search_text.like(pattern) for pattern in rules.beginning_patterns(words[0]))
    with _index_only(session):
        return session.execute(query.where(or_(*begins), *map(holds, words[1:]))).all()


def _among_newest(session: Session, query: Select[Any], words: Sequence[str]) -> Sequence[Row[Any]]:
    """The accounts made last, read one by one along their key: ids sort by the time they were made."""
    newer = aliased(Account)
    org_id = session.info["actor"].org_id
    newest = select(newer.id).where(newer.org_id == org_id).order_by(newer.id.desc()).limit(NEWEST)
    # An expression instead of the column keeps the search index out of this: it would be read whole.
    read = Account.search_text + ""
    held = (or_(*(read.like(pattern) for pattern in rules.holding_patterns(word))) for word in words)
    return session.execute(query.where(Account.id.in_(newest), *held)).all()


def _anywhere(session: Session, query: Select[Any], words: Sequence[str]) -> Sequence[Row[Any]]:
    """All accounts that hold every word."""
    with _index_only(session):
        return session.execute(query.where(*map(holds, words))).all()


@contextmanager
def _index_only(session: Session) -> Iterator[None]:
    """Keep the planner to the search index.

    With a LIMIT it would rather read the tenant row by row until enough are found, which is slow
    for words that few accounts hold, and it cannot know which those are.
    """
    for statement in _PLANS_OFF:
        session.execute(statement)
    try:
        yield
    finally:
        for statement in _PLANS_ON:
            session.execute(statement)


# Literals, each alone: a sharded database hands them on to its nodes only so.
_PLANS_OFF: Final = (text("set local enable_seqscan = off"), text("set local enable_indexscan = off"))
_PLANS_ON: Final = (text("set local enable_seqscan = on"), text("set local enable_indexscan = on"))
