"""Search as one types: the best hits first, quick at any size.

No way of looking is quick for every word, so each is taken where it is: `_candidates` chooses. Under
row-level security the trigram index serves because LIKE is marked LEAKPROOF (core/post_migrate.py); why text
is doubled: folding.doubled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, or_, select, text
from sqlalchemy.orm import Session

from fieldcrm.accounts import rules
from fieldcrm.accounts.filters import AccountFilter, predicates
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.queries import list_rows
from fieldcrm.accounts.visibility import scope_filter
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import without_plans

MAX_CANDIDATES: Final = 200
AT_EACH_END: Final = 300
_RANKED: Final[tuple[Any, ...]] = (Account.id, Account.search_text, Account.sort_key)

Rows = Sequence[Row[Any]]


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
    count = max(limit, MAX_CANDIDATES)
    query = _visible(actor, chosen).limit(count)
    rank = rules.ranking(words[0])
    hits = _candidates(session, query, words, wanted=limit, count=count)
    found = {row.id: (rank(row.search_text), row.sort_key) for row in hits}
    best = sorted(found, key=lambda account_id: (found[account_id], account_id))[:limit]
    return list_rows(session, actor, best)


def holds(word: str) -> ColumnElement[bool]:
    """Return the predicate of accounts that hold a word."""
    return or_(*(Account.search_text.like(pattern) for pattern in rules.holding_patterns(word)))


def _holds_when_read(word: str) -> ColumnElement[bool]:
    """Return the same, out of reach for the search index, which would be read whole."""
    return or_(*(_TEXT_TO_READ.like(pattern) for pattern in rules.holding_patterns(word)))


def _candidates(
    session: Session, query: Select[Any], words: Sequence[str], *, wanted: int, count: int
) -> Rows:
    """Return the hits among which the best are: all there are, or some of each kind."""
    first = _in_reading_order(session, query, words)
    if len(first) == count:
        return first
    at_ends = _at_both_ends(session, query, words)
    everywhere: Rows = []
    # What many hold would be gathered from the whole index before the first of it came.
    if len(at_ends) < wanted:
        everywhere = _anywhere(session, query, words)
        if len(everywhere) < count:
            return everywhere
    return [*first, *at_ends, *everywhere, *_beginning(session, query, words)]


def _visible(actor: Actor, chosen: AccountFilter | None) -> Select[Any]:
    return select(*_RANKED).where(
        Account.org_id == actor.org_id,
        Account.deleted_at.is_(None),
        scope_filter(actor),
        *(predicates(chosen, actor) if chosen is not None else ()),
    )


def _in_reading_order(session: Session, query: Select[Any], words: Sequence[str]) -> Rows:
    """Readings (names, where there is none) that begin with the first word, along the index of lists."""
    word = words[0]
    range_of_word = (Account.sort_key >= word, Account.sort_key < word + _LAST_CHARACTER)
    others = map(_holds_when_read, words[1:])
    ordered = query.where(*range_of_word, *others).order_by(Account.sort_key, Account.id)
    return session.connection().execute(ordered).all()


def _at_both_ends(session: Session, query: Select[Any], words: Sequence[str]) -> Rows:
    """Among the oldest and the newest accounts, read one by one along their key, which sorts by age.

    Both, because what many hold may be of one time only: numbers grow with the years.
    """
    ends = _ENDS.bindparams(org_id=session.info["actor"].org_id, each=AT_EACH_END)
    return session.connection().execute(query.where(ends, *map(_holds_when_read, words))).all()


def _anywhere(session: Session, query: Select[Any], words: Sequence[str]) -> Rows:
    """All accounts that hold every word, by the trigram index."""
    with without_plans(session, *_BUT_THE_SEARCH_INDEX):
        return session.connection().execute(query.where(*map(holds, words))).all()


def _beginning(session: Session, query: Select[Any], words: Sequence[str]) -> Rows:
    """Names and readings that begin with the first word, by the trigram index."""
    begins = (Account.search_text.like(pattern) for pattern in rules.beginning_patterns(words[0]))
    with without_plans(session, *_BUT_THE_SEARCH_INDEX):
        return session.connection().execute(query.where(or_(*begins), *map(holds, words[1:]))).all()


# With a LIMIT the planner would rather read the tenant row by row until enough are found, which is slow
# for words that few accounts hold, and it cannot know which those are.
_BUT_THE_SEARCH_INDEX: Final = ("seqscan", "indexscan")

_ENDS: Final = text(
    "accounts.id in ("
    "(select e.id from accounts e where e.org_id = :org_id order by e.id limit :each) union all "
    "(select e.id from accounts e where e.org_id = :org_id order by e.id desc limit :each))"
)
_TEXT_TO_READ: Final = Account.search_text + ""
_LAST_CHARACTER: Final = chr(0x10FFFF)
