"""Bytes behind a world's made-up attachment: who may read it shall get it."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.engine import Connection

from fieldcrm.core import clock
from fieldcrm.files.rules import file_key, thumbnail_key
from fieldcrm.files.storage import storage
from fieldcrm.visits.models import Attachment
from tests.contracts.rows import World


def put_bytes_behind(connection: Connection, world: World) -> None:
    """Let the made-up attachment have a file."""
    org_id, file_id = world.org.org_id, world.one("attachments")
    for key in (file_key, thumbnail_key):
        storage().write(key(org_id, file_id), b"bytes")
    connection.execute(update(Attachment).where(Attachment.org_id == org_id).values(stored_at=clock.now()))
