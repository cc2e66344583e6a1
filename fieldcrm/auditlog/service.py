"""The audit log in words: pages to look at, and rows to export."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy.orm import Session

from fieldcrm.accounts.search import search
from fieldcrm.auditlog import words
from fieldcrm.auditlog.queries import find_page
from fieldcrm.auditlog.schemas import AuditChange, AuditEntryOut, AuditFilter, AuditPage, AuditQuery
from fieldcrm.auditlog.subjects import Subject, Subjects, names_for, subjects_of
from fieldcrm.auditlog.values import Names, changes_in_words
from fieldcrm.core.actor import Actor
from fieldcrm.core.audit import AuditEntry
from fieldcrm.identity import queries as identity

MOST_ABOUT: Final = 100
AT_ONCE: Final = 500


def list_entries(session: Session, actor: Actor, query: AuditQuery) -> AuditPage:
    """Return one page of what happened, newest first, in the reader's language."""
    about = _called(session, actor, query.q)
    found = find_page(session, actor, query, cursor=query.cursor, limit=query.limit, about=about)
    items = in_words(session, actor, found.entries)
    return AuditPage(items=items, next_cursor=found.next_cursor, searched_to=found.searched_to)


def iterate(session: Session, actor: Actor, chosen: AuditFilter, *, most: int) -> Iterator[AuditEntryOut]:
    """Yield what happened, newest first, at most so much of it."""
    about = _called(session, actor, chosen.q)
    cursor, left = None, most
    while left > 0:
        limit = min(AT_ONCE, left)
        found = find_page(session, actor, chosen, cursor=cursor, limit=limit, about=about)
        yield from in_words(session, actor, found.entries)
        session.expunge_all()
        cursor, left = found.next_cursor, left - len(found.entries)
        if cursor is None:
            return


def in_words(session: Session, actor: Actor, entries: Sequence[AuditEntry]) -> list[AuditEntryOut]:
    """Return entries as people read them."""
    subjects = subjects_of(session, actor, entries)
    names = names_for(session, actor, entries, subjects)
    return [_in_words(entry, subjects, names) for entry in entries]


def _called(session: Session, actor: Actor, q: str | None) -> list[uuid.UUID]:
    """Return the people and some of the accounts that are called so."""
    if not q:
        return []
    people = [
        user.id
        for user in identity.list_users(session, actor.org_id)
        if q.casefold() in f"{user.name}\n{user.email}".casefold()
    ]
    return people[:MOST_ABOUT] + [row.id for row in search(session, actor, q, limit=MOST_ABOUT)]


def _in_words(entry: AuditEntry, subjects: Subjects, names: Names) -> AuditEntryOut:
    subject = (
        Subject() if entry.entity_id is None else subjects.get((entry.entity, entry.entity_id), Subject())
    )
    action, kind = words.ACTIONS.get(entry.action), words.KINDS.get(entry.entity)
    by_name = names.say(words.SYSTEM) if entry.actor_id is None else names.by_id.get(str(entry.actor_id), "")
    return AuditEntryOut(
        id=entry.id,
        at=entry.at,
        recorded_at=entry.recorded_at,
        by=entry.actor_id,
        by_name=by_name,
        action=entry.action,
        action_name=names.say(action) if action else entry.action,
        entity=entry.entity,
        entity_name=names.say(kind) if kind else entry.entity,
        subject=subject.name,
        account_id=subject.account_id,
        account_name=names.by_id.get(str(subject.account_id)) if subject.account_id else None,
        changes=[
            AuditChange.model_validate(change, from_attributes=True)
            for change in changes_in_words(entry.changes, names, kind=entry.entity)
        ],
    )
