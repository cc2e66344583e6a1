"""Activities, tasks and attachments as JSON values: by hand, because a phone's first pull carries thousands.

Works on table objects and on rows of the column lists alike; schemas.py documents the shapes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fieldcrm.core.clock import iso
from fieldcrm.visits.attachment_schemas import AttachmentOut
from fieldcrm.visits.models import Activity, Attachment, Task
from fieldcrm.visits.schemas import ActivityOut, TaskOut

_STORED: Final = Activity.__mapper__.columns.keys()
ACTIVITY_COLUMNS: Final = tuple(
    getattr(Activity, name) for name in (*ActivityOut.model_fields, "deleted_at") if name in _STORED
)
TASK_COLUMNS: Final = tuple(getattr(Task, name) for name in (*TaskOut.model_fields, "deleted_at"))
ATTACHMENT_COLUMNS: Final = tuple(
    getattr(Attachment, name) for name in (*AttachmentOut.model_fields, "deleted_at")
)

Amendments = Mapping[uuid.UUID, Sequence[dict[str, Any]]]


def activity_json(row: Any, amendments: Amendments) -> dict[str, Any]:
    """Return the activity as ActivityOut has it; ``amendments`` by activity id."""
    return {
        "id": str(row.id),
        "account_id": str(row.account_id),
        "user_id": None if row.user_id is None else str(row.user_id),
        "channel": row.channel,
        "outcome": row.outcome,
        "note": row.note,
        "occurred_at": iso(row.occurred_at),
        "recorded_at": iso(row.recorded_at),
        "duration_min": row.duration_min,
        "win_prob_before": row.win_prob_before,
        "win_prob_after": row.win_prob_after,
        "status_before": row.status_before,
        "status_after": row.status_after,
        "next_action": row.next_action,
        "next_action_on": None if row.next_action_on is None else str(row.next_action_on),
        "contact_ids": [str(contact_id) for contact_id in row.contact_ids],
        "lon": row.lon,
        "lat": row.lat,
        "accuracy_m": row.accuracy_m,
        "is_amended": row.is_amended,
        "amendments": amendments.get(row.id, []),
        "version": row.version,
        "change_seq": row.change_seq,
        "created_at": iso(row.created_at),
    }


def task_json(row: Any) -> dict[str, Any]:
    """Return the task as TaskOut has it."""
    return {
        "id": str(row.id),
        "account_id": str(row.account_id),
        "owner_id": None if row.owner_id is None else str(row.owner_id),
        "title": row.title,
        "due_on": None if row.due_on is None else str(row.due_on),
        "done_at": iso(row.done_at),
        "activity_id": None if row.activity_id is None else str(row.activity_id),
        "version": row.version,
        "change_seq": row.change_seq,
    }


def attachment_json(row: Any) -> dict[str, Any]:
    """Return the attachment as AttachmentOut has it."""
    return {
        "id": str(row.id),
        "account_id": str(row.account_id),
        "activity_id": None if row.activity_id is None else str(row.activity_id),
        "kind": row.kind,
        "name": row.name,
        "media_type": row.media_type,
        "size_bytes": row.size_bytes,
        "sha256": row.sha256,
        "width": row.width,
        "height": row.height,
        "duration_s": row.duration_s,
        "received_bytes": row.received_bytes,
        "stored_at": iso(row.stored_at),
        "created_at": iso(row.created_at),
        "created_by": None if row.created_by is None else str(row.created_by),
        "version": row.version,
        "change_seq": row.change_seq,
    }
