"""Contacts: the people at an account. Whoever sees the account may keep them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from fieldcrm.accounts import queries, rules
from fieldcrm.accounts.contact_state import lock_contacted
from fieldcrm.accounts.intake import Checked, check_email, check_phones
from fieldcrm.accounts.models import Account, Contact
from fieldcrm.accounts.replay import demand_fresh, is_same_creation
from fieldcrm.accounts.serialise import contact_json
from fieldcrm.accounts.settings_schemas import ContactChange, ContactDraft, ContactFields, ContactQuery
from fieldcrm.accounts.visibility import scope_filter
from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.cursors import bad_cursor, decode_cursor, encode_cursor
from fieldcrm.core.errors import Conflict, FieldError, Invalid, NotFound
from fieldcrm.core.ids import parse_id

_COLUMNS = ("name", "name_kana", "title", "department", "phones", "email", "notes")


def list_contacts(
    session: Session, actor: Actor, query: ContactQuery
) -> tuple[Sequence[Contact], str | None]:
    """Return a page of an account's contacts by reading, and the mark of the next."""
    found = (
        select(Contact)
        .where(
            Contact.org_id == actor.org_id,
            Contact.account_id == query.account_id,
            Contact.deleted_at.is_(None),
        )
        .order_by(Contact.name_kana.asc().nulls_last(), Contact.name, Contact.id)
        .limit(query.limit + 1)
    )
    if query.cursor:
        found = found.where(_after(query.cursor))
    rows = session.scalars(found).all()
    if len(rows) <= query.limit:
        return rows, None
    last = rows[query.limit - 1]
    return rows[: query.limit], encode_cursor([last.name_kana, last.name, str(last.id)])


def _after(cursor: str) -> ColumnElement[bool]:
    kana, name, id_text = decode_cursor(cursor, length=3)
    last_id = parse_id(id_text)
    if last_id is None or not isinstance(name, str) or not isinstance(kana, str | None):
        raise bad_cursor()
    rest = tuple_(Contact.name, Contact.id) > tuple_(literal(name), literal(last_id))
    if kana is None:
        return and_(Contact.name_kana.is_(None), rest)
    return or_(Contact.name_kana.is_(None), Contact.name_kana > kana, and_(Contact.name_kana == kana, rest))


def create_contact(session: Session, actor: Actor, draft: ContactDraft) -> Contact:
    """Add a contact; the same id with the same content again returns what is stored."""
    account = lock_contacted(session, actor, draft.account_id)
    columns = check_contact(draft, names=_COLUMNS)
    columns["account_id"] = draft.account_id
    if draft.id is not None:
        present = session.scalar(
            select(Contact).where(Contact.org_id == actor.org_id, Contact.id == draft.id)
        )
        if present is not None:
            if present.created_by == actor.user_id and is_same_creation(session, present, columns):
                return present
            raise Conflict("id_taken")
        columns["id"] = draft.id
    contact = Contact(org_id=actor.org_id, **columns)
    session.add(contact)
    session.flush()
    search_by_contacts(session, actor, account)
    return contact


def update_contact(session: Session, actor: Actor, contact_id: uuid.UUID, change: ContactChange) -> Contact:
    """Change the fields that are present; see accounts.service.update_account about versions."""
    contact, account = _locked(session, actor, contact_id)
    columns = check_contact(change, names=[name for name in _COLUMNS if name in change.model_fields_set])
    demand_fresh(session, contact, change.base_version, names=columns, current=lambda: contact_json(contact))
    for name, value in columns.items():
        if getattr(contact, name) != value:
            setattr(contact, name, value)
    session.flush()
    search_by_contacts(session, actor, account)
    return contact


def delete_contact(session: Session, actor: Actor, contact_id: uuid.UUID) -> None:
    """Delete softly."""
    contact, account = _locked(session, actor, contact_id)
    contact.deleted_at = clock.now()
    session.flush()
    search_by_contacts(session, actor, account)


def _locked(session: Session, actor: Actor, contact_id: uuid.UUID) -> tuple[Contact, Account]:
    found = (
        select(Contact)
        .join(Account, (Account.org_id == Contact.org_id) & (Account.id == Contact.account_id))
        .where(
            Contact.org_id == actor.org_id,
            Contact.id == contact_id,
            Contact.deleted_at.is_(None),
            scope_filter(actor),
        )
    )
    contact = session.scalar(found)
    if contact is None:
        raise NotFound()
    account = lock_contacted(session, actor, contact.account_id)
    session.refresh(contact)
    return contact, account


def check_contact(given: ContactFields, *, names: Sequence[str]) -> dict[str, Any]:
    """Return the named fields as they are stored, or raise Invalid."""
    checked = Checked()
    for name in names:
        value = getattr(given, name)
        if name == "phones" and value is not None:
            check_phones(value, None, checked)
        elif name == "email" and value:
            check_email(value, None, checked)
        elif value is None and name in ("name", "phones"):
            checked.errors.append(FieldError(name, "required"))
        else:
            checked.columns[name] = value if name == "phones" else value or None
    if checked.errors:
        raise Invalid(*checked.errors)
    return checked.columns


def search_by_contacts(session: Session, actor: Actor, account: Account) -> None:
    """Let the account be found by its people's names."""
    values = {name: getattr(account, name) for name in queries.SEARCHED}
    found = rules.search_text(values, queries.contact_names(session, actor, account.id))
    if account.search_text != found:
        account.search_text = found
        session.flush()
