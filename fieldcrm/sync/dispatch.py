"""The table of operations: under which policy, of what shape, by which use case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from fieldcrm.accounts import contacts
from fieldcrm.accounts.models import Contact
from fieldcrm.accounts.schemas import AccountChange, AccountDraft, PositionIn
from fieldcrm.accounts.settings_schemas import ContactChange, ContactDraft
from fieldcrm.appointments import service as appointments
from fieldcrm.appointments.models import Appointment
from fieldcrm.appointments.schemas import AppointmentChange, AppointmentDraft
from fieldcrm.core.actor import Actor
from fieldcrm.core.wire import Wire
from fieldcrm.sync import conflicts, creations, edits
from fieldcrm.sync.applied import Applied
from fieldcrm.sync.conflict_schemas import Choice
from fieldcrm.sync.push_schemas import Nothing, Operation
from fieldcrm.visits import attachments, tasks
from fieldcrm.visits.attachment_schemas import AttachmentDraft
from fieldcrm.visits.models import Attachment
from fieldcrm.visits.schemas import ActivityChange, ActivityDraft, TaskChange, TaskDraft

Apply = Callable[[Session, Actor, Operation, Any], Applied]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of operation is applied; ``shape`` is what its body must be."""

    policy: str
    shape: type[Wire]
    apply: Apply


OPERATIONS: Final[Mapping[str, Kind]] = {
    "activity.log": Kind("activities.create", ActivityDraft, edits.log_activity),
    "activity.amend": Kind("activities.update", ActivityChange, edits.amend_activity),
    "account.create": Kind("accounts.create", AccountDraft, creations.create_account),
    "account.update": Kind("accounts.update", AccountChange, edits.update_account),
    "account.move": Kind("accounts.update", PositionIn, edits.move_account),
    "account.delete": Kind("accounts.delete", Nothing, creations.delete_account),
    "account.restore": Kind("accounts.update", Nothing, creations.restore_account),
    "contact.create": Kind("contacts.create", ContactDraft, creations.creation(contacts.create_contact)),
    "contact.update": Kind("contacts.update", ContactChange, edits.update_contact),
    "contact.delete": Kind("contacts.delete", Nothing, creations.deletion(Contact, contacts.delete_contact)),
    "task.create": Kind("tasks.update", TaskDraft, creations.creation(tasks.create_task)),
    "task.update": Kind("tasks.update", TaskChange, edits.update_task),
    "appointment.create": Kind("appointments.create", AppointmentDraft, creations.create_appointment),
    "appointment.update": Kind("appointments.update", AppointmentChange, edits.update_appointment),
    "appointment.cancel": Kind(
        "appointments.update", Nothing, creations.deletion(Appointment, appointments.cancel_appointment)
    ),
    "attachment.add": Kind(
        "attachments.create", AttachmentDraft, creations.creation(attachments.add_attachment)
    ),
    "attachment.delete": Kind(
        "attachments.delete", Nothing, creations.deletion(Attachment, attachments.delete_attachment)
    ),
    "conflict.settle": Kind("conflicts.settle", Choice, conflicts.settle),
}
"""An operation of another room is one line here."""
