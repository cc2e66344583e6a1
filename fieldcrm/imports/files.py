"""An import's file as the database keeps it: in parts, so that no process ever holds it whole."""

from __future__ import annotations

import hashlib
import itertools
import tempfile
from typing import IO
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from fieldcrm.core.actor import Actor
from fieldcrm.core.ids import new_id
from fieldcrm.imports.models import ImportPart

PART_BYTES = 1 << 20


def hash_of(file: IO[bytes]) -> str:
    """Return what tells the same file when it comes again."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def store_file(session: Session, actor: Actor, import_id: UUID, file: IO[bytes]) -> None:
    """Keep the file, read from its start."""
    file.seek(0)
    for no in itertools.count():
        content = file.read(PART_BYTES)
        if not content:
            return
        part = {"org_id": actor.org_id, "id": new_id(), "import_id": import_id, "no": no}
        session.execute(insert(ImportPart).values(**part, content=content))


def open_file(session: Session, actor: Actor, import_id: UUID) -> IO[bytes]:
    """Return the file as it was stored: on disk, gone when it is closed or its process ends."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    for no in itertools.count():
        query = select(ImportPart.content).where(
            ImportPart.org_id == actor.org_id, ImportPart.import_id == import_id, ImportPart.no == no
        )
        content = session.scalar(query)
        if content is None:
            return file
        file.write(content)
    raise AssertionError("the parts have no end")
