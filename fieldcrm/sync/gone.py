"""What a phone must forget, and why: deleted, merged into another account, too old, or no longer theirs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account
from fieldcrm.accounts.service import scope_filter
from fieldcrm.core.actor import Actor
from fieldcrm.sync.sources import ACCOUNTS, ACTIVITIES, Source, carried_since

Entry = dict[str, str]


def sort_out(
    session: Session, actor: Actor, source: Source, rows: Iterable[Any]
) -> tuple[list[Any], list[Entry]]:
    """Return the rows that the phone holds from now on, and the others as entries of ``gone``."""
    since = carried_since()
    held: list[Any] = []
    gone: list[Entry] = []
    survivors: dict[str, uuid.UUID] = {}
    for row in rows:
        if row.deleted_at is None and not (source is ACTIVITIES and row.occurred_at < since):
            held.append(row)
            continue
        reason = "expired" if row.deleted_at is None else "deleted"
        if source is ACCOUNTS and row.merged_into_id is not None:
            reason = "merged"
            survivors[str(row.id)] = row.merged_into_id
        gone.append({"type": source.kind, "id": str(row.id), "reason": reason})
    if survivors:
        seen = _seen(session, actor, set(survivors.values()))
        gone = [_with_survivor(entry, survivors.get(entry["id"]), seen) for entry in gone]
    return held, gone


def reassigned(account_ids: Iterable[uuid.UUID]) -> list[Entry]:
    """Return the entries of accounts that are no longer theirs; who left twice is told once."""
    return [
        {"type": ACCOUNTS.kind, "id": each, "reason": "reassigned"}
        for each in dict.fromkeys(map(str, account_ids))
    ]


def _with_survivor(entry: Entry, survivor: uuid.UUID | None, seen: set[uuid.UUID]) -> Entry:
    return {**entry, "merged_into": str(survivor)} if survivor in seen else entry


def _seen(session: Session, actor: Actor, account_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of the accounts that ``actor`` may see: of others not even the id is told."""
    query = select(Account.id).where(
        Account.org_id == actor.org_id, Account.id.in_(account_ids), scope_filter(actor)
    )
    return set(session.scalars(query))
