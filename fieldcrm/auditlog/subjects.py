"""What entries are about: the names of the things, and the account each hangs on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldcrm.accounts.models import Account, AccountStatus, Contact, CustomField
from fieldcrm.appointments.models import Appointment
from fieldcrm.auditlog.values import Names, ids_in
from fieldcrm.core.actor import Actor
from fieldcrm.core.audit import AuditEntry
from fieldcrm.identity import queries as identity
from fieldcrm.identity.models import Invitation, PersonalToken, Team, User
from fieldcrm.imports.models import Import
from fieldcrm.sync.models import Device
from fieldcrm.visits.models import Activity, ActivityAmendment, ActivityOutcome, Attachment, Task


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about; a name where it has one of its own, an account where it hangs on one."""

    name: str | None = None
    account_id: uuid.UUID | None = None


Subjects = Mapping[tuple[str, uuid.UUID], Subject]

_NAMED: Final[Mapping[str, Any]] = {
    "users": User,
    "teams": Team,
    "invitations": Invitation,
    "personal_tokens": PersonalToken,
}
_OF_ACCOUNT: Final[Mapping[str, tuple[Any, str | None]]] = {
    "contacts": (Contact, "name"),
    "activities": (Activity, None),
    "tasks": (Task, "title"),
    "attachments": (Attachment, "name"),
    "appointments": (Appointment, "title"),
}


def names_for(session: Session, actor: Actor, entries: Sequence[AuditEntry], found: Subjects) -> Names:
    """Return the words for what the entries tell of: people, teams, accounts, statuses, own fields."""
    is_english = actor.locale.startswith("en")
    which = "name_en" if is_english else "name_ja"
    by_id = {str(user.id): user.name for user in identity.list_users(session, actor.org_id)}
    by_id |= {str(team.id): team.name for team in identity.list_teams(session, actor.org_id)}
    wanted = {uuid.UUID(each) for entry in entries for each in ids_in(entry.changes)}
    wanted |= {subject.account_id for subject in found.values() if subject.account_id}
    for model in (Account, Contact):
        rows = _rows(session, actor, model, wanted, model.name)
        by_id |= {str(row.id): row.name for row in rows}
    return Names(
        locale=actor.locale,
        timezone=actor.timezone,
        statuses=_numbered(session, actor, AccountStatus, which),
        outcomes=_numbered(session, actor, ActivityOutcome, which),
        own_fields=_own_fields(session, actor, is_english=is_english),
        by_id=by_id,
    )


def subjects_of(session: Session, actor: Actor, entries: Iterable[AuditEntry]) -> Subjects:
    """Return what the entries are about, in one query for each kind of thing on the page."""
    ids: dict[str, set[uuid.UUID]] = {}
    for entry in entries:
        if entry.entity_id is not None:
            ids.setdefault(entry.entity, set()).add(entry.entity_id)
    found: dict[tuple[str, uuid.UUID], Subject] = {}
    for entity, wanted in ids.items():
        for row_id, subject in _of_kind(session, actor, entity, wanted):
            found[entity, row_id] = subject
    return found


def _of_kind(
    session: Session, actor: Actor, entity: str, ids: set[uuid.UUID]
) -> Iterable[tuple[uuid.UUID, Subject]]:
    if entity == "accounts":
        rows = _rows(session, actor, Account, ids, Account.name)
        return [(row.id, Subject(row.name, row.id)) for row in rows]
    if entity in _OF_ACCOUNT:
        model, name = _OF_ACCOUNT[entity]
        columns = [model.account_id, *([getattr(model, name)] if name else [])]
        rows = _rows(session, actor, model, ids, *columns)
        return [(row.id, Subject(row[2] if name else None, row.account_id)) for row in rows]
    if entity == "activity_amendments":
        query = (
            select(ActivityAmendment.id, Activity.account_id)
            .join(
                Activity,
                (Activity.org_id == ActivityAmendment.org_id)
                & (Activity.id == ActivityAmendment.activity_id),
            )
            .where(ActivityAmendment.org_id == actor.org_id, ActivityAmendment.id.in_(ids))
        )
        return [(row.id, Subject(None, row.account_id)) for row in session.execute(query)]
    name_of = _naming(actor, entity)
    if name_of is None:
        return []
    model, column = name_of
    return [(row.id, Subject(row[1])) for row in _rows(session, actor, model, ids, column)]


def _naming(actor: Actor, entity: str) -> tuple[Any, Any] | None:
    """Return the table of a kind of thing and the column that names it."""
    tail = "en" if actor.locale.startswith("en") else "ja"
    if entity in _NAMED:
        return _NAMED[entity], _NAMED[entity].name
    named: Mapping[str, tuple[Any, Any]] = {
        "imports": (Import, Import.filename),
        "devices": (Device, Device.label),
        "account_statuses": (AccountStatus, getattr(AccountStatus, f"name_{tail}")),
        "activity_outcomes": (ActivityOutcome, getattr(ActivityOutcome, f"name_{tail}")),
        "custom_fields": (CustomField, getattr(CustomField, f"label_{tail}")),
    }
    return named.get(entity)


def _rows(
    session: Session, actor: Actor, model: Any, ids: Iterable[uuid.UUID], *columns: Any
) -> Sequence[Any]:
    query = select(model.id, *columns).where(model.org_id == actor.org_id, model.id.in_(set(ids)))
    return session.execute(query).all()


def _numbered(session: Session, actor: Actor, model: Any, which: str) -> dict[int, str]:
    query = select(model.no, getattr(model, which)).where(model.org_id == actor.org_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _own_fields(session: Session, actor: Actor, *, is_english: bool) -> dict[str, str]:
    query = select(CustomField).where(CustomField.org_id == actor.org_id)
    return {
        row.key: (row.label_en if is_english else row.label_ja) or row.key for row in session.scalars(query)
    }
