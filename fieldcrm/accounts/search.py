"""Search as one types: the best hits first, quick at any size.

The words are looked up in the trigram index (see ``folding.doubled``), a few hundred candidates are
fetched, and the best of them are returned. Under row-level security the index serves because LIKE
is marked LEAKPROOF (core/post_migrate.py).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from fieldcrm.accounts import rules
from fieldcrm.accounts.filters import AccountFilter, predicates
from fieldcrm.accounts.models import Account
from fieldcrm.accounts.serialise import JSON_COLUMNS
from fieldcrm.accounts.visibility import scope_filter
from fieldcrm.core.actor import Actor

MAX_CANDIDATES: Final = 400


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
    that hold it, then the rest (address, phone, tags...); equals by reading.
    """
    words = rules.search_words(q)
    if not words:
        return []
    query = select(Account.id, Account.search_text, Account.sort_key).where(
        Account.org_id == actor.org_id,
        Account.deleted_at.is_(None),
        scope_filter(actor),
        *(predicates(chosen, actor) if chosen is not None else ()),
        *(Account.search_text.like(pattern) for pattern in rules.search_patterns(words)),
    )
    _lead_planner(session)
    candidates = session.execute(query.limit(MAX_CANDIDATES)).all()
    ranked = sorted(
        (rules.search_rank(row.search_text, words[0]), row.sort_key, row.id) for row in candidates
    )
    ids = [account_id for _, _, account_id in ranked[:limit]]
    found = session.execute(select(*JSON_COLUMNS).where(Account.org_id == actor.org_id, Account.id.in_(ids)))
    by_id = {row.id: row for row in found}
    return [by_id[account_id] for account_id in ids if account_id in by_id]


def _lead_planner(session: Session) -> None:
    session.execute(text("set local enable_seqscan = off"))
