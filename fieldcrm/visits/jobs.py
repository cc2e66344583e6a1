"""Background work of visits: bytes that nobody needs any more leave the storage."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fieldcrm.core import clock
from fieldcrm.core.actor import Actor
from fieldcrm.core.db import transaction
from fieldcrm.core.jobs import queue
from fieldcrm.core.worker import running_app
from fieldcrm.files.rules import file_key, thumbnail_key
from fieldcrm.files.storage import Storage, keepers, storage
from fieldcrm.files.uploads import discard_parts
from fieldcrm.visits.attachment_upload import DISCARD_TASK
from fieldcrm.visits.models import Attachment

log = logging.getLogger(__name__)

KEPT_DELETED_FOR: Final = timedelta(days=30)
"""How long a deleted file's bytes stay, for the mistake that is noticed later."""

WAITED_FOR: Final = timedelta(days=30)
"""How long an upload may rest before its parts go; the phone then starts it again."""

_BATCH: Final = 500


@queue.task(name=DISCARD_TASK)
def discard(*, org_id: int, attachment_id: str) -> None:
    """Remove the parts of a file that is kept whole."""
    with running_app().app_context():
        discard_parts(storage(), (org_id, uuid.UUID(attachment_id)))


@queue.periodic(cron="20 18 * * *")  # at night in Japan
@queue.task(name="visits.purge_attachments", queueing_lock="visits.purge_attachments")
def purge_all(timestamp: int) -> None:
    """Purge every organisation that keeps something in the storage."""
    app = running_app()
    with app.app_context():
        kept = storage()
    for actor in keepers(kept):
        with app.app_context(), transaction(actor) as session:
            count = purge(session, actor, kept)
        log.info("purged %s files of organisation %s (run of %s)", count, actor.org_id, timestamp)


def purge(session: Session, actor: Actor, kept: Storage) -> int:
    """Remove the bytes of what was deleted, and of uploads that were given up; return how many files."""
    now = clock.now()
    gone = _rows(session, actor, Attachment.deleted_at < now - KEPT_DELETED_FOR)
    resting = _rows(session, actor, Attachment.updated_at < now - WAITED_FOR, Attachment.stored_at.is_(None))
    for attachment_id in (*gone, *resting):
        discard_parts(kept, (actor.org_id, attachment_id))
    kept.delete(key(actor.org_id, each) for each in gone for key in (file_key, thumbnail_key))
    # Plain: nothing that phones know of changes. What was deleted is gone from them, what rests starts anew.
    session.execute(
        update(Attachment)
        .where(Attachment.org_id == actor.org_id, Attachment.id.in_([*gone, *resting]))
        .values(received_bytes=0, stored_at=None)
        .execution_options(synchronize_session=False)
    )
    return len(gone) + len(resting)


def _rows(session: Session, actor: Actor, *conditions: object) -> list[uuid.UUID]:
    query = select(Attachment.id).where(
        Attachment.org_id == actor.org_id,
        Attachment.received_bytes > 0,
        *conditions,  # type: ignore[arg-type]  # column comparisons
    )
    return list(session.scalars(query.order_by(Attachment.id).limit(_BATCH)))
