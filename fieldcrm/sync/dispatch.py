"""The table of operations: under which policy, of what shape, by which use case."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.orm import Session

from fieldcrm.accounts import contacts
from fieldcrm.accounts import service as accounts
from fieldcrm.accounts.schemas import AccountChange, AccountDraft, PositionIn
from fieldcrm.accounts.settings_schemas import ContactChange, ContactDraft
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import Tracked
from fieldcrm.core.wire import Wire
from fieldcrm.sync.push_schemas import Nothing, Operation
from fieldcrm.visits import attachments, tasks
from fieldcrm.visits import service as visits
from fieldcrm.visits.attachment_schemas import AttachmentDraft
from fieldcrm.visits.schemas import ActivityChange, ActivityDraft, TaskChange, TaskDraft


@dataclass(slots=True)
class Applied:
    """What an operation did: the row it is about (None when it is gone), and what to tell its author."""

    row: Tracked | None
    status: str = "applied"
    notes: list[dict[str, Any]] = field(default_factory=list)
    conflict_ids: list[uuid.UUID] = field(default_factory=list)


Apply = Callable[[Session, Actor, Operation, Any], Applied]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of operation is applied; ``shape`` is what its body must be."""

    policy: str
    shape: type[Wire]
    apply: Apply


def _change(use_case: Callable[..., Tracked]) -> Apply:
    """Apply a change of the fields that are present."""

    def apply(session: Session, actor: Actor, operation: Operation, body: Any) -> Applied:
        change = body.model_copy(update={"base_version": operation.base_version})
        return Applied(use_case(session, actor, operation.entity_id, change))

    return apply


def _create(use_case: Callable[..., Tracked]) -> Apply:
    """Apply a creation; the body carries the id."""
    return lambda session, actor, _operation, body: Applied(use_case(session, actor, body))


def _by_id(use_case: Callable[..., Tracked | None]) -> Apply:
    """Apply what needs nothing but the id."""
    return lambda session, actor, operation, _body: Applied(use_case(session, actor, operation.entity_id))


OPERATIONS: Final[Mapping[str, Kind]] = {
    "activity.log": Kind("activities.create", ActivityDraft, _create(visits.log_activity)),
    "activity.amend": Kind("activities.update", ActivityChange, _change(visits.amend_activity)),
    "account.create": Kind("accounts.create", AccountDraft, _create(accounts.create_account)),
    "account.update": Kind("accounts.update", AccountChange, _change(accounts.update_account)),
    "account.move": Kind("accounts.update", PositionIn, _change(accounts.move_account)),
    "account.delete": Kind("accounts.delete", Nothing, _by_id(accounts.delete_account)),
    "account.restore": Kind("accounts.update", Nothing, _by_id(accounts.restore_account)),
    "contact.create": Kind("contacts.create", ContactDraft, _create(contacts.create_contact)),
    "contact.update": Kind("contacts.update", ContactChange, _change(contacts.update_contact)),
    "contact.delete": Kind("contacts.delete", Nothing, _by_id(contacts.delete_contact)),
    "task.create": Kind("tasks.update", TaskDraft, _create(tasks.create_task)),
    "task.update": Kind("tasks.update", TaskChange, _change(tasks.update_task)),
    "attachment.add": Kind("attachments.create", AttachmentDraft, _create(attachments.add_attachment)),
    "attachment.delete": Kind("attachments.delete", Nothing, _by_id(attachments.delete_attachment)),
}
"""An operation of another room is one line here."""
