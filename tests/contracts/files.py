"""Bytes behind a world's made-up attachment: who may read it shall get it."""

from __future__ import annotations

import uuid

from sqlalchemy import update
from sqlalchemy.engine import Connection

from fieldcrm.core import clock
from fieldcrm.files.rules import file_key, thumbnail_key
from fieldcrm.files.storage import storage
from fieldcrm.visits.models import Attachment
from tests.contracts.rows import World


def put_bytes_behind(connection: Connection, world: World) -> None:
    """Let the world's attachment have a file."""
    put_file(connection, world.org.org_id, world.one("attachments"))


def put_file(connection: Connection, org_id: int, file_id: uuid.UUID) -> None:
    """Let an attachment have a file."""
    for key in (file_key, thumbnail_key):
        storage().write(key(org_id, file_id), b"bytes")
    is_it = (Attachment.org_id == org_id) & (Attachment.id == file_id)
    connection.execute(update(Attachment).where(is_it).values(stored_at=clock.now()))
