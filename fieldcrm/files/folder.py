"""Bytes in a folder: the default. Several web servers may share it over a network file system."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from fieldcrm.core.errors import Unavailable
from fieldcrm.files.errors import MissingFile

log = logging.getLogger(__name__)
BLOCK_BYTES: Final = 64 * 1024


class FolderStorage:
    """Implements ``Storage``: a key is a path below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, key: str, content: bytes) -> None:
        """Keep ``content``: written beside, flushed to the disk, then put in its place at once."""
        try:
            _write_whole(self.root / key, content)
        except OSError as error:  # full, read-only, or a network file system that is away
            log.warning("the attachments' folder takes nothing: %s", error)
            raise Unavailable() from None

    def size(self, key: str) -> int | None:
        """Return how many bytes lie under ``key``, or None."""
        try:
            return (self.root / key).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to ``end``."""
        try:
            file = (self.root / key).open("rb")
        except FileNotFoundError:
            raise MissingFile() from None

        def blocks() -> Iterator[bytes]:
            with file:
                file.seek(start)
                left = None if end is None else end - start
                while block := file.read(BLOCK_BYTES if left is None else min(BLOCK_BYTES, left)):
                    left = None if left is None else left - len(block)
                    yield block

        return blocks()

    def keys(self, prefix: str) -> list[str]:
        """Return the keys below ``prefix``, sorted."""
        below = (self.root / prefix).rglob("*")
        paths = (path for path in below if path.is_file() and not path.name.startswith("."))
        return sorted(path.relative_to(self.root).as_posix() for path in paths)

    def folders(self) -> list[str]:
        """Return the organisations that keep something here."""
        if not self.root.is_dir():
            return []
        return sorted(path.name for path in self.root.iterdir() if path.is_dir())

    def delete(self, keys: Iterable[str]) -> None:
        """Remove the keys, and the folder of an upload when it is empty."""
        for key in keys:
            path = self.root / key
            path.unlink(missing_ok=True)
            with suppress(OSError):  # not empty, or gone already
                path.parent.rmdir()


def _write_whole(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            # We tell a phone that it may let go of its copy: a power cut must not take ours.
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
