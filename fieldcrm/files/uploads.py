"""Files that arrive in parts. The parts lie in the storage, so any web server may take the next one."""

from __future__ import annotations

import hashlib
import uuid

from fieldcrm.core.messages import register
from fieldcrm.files.errors import BadContent
from fieldcrm.files.rules import part_key, part_prefix
from fieldcrm.files.storage import Storage

register(
    {
        "part_damaged": (
            "送信中にデータが壊れました。もう一度送ります",
            "The data was damaged on its way; it will be sent again",
        ),
        "content_differs": (
            "届いたファイルが端末のものと一致しません",
            "What arrived is not the file of the phone",
        ),
    }
)


File = tuple[int, uuid.UUID]
"""Whose file, and which: (organisation, id)."""


class PartsMissing(Exception):
    """Parts that had arrived are not in the storage: the upload starts again."""


def keep_part(storage: Storage, file: File, *, offset: int, content: bytes, sha256: str) -> None:
    """Keep one part of ``file``; a part sent again takes the former one's place."""
    if hashlib.sha256(content).hexdigest() != sha256.lower():
        raise BadContent(code="part_damaged")
    storage.write(part_key(*file, offset), content)


def assemble(storage: Storage, file: File, *, size: int, sha256: str) -> bytes:
    """Return the whole of ``file``; raises PartsMissing, or BadContent when the hash differs.

    Parts are followed by their lengths: what an abandoned attempt left between them is passed over.
    """
    content = bytearray()
    at_offset = {int(key.rsplit("/", 1)[-1]): key for key in storage.keys(part_prefix(*file))}
    while len(content) < size:
        key = at_offset.pop(len(content), None)
        if key is None:
            raise PartsMissing()
        for block in storage.read(key):
            content += block
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BadContent(code="content_differs")
    return bytes(content)


def discard_parts(storage: Storage, file: File) -> None:
    """Remove the parts of ``file``."""
    storage.delete(storage.keys(part_prefix(*file)))
