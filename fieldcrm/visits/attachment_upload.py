"""The bytes of an attachment arrive: part by part, then looked at as a whole and kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.errors import Forbidden, Invalid, NotFound, TooLarge
from fieldcrm.core.jobs import defer_by_name
from fieldcrm.files import uploads
from fieldcrm.files.content import examine
from fieldcrm.files.rules import MAX_PART_BYTES, clean_name, file_key, thumbnail_key
from fieldcrm.files.storage import Storage
from fieldcrm.visits import queries
from fieldcrm.visits.attachments import TAKEN
from fieldcrm.visits.models import Attachment

DISCARD_TASK = "visits.discard_parts"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a file's bytes, where they begin, and their hash as the sender knows it."""

    offset: int
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How far the upload is; ``was_elsewhere`` when the part did not follow on what had arrived."""

    received_bytes: int
    stored_at: datetime | None
    was_elsewhere: bool = False


def take_part(
    session: Session, actor: Actor, attachment_id: uuid.UUID, part: Part, *, storage: Storage
) -> Taken:
    """Keep a part; with the last one look at the whole and keep that.

    Parts of one file wait for each other on its row. A part that does not follow on what is here changes
    nothing and is told where to go on. Raises Invalid when a part was damaged or the whole is not what
    was announced, or nothing we take.
    """
    attachment = queries.find_upload(session, actor, attachment_id, is_locking=True)
    if attachment is None:
        raise NotFound()
    if attachment.created_by != actor.user_id:
        raise Forbidden("not_the_author")
    if attachment.stored_at is not None:
        return Taken(attachment.received_bytes, attachment.stored_at)
    if part.offset != attachment.received_bytes:
        return Taken(attachment.received_bytes, None, was_elsewhere=True)
    _demand_fitting(attachment, part)
    file = (actor.org_id, attachment.id)
    uploads.keep_part(storage, file, offset=part.offset, content=part.content, sha256=part.sha256)
    received = part.offset + len(part.content)
    if received < attachment.size_bytes:
        _note_progress(session, attachment, received)
        return Taken(received, None)
    try:
        _keep_whole(session, attachment, storage=storage)
    except uploads.PartsMissing:
        _note_progress(session, attachment, 0)
        return Taken(0, None, was_elsewhere=True)
    return Taken(attachment.received_bytes, attachment.stored_at)


def _demand_fitting(attachment: Attachment, part: Part) -> None:
    if not part.content:
        raise Invalid(code="part_damaged")
    if len(part.content) > MAX_PART_BYTES:
        raise TooLarge(limit=f"{MAX_PART_BYTES // 1024} KB")
    if part.offset + len(part.content) > attachment.size_bytes:
        raise Invalid(code="content_differs")


def _note_progress(session: Session, attachment: Attachment, received: int) -> None:
    # By a plain statement: a part is no change that other phones need to hear of, so no step of the clock.
    session.execute(
        update(Attachment)
        .where(Attachment.org_id == attachment.org_id, Attachment.id == attachment.id)
        .values(received_bytes=received, updated_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _keep_whole(session: Session, attachment: Attachment, *, storage: Storage) -> None:
    """Look at the whole file and keep it. The clock advances last, so nobody waits for our reading."""
    file = (attachment.org_id, attachment.id)
    content = uploads.assemble(storage, file, size=attachment.size_bytes, sha256=attachment.sha256)
    found = examine(content, taken=TAKEN[attachment.kind])
    storage.write(file_key(*file), content)
    if found.picture is not None:
        storage.write(thumbnail_key(*file), found.picture.thumbnail)
        attachment.width, attachment.height = found.picture.width, found.picture.height
    if found.media_type != attachment.media_type:
        attachment.name = clean_name(attachment.name, stem=attachment.kind, media_type=found.media_type)
        attachment.media_type = found.media_type
    attachment.received_bytes, attachment.stored_at = attachment.size_bytes, clock.now()
    session.flush()
    # Only once this is committed may the parts go: a job exists exactly if that happened.
    defer_by_name(session, DISCARD_TASK, org_id=attachment.org_id, attachment_id=str(attachment.id))
