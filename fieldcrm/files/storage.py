"""Where bytes are kept: one small interface, of which the settings choose the implementation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from flask import current_app

from fieldcrm.config import Settings
from fieldcrm.core.actor import Actor, system_actor
from fieldcrm.files.folder import FolderStorage
from fieldcrm.files.s3 import S3Storage

_KEY: Final = "attachments_storage"


class Storage(Protocol):
    """Bytes by key. A key is written whole or not at all, and is durable once ``write`` returns."""

    def write(self, key: str, content: bytes) -> None:
        """Keep ``content`` under ``key``, in place of what was there."""

    def size(self, key: str) -> int | None:
        """Return how many bytes lie under ``key``, or None."""

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to (not with) ``end``; raises MissingFile before the first."""

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below ``prefix`` (which ends with a slash), sorted."""

    def folders(self) -> list[str]:
        """Return the first parts of all keys: the organisations that keep something here."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove the keys; one that is not there is no error."""


def storage() -> Storage:
    """Return the running application's storage."""
    found: Storage | None = current_app.extensions.get(_KEY)
    if found is None:
        found = current_app.extensions[_KEY] = open_storage(current_app.extensions["settings"])
    return found


def keepers(kept: Storage) -> Iterator[Actor]:
    """Yield the organisations that keep something, as the system of each: for who looks through all."""
    for folder in kept.folders():
        if folder.isdigit():
            yield system_actor(int(folder))


def open_storage(settings: Settings) -> Storage:
    """Return the storage that the settings name: a bucket if there is one, else a folder."""
    if settings.attachments_s3_bucket:
        return S3Storage(
            bucket=settings.attachments_s3_bucket,
            endpoint=settings.attachments_s3_endpoint,
            region=settings.attachments_s3_region,
            access_key=settings.attachments_s3_access_key,
            secret_key=settings.attachments_s3_secret_key,
        )
    return FolderStorage(settings.attachments_dir or settings.fieldcrm_local_dir / "attachments")
